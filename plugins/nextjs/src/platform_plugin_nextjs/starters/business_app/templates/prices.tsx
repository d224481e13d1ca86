import { PageHead } from "@/components/page-head";
import { SiteLink } from "@/components/site-link";
import { shows, type Entry } from "@/lib/content";
import { COURTS } from "@/lib/courts";
import { Markdown } from "@/lib/markdown";

/** Clubs of Brunnfeld pay half; the table says both. */
export function PricesPage({ entry }: { entry: Entry }) {
  return (
    <div className="page" {...shows(entry)}>
      <PageHead title={entry.title} lead={entry.description} />
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Prices">
        <table className="prices">
          <thead>
            <tr><th scope="col">Space</th><th scope="col">An hour</th><th scope="col">Clubs of Brunnfeld</th><th scope="col">Good for</th></tr>
          </thead>
          <tbody>
            {COURTS.map(({ id, name, price, sports }) => (
              <tr key={id}>
                <th scope="row"><SiteLink href={`/courts/${id}/`}>{name}</SiteLink></th>
                <td>CHF {price}</td>
                <td>CHF {price / 2}</td>
                <td>{sports}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
    </div>
  );
}
