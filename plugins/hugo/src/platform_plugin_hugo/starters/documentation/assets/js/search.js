// Search in the browser: one index, fetched when the field is first used.
// Without this script the form opens the list of all pages.

const form = document.querySelector("form.search");
if (form) {
  const field = form.querySelector("input");
  const list = form.querySelector("ul");
  const status = form.querySelector("[role=status]");
  const version = form.dataset.version;
  let index;

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (text) => fold(text).match(/[\p{L}\p{N}_.-]+/gu) || [];

  const load = () =>
    (index ??= fetch(form.dataset.index)
      .then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      })
      .then((rows) =>
        rows
          .filter((row) => !version || !row.v || row.v === version)
          .map((row) => ({ ...row, title: fold(row.t), heads: row.h.map((head) => fold(head.t)), body: fold(`${row.d} ${row.b}`) })),
      )
      .catch((error) => {
        index = undefined;
        throw error;
      }));

  // How well a text holds a term: the whole word, the start of one, or somewhere inside.
  const weigh = (text, term) => {
    const at = text.indexOf(term);
    if (at < 0) return 0;
    const starts = at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]);
    const ends = !/[\p{L}\p{N}]/u.test(text[at + term.length] || " ");
    return starts && ends ? 3 : starts ? 2 : 1;
  };

  const rank = (rows, query) => {
    const terms = words(query);
    if (!terms.length) return [];
    const found = [];
    for (const row of rows) {
      let score = 0;
      let head = -1;
      const all = terms.every((term) => {
        const heads = row.heads.map((text) => weigh(text, term));
        const best = Math.max(0, ...heads);
        const value = 12 * weigh(row.title, term) + 5 * best + weigh(row.body, term);
        if (best && head < 0) head = heads.indexOf(best);
        score += value;
        return value > 0;
      });
      if (all) found.push({ row, score, head: weigh(row.title, terms[0]) ? -1 : head });
    }
    return found.sort((a, b) => b.score - a.score).map((hit) => ({ ...hit, terms }));
  };

  const excerpt = (row, terms) => {
    const text = row.b || row.d;
    const plain = text.toLowerCase();
    const at = Math.max(0, Math.min(...terms.map((term) => plain.indexOf(term)).filter((place) => place >= 0), text.length));
    const from = at === text.length ? 0 : Math.max(0, plain.lastIndexOf(" ", Math.max(0, at - 40)));
    return (from ? "… " : "") + text.slice(from, from + 130).trim() + (from + 130 < text.length ? " …" : "");
  };

  const mark = (target, text, terms) => {
    const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    for (const part of text.split(new RegExp(`(${escaped})`, "giu"))) {
      const node = document.createElement(terms.includes(part.toLowerCase()) ? "mark" : "span");
      node.textContent = part;
      target.append(node);
    }
  };

  const draw = (target, hits) => {
    target.replaceChildren(
      ...hits.map(({ row, head, terms }) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = row.u + (head >= 0 ? `#${row.h[head].i}` : "");
        const title = document.createElement("strong");
        mark(title, head >= 0 ? `${row.t}: ${row.h[head].t}` : row.t, terms);
        const place = document.createElement("span");
        place.className = "search-place";
        place.textContent = row.s;
        const text = document.createElement("span");
        text.className = "search-excerpt";
        mark(text, excerpt(row, terms), terms);
        link.append(title, " ", place, " ", text);
        item.append(link);
        return item;
      }),
    );
    target.hidden = !hits.length;
  };

  const say = (count, query) => {
    status.textContent = query ? (count === 1 ? "1 page found" : `${count} pages found`) : "";
  };

  const close = () => {
    list.hidden = true;
  };

  const update = async () => {
    const query = field.value.trim();
    try {
      const hits = rank(await load(), query);
      if (query !== field.value.trim()) return;
      draw(list, hits.slice(0, 8));
      say(hits.length, query);
    } catch {
      status.textContent = "The search index could not be loaded. Press Enter for the list of all pages.";
    }
  };

  field.addEventListener("focus", () => load().catch(() => {}), { once: true });
  field.addEventListener("input", update);
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      field.focus();
    } else if (event.key === "ArrowDown" && links.length && !list.hidden) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at ? links[at - 1] : field).focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(?:input|textarea|select)$/i.test(document.activeElement.tagName) || document.activeElement.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    }
  });

  // The list of all pages shows results when it was asked for some.
  const results = document.querySelector(".search-page-results");
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  if (results && asked) {
    field.value = asked;
    load().then((rows) => {
      const hits = rank(rows, asked);
      draw(results, hits);
      document.querySelector(".all-pages").hidden = hits.length > 0;
      document.querySelector(".search-page .lead").textContent = hits.length
        ? `${hits.length === 1 ? "1 page" : `${hits.length} pages`} with “${asked}”.`
        : `Nothing holds “${asked}”. These are all pages:`;
    });
  }
}
