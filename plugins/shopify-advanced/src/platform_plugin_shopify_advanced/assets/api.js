// The shop's settings, and the one way in which its API is asked.

const own = document.getElementById('shopify-config').dataset;

export const settings = {
  endpoint: own.endpoint,
  token: own.token,
  fresh: Number(own.fresh) * 1000,
  home: own.country || null,
  language: own.language || null,
  countries: JSON.parse(own.countries),
  company: own.company === 'true',
  labels: JSON.parse(own.labels),
  login: own.login ?? '',
  accounts: own.accounts ?? '',
  client: own.client ?? '',
};

const COUNTRY = 'shopify-country';
const BUYER = 'shopify-buyer';

// Private windows and strict browsers may refuse storage; the shop then forgets, and works.
export const remember = (store, key, value) => {
  try {
    if (value === null) store.removeItem(key);
    else store.setItem(key, value);
  } catch { /* nothing is kept */ }
};
export const recall = (store, key) => {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
};
const storage = (name) => {
  try {
    return window[name];
  } catch {
    return undefined;
  }
};
export const lasting = storage('localStorage');
export const passing = storage('sessionStorage');

const stored = recall(lasting, COUNTRY);
export const context = {
  country: settings.countries.includes(stored) ? stored : settings.home,
  buyer: settings.company ? JSON.parse(recall(passing, BUYER) ?? 'null') : null,
};
export const changes = new EventTarget();

export const choose = (next) => {
  Object.assign(context, next);
  remember(lasting, COUNTRY, context.country);
  remember(passing, BUYER, context.buyer && JSON.stringify(context.buyer));
  changes.dispatchEvent(new Event('context'));
};

/** Ask the API; whatever is wrong ends in an error. */
export const ask = async (query, variables = {}) => {
  const headers = { 'content-type': 'application/json' };
  if (settings.token) headers['X-Shopify-Storefront-Access-Token'] = settings.token;
  const { country, buyer } = context;
  const body = JSON.stringify({ query, variables: { ...variables, country, buyer, language: settings.language } });
  const answer = await fetch(settings.endpoint, {
    method: 'POST', headers, body, credentials: 'omit', signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`the shop answers ${answer.status}`);
  const { data, errors } = await answer.json();
  if (errors?.length || !data) throw new Error(errors?.[0]?.message ?? 'the shop answers nothing');
  return data;
};

/** Write an amount, which is text so that no digit is lost, as the page's language does. */
export const money = ({ amount, currencyCode }) =>
  new Intl.NumberFormat(document.documentElement.lang || undefined, { style: 'currency', currency: currencyCode }).format(amount);

export const label = (name, values = {}) =>
  settings.labels[name].replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));

/** Make an element; text is always text. */
export const make = (kind, given = {}, ...children) => {
  const element = document.createElement(kind);
  for (const [name, value] of Object.entries(given)) {
    if (name in element && typeof value !== 'string') element[name] = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};
