// The cart comes from Snipcart's servers. When it is blocked, offline or still on
// its way, a press on one of its buttons would do nothing at all: say so instead.
(() => {
  const text = document.currentScript.dataset.missing;
  const notice = document.createElement("p");
  notice.className = "shop-notice";
  notice.setAttribute("role", "alert");

  document.addEventListener("click", ({ target }) => {
    const button = target.closest(".snipcart-add-item, .snipcart-checkout");
    if (!button) return;
    notice.remove();
    if (window.Snipcart) return;
    notice.textContent = text;
    button.after(notice);
  });
})();
