// Tells the editor where this site's content is; the page holds the rest as data.
(() => {
  "use strict";
  const page = JSON.parse(document.getElementById("platform-tina").textContent);
  if (page.local) {
    const service = location.origin + page.local;
    // Tina takes an address for one of this machine when it says so.
    page.api = `${service}/localhost/graphql`;
    page.media = `${service}/media`;
  }
  if (page.service) {
    page.service = location.origin + page.service;
    page.api = `${page.service}/graphql`;
    page.media = `${page.service}/media`;
  }
  globalThis.platformTina = page;
  if (!page.pages) return;

  // Address of a page -> the entry that is looked for there, and its form without a page.
  page.sought = new Map();
  // The queries for which the preview has forms.
  page.open = new Set();
  // The program for the preview is put into it from here, so that pages carry nothing for visitors.
  document.addEventListener(
    "load",
    ({ target }) => {
      const inside = target.id === "tina-iframe" && target.contentDocument;
      if (!inside) return;
      const sought = page.sought.get(inside.location.pathname);
      if (sought && !inside.querySelector(`[data-entry="${CSS.escape(sought.entry)}"]`)) {
        // A draft has no page yet, and some entries never have one of their own.
        location.hash = sought.form;
        return;
      }
      const script = Object.assign(inside.createElement("script"), { type: "module", ...page.pages.script });
      script.addEventListener("load", () => script.remove());
      inside.head.append(script);
    },
    true,
  );
})();
