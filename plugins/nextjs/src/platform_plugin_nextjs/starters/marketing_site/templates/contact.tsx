import { Contact } from "@/components/contact";
import { PageHead } from "@/components/page-head";
import type { FormField } from "@/components/request-form";
import { shows, type Entry } from "@/lib/content";
import { Markdown } from "@/lib/markdown";

const FIELDS: FormField[] = [
  { name: "about", label: "What is it about", type: "select", required: true, options: ["Something left on board", "A group or a charter", "A refund", "Something else"], wrong: "Choose what it is about, so that it reaches the right desk." },
  { name: "date", label: "Day of the crossing", type: "date" },
  { name: "message", label: "Message", type: "textarea", required: true, help: "For things left behind: what it is, and where you sat.", wrong: "Write what we should know." },
  { name: "name", label: "Your name", required: true, autoComplete: "name", wrong: "We need a name to answer." },
  { name: "email", label: "E-mail", type: "email", required: true, autoComplete: "email", wrong: "This is not an e-mail address we could answer to." },
];

export function ContactPage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <div className="split contact-split">
        <Contact fields={FIELDS} subject="A question to Sundlinje" submit="Send to the office" />
        <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
      </div>
    </div>
  );
}
