import * as React from "react"
import { graphql, Link } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Joint, JointDivider } from "../components/joint"
import { Picture } from "../components/picture"
import type { PictureData } from "../components/picture"
import { ShopStrip } from "../components/products"
import { ProjectCard } from "../components/project-card"
import type { ProjectData } from "../components/project-card"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { useSite } from "../components/site"

interface Service {
  id: string
  url: string
  title: string
  description: string
  joint: string | null
  price: string | null
}

interface Data {
  entry: { title: string; description: string; body: string }
  first: { nodes: { imageAlt: string; picture: PictureData | null }[] }
  projects: { nodes: ProjectData[] }
  services: { nodes: Service[] }
}

const STEPS = [
  ["Visit", "We look, measure and listen. Free within 60 kilometres, 90 EUR beyond."],
  ["Drawing", "Every timber and every joint, with a price on each line. Yours to keep, also if you go elsewhere."],
  ["Cutting", "Felled in winter, dried in the yard, cut and put together once before it leaves."],
  ["Raising", "One to three days. You decide who holds the first peg."],
] as const

export default function Home({ data }: PageProps<Data>) {
  const picture = data.first.nodes[0]
  return (
    <>
      <section className="opening">
        <div className="wrap hero">
          <h1>Timber frames, cut in Weiler and raised by hand and crane.</h1>
          <Prose html={data.entry.body} className="lead" />
          <p className="actions">
            <Link className="button" to="/quote/">
              Request a quote
            </Link>
            <Link to="/projects/">What we raised</Link>
          </p>
        </div>
        {picture && <Picture picture={picture.picture} alt={picture.imageAlt} sizes="(min-width: 56rem) 52vw, 100vw" eager />}
      </section>
      <JointDivider name="mortise" label="Mortise and tenon" says="The tenon goes in, an oak peg goes through. It holds by shape." />
      <Services services={data.services.nodes} />
      <JointDivider name="scarf" label="Stepped scarf" says="Makes one timber of two, when the tree was too short or the old end is rotten." />
      <section className="wrap section" aria-labelledby="projects">
        <h2 id="projects">Raised lately</h2>
        <div className="projects">
          {data.projects.nodes.map((project, at) => (
            <ProjectCard key={project.id} project={project} wide={at === 0} />
          ))}
        </div>
        <p className="actions">
          <Link to="/projects/">All projects</Link>
        </p>
      </section>
      <section className="band section" aria-labelledby="steps">
        <div className="wrap">
          <h2 id="steps">From first visit to last peg: about five months</h2>
          <ol className="steps">
            {STEPS.map(([name, text]) => (
              <li key={name}>
                <h3>{name}</h3>
                <p className="quiet">{text}</p>
              </li>
            ))}
          </ol>
          <p className="actions">
            <Link className="button" to="/quote/">
              Request a quote
            </Link>
          </p>
        </div>
      </section>
      <ShopStrip />
    </>
  )
}

function Services({ services }: { services: Service[] }) {
  return (
    <section className="wrap section" aria-labelledby="services">
      <h2 id="services">What we do, and the joint it hangs on</h2>
      <ul className="services">
        {services.map((service) => (
          <li key={service.id}>
            <Joint name={service.joint} />
            <div>
              <h3>
                <Link to={service.url}>{service.title}</Link>
              </h3>
              <p>{service.description}</p>
              {service.price && <p className="quiet">{service.price}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function Head({ data: { entry } }: HeadProps<Data>) {
  const { title, siteUrl, email, phone, address } = useSite()
  const business = { "@type": "GeneralContractor", name: title, url: `${siteUrl}/`, email, telephone: phone, address: address.join(", ") }
  return <Seo title={title} description={entry.description} path="/" data={[business]} />
}

export const query = graphql`
  query Home($id: String!) {
    entry(id: { eq: $id }) { title description body }
    first: allEntry(filter: { collection: { eq: "projects" }, section: { eq: false } }, sort: { date: DESC }, limit: 1) {
      nodes { imageAlt picture(width: 1600) { ...PictureParts } }
    }
    projects: allEntry(filter: { collection: { eq: "projects" }, section: { eq: false } }, sort: { date: DESC }, skip: 1, limit: 3) {
      nodes { ...ProjectParts }
    }
    services: allEntry(filter: { collection: { eq: "services" }, section: { eq: false } }, sort: [{ order: ASC }, { title: ASC }]) {
      nodes { id url title description joint price }
    }
  }
`
