"""The HTML with which Foxy sells: a form or a link for each product, and the way to the cart.

All of it works without JavaScript: the store's cart page answers. With the sidecart, the
store's own script takes forms and links over and shows the cart beside the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from platform_plugin_foxy.sales import Choice, Sale
from platform_plugin_foxy.signing import Signer, cart_link, sent_name

__all__ = ["CDN", "buy", "cart_button", "loader", "sold_out"]

CDN = "https://cdn.foxycart.com"
_HOSTED = ".foxycart.com"


def loader(settings: Mapping[str, Any]) -> str:
    """Return the script of the sidecart."""
    domain = settings["store_domain"]
    name = settings["loader_name"] or domain.removesuffix(_HOSTED)
    return f"<script async defer{_attributes({'src': f'{CDN}/{name}/loader.js'})}></script>"


def cart_button(settings: Mapping[str, Any]) -> str:
    """Return the link to the cart; the store's script fills in the number of items."""
    address = f"https://{settings['store_domain']}/cart?cart=view"
    if settings["template_set"]:
        address += f"&template_set={settings['template_set']}"
    count = '<span class="shop-cart-count" data-fc-id="minicart-quantity"></span>'
    return f'<a class="shop-cart"{_attributes({"href": address})}>{escape(settings["cart_label"])} {count}</a>'


def buy(sale: Sale, settings: Mapping[str, Any], key: str) -> str:
    """Return what puts *sale* into the cart; unsigned, and saying so, without a *key*."""
    signer = Signer(key, sale.code)
    plain = settings["cart"] == "link" and not sale.choices
    html = _link(sale, settings, signer) if plain else _form(sale, settings, signer)
    if key:
        return html
    note = "Not signed: the store may refuse it. Only a local build goes without the signing key."
    return f'{html}<p class="shop-notice" data-unsigned>{note}</p>'


def sold_out(sale: Sale, settings: Mapping[str, Any]) -> str:
    """Return a button that does nothing and says why."""
    label = settings["sold_out_label"]
    attributes = {"class": "shop-buy", "aria-label": f"{label}: {sale.name}"}
    return f'<button type="button" disabled{_attributes(attributes)}>{escape(label)}</button>'


def _link(sale: Sale, settings: Mapping[str, Any], signer: Signer) -> str:
    fields = [*sale.fields, *_of_cart(settings)]
    attributes = {
        "class": "shop-buy button",
        "rel": "nofollow",
        "href": cart_link(settings["store_domain"], signer, fields),
        "aria-label": f"{settings['add_label']}: {sale.name}",
    }
    return f"<a{_attributes(attributes)}>{escape(settings['add_label'])}</a>"


def _form(sale: Sale, settings: Mapping[str, Any], signer: Signer) -> str:
    fields = "".join(
        f'<input type="hidden"{_attributes({"name": signer.name(name, value), "value": value})}>'
        for name, value in [*sale.fields, *_of_cart(settings)]
    )
    lists = "".join(_list(sale, name, rows, settings, signer=signer) for name, rows in sale.choices)
    label = settings["add_label"]
    button = (
        f"<button{_attributes({'class': 'shop-buy', 'aria-label': f'{label}: {sale.name}'})}>{escape(label)}</button>"
    )
    action = f"https://{settings['store_domain']}/cart"
    attributes = {"class": "shop-form", "action": action, "method": "post", "accept-charset": "utf-8"}
    return f"<form{_attributes(attributes)}>{fields}{lists}{button}</form>"


def _list(sale: Sale, name: str, rows: tuple[Choice, ...], settings: Mapping[str, Any], *, signer: Signer) -> str:
    options = "".join(
        f"<option{_attributes({'value': signer.value(name, row.value)})}>{escape(row.label)}</option>"
        if row.available
        # Neither a value nor a signature: what is not there can't be bought by mending the page.
        else f'<option disabled value="">{escape(row.label)}: {escape(settings["sold_out_label"])}</option>'
        for row in rows
    )
    words = settings["frequency_label"] if name == "sub_frequency" else name
    select = (
        f"<select{_attributes({'name': sent_name(name), 'aria-label': f'{words}: {sale.name}'})}>{options}</select>"
    )
    return f'<label class="shop-option"><span>{escape(words)}</span> {select}</label>'


def _of_cart(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("template_set", settings["template_set"])] if settings["template_set"] else []


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items())
