import { Contact } from "@/components/contact";
import { PageHead } from "@/components/page-head";
import type { FormField } from "@/components/request-form";
import data from "@/data/plans.json";
import { shows, type Entry } from "@/lib/content";
import { Markdown } from "@/lib/markdown";

const FIELDS: FormField[] = [
  { name: "kitchen", label: "Name of the kitchen", required: true, autoComplete: "organization", wrong: "Under which name does the kitchen cook?" },
  { name: "people", label: "People on the rota", type: "number", required: true, min: "1", max: "500", wrong: "A number from 1 to 500; a guess is enough." },
  { name: "plan", label: "Plan", type: "select", required: true, options: data.plans.map(({ name }) => name), wrong: "Choose a plan; it can be changed at any time." },
  { name: "name", label: "Your name", required: true, autoComplete: "name", wrong: "We need a name to answer." },
  { name: "email", label: "E-mail", type: "email", required: true, autoComplete: "email", wrong: "This is not an e-mail address we could answer to." },
  { name: "message", label: "Anything we should know", type: "textarea", help: "For example which payroll program you use." },
];

export function TryPage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <div className="split try">
        <Contact fields={FIELDS} subject="A month of Pass Rota" submit="Ask for a month" />
        <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
      </div>
    </div>
  );
}
