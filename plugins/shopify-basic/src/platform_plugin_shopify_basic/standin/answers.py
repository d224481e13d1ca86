"""What the stand-in answers: the values behind the fields of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale
from graphql import GraphQLError

from platform_core.html_text import text_of
from platform_plugin_shopify_basic.standin import parts
from platform_plugin_shopify_basic.standin.carts import Cart, Carts, Line
from platform_plugin_shopify_basic.standin.catalogue import LOCATIONS, Catalogue, Context, Item, Picture, Sold

__all__ = ["Answers", "Asked"]

_ENGLISH = Locale("en")


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        base: Address at which the stand-in was reached.
        context: The arguments of ``@inContext``.
        token: Whether an access token was sent.
    """

    base: str
    context: Context
    token: bool


class Answers:
    """The root of every operation."""

    def __init__(self, catalogue: Catalogue, carts: Carts, name: str) -> None:
        self._catalogue = catalogue
        self._carts = carts
        self._name = name

    def product(self, info: Any, id: str | None = None, handle: str | None = None) -> Any:  # noqa: A002 - the API's word
        """Return one product."""
        item = self._catalogue.items.get(parts.number(id)) if id else self._catalogue.by_handle(handle or "")
        return item and self._item(item, info.context)

    def products(self, info: Any, sortKey: str = "ID", query: str | None = None, **page: Any) -> Any:  # noqa: N803
        """Return products, sorted and filtered."""
        items = [item for item in self._catalogue.items.values() if parts.matches(item, query or "")]
        keys: dict[str, Callable[[Item], Any]] = {
            "ID": lambda item: item.number,
            "TITLE": lambda item: (item.title, item.number),
            "CREATED_AT": lambda item: (item.created, item.number),
            "UPDATED_AT": lambda item: (item.updated, item.number),
        }
        return parts.connection(sorted(items, key=keys[sortKey]), lambda item: self._item(item, info.context), **page)

    def collection(self, info: Any, handle: str | None = None, id: str | None = None) -> Any:  # noqa: A002
        """Return a collection: all products, or those of one tag."""
        handle = handle or {str(number): name for name, number in self._collections().items()}.get(
            str(parts.number(id))
        )
        return self._collection(handle, info.context) if handle in self._collections() else None

    def collections(self, info: Any, query: str | None = None, **page: Any) -> Any:
        """Return all collections."""
        found = parts.connection(
            list(self._collections()), lambda handle: self._collection(handle, info.context), **page
        )
        return found | {"totalCount": str(len(self._collections()))}

    def node(self, info: Any, id: str) -> Any:  # noqa: A002
        """Return whatever has an id."""
        number, asked = parts.number(id), info.context
        if "/ProductVariant/" in id:
            sold = self._catalogue.sold.get(number)
            return sold and self._sold(sold, asked)
        if "/Product/" in id:
            item = self._catalogue.items.get(number)
            return item and self._item(item, asked)
        if "/Cart/" in id:
            return self.cart(info, id)
        return None

    def nodes(self, info: Any, ids: Sequence[str]) -> Any:
        """Return whatever has ids, in their order."""
        if len(ids) > parts.MOST:
            raise GraphQLError(
                f"The input array size of {len(ids)} is greater than the maximum allowed of {parts.MOST}."
            )
        return [self.node(info, one) for one in ids]

    def shop(self, info: Any) -> Any:
        """Return what is true of the shop."""
        host = urlsplit(info.context.base).netloc
        return {
            "__typename": "Shop",
            "id": "gid://shopify/Shop/1",
            "name": self._name,
            "description": "A stand-in for a shop; nothing is sold here.",
            "moneyFormat": "{{amount}} " + self._catalogue.currency,
            "primaryDomain": {"host": host, "url": info.context.base, "sslEnabled": False},
            "shipsToCountries": self._catalogue.countries,
        }

    def localization(self, info: Any) -> Any:
        """Return the context and what else there is."""
        context: Context = info.context.context
        languages = [parts.language("EN"), parts.language("DE")]
        return {
            "availableCountries": [self._country(code) for code in self._catalogue.countries],
            "availableLanguages": languages,
            "country": self._country(context.country or self._catalogue.country),
            "language": parts.language(context.language),
        }

    def cart(self, info: Any, id: str) -> Any:  # noqa: A002
        """Return a cart."""
        found = self._carts.get(id)
        return found and self._cart(found, info.context)

    def cartCreate(self, info: Any, input: Mapping[str, Any] | None = None) -> Any:  # noqa: A002, N802
        """Make a cart."""
        return self._payload(self._carts.create(input or {}, info.context.context), info)

    def cartLinesAdd(self, info: Any, cartId: str, lines: Any) -> Any:  # noqa: N802, N803
        """Add lines."""
        return self._payload(self._carts.add(cartId, lines), info)

    def cartLinesUpdate(self, info: Any, cartId: str, lines: Any) -> Any:  # noqa: N802, N803
        """Change lines."""
        return self._payload(self._carts.update(cartId, lines), info)

    def cartLinesRemove(self, info: Any, cartId: str, lineIds: Any) -> Any:  # noqa: N802, N803
        """Remove lines."""
        return self._payload(self._carts.remove(cartId, lineIds), info)

    def cartBuyerIdentityUpdate(self, info: Any, cartId: str, buyerIdentity: Any) -> Any:  # noqa: N802, N803
        """Say who buys."""
        return self._payload(self._carts.identify(cartId, buyerIdentity), info)

    def cartDiscountCodesUpdate(self, info: Any, cartId: str, discountCodes: Any) -> Any:  # noqa: N802, N803
        """Note codes."""
        return self._payload(self._carts.discount(cartId, discountCodes or ()), info)

    def _payload(self, found: dict[str, Any], info: Any) -> dict[str, Any]:
        return found | {"cart": found["cart"] and self._cart(found["cart"], info.context)}

    def _item(self, item: Item, asked: Asked) -> dict[str, Any]:
        context, catalogue = asked.context, self._catalogue
        prices = sorted(catalogue.price_in(sold.price, context) for sold in item.variants)
        pictures = [self._picture(picture, item, asked) for picture in item.pictures]
        plain = text_of(item.html)
        counted = [sold.stock for sold in item.variants if sold.stock is not None]
        return {
            "__typename": "Product",
            "id": f"gid://shopify/Product/{item.number}",
            "handle": item.handle,
            "title": item.title,
            "description": lambda _info, truncateAt=None: plain[:truncateAt] if truncateAt else plain,  # noqa: N803
            "descriptionHtml": item.html,
            "vendor": item.vendor,
            "productType": item.kind,
            "tags": lambda info: parts.with_token(info, "tags", list(item.tags)),
            "seo": {"title": None, "description": item.seo or None},
            "availableForSale": any(sold.available for sold in item.variants),
            "isGiftCard": False,
            "requiresSellingPlan": False,
            "onlineStoreUrl": None,
            "createdAt": parts.time(item.created),
            "publishedAt": parts.time(item.created),
            "updatedAt": parts.time(item.updated),
            "totalInventory": lambda info: parts.with_token(info, "totalInventory", sum(counted)),
            "priceRange": {
                "minVariantPrice": self._money(prices[0], context),
                "maxVariantPrice": self._money(prices[-1], context),
            },
            "featuredImage": pictures[0] if pictures else None,
            "images": lambda _info, **page: parts.connection(pictures, lambda one: one, **page),
            "options": lambda _info, first=None: parts.options(item)[:first],
            "variants": lambda _info, **page: parts.connection(
                item.variants, lambda sold: self._sold(sold, asked), **page
            ),
        }

    def _sold(self, sold: Sold, asked: Asked) -> dict[str, Any]:
        context, catalogue, item = asked.context, self._catalogue, sold.item or Item("", "")
        least, most, step = catalogue.rule_in(context)
        breaks = [
            {"minimumQuantity": number, "price": self._money(price, context)}
            for number, price in catalogue.breaks_in(sold.price, context)
        ]
        picture = next((one for one in item.pictures if one.src == sold.picture), next(iter(item.pictures), None))
        return {
            "__typename": "ProductVariant",
            "id": f"gid://shopify/ProductVariant/{sold.number}",
            "sku": sold.sku,
            "title": sold.title,
            "barcode": None,
            "availableForSale": sold.available,
            "currentlyNotInStock": sold.stock is not None and sold.stock <= 0 and sold.goes_on,
            "quantityAvailable": lambda info: parts.with_token(info, "quantityAvailable", sold.stock or 0),
            "price": self._money(catalogue.price_in(sold.price, context), context),
            "compareAtPrice": sold.compare_at and self._money(catalogue.price_in(sold.compare_at, context), context),
            "requiresShipping": sold.ships,
            "taxable": True,
            "unitPrice": None,
            "unitPriceMeasurement": None,
            "weight": float(sold.grams),
            "weightUnit": "GRAMS",
            "selectedOptions": [{"name": name, "value": value} for name, value in sold.options.items()],
            "image": picture and self._picture(picture, item, asked),
            "product": lambda _info: self._item(item, asked),
            "quantityRule": {"minimum": least, "maximum": most, "increment": step},
            "quantityPriceBreaks": lambda _info, **page: parts.connection(breaks, lambda one: one, **page),
        }

    def _picture(self, picture: Picture, item: Item, asked: Asked) -> dict[str, Any]:
        # Offline nothing is fetched from elsewhere, so each picture is one of the stand-in's own.
        stem = PurePosixPath(urlsplit(picture.src).path).stem
        name = re.sub(r"[^\w.-]+", "-", stem) or item.handle

        def url(_info: Any, transform: Mapping[str, Any] | None = None) -> str:
            given = {key: value for key, value in (transform or {}).items() if key in {"maxWidth", "maxHeight"}}
            short = {"maxWidth": "width", "maxHeight": "height"}
            query = urlencode({"v": picture.number, **{short[key]: value for key, value in given.items()}})
            return f"{asked.base}/pictures/{name}.png?{query}"

        return {
            "id": f"gid://shopify/ProductImage/{picture.number}",
            "altText": picture.alt or None,
            "url": url,
            "width": 480,
            "height": 480,
        }

    def _collections(self) -> dict[str, int]:
        tags = sorted({parts.handle(tag) for item in self._catalogue.items.values() for tag in item.tags})
        return {
            name: 30_000_000_000 + number for number, name in enumerate(["all", *(tag for tag in tags if tag != "all")])
        }

    def _collection(self, handle: str | None, asked: Asked) -> dict[str, Any]:
        name = handle or "all"
        items = [
            item
            for item in self._catalogue.items.values()
            if name == "all" or name in {parts.handle(tag) for tag in item.tags}
        ]

        def products(_info: Any, sortKey: str = "", **page: Any) -> Any:  # noqa: N803
            ordered = sorted(items, key=lambda item: item.title) if sortKey == "TITLE" else items
            return parts.connection(ordered, lambda item: self._item(item, asked), **page)

        return {
            "__typename": "Collection",
            "id": f"gid://shopify/Collection/{self._collections()[name]}",
            "handle": name,
            "title": name.title(),
            "description": "",
            "updatedAt": parts.time(max(item.updated for item in items)),
            "products": products,
        }

    def _cart(self, cart: Cart, asked: Asked) -> dict[str, Any]:
        context = cart.context
        total = sum((self._cost(line, context) for line in cart.lines), Decimal(0))
        money = self._money(total, context)
        company = {
            "company": {"__typename": "Company", "id": "gid://shopify/Company/1", "name": "Stand-in Ltd"},
            "location": {"__typename": "CompanyLocation", "id": cart.company, "name": LOCATIONS.get(cart.company, "")},
        }
        lines = [self._line(line, cart, asked) for line in cart.lines]
        return {
            "__typename": "Cart",
            "id": cart.id,
            "checkoutUrl": f"{asked.base}{cart.path}",
            "createdAt": parts.time(cart.created),
            "updatedAt": parts.time(cart.created),
            "note": cart.note,
            "attributes": cart.attributes,
            "totalQuantity": sum(line.quantity for line in cart.lines),
            "discountCodes": [{"code": code, "applicable": False} for code in cart.codes],
            "buyerIdentity": {
                "countryCode": cart.country or self._catalogue.country,
                "email": cart.email or None,
                "phone": cart.phone or None,
                "purchasingCompany": company if cart.company else None,
                "deliveryAddressPreferences": [],
            },
            "cost": {
                "subtotalAmount": money,
                "totalAmount": money,
                "checkoutChargeAmount": money,
                "subtotalAmountEstimated": True,
                "totalAmountEstimated": True,
            },
            "lines": lambda _info, **page: parts.connection(lines, lambda one: one, **page),
            "appliedGiftCards": [],
            "discountAllocations": [],
            "deliveryGroups": lambda _info, **page: parts.connection([], lambda one: one, **page),
        }

    def _line(self, line: Line, cart: Cart, asked: Asked) -> dict[str, Any]:
        context = cart.context
        one = self._catalogue.price_of(line.sold, line.quantity, context)
        cost = self._money(one * line.quantity, context)
        compare = line.sold.compare_at
        seen = Asked(asked.base, context, asked.token)
        return {
            "__typename": "CartLine",
            "id": line.id,
            "quantity": line.quantity,
            "attributes": line.attributes,
            "discountAllocations": [],
            "merchandise": self._sold(line.sold, seen),
            "cost": {
                "amountPerQuantity": self._money(one, context),
                "compareAtAmountPerQuantity": compare
                and self._money(self._catalogue.price_in(compare, context), context),
                "subtotalAmount": cost,
                "totalAmount": cost,
            },
        }

    def _cost(self, line: Line, context: Context) -> Decimal:
        return self._catalogue.price_of(line.sold, line.quantity, context) * line.quantity

    def _money(self, value: Decimal, context: Context) -> dict[str, str]:
        # Shopify leaves zeros at the end out, but for one: 18.50 comes as "18.5", 18 as "18.0".
        text = format(value.normalize(), "f")
        return {"amount": text if "." in text else f"{text}.0", "currencyCode": self._catalogue.currency_in(context)}

    def _country(self, code: str) -> dict[str, Any]:
        currency = self._catalogue.currency_in(Context(code))
        return {
            "isoCode": code,
            "name": _ENGLISH.territories.get(code, code),
            "currency": {
                "isoCode": currency,
                "name": _ENGLISH.currencies.get(currency, currency),
                "symbol": _ENGLISH.currency_symbols.get(currency, currency),
            },
        }
