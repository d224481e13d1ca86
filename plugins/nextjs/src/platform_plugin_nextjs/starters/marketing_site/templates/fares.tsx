import { PageHead } from "@/components/page-head";
import fares from "@/data/fares.json";
import { shows, type Entry } from "@/lib/content";
import { Markdown } from "@/lib/markdown";

export function FaresPage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Fares in kroner">
        <table className="fares">
          <thead>
            <tr><th scope="col">Kroner</th><th scope="col">One crossing</th><th scope="col">Ten</th><th scope="col">A month</th></tr>
          </thead>
          <tbody>
            {fares.rows.map(({ who, single, ten, month }) => (
              <tr key={who}>
                <th scope="row">{who}</th>
                {[single, ten, month].map((amount, index) => <td key={index}>{amount || "free"}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
    </div>
  );
}
