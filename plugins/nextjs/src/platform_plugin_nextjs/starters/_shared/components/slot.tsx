import parse from "html-react-parser";
import { platform } from "@/lib/platform";

/** One named slot: finished HTML that the composition brings. */
export function Slot({ name }: { name: "body-end" | "navigation" | "footer" }) {
  const html = platform.fragments[name];
  return html ? <div className="slot" dangerouslySetInnerHTML={{ __html: html }} suppressHydrationWarning /> : null;
}

/** The slot of the head, where no element can wrap it. */
export function HeadSlot() {
  return <>{parse(platform.fragments.head)}</>;
}
