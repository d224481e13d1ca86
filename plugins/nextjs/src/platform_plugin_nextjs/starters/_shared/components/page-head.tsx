import type { ReactNode } from "react";

/** Title and lead are those of the entry around them, if there is one. */
export function PageHead({ title, lead, above, children }: { title: string; lead?: string; above?: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      {above}
      <h1 data-field="title">{title}</h1>
      {lead ? <p className="lead" data-field="description">{lead}</p> : null}
      {children}
    </header>
  );
}
