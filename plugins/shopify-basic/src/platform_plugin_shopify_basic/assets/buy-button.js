// Puts Shopify's Buy Button in place of the links of a page. The links stay where it can't be had.
(() => {
  const own = document.currentScript.dataset;
  const labels = JSON.parse(own.labels);
  let ready;

  const load = () => {
    ready ??= new Promise((done, failed) => {
      const style = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: own.style });
      const script = Object.assign(document.createElement('script'), { src: own.sdk, async: true, onload: done, onerror: failed });
      document.head.append(style, script);
    }).then(() => window.ShopifyBuy.UI.init(window.ShopifyBuy.buildClient({
      domain: own.shop, storefrontAccessToken: own.token,
    })));
    return ready;
  };

  // Nothing is drawn in frames: a frame of the SDK's needs inline styles, which the site's policy refuses.
  const options = {
    product: {
      iframe: false,
      contents: { img: false, title: false, price: false, options: true, quantity: true, button: true },
      text: { button: labels.buy, outOfStock: labels.soldOut, unavailable: labels.soldOut },
    },
    option: {}, cart: { iframe: false, popup: false, text: { title: labels.cart } }, lineItem: {}, toggle: { iframe: false }, modal: { iframe: false },
  };

  const upgrade = async (holder) => {
    if (holder.dataset.state) return;
    holder.dataset.state = 'waiting';
    const links = holder.querySelector('.shop-links');
    const place = holder.appendChild(document.createElement('div'));
    try {
      const ui = await load();
      await ui.createComponent('product', {
        id: holder.dataset.product, node: place, moneyFormat: holder.dataset.money, options,
      });
      links.hidden = true;
      holder.dataset.state = 'ready';
    } catch (error) {
      place.remove();
      holder.dataset.state = 'failed';
      console.warn('Shopify Buy Button:', error);
    }
  };

  const look = () => document.querySelectorAll('.shop-buy-button:not([data-state])').forEach(upgrade);
  look();
  // Engines that change pages without loading them bring new products later.
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
})();
