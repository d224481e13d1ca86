import * as React from "react"

interface Question {
  name: string
  label: string
  wrong: string
  type?: "email" | "tel" | "text"
  complete?: string
  optional?: boolean
  help?: string
}

const QUESTIONS: Question[] = [
  { name: "place", label: "Town", wrong: "Tell us the town, so that we know the way and the snow load." },
  { name: "when", label: "When should it stand?", wrong: "A year is enough.", help: "For example: autumn next year" },
  { name: "name", label: "Your name", wrong: "We would like to know whom we call.", complete: "name" },
  { name: "email", label: "E-mail", wrong: "Give an address such as anna@example.com.", type: "email", complete: "email" },
  { name: "phone", label: "Phone", wrong: "", type: "tel", complete: "tel", optional: true },
]

/** Checked by the browser without JavaScript; with it, each field says what is missing in our words. */
export function QuoteForm({ action, services }: { action: string; services: string[] }) {
  const [wrong, setWrong] = React.useState<Record<string, string>>({})
  const [ready, setReady] = React.useState(false)
  React.useEffect(() => setReady(true), [])

  const check = (event: React.FormEvent<HTMLFormElement>) => {
    const fields = [...event.currentTarget.elements].filter((item): item is HTMLInputElement => "validity" in item && "name" in item)
    const found = fields.filter((field) => field.name && !field.validity.valid)
    const sentence = (name: string) => QUESTIONS.find((question) => question.name === name)?.wrong ?? "Please fill this in."
    setWrong(Object.fromEntries(found.map((field) => [field.name, sentence(field.name)])))
    if (!found.length) return
    event.preventDefault()
    found[0]!.focus()
  }

  return (
    <form className="form" method="post" action={action} onSubmit={check} noValidate={ready}>
      <div className="field">
        <label htmlFor="kind">What is it about?</label>
        <select id="kind" name="kind">
          {services.map((service) => (
            <option key={service}>{service}</option>
          ))}
          <option>Something else</option>
        </select>
      </div>
      {QUESTIONS.map((question) => (
        <Field key={question.name} question={question} wrong={wrong[question.name]} />
      ))}
      <div className="field">
        <label htmlFor="message">What is there now, and what should be there?</label>
        <textarea id="message" name="message" required aria-invalid={Boolean(wrong.message)} aria-describedby={wrong.message ? "message-wrong" : undefined} />
        {wrong.message && (
          <p className="field-wrong" id="message-wrong">
            Two sentences help us more than a floor plan.
          </p>
        )}
      </div>
      <p className="field-help">We use your answers for the quote and nothing else.</p>
      <p>
        <button className="button" type="submit">
          Send request
        </button>
      </p>
      <p role="status" className="field-wrong">
        {Object.keys(wrong).length > 0 && "Some answers are missing; the fields say which."}
      </p>
    </form>
  )
}

function Field({ question, wrong }: { question: Question; wrong?: string }) {
  const { name, label, type = "text", complete, optional, help } = question
  const described = [help && `${name}-help`, wrong && `${name}-wrong`].filter(Boolean).join(" ")
  return (
    <div className="field">
      <label htmlFor={name}>
        {label}
        {optional && " (optional)"}
      </label>
      <input
        id={name}
        name={name}
        type={type}
        autoComplete={complete}
        required={!optional}
        aria-invalid={Boolean(wrong)}
        aria-describedby={described || undefined}
      />
      {help && (
        <p className="field-help" id={`${name}-help`}>
          {help}
        </p>
      )}
      {wrong && (
        <p className="field-wrong" id={`${name}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  )
}
