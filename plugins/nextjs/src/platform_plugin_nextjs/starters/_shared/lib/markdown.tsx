import type { Element, ElementContent, Root } from "hast";
import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import { toHtml } from "hast-util-to-html";
import { refractor } from "refractor";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";
import rehypeRaw from "rehype-raw";
import rehypeSlug from "rehype-slug";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import { visit } from "unist-util-visit";
import { MarkdownImage } from "@/components/picture";
import { SiteLink } from "@/components/site-link";

// Raw HTML stays: imported posts use it, and whoever writes them may write the templates too.
const pipeline = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: "" })
  .use(rehypeRaw)
  .use(rehypeSlug)
  .use(colourCode)
  .use(wrapTables);

export function Markdown({ text }: { text: string }) {
  return toJsxRuntime(tree(text), {
    Fragment,
    jsx,
    jsxs,
    components: {
      a: ({ node: _, href = "", ...rest }) => <SiteLink href={href} {...rest} />,
      img: ({ node: _, src, alt, title }) => <MarkdownImage src={String(src ?? "")} alt={alt ?? ""} title={title} />,
    },
  });
}

/** The same as text, for feeds: addresses in it are absolute. */
export function markdownHtml(text: string, base: string): string {
  const found = tree(text);
  visit(found, "element", (node) => {
    for (const key of ["href", "src"]) {
      const value = node.properties[key];
      if (typeof value === "string" && /^\/(?!\/)/.test(value)) node.properties[key] = base + value;
    }
  });
  return toHtml(found);
}

/** Headings of the second level, for a list of contents. */
export function headings(text: string): { id: string; label: string }[] {
  const found: { id: string; label: string }[] = [];
  visit(tree(text), "element", (node) => {
    if (node.tagName === "h2" && node.properties.id) found.push({ id: String(node.properties.id), label: textOf(node) });
  });
  return found;
}

/** Markdown as words only. */
export function plainText(text: string): string {
  return textOf(tree(text)).replace(/\s+/g, " ").trim();
}

function tree(text: string): Root {
  return pipeline.runSync(pipeline.parse(text));
}

function textOf(node: Root | ElementContent | Root["children"][number]): string {
  if (node.type === "text") return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}

/** Colours code by class, as Prism does; the shared stylesheet has the colours. */
function colourCode() {
  return (root: Root) => {
    visit(root, "element", (node, index, parent) => {
      const code = node.children[0];
      if (node.tagName !== "pre" || code?.type !== "element" || code.tagName !== "code" || !parent || index === undefined) return;
      const classes = Array.isArray(code.properties.className) ? code.properties.className.map(String) : [];
      const language = classes.find((name) => name.startsWith("language-"))?.slice("language-".length) ?? "";
      if (refractor.registered(language)) {
        code.children = refractor.highlight(textOf(code), language).children as ElementContent[];
      }
      node.properties.tabIndex = 0;
      parent.children[index] = element("div", { className: ["code-block"] }, [node]);
      return index + 1;
    });
  };
}

/** A wide table scrolls by itself, also by keyboard. */
function wrapTables() {
  return (root: Root) => {
    let number = 0;
    visit(root, "element", (node, index, parent) => {
      if (node.tagName !== "table" || !parent || index === undefined) return;
      number += 1;
      alignByClass(node);
      const named = { className: ["table-scroll"], tabIndex: 0, role: "region", ariaLabel: `Table ${number}` };
      parent.children[index] = element("div", named, [node]);
      return index + 1;
    });
  };
}

/** The site's policy allows no inline style. */
function alignByClass(table: Element) {
  visit(table, "element", (cell) => {
    if (cell.tagName === "th" && !cell.properties.scope) cell.properties.scope = "col";
    const side = cell.properties.align;
    if (side) cell.properties.className = [`align-${String(side)}`];
    delete cell.properties.align;
  });
}

function element(tagName: string, properties: Element["properties"], children: ElementContent[]): Element {
  return { type: "element", tagName, properties, children };
}
