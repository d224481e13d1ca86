// Builds what runs in the editor's preview: node build.mjs <file to write>
import fs from "node:fs/promises";
import { build } from "esbuild";

// Tina's hook adds a style element, which the policy of the site's pages refuses; a sheet made by a script is none.
const ELEMENT = /const style = document\.createElement\("style"\);[\s\S]*?document\.head\.appendChild\(style\);/;
const SHEET = `
const sheet = new CSSStyleSheet();
sheet.replaceSync(QUICK_EDIT_CSS);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const style = { remove: () => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((item) => item !== sheet); } };
`;

const sheetForElement = {
  name: "sheet-for-element",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]tinacms[\\/]dist[\\/]react\.js$/ }, async ({ path }) => {
      const text = await fs.readFile(path, "utf8");
      if (!ELEMENT.test(text)) throw new Error("Tina's hook makes its style in another way.");
      return { contents: text.replace(ELEMENT, SHEET), loader: "js" };
    });
  },
};

await build({
  entryPoints: ["page/main.jsx"],
  outfile: process.argv[2],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [sheetForElement],
  logLevel: "warning",
});
