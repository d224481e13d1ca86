// Reads one JSON object a line, answers one a line: what Foxy's own SDK makes of it.
// node sign.cjs <folder with node_modules>
const path = require('node:path');
const readline = require('node:readline');

const backend = path.join(process.argv[2], 'node_modules', '@foxy.io', 'sdk', 'dist', 'cjs', 'backend');
const { Signer } = require(path.join(backend, 'Signer.js'));
const { verifyWebhookSignature } = require(path.join(backend, 'verifyWebhookSignature.js'));

const tasks = {
  html: ({ key, html }) => new Signer(key).signHtml(html),
  url: ({ key, url }) => new Signer(key).signUrl(url),
  name: ({ key, name, code, parent, value }) => new Signer(key).signName(name, code, parent, value),
  webhook: ({ key, payload, signature }) => verifyWebhookSignature({ key, payload, signature }),
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const task = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(tasks[task.task](task))}\n`);
});
