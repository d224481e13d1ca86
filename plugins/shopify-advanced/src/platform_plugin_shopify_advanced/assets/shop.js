// Starts the shop: products and cart, the choice of a country, and buyers of companies.
import { ask, choose, context, label, make, settings } from './api.js';
import { cart } from './cart.js';
import './products.js';
import { COUNTRIES } from './queries.js';

cart.load();

const countries = async () => {
  const places = document.querySelectorAll('.shop-country');
  if (!places.length || !settings.countries.length) return;
  const { localization } = await ask(COUNTRIES);
  const home = settings.home ?? localization.country.isoCode;
  const wanted = new Set([home, ...settings.countries]);
  const offered = localization.availableCountries.filter(({ isoCode }) => wanted.has(isoCode));
  if (offered.length < 2) return;
  const names = new Intl.DisplayNames([document.documentElement.lang || 'en'], { type: 'region' });
  for (const place of places) {
    const select = make('select', { 'aria-label': label('country') },
      ...offered.map(({ isoCode, currency }) => make('option', { value: isoCode }, `${names.of(isoCode)} (${currency.isoCode})`)));
    select.value = context.country ?? home;
    select.addEventListener('change', () => choose({ country: select.value }));
    place.replaceChildren(select);
  }
};
countries().catch((error) => console.warn('Shopify:', error));

if (settings.login) import('./account.js').catch((error) => console.warn('Shopify:', error));

// A site with a login of its own says who has logged in:
//   document.dispatchEvent(new CustomEvent('shopify:buyer', { detail: { customerAccessToken, companyLocationId } }))
// and detail: null when the buyer has left.
if (settings.company) {
  document.addEventListener('shopify:buyer', ({ detail }) => {
    const { customerAccessToken, companyLocationId } = detail ?? {};
    choose({ buyer: customerAccessToken ? { customerAccessToken, ...(companyLocationId && { companyLocationId }) } : null });
  });
}
