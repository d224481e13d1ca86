import type { ReactNode } from "react";

export function PageHead({ title, lead, above, children }: { title: string; lead?: string; above?: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      {above}
      <h1>{title}</h1>
      {lead ? <p className="lead">{lead}</p> : null}
      {children}
    </header>
  );
}
