import { SiteLink } from "@/components/site-link";
import { Slot } from "@/components/slot";
import { about, platform, site } from "@/lib/platform";

export function Footer() {
  // Pages that plugins announce, such as an editor's, are for whoever works on the site.
  const routes = site.stage === "local" ? platform.routes : [];
  return (
    <footer className="site-footer">
      <div className="wrap site-footer-in">
        <FooterText />
        <ul className="footer-links">
          {about.footer.map(({ label, path }) => (
            <li key={path}><SiteLink href={path}>{label}</SiteLink></li>
          ))}
          {routes.map(({ label, path }) => (
            <li key={path}><a href={path}>{label}</a></li>
          ))}
        </ul>
        <Slot name="footer" />
      </div>
    </footer>
  );
}

function FooterText() {
  const { email, phone, address = [] } = about.contact;
  return (
    <div className="footer-text">
      <p><strong>{site.title}</strong>, {about.tagline}</p>
      {address.length ? <p>{address.join(", ")}</p> : null}
      <p>
        <a href={`mailto:${email}`}>{email}</a>
        {phone ? <>, <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{phone}</a></> : null}
      </p>
    </div>
  );
}
