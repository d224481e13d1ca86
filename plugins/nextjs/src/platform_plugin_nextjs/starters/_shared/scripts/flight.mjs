// Makes the calls that a page's blocks of data stand for; see handler.mjs. The name holds the hash of the code.
import { createHash } from "node:crypto";

export const CODE = `for (const block of document.querySelectorAll("script[data-flight]")) {
  const value = JSON.parse(block.textContent);
  if (block.dataset.flight === "chunks") (globalThis.TURBOPACK ||= []).push(value);
  else (self.__next_f ||= []).push(value);
}
`;

export const FLIGHT = `/_next/static/chunks/flight-${createHash("sha256").update(CODE).digest("hex").slice(0, 16)}.js`;
