import * as React from "react"
import { graphql } from "gatsby"
import type { HeadProps, PageProps } from "gatsby"
import { Form } from "../components/form"
import type { Question } from "../components/form"
import { Prose } from "../components/prose"
import { Seo } from "../components/seo"
import { useSite } from "../components/site"
import { Wall } from "../components/wall"

interface Data {
  entry: { title: string; description: string; body: string }
}

const QUESTIONS: Question[] = [
  { name: "name", label: "Your name", complete: "name", wrong: "Please say who is writing." },
  { name: "email", label: "E-mail", type: "email", complete: "email", wrong: "Give an address such as ane@example.com." },
  { name: "message", label: "Your wall", type: "textarea", help: "Width, height, what gets wet", wrong: "A sentence about the wall is enough." },
]

export default function Contact({ data: { entry } }: PageProps<Data>) {
  const { slots, email, phone, address } = useSite()
  return (
    <Wall>
      <header className="tile tile-wide tile-text">
        <h1 data-field="title">{entry.title}</h1>
      </header>
      <div className="tile tile-cobalt tile-text">
        <p>
          <a href={`mailto:${email}`}>{email}</a>
        </p>
        <p>
          <a href={`tel:${phone.replace(/\s/g, "")}`}>{phone}</a>
        </p>
      </div>
      <address className="tile tile-text">
        {address.map((line) => (
          <span key={line}>{line}</span>
        ))}
      </address>
      <div className="tile tile-wide tile-text tile-free">
        <Prose html={entry.body} />
      </div>
      <div className="tile tile-wide tile-text tile-free">
        {slots.formEndpoint ? (
          <Form action={slots.formEndpoint} questions={QUESTIONS} submit="Send" />
        ) : (
          <>
            <p>Write to me what gets wet, how wide and how high it is. A photograph with a chair in it helps.</p>
            <p className="actions">
              <a className="button" href={`mailto:${email}?subject=A%20wall`}>
                Write an e-mail
              </a>
            </p>
          </>
        )}
      </div>
    </Wall>
  )
}

export function Head({ data: { entry }, pageContext }: HeadProps<Data, { url: string }>) {
  return <Seo title={entry.title} description={entry.description} path={pageContext.url} />
}

export const query = graphql`
  query Contact($id: String!) {
    entry(id: { eq: $id }) { title description body }
  }
`
