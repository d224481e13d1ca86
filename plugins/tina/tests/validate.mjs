// Reads a list of configurations and has Tina's own checker judge each; prints one line of JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.argv[2]}/package.json`);
const { validateSchema } = require("@tinacms/schema-tools");
const judged = JSON.parse(readFileSync(0, "utf8")).map((schema) => {
  try {
    validateSchema({ schema });
    return "";
  } catch (error) {
    return String(error.message);
  }
});
console.log(JSON.stringify(judged));
