// Runs Shopify's own Storefront client: argv: folder of packages, address of the stand-in, version, token.
// Reads a list of [query, variables] from stdin and writes what the client returns.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const [place, base, apiVersion, token] = process.argv.slice(2);
const resolve = (name) => pathToFileURL(createRequire(`${place}/`).resolve(name)).href;
const { createStorefrontApiClient } = await import(resolve('@shopify/storefront-api-client'));

// The client speaks to the shop's own host, over TLS; only where that is reached is changed.
const client = createStorefrontApiClient({
  storeDomain: 'https://acme.myshopify.com',
  apiVersion,
  publicAccessToken: token,
  customFetchApi: (url, options) => fetch(String(url).replace('https://acme.myshopify.com', base), options),
  retries: 0,
});
const answers = [];
for (const [query, variables] of JSON.parse(await text(process.stdin))) {
  const { data, errors } = await client.request(query, { variables });
  answers.push({ data, errors });
}
process.stdout.write(JSON.stringify(answers));
