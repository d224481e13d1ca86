// Gives a file to contentful-import, which checks it before it asks anybody; the host it would ask is closed.
'use strict';

const { createServer } = require('node:net');
const fs = require('node:fs');
const contentfulImport = require('contentful-import');

const [file] = process.argv.slice(2);
const say = console.log;
console.log = () => {};

const server = createServer();
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  server.close();
  try {
    await (contentfulImport.default || contentfulImport)({
      content: JSON.parse(fs.readFileSync(file, 'utf-8')),
      spaceId: 'space',
      managementToken: 'token',
      host: `127.0.0.1:${port}`,
      insecure: true,
      retryLimit: 0,
      useVerboseRenderer: true,
      errorLogFile: `${file}.log`,
    });
  } catch (error) {
    const rows = (error.errors || [{ error }]).map((row) => row.error || row);
    say(JSON.stringify(rows.map((row) => ({ name: row.name, message: row.message, details: (row.details || []).map((one) => one.message) }))));
  }
  process.exit(0);
});
