import { RequestForm, type FormField } from "@/components/request-form";
import { about, options } from "@/lib/platform";

/** A form with the site's own address, and a sentence on what happens when it is sent. */
export function Contact({ fields, subject, submit }: { fields: FormField[]; subject: string; submit: string }) {
  const { email } = about.contact;
  return (
    <div className="contact">
      <RequestForm fields={fields} endpoint={options.formEndpoint} email={email} subject={subject} submit={submit} />
      {options.formEndpoint ? null : (
        <p className="field-help">
          This form writes an e-mail for you; your own mail program sends it. You can also write to <a href={`mailto:${email}?subject=${encodeURIComponent(subject)}`}>{email}</a> at once.
        </p>
      )}
    </div>
  );
}
