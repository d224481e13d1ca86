// Runs Contentful's own client, unchanged, and prints what it got: client.cjs HOST STEP [ARGUMENT]
'use strict';

const contentful = require('contentful');

const [host, token, ...steps] = process.argv.slice(2);
const client = contentful.createClient({ space: 'sample', accessToken: token, host, insecure: true, retryOnError: false });

const stringifySafe = require('json-stringify-safe');
const doings = {
  space: () => client.getSpace(),
  locales: () => client.getLocales(),
  types: () => client.getContentTypes(),
  entries: (query) => client.getEntries(JSON.parse(query)),
  every: (query) => client.withAllLocales.getEntries(JSON.parse(query)),
  entry: (id) => client.getEntry(id),
  assets: () => client.getAssets(),
  sync: (query) => client.withoutLinkResolution.sync(JSON.parse(query)),
};

(async () => {
  const [step, argument] = steps;
  try {
    const found = await doings[step](argument);
    console.log(found.stringifySafe ? found.stringifySafe() : stringifySafe(found));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message, name: error.name }));
  }
})();
