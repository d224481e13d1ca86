// Products of the page: choice of a variant, and price and stock that are never older than the shop says.
import { ask, changes, label, make, money, settings } from './api.js';
import { cart } from './cart.js';
import { open } from './drawer.js';
import { VARIANTS } from './queries.js';

const AT_ONCE = 250;
// How long the price of the last build may stand there before the first answer.
const GRACE = Math.min(3000, settings.fresh);
const gid = (number) => `gid://shopify/ProductVariant/${number}`;
const now = () => performance.now();

const known = new Map(); // variant -> what the shop said, and when it was asked
const views = new Map(); // element -> view

class View {
  constructor(element) {
    this.element = element;
    this.name = element.dataset.name;
    this.options = JSON.parse(element.dataset.options);
    this.variants = JSON.parse(element.dataset.variants);
    this.since = now();
    const wanted = new URLSearchParams(location.search).get('variant');
    this.chosen = this.variants.find(({ id }) => id === wanted)
      ?? this.variants.find(({ stock }) => stock !== 0) ?? this.variants[0];
    this.build();
    this.draw();
  }

  build() {
    this.selects = this.options.map((name, place) => {
      const values = [...new Set(this.variants.map((one) => one.values[place]))];
      const select = make('select', { name }, ...values.map((value) => make('option', { value }, value)));
      select.value = this.chosen.values[place];
      select.addEventListener('change', () => this.choose(place));
      return select;
    });
    this.price = make('p', { class: 'shop-price', 'aria-live': 'polite' });
    this.stock = make('p', { class: 'stock shop-stock', role: 'status' });
    this.rules = make('div', { class: 'shop-rules' });
    this.count = make('input', { type: 'number', inputmode: 'numeric', min: '1', value: '1', 'aria-label': `${label('quantity')}: ${this.name}` });
    this.button = make('button', { type: 'submit', class: 'shop-buy' }, label('add'));
    this.problem = make('p', { class: 'shop-notice', role: 'alert' });
    this.form = make('form', { class: 'shop-form' },
      ...this.selects.map((select, place) => make('label', {}, `${this.options[place]} `, select)),
      this.price, this.stock, this.rules, make('div', { class: 'shop-add' }, this.count, this.button), this.problem);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.add();
    });
    this.element.querySelector('.shop-links').hidden = true;
    this.element.append(this.form);
    this.find();
  }

  /** Find what the engine's template wrote beside the button: each price, which is corrected, and the stock, which is ours. */
  find() {
    const place = this.element.closest('.product-card, .product-facts, article, li, section');
    const outside = (selector) => [...(place?.querySelectorAll(selector) ?? [])].filter((one) => this.owns(one));
    this.outside = outside('.price');
    this.price.hidden = this.outside.length > 0;
    for (const one of outside('.stock')) one.hidden = true;
  }

  /** Tell whether what the template wrote is of this product, and not of a card of another one in the same place. */
  owns(one) {
    if (this.element.contains(one)) return false;
    let near = one;
    while (!near.querySelector('.shop-product')) near = near.parentElement;
    return near.contains(this.element);
  }

  /** Write again what a framework has written over when it took the page over. */
  keep() {
    const { outside } = this;
    if (outside.length ? outside.every((one) => one.isConnected && one.textContent === this.written) : !this.price.hidden) return;
    this.find();
    this.draw();
  }

  /** Take the variant that the selects name; where there is none, one with the choice that was just made. */
  choose(place) {
    const values = this.selects.map(({ value }) => value);
    const alike = (one) => one.values.filter((value, number) => value === values[number]).length;
    this.chosen = this.variants.find((one) => one.values.every((value, number) => value === values[number]))
      ?? this.variants.filter((one) => one.values[place] === values[place]).sort((a, b) => alike(b) - alike(a))[0];
    this.selects.forEach((select, number) => { select.value = this.chosen.values[number]; });
    this.problem.textContent = '';
    this.draw();
  }

  draw() {
    const { id, price, currency, stock } = this.chosen;
    const found = known.get(id);
    const fresh = Boolean(found) && now() - found.at < settings.fresh;
    const checking = !found && now() - this.since < GRACE;
    const state = fresh ? 'fresh' : checking ? 'checking' : 'stale';
    if (checking) this.show(money({ amount: price, currencyCode: currency }), stock === 0, null);
    else if (!fresh) this.show(label('stale'), false, null);
    else this.show(money(found.price), !found.available, found);
    this.element.dataset.state = state;
    this.form.toggleAttribute('aria-busy', checking);
  }

  show(price, soldOut, found) {
    this.written = price;
    for (const element of this.outside.length ? this.outside : [this.price]) {
      if (element.textContent !== price) element.textContent = price;
    }
    const left = found?.stock;
    this.tell(this.stock, soldOut ? label('soldOut') : left > 0 && left < 6 ? label('left', { count: left }) : '');
    this.button.disabled = soldOut;
    this.count.hidden = soldOut;
    this.button.textContent = label(soldOut ? 'soldOut' : 'add');
    this.button.setAttribute('aria-label', `${this.button.textContent}: ${this.name}`);
    this.limit(found);
  }

  /** Show and keep the rules for quantities, and what larger quantities cost. */
  limit(found) {
    const { minimum = 1, maximum = null, increment = 1 } = found?.rule ?? {};
    const { count } = this;
    if (count.min !== String(minimum) && Number(count.value) < minimum) count.value = String(minimum);
    count.min = String(minimum);
    count.step = String(increment);
    count.max = maximum === null ? '' : String(maximum);
    const ruled = minimum > 1 || increment > 1;
    const rows = found?.breaks ?? [];
    const key = JSON.stringify([minimum, increment, rows]);
    if (this.rules.dataset.key === key) return;
    this.rules.dataset.key = key;
    this.rules.replaceChildren(
      ...(ruled ? [make('p', {}, label('rule', { least: minimum, step: increment }))] : []),
      ...(rows.length ? [make('ul', {}, ...rows.map((row) => make('li', {}, label('break', { count: row.minimumQuantity, price: money(row.price) }))))] : []),
    );
  }

  tell(element, text) {
    if (element.textContent !== text) element.textContent = text;
    element.hidden = !text;
  }

  async add() {
    this.button.disabled = true;
    this.problem.textContent = '';
    try {
      const { ok, problem } = await cart.add(gid(this.chosen.id), Math.trunc(this.count.valueAsNumber) || 1);
      if (ok) open(problem || label('added', { name: this.name }));
      else this.problem.textContent = problem || label('failed');
    } catch {
      this.problem.textContent = label('failed');
    } finally {
      this.button.disabled = false;
      this.draw();
    }
  }
}

