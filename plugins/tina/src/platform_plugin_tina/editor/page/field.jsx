// One field on the page. The site's own element stays as it is and is hidden while the form says
// something else; a twin of it stands in its place, so that two programs never write to one element.
import React from "react";
import { createPortal } from "react-dom";
import { TinaMarkdown } from "tinacms/dist/rich-text";
import { changedBlocks, dateLike, same, showPicture } from "./values.mjs";

function twinOf(element, type) {
  const twin = element.cloneNode(type === "image");
  twin.removeAttribute("data-field");
  return twin;
}

const FILL = {
  string: (twin, { value }) => twin.replaceChildren(String(value ?? "")),
  number: (twin, { value }) => twin.replaceChildren(String(value ?? "")),
  datetime: (twin, { element, value, saved }) => {
    twin.replaceChildren(value ? dateLike(element.textContent, saved, value) : "");
    if (value && twin.matches("time")) twin.dateTime = String(value).slice(0, 10);
  },
  image: (twin, { value }) => showPicture(twin, value),
  "rich-text": (twin, { blocks, made }) => twin.replaceChildren(...blocks.before, ...made.childNodes, ...blocks.after),
};

export function Field({ element, type, address, value, saved }) {
  const [twin] = React.useState(() => twinOf(element, type));
  const [made] = React.useState(() => document.createElement("div"));
  const changed = type in FILL && !same(value, saved);
  const blocks = changed && type === "rich-text" ? changedBlocks(element, saved, value) : null;

  React.useLayoutEffect(() => {
    for (const item of [element, twin]) item.setAttribute("data-tina-field", address);
    return () => element.removeAttribute("data-tina-field");
  }, [element, twin, address]);

  React.useLayoutEffect(() => {
    if (!changed) return undefined;
    element.after(twin);
    element.style.setProperty("display", "none", "important");
    return () => {
      twin.remove();
      element.style.removeProperty("display");
    };
  }, [changed, element, twin]);

  React.useLayoutEffect(() => {
    if (!changed) return;
    // React keeps what it made; the twin gets copies.
    FILL[type](twin, { element, value, saved, blocks, made: made.cloneNode(true) });
  });

  return blocks ? createPortal(<TinaMarkdown content={blocks.changed} />, made) : null;
}
