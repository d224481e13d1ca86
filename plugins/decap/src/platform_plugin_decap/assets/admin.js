// Starts the editor, with what config.yml cannot say.
(() => {
  "use strict";

  // The editor must not start by itself before the hooks below are in place.
  window.CMS_MANUAL_INIT = true;

  // Index pages (_index.md) belong to the engine and are no entries.
  const isEntry = (item) => !/(^|\/)_index\.[^/]+$/.test(item.file.path);

  const withoutIndexPages = (items) => {
    const kept = items.filter(isEntry);
    // The list carries its paging cursor under a symbol.
    for (const symbol of Object.getOwnPropertySymbols(items)) kept[symbol] = items[symbol];
    return kept;
  };

  const hideIndexPages = (backend) => {
    for (const name of ["entriesByFolder", "allEntriesByFolder"]) {
      const list = backend[name];
      if (list) backend[name] = async (...args) => withoutIndexPages(await list.apply(backend, args));
    }
    const traverse = backend.traverseCursor;
    if (traverse) {
      backend.traverseCursor = async (...args) => {
        const page = await traverse.apply(backend, args);
        return { ...page, entries: withoutIndexPages(page.entries) };
      };
    }
    return backend;
  };

  // A field that was emptied is left out of the file: `stock: ""` is not a number.
  const isEmpty = (value) => value === "" || value === null || value === undefined || value.size === 0;

  const withoutEmptyFields = (data, names) => {
    for (const name of names) {
      const value = data.get(name);
      const inner = value && typeof value.filterNot === "function" ? value.filterNot(isEmpty) : value;
      data = isEmpty(inner) ? data.delete(name) : data.set(name, inner);
    }
    return data;
  };

  document.addEventListener("DOMContentLoaded", () => {
    const CMS = window.CMS;
    if (!CMS) {
      document.body.textContent = "The editor could not be loaded. Reload the page; if that does not help, deploy the site again.";
      return;
    }
    for (const name of ["github", "proxy"]) {
      const backend = CMS.getBackend(name);
      const init = backend.init;
      backend.init = (...args) => hideIndexPages(init(...args));
    }
    const optional = JSON.parse(document.querySelector('meta[name="platform-optional"]').content);
    CMS.registerEventListener({
      name: "preSave",
      handler: ({ entry }) => withoutEmptyFields(entry.get("data"), optional[entry.get("collection")] || []),
    });
    // The login answers where the editor was opened, which need not be the site's own name yet.
    CMS.init({ config: { backend: { base_url: window.location.origin } } });
  });
})();
