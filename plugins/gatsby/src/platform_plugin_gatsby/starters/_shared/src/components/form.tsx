import * as React from "react"

export interface Question {
  name: string
  label: string
  /** What is said when the answer is missing or can't be right. */
  wrong?: string
  type?: "text" | "email" | "tel" | "select" | "textarea"
  choices?: string[]
  complete?: string
  optional?: boolean
  help?: string
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** Checked by the browser without JavaScript; with it, each field says what is missing in our words. */
export function Form({ action, questions, submit, note }: { action: string; questions: Question[]; submit: string; note?: string }) {
  const [wrong, setWrong] = React.useState<string[]>([])
  const [ready, setReady] = React.useState(false)
  React.useEffect(() => setReady(true), [])

  const check = (event: React.FormEvent<HTMLFormElement>) => {
    const controls = [...event.currentTarget.elements].filter((item): item is Control => "validity" in item && "name" in item)
    const found = controls.filter((control) => control.name && !control.validity.valid)
    setWrong(found.map((control) => control.name))
    if (!found.length) return
    event.preventDefault()
    found[0]!.focus()
  }

  return (
    <form className="form" method="post" action={action} onSubmit={check} noValidate={ready}>
      {questions.map((question) => (
        <Field key={question.name} question={question} wrong={wrong.includes(question.name)} />
      ))}
      {note && <p className="field-help">{note}</p>}
      <p>
        <button className="button" type="submit">
          {submit}
        </button>
      </p>
      <p role="status" className="field-wrong">
        {wrong.length > 0 && "Some answers are missing; the fields say which."}
      </p>
    </form>
  )
}

function Field({ question, wrong }: { question: Question; wrong: boolean }) {
  const { name, label, type = "text", choices = [], complete, optional, help } = question
  const described = [help && `${name}-help`, wrong && `${name}-wrong`].filter(Boolean).join(" ")
  const attributes = {
    id: name,
    name,
    autoComplete: complete,
    required: !optional && type !== "select",
    "aria-invalid": wrong || undefined,
    "aria-describedby": described || undefined,
  }
  return (
    <div className="field">
      <label htmlFor={name}>
        {label}
        {optional && " (optional)"}
      </label>
      {type === "textarea" && <textarea {...attributes} />}
      {type === "select" && (
        <select {...attributes}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
      {type !== "textarea" && type !== "select" && <input type={type} {...attributes} />}
      {help && (
        <p className="field-help" id={`${name}-help`}>
          {help}
        </p>
      )}
      {wrong && (
        <p className="field-wrong" id={`${name}-wrong`}>
          {question.wrong ?? "Please fill this in."}
        </p>
      )}
    </div>
  )
}
