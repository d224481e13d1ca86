// The cart at the side of the page: a dialog of the browser's own, which keeps focus and closes with Escape.
import { label, make, money } from './api.js';
import { cart, checkoutAddress } from './cart.js';

const title = make('h2', { id: 'shop-drawer-title' }, label('cart'));
const close = make('button', { type: 'button', class: 'shop-close', 'aria-label': label('close') }, '×');
const said = make('p', { class: 'shop-said', role: 'status' });
const list = make('ul', { class: 'shop-lines' });
const total = make('p', { class: 'shop-total' });
const checkout = make('a', { class: 'button shop-checkout' }, label('checkout'));
const dialog = make('dialog', { id: 'shop-drawer', class: 'shop-drawer buy', 'aria-labelledby': title.id },
  make('header', {}, title, close), said, list, total, checkout);

close.addEventListener('click', () => dialog.close());
// A press beside the drawer is one on the dialog itself.
dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());

const run = async (work) => {
  dialog.setAttribute('aria-busy', 'true');
  try {
    said.textContent = (await work()).problem;
  } catch {
    said.textContent = label('failed');
  } finally {
    dialog.removeAttribute('aria-busy');
  }
};

const line = ({ id, quantity, cost, merchandise }) => {
  const choice = merchandise.title === 'Default Title' ? '' : `, ${merchandise.title}`;
  const name = `${merchandise.product.title}${choice}`;
  const { minimum, maximum, increment } = merchandise.quantityRule;
  const count = make('input', {
    type: 'number', inputmode: 'numeric', min: String(minimum), max: maximum && String(maximum), step: String(increment),
    value: String(quantity), 'aria-label': `${label('quantity')}: ${name}`,
  });
  count.addEventListener('change', () => run(() => cart.update(id, Math.max(0, Math.trunc(count.valueAsNumber) || 0))));
  const remove = make('button', { type: 'button', 'aria-label': `${label('remove')}: ${name}` }, label('remove'));
  remove.addEventListener('click', async () => {
    await run(() => cart.remove(id));
    close.focus(); // the button is gone
  });
  return make('li', {}, make('span', { class: 'shop-line-name' }, name), count,
    make('span', { class: 'shop-line-cost' }, money(cost.totalAmount)), remove);
};

const draw = () => {
  const value = cart.value;
  const count = value?.totalQuantity ?? 0;
  list.replaceChildren(...(value?.lines.nodes.map(line) ?? []));
  total.textContent = count ? label('total', { price: money(value.cost.subtotalAmount) }) : label('empty');
  const address = count ? checkoutAddress(value) : '';
  checkout.hidden = !address;
  if (address) checkout.href = address;
  for (const element of document.querySelectorAll('.shop-cart-count')) element.textContent = count ? `(${count})` : '';
};

cart.addEventListener('change', draw);

export const open = (text = '') => {
  if (!dialog.isConnected) document.body.append(dialog);
  said.textContent = text;
  draw();
  if (!dialog.open) dialog.showModal();
};

// The link leads to the shop's own cart page; with a script the cart is here.
document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (!event.target.closest?.('.shop-cart')) return;
  event.preventDefault();
  open();
});
