// The cart: what Shopify's Cart API has, and which one is ours.
import { ask, changes, context, lasting, recall, remember } from './api.js';
import { CART_ADD, CART_BUYER, CART_CREATE, CART_GET, CART_REMOVE, CART_UPDATE } from './queries.js';

const KEY = 'shopify-cart';

class Cart extends EventTarget {
  #queue = Promise.resolve();
  #buyer = context.buyer;
  value = null;

  constructor() {
    super();
    changes.addEventListener('context', () => {
      // A company's cart is not for whoever uses this browser next.
      const left = this.#buyer && !context.buyer;
      this.#buyer = context.buyer;
      if (this.#id) this.#then(() => (left ? this.#take(null) : this.#identify())).catch(() => {});
    });
    // Another tab of the same shop has changed it.
    window.addEventListener('storage', (event) => event.key === KEY && this.load());
  }

  get #id() {
    return recall(lasting, KEY) ?? this.value?.id ?? null;
  }

  /** Fetch the cart that this browser has, if it has one. */
  load() {
    return this.#then(async () => {
      if (!this.#id) return this.#take(null);
      const { cart } = await ask(CART_GET, { id: this.#id });
      return this.#take(cart);
    }).catch(() => {});
  }

  /** Put *quantity* of a variant into the cart; answers with what Shopify has to say about it. */
  add(variant, quantity) {
    const lines = [{ merchandiseId: variant, quantity }];
    return this.#then(async () => {
      const added = this.#id && (await ask(CART_ADD, { id: this.#id, lines })).cartLinesAdd;
      // Carts end after some days, and when they are paid: a new one takes over.
      if (added && (added.cart || !added.userErrors.some(({ field }) => field?.includes('cartId')))) return this.#said(added);
      return this.#said((await ask(CART_CREATE, { input: { lines, buyerIdentity: identity() } })).cartCreate);
    });
  }

  update(line, quantity) {
    return this.#then(async () => {
      const found = await ask(CART_UPDATE, { id: this.#id, lines: [{ id: line, quantity }] });
      return this.#said(found.cartLinesUpdate);
    });
  }

  remove(line) {
    return this.#then(async () => this.#said((await ask(CART_REMOVE, { id: this.#id, lines: [line] })).cartLinesRemove));
  }

  async #identify() {
    return this.#said((await ask(CART_BUYER, { id: this.#id, identity: identity() })).cartBuyerIdentityUpdate);
  }

  // One change at a time: the answer of an earlier one must not overwrite a later one's.
  #then(work) {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  #said({ cart, userErrors, warnings }) {
    if (cart) this.#take(cart);
    const problem = [...userErrors, ...(warnings ?? [])].map(({ message }) => message).join(' ');
    return { ok: Boolean(cart) && !userErrors.length, problem };
  }

  #take(cart) {
    this.value = cart;
    remember(lasting, KEY, cart?.id ?? null);
    this.dispatchEvent(new Event('change'));
  }
}

const identity = () => ({ ...(context.country && { countryCode: context.country }), ...context.buyer });

/** The address of the checkout, when it is one that a browser may be sent to. */
export const checkoutAddress = (cart) => {
  const url = new URL(cart.checkoutUrl, location.href);
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (loopback && url.protocol === 'http:') ? url.href : '';
};

export const cart = new Cart();
