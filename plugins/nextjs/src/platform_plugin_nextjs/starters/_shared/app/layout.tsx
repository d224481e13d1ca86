import type { ReactNode } from "react";
import { Footer } from "@/components/footer";
import { Header } from "@/components/header";
import { HeadSlot, Slot } from "@/components/slot";
import { site } from "@/lib/platform";
import "./site.css";

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang={site.locale}>
      <head>
        <HeadSlot />
      </head>
      <body>
        <a className="skip-link" href="#content">Skip to content</a>
        <Header />
        <main id="content" tabIndex={-1}>{children}</main>
        <Footer />
        <Slot name="body-end" />
      </body>
    </html>
  );
}
