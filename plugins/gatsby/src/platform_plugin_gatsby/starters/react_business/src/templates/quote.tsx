import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Form } from "../components/form"
import type { Question } from "../components/form"
import { Joint } from "../components/joint"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { useSite } from "../components/site"

interface Data {
  entry: { title: string; description: string; body: string }
  allEntry: { nodes: { title: string }[] }
}

export default function Quote({ data }: PageProps<Data>) {
  const { slots, email, phone } = useSite()
  const services = data.allEntry.nodes.map((service) => service.title)
  return (
    <div className="page service">
      <Joint name="bridle" className="joint-large" />
      <div>
        <h1 data-field="title">{data.entry.title}</h1>
        <Prose html={data.entry.body} className="lead" />
        {slots.formEndpoint ? (
          <Form action={slots.formEndpoint} questions={questions(services)} submit="Send request" note="We use your answers for the quote and nothing else." />
        ) : (
          <ByMail email={email} phone={phone} services={services} />
        )}
      </div>
    </div>
  )
}

function questions(services: string[]): Question[] {
  return [
    { name: "kind", label: "What is it about?", type: "select", choices: [...services, "Something else"] },
    { name: "place", label: "Town", wrong: "Tell us the town, so that we know the way and the snow load." },
    { name: "when", label: "When should it stand?", help: "For example: autumn next year", wrong: "A year is enough." },
    { name: "message", label: "What is there now, and what should be there?", type: "textarea", wrong: "Two sentences help us more than a floor plan." },
    { name: "name", label: "Your name", complete: "name", wrong: "We would like to know whom we call." },
    { name: "email", label: "E-mail", type: "email", complete: "email", wrong: "Give an address such as anna@example.com." },
    { name: "phone", label: "Phone", type: "tel", complete: "tel", optional: true },
  ]
}

/** Nothing takes answers yet: the same questions go into an e-mail. */
function ByMail({ email, phone, services }: { email: string; phone: string; services: string[] }) {
  const lines = [`What: ${services.join(" / ")}`, "Where (town):", "When should it stand:", "What is there now:", "Phone:"]
  const address = `mailto:${email}?subject=${encodeURIComponent("Request for a quote")}&body=${encodeURIComponent(lines.join("\n"))}`
  return (
    <div className="message stack">
      <p>Write to us, and please answer these in your mail:</p>
      <ul>
        <li>What it is about: {services.join(", ").toLowerCase()}</li>
        <li>The town, and when it should stand</li>
        <li>What is there now, best with two photographs</li>
      </ul>
      <p className="actions">
        <a className="button" href={address}>
          Write an e-mail
        </a>
        <span>or call {phone}, from seven in the morning</span>
      </p>
    </div>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  return <Seo title={entry.title} description={entry.description} path={pageContext.url} />
}

export const query = graphql`
  query Quote($id: String!) {
    entry(id: { eq: $id }) { title description body }
    allEntry(filter: { collection: { eq: "services" }, section: { eq: false } }, sort: [{ order: ASC }, { title: ASC }]) {
      nodes { title }
    }
  }
`
