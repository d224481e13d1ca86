// Buyers of companies log in with Shopify's Customer Account API: OAuth 2.0 with PKCE, as a client without a secret.
// The access token of it is the Storefront API's `customerAccessToken` too (shopify.dev/docs/api/customer, and the changelog of January 2025).
import { choose, context, label, make, passing, recall, remember, settings } from './api.js';
import { cart } from './cart.js';
import { LOCATIONS } from './queries.js';

const STARTED = 'shopify-login';
const ACCOUNT = 'shopify-account';
const SCOPE = 'openid email customer-account-api:full';
// A request that is under way should not meet the end of its token.
const SPARE = 60_000;

const read = (key) => JSON.parse(recall(passing, key) ?? 'null');
const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const decode = (text) => JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));
const callback = new URL('login/', import.meta.url).href;

const logIn = async () => {
  const started = { verifier: random(), state: random(), nonce: random(), from: location.href };
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(started.verifier));
  remember(passing, STARTED, JSON.stringify(started));
  const query = new URLSearchParams({
    client_id: settings.client, response_type: 'code', redirect_uri: callback, scope: SCOPE, state: started.state, nonce: started.nonce,
    code_challenge: encode(new Uint8Array(hash)), code_challenge_method: 'S256',
  });
  location.assign(`${settings.login}/oauth/authorize?${query}`);
};

const leave = async () => {
  remember(passing, ACCOUNT, null);
  choose({ buyer: null });
  await cart.load(); // after the company's cart is forgotten
  draw();
};

const logOut = async () => {
  const { proof } = read(ACCOUNT) ?? {};
  await leave();
  if (proof) location.assign(`${settings.login}/logout?${new URLSearchParams({ id_token_hint: proof, post_logout_redirect_uri: `${location.origin}/` })}`);
};

const send = async (address, headers, body) => {
  const answer = await fetch(address, { method: 'POST', headers, body, credentials: 'omit', signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${new URL(address, location.href).pathname} answers ${answer.status}`);
  return answer.json();
};

const placesOf = async (token) => {
  const headers = { 'content-type': 'application/json', authorization: token };
  const { data, errors } = await send(settings.accounts, headers, JSON.stringify({ query: LOCATIONS }));
  if (errors?.length || !data) throw new Error(errors?.[0]?.message ?? 'there is no account');
  const companies = data.customer.companyContacts.nodes.map(({ company }) => company).filter(Boolean);
  return companies.flatMap(({ name, locations }) => locations.nodes.map((place) => ({ id: place.id, name: `${name}, ${place.name}` })));
};

/** Take what Shopify sends back with a buyer; answers with where they may buy for, and with what enters such a place. */
export const finish = async () => {
  const answer = new URLSearchParams(location.search);
  const started = read(STARTED);
  remember(passing, STARTED, null);
  history.replaceState(null, '', location.pathname); // a code is no part of the history
  if (!started || answer.get('state') !== started.state) throw new Error('no login was begun here');
  if (!answer.get('code')) throw new Error(answer.get('error') ?? 'there is no code');
  const asked = Date.now();
  const token = await send(`${settings.login}/oauth/token`, {}, new URLSearchParams({
    grant_type: 'authorization_code', client_id: settings.client, redirect_uri: callback, code: answer.get('code'), code_verifier: started.verifier,
  }));
  if (decode(token.id_token.split('.')[1]).nonce !== started.nonce) throw new Error('the answer belongs to another login');
  const enter = async ({ id, name }) => {
    remember(passing, ACCOUNT, JSON.stringify({ name, proof: token.id_token, until: asked + token.expires_in * 1000 - SPARE }));
    choose({ buyer: { customerAccessToken: token.access_token, companyLocationId: id } });
    await cart.load(); // after the cart has become the company's
    location.replace(started.from);
  };
  return { places: await placesOf(token.access_token), enter };
};

const draw = () => {
  const account = context.buyer && read(ACCOUNT);
  for (const place of document.querySelectorAll('.shop-buyer')) {
    const button = make('button', { type: 'button' }, account ? label('logout') : label('login'));
    button.addEventListener('click', () => (account ? logOut() : logIn()).catch((error) => console.warn('Shopify:', error)));
    place.replaceChildren(...(account ? [`${label('buyer', { name: account.name })} `] : []), button);
  }
};

const known = read(ACCOUNT);
if (known) setTimeout(leave, Math.max(0, known.until - Date.now()));
draw();
