// Markdown: wide tables scroll by themselves and can be reached with the keyboard; alignment is a class, for the policy
// refuses style attributes; a head cell without text is no head cell.
function tidyTables({ tokens }) {
  tokens.forEach((token, at) => {
    if (!["th_open", "td_open"].includes(token.type)) return;
    const side = /text-align:\s*(\w+)/.exec(token.attrGet("style") ?? "")?.[1];
    token.attrs = (token.attrs ?? []).filter(([name]) => name !== "style");
    if (side) token.attrJoin("class", `align-${side}`);
    if (token.type !== "th_open") return;
    if (tokens[at + 1].content.trim()) token.attrSet("scope", "col");
    else token.tag = tokens[at + 2].tag = "td";
  });
}

export default function (eleventyConfig) {
  eleventyConfig.amendLibrary("md", (md) => {
    md.set({ html: true, linkify: false, typographer: false });
    md.core.ruler.push("tidy-tables", tidyTables);
    md.renderer.rules.table_open = (tokens, at) => {
      // Regions need names of their own.
      const number = tokens.slice(0, at + 1).filter((token) => token.type === "table_open").length;
      const name = number === 1 ? "Table" : `Table ${number}`;
      return `<div class="table-scroll" role="region" aria-label="${name}" tabindex="0"><table>\n`;
    };
    md.renderer.rules.table_close = () => "</table></div>\n";
  });
}
