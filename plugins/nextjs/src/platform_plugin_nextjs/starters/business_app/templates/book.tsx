import { Contact } from "@/components/contact";
import { PageHead } from "@/components/page-head";
import type { FormField } from "@/components/request-form";
import { shows, type Entry } from "@/lib/content";
import { COURTS } from "@/lib/courts";
import { HOURS, clock } from "@/lib/hall";
import { Markdown } from "@/lib/markdown";

const FIELDS: FormField[] = [
  { name: "court", label: "Court or room", type: "select", required: true, options: COURTS.map(({ name }) => name), wrong: "Choose a court or a room." },
  { name: "date", label: "Day", type: "date", required: true, wrong: "Give the day, for example 24.11.2026." },
  { name: "from", label: "From", type: "select", required: true, options: HOURS.map(clock), wrong: "Choose the hour at which you want to begin." },
  { name: "hours", label: "How many hours", type: "number", required: true, min: "1", max: "6", step: "1", wrong: "From one hour up to six; for more, call the desk." },
  { name: "purpose", label: "What for", required: true, help: "A word is enough: badminton, rehearsal, birthday.", wrong: "Say in a word what you want to do." },
  { name: "name", label: "Your name", required: true, autoComplete: "name", wrong: "We need a name for the door list." },
  { name: "email", label: "E-mail", type: "email", required: true, autoComplete: "email", wrong: "This is not an e-mail address we could answer to." },
  { name: "phone", label: "Telephone", type: "tel", autoComplete: "tel", help: "Only used when something changes on the day." },
  { name: "message", label: "Anything else", type: "textarea" },
];

export function BookPage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <div className="split book">
        <Contact fields={FIELDS} subject="Request for an hour at Brunnhalle 4" submit="Ask for this hour" />
        <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
      </div>
    </div>
  );
}
