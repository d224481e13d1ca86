// Validates HTML files: their paths come as JSON on standard input, what is wrong goes out as JSON.
// Run in the folder that holds node_modules, which comes as the first argument.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(join(process.argv[2], "package.json")));
const { HtmlValidate, StaticConfigLoader } = await import(pathToFileURL(require.resolve("html-validate")));

const off = {
  // How markup is written, not what it says; engines and minifiers write it.
  "attr-case": "off", // React writes srcSet and dateTime; to browsers that is the same
  "attr-quotes": "off",
  "attribute-boolean-style": "off",
  "attribute-empty-style": "off",
  "doctype-style": "off",
  "no-implicit-close": "off",
  "no-implicit-button-type": "off", // outside a form a button submits nothing
  "no-inline-style": "off", // the site's content security policy decides that
  "no-trailing-whitespace": "off",
  "void-style": "off",
  // The standard allows any character in an id but white space.
  "valid-id": ["error", { relaxed: true }],
  // Titles of an article are as long as its author wants; Lighthouse judges the result.
  "long-title": "off",
  // Sites are static: integrity protects files of others, and these are served from one origin.
  "require-sri": "off",
  // Numbers and dates may be broken across lines; it is the author's text.
  "tel-non-breaking": "off",
  // axe measures the same on the rendered page, where CSS and scripts have had their say.
  "no-redundant-role": "off",
  "prefer-native-element": "off",
};

const validator = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:recommended"], rules: off }),
);
const found = [];
for (const name of JSON.parse(readFileSync(0, "utf-8"))) {
  const report = await validator.validateString(readFileSync(name, "utf-8"), name);
  for (const result of report.results) {
    for (const { ruleId, message, line, selector } of result.messages) {
      found.push({ name, rule: ruleId, message, line, selector });
    }
  }
}
process.stdout.write(JSON.stringify(found));
