import { JsonLd } from "@/components/json-ld";
import { PageHead } from "@/components/page-head";
import { shows, type Entry } from "@/lib/content";
import { Markdown, plainText } from "@/lib/markdown";
import { questionsOf } from "@/lib/questions";

export function QuestionsPage({ entry }: { entry: Entry }) {
  const items = questionsOf(entry).map(({ question, answer }) => ({
    "@type": "Question", name: question, acceptedAnswer: { "@type": "Answer", text: plainText(answer) },
  }));
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <Questions entry={entry} />
      <JsonLd items={[{ "@type": "FAQPage", mainEntity: items }]} />
    </div>
  );
}

export function Questions({ entry, first }: { entry: Entry; first?: number }) {
  return (
    <div className="questions">
      {questionsOf(entry).slice(0, first).map(({ question, answer }) => (
        <details key={question}>
          <summary>{question}</summary>
          <div className="prose"><Markdown text={answer} /></div>
        </details>
      ))}
    </div>
  );
}