let expiry;
const drawAll = () => {
  for (const [element, view] of views) {
    if (element.isConnected) view.draw();
    else views.delete(element);
  }
  clearTimeout(expiry);
  const times = shownIds().map((id) => known.get(id)?.at).filter((at) => at !== undefined && now() - at < settings.fresh);
  if (times.length) expiry = setTimeout(drawAll, Math.max(0, Math.min(...times) + settings.fresh - now()) + 5);
};

const shownIds = () => [...new Set([...views.values()].flatMap((view) => view.variants.map(({ id }) => id)))];

let round = 0;
const refresh = async (ids = shownIds()) => {
  const mine = round;
  for (let first = 0; first < ids.length; first += AT_ONCE) {
    const part = ids.slice(first, first + AT_ONCE);
    const at = now(); // an answer is as old as its question
    try {
      const { nodes } = await ask(VARIANTS, { ids: part.map(gid), stock: Boolean(settings.token) });
      if (mine !== round) return; // another country was chosen meanwhile
      nodes.forEach((node, number) => known.set(part[number], {
        at,
        available: Boolean(node?.availableForSale),
        price: node?.price ?? known.get(part[number])?.price ?? built(part[number]),
        stock: node?.quantityAvailable ?? null,
        rule: node?.quantityRule,
        breaks: node?.quantityPriceBreaks.nodes ?? [],
      }));
    } catch (error) {
      console.warn('Shopify:', error);
    }
  }
  drawAll();
};

// A variant that is gone has no price any more; it is shown as sold out, with the last one.
const built = (id) => {
  const { price, currency } = [...views.values()].flatMap(({ variants }) => variants).find((one) => one.id === id);
  return { amount: price, currencyCode: currency };
};

const look = () => {
  const fresh = [...document.querySelectorAll('.shop-product')].filter((element) => !views.has(element));
  if (!fresh.length) return;
  for (const element of fresh) views.set(element, new View(element));
  const ids = shownIds().filter((id) => !(now() - known.get(id)?.at < settings.fresh / 2));
  if (ids.length) refresh(ids);
  setTimeout(drawAll, GRACE + 5);
};

// Asked again after half of the time, so that one answer may fail or be slow.
setInterval(() => document.visibilityState === 'visible' && views.size && refresh(), settings.fresh / 2);
const back = () => {
  if (document.visibilityState !== 'visible') return;
  drawAll();
  refresh();
};
document.addEventListener('visibilitychange', back);
window.addEventListener('pageshow', (event) => event.persisted && back());
changes.addEventListener('context', () => {
  round += 1;
  known.clear();
  for (const view of views.values()) view.since = now() - GRACE; // the price of another country is wrong at once
  drawAll();
  refresh();
});

look();
// Engines that change pages without loading them bring new products later.
new MutationObserver(() => {
  look();
  for (const [element, view] of views) if (element.isConnected) view.keep();
}).observe(document.body, { childList: true, subtree: true, characterData: true });
