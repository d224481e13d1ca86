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
})();
