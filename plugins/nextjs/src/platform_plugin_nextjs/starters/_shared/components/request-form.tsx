"use client";

import { useEffect, useId, useRef, useState, type FormEvent } from "react";

export type FormField = {
  name: string;
  label: string;
  type?: "text" | "email" | "tel" | "date" | "time" | "number" | "select" | "textarea";
  required?: boolean;
  options?: string[];
  help?: string;
  /** What to say when the value is missing or not right. */
  wrong?: string;
  min?: string;
  max?: string;
  step?: string;
  autoComplete?: string;
};

type Props = {
  fields: FormField[];
  /** Where it is posted to; without it the form writes an e-mail. */
  endpoint: string;
  email: string;
  subject: string;
  submit: string;
};
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** A form that is checked by the browser alone without JavaScript, and explains itself with it. */
export function RequestForm({ fields, endpoint, email, subject, submit }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [ready, setReady] = useState(false);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [message, setMessage] = useState("");

  useEffect(() => {
    const given = new URLSearchParams(window.location.search);
    for (const { name } of fields) {
      const control = form.current?.elements.namedItem(name) as Control | null;
      const value = given.get(name);
      if (control && value) control.value = value;
    }
    setReady(true);
  }, [fields]);

  const look = (field: FormField): string => {
    const control = form.current?.elements.namedItem(field.name) as Control | null;
    return !control || control.checkValidity() ? "" : (field.wrong ?? control.validationMessage);
  };
  const recheck = (field: FormField) => setWrong((before) => ({ ...before, [field.name]: look(field) }));

  const send = (event: FormEvent<HTMLFormElement>) => {
    const found = Object.fromEntries(fields.map((field) => [field.name, look(field)]));
    setWrong(found);
    const first = fields.find(({ name }) => found[name]);
    if (first) {
      event.preventDefault();
      setMessage("Please look at the marked fields.");
      (form.current?.elements.namedItem(first.name) as Control).focus();
    } else if (!endpoint) {
      event.preventDefault();
      setMessage("Your mail program has the text now. Nothing is sent until you send it there.");
      window.location.href = mailAddress(email, subject, fields, new FormData(event.currentTarget));
    }
  };

  return (
    <form className="form" ref={form} method={endpoint ? "post" : undefined} action={endpoint || undefined} noValidate={ready} onSubmit={send}>
      {fields.map((field) => (
        <Field key={field.name} field={field} wrong={wrong[field.name] ?? ""} onBlur={() => recheck(field)} />
      ))}
      <p aria-live="polite" className={message ? "message" : "visually-hidden"}>{message}</p>
      <div>
        <button className="button" type="submit" disabled={!endpoint && !ready}>{submit}</button>
      </div>
    </form>
  );
}

function Field({ field, wrong, onBlur }: { field: FormField; wrong: string; onBlur: () => void }) {
  const id = useId();
  const { name, label, type = "text", required = false, options = [], help, min, max, step, autoComplete } = field;
  const described = [help ? `${id}-help` : "", wrong ? `${id}-wrong` : ""].filter(Boolean).join(" ");
  const common = {
    id, name, required, onBlur, autoComplete, "aria-invalid": wrong ? true : undefined, "aria-describedby": described || undefined,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}{required ? "" : " (optional)"}</label>
      {type === "select" ? (
        <select {...common} defaultValue="">
          <option value="">Please choose</option>
          {options.map((option) => <option key={option}>{option}</option>)}
        </select>
      ) : type === "textarea" ? (
        <textarea {...common} />
      ) : (
        <input {...common} type={type} min={min} max={max} step={step} />
      )}
      {help ? <p className="field-help" id={`${id}-help`}>{help}</p> : null}
      {wrong ? <p className="field-wrong" id={`${id}-wrong`}>{wrong}</p> : null}
    </div>
  );
}

function mailAddress(email: string, subject: string, fields: FormField[], values: FormData): string {
  const lines = fields.map(({ name, label }) => `${label}: ${String(values.get(name) ?? "")}`);
  return `mailto:${email}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(lines.join("\n"))}`;
}
