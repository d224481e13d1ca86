// Runs Shopify's own library: argv: folder of packages. Reads a list of requests from stdin, each with a secret and
// perhaps headers; signs the body with the library, and says whether the library takes the request for genuine.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.argv[2]}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
await load('@shopify/shopify-api/adapters/node');
const { shopifyApi } = await load('@shopify/shopify-api');
const { createSHA256HMAC } = await load('@shopify/shopify-api/runtime');

const answers = [];
for (const { secret, body, headers } of JSON.parse(await text(process.stdin))) {
  const signature = await createSHA256HMAC(secret, body);
  const shopify = shopifyApi({
    apiKey: 'key', apiSecretKey: secret, hostName: 'www.acme.example', isEmbeddedApp: false, apiVersion: '2026-10', logger: { level: 0 },
  });
  const rawRequest = { method: 'POST', url: '/_platform/webhooks/shopify', headers: headers ?? {} };
  const verdict = headers ? await shopify.webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} }) : null;
  answers.push({ signature, valid: verdict?.valid ?? null, reason: verdict?.reason ?? null });
}
process.stdout.write(JSON.stringify(answers));
