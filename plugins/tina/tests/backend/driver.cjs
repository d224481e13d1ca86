// Runs the backend as Lambda does: one event a line on standard input, one answer a line on standard output.
const print = process.stdout.write.bind(process.stdout);
// What the function logs is not an answer.
console.log = (...parts) => process.stderr.write(`${parts.join(" ")}\n`);
const { handler } = require(`${process.argv[2]}/index.js`);
const lines = require("node:readline").createInterface({ input: process.stdin });
(async () => {
  for await (const line of lines) print(`${JSON.stringify(await handler(JSON.parse(line)))}\n`);
})();
