import { Departures } from "@/components/departures";
import { EntryDate } from "@/components/list";
import { Picture } from "@/components/picture";
import { SectionChart } from "@/components/section-chart";
import { SiteLink } from "@/components/site-link";
import fares from "@/data/fares.json";
import timetable from "@/data/timetable.json";
import { inCollection, text, type Entry } from "@/lib/content";
import { crossing } from "@/lib/crossing";
import { Markdown } from "@/lib/markdown";

const ON_HOME = ["Adult", "Bicycle", "Car up to 6 m, with driver"];

/** The way across first; then when, for how much, and with what. */
export function Home({ entry }: { entry?: Entry }) {
  return (
    <>
      <section className="fjord">
        <div className="wrap fjord-head">
          <h1>{entry ? text(entry, "heading") || entry.title : "Sundlinje"}</h1>
          <p className="lead">{entry?.description}</p>
        </div>
        <SectionChart />
      </section>
      <section className="deck">
        <div className="wrap deck-in">
          <Departures days={timetable.days} from={crossing.from.name} to={crossing.to.name} zone="Europe/Oslo" />
          <p className="deck-more"><SiteLink href="/timetable/">Whole timetable</SiteLink></p>
        </div>
      </section>
      <section className="section wrap split home-fares" aria-labelledby="fares">
        <div>
          <h2 id="fares">What it costs</h2>
          <table className="fares-short">
            <tbody>
              {fares.rows.filter(({ who }) => ON_HOME.includes(who)).map(({ who, single }) => (
                <tr key={who}><th scope="row">{who}</th><td>{single ? `${single} kr` : "free"}</td></tr>
              ))}
            </tbody>
          </table>
          <p><SiteLink href="/fares/">All fares and cards</SiteLink></p>
        </div>
        <div className="prose"><Markdown text={entry?.body ?? ""} /></div>
      </section>
      <section className="boat-strip">
        <Picture src="/images/sundet.webp" alt="The ferry Sundet seen from the side, white above a dark green hull, ramps folded up at both ends." sizes="100vw" />
        <div className="wrap boat-strip-in">
          <h2>Sundet, built in 2024</h2>
          <p>1,080 kilowatt hours of batteries, charged in nine minutes at either quay. <SiteLink href="/boat/">More about the boat</SiteLink></p>
        </div>
      </section>
      <section className="section wrap" aria-labelledby="news">
        <h2 id="news">News</h2>
        <ol className="log">
          {inCollection("news").slice(0, 3).map((item) => (
            <li key={item.url}>
              <EntryDate date={item.date} />
              <h3><SiteLink href={item.url}>{item.title}</SiteLink></h3>
              <p>{item.description}</p>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}
