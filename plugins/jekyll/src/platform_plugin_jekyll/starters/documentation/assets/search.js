// Search: the index is fetched when the field is first used; "/" leads to the field, arrows lead through the results.
(() => {
  const form = document.querySelector("form.search");
  const field = form.querySelector("input");
  const list = form.querySelector(".search-results");
  const status = form.querySelector("[role=status]");
  let index;

  const load = () => (index ??= fetch(form.dataset.index).then((answer) => answer.json()).catch(() => []));
  const words = (text) => text.toLowerCase().split(/[^\p{L}\p{N}-]+/u).filter(Boolean);

  function score(page, wanted) {
    const title = page.t.toLowerCase();
    const rest = `${page.d ?? ""} ${page.x}`.toLowerCase();
    let sum = page.o ? -2 : 0;
    for (const word of wanted) {
      if (title.includes(word)) sum += 10;
      else if (rest.includes(word)) sum += 3;
      else return 0;
    }
    return Math.max(sum, 0.5);
  }

  function excerpt(page, word) {
    const at = page.x.toLowerCase().indexOf(word);
    if (at < 0) return page.d ?? "";
    const from = Math.max(0, at - 40);
    return `${from ? "… " : ""}${page.x.slice(from, at + 80)} …`;
  }

  function item(page, word) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    const title = document.createElement("strong");
    const text = document.createElement("span");
    link.href = page.u;
    title.textContent = page.o ? `${page.t} (1.9)` : page.t;
    text.textContent = excerpt(page, word);
    link.append(title, text);
    row.append(link);
    return row;
  }

  async function show() {
    const wanted = words(field.value);
    if (!wanted.length) {
      list.hidden = true;
      status.textContent = "";
      return;
    }
    const pages = await load();
    const rated = pages.map((page) => [score(page, wanted), page]).filter(([rate]) => rate > 0);
    rated.sort(([a], [b]) => b - a);
    list.replaceChildren(...rated.slice(0, 8).map(([, page]) => item(page, wanted[0])));
    list.hidden = rated.length === 0;
    status.textContent = `${rated.length} page${rated.length === 1 ? "" : "s"} found`;
  }

  function move(step) {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement) + step;
    (at < 0 ? field : links[Math.min(at, links.length - 1)])?.focus();
  }

  field.addEventListener("focus", load);
  field.addEventListener("input", show);
  form.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      list.hidden = true;
      field.focus();
    }
  });
  form.addEventListener("submit", (event) => {
    const first = list.querySelector("a");
    if (first && !list.hidden) {
      event.preventDefault();
      location.href = first.href;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      field.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) list.hidden = true;
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    field.value = asked;
    show();
  }
})();
