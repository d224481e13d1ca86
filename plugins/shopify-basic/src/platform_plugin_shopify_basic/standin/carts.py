"""Carts of the stand-in: lines, rules for quantities, warnings about stock."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from platform_plugin_shopify_basic.standin.catalogue import BUYER, LOCATIONS, Catalogue, Context, Sold

__all__ = ["Cart", "Carts", "Line"]

_LONGEST_LIST = 250


@dataclass
class Line:
    """A variant in a cart, and how many."""

    id: str
    sold: Sold
    quantity: int
    attributes: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Cart:
    """A cart.

    Attributes:
        token: Who knows it may read and change the cart.
        company: The location of a company that it is for.
    """

    token: str
    created: dt.datetime
    lines: list[Line] = field(default_factory=list)
    country: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    note: str = ""
    codes: list[str] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The cart's id; the key is part of it, as with Shopify's."""
        return f"gid://shopify/Cart/{self.token}?key={self.token[::-1]}"

    @property
    def path(self) -> str:
        """Where it is paid, on the shop's host."""
        return f"/cart/c/{self.token}?key={self.token[::-1]}"

    @property
    def context(self) -> Context:
        """The context of its prices."""
        return Context(self.country, company=self.company)


@dataclass
class _Said:
    """What an operation has to say beside the cart."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, code: str, message: str, *place: str) -> None:
        self.errors.append({"code": code, "field": list(place), "message": message})

    def warn(self, code: str, message: str, target: str) -> None:
        self.warnings.append({"code": code, "message": message, "target": target})


class Carts:
    """All carts of the stand-in, in memory."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._carts: dict[str, Cart] = {}
        self._numbers = count(1)

    def get(self, cart: str) -> Cart | None:
        """Return a cart by its id, or by its token."""
        token = cart.removeprefix("gid://shopify/Cart/").partition("?")[0]
        return self._carts.get(token)

    def create(self, given: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Make a cart; one with a line that can't be is not made."""
        said = _Said()
        cart = Cart(
            f"hWN{secrets.token_hex(12)}", dt.datetime.now(dt.UTC), country=context.country, company=context.company
        )
        cart.note, cart.attributes = given.get("note") or "", list(given.get("attributes") or ())
        with self._catalogue.lock:
            self._identify(cart, given.get("buyerIdentity") or {}, said, "input")
            self._take(cart, given.get("lines") or (), said, "input")
            if not said.errors:
                self._carts[cart.token] = cart
        self._discount(cart, given.get("discountCodes") or (), said)
        return _payload(None if said.errors else cart, said)

    def add(self, cart_id: str, lines: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Add lines; equal ones are joined."""
        return self._change(cart_id, lambda cart, said: self._take(cart, lines, said))

    def update(self, cart_id: str, lines: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Change quantities; a line of none is removed."""

        def change(cart: Cart, said: _Said) -> None:
            for number, given in enumerate(lines):
                line = next((line for line in cart.lines if line.id == given["id"]), None)
                if line is None:
                    said.refuse(
                        "INVALID_MERCHANDISE_LINE",
                        "The merchandise line with that id does not exist.",
                        "lines",
                        str(number),
                    )
                    continue
                wanted = given.get("quantity")
                if wanted == 0:
                    cart.lines.remove(line)
                elif wanted is not None and self._allows(wanted, cart, said, number):
                    line.quantity = self._limited(line, wanted, said)

        return self._change(cart_id, change)

    def remove(self, cart_id: str, ids: Iterable[str]) -> dict[str, Any]:
        """Remove lines."""
        gone = set(ids)

        def change(cart: Cart, _: _Said) -> None:
            cart.lines = [line for line in cart.lines if line.id not in gone]

        return self._change(cart_id, change)

    def identify(self, cart_id: str, identity: Mapping[str, Any]) -> dict[str, Any]:
        """Say who buys, and where."""
        return self._change(cart_id, lambda cart, said: self._identify(cart, identity, said))

    def discount(self, cart_id: str, codes: Iterable[str]) -> dict[str, Any]:
        """Note codes; the stand-in knows none that helps."""
        return self._change(cart_id, lambda cart, said: self._discount(cart, codes, said))

    def _change(self, cart_id: str, change: Any) -> dict[str, Any]:
        said = _Said()
        with self._catalogue.lock:
            cart = self.get(cart_id)
            if cart is None:
                said.refuse("INVALID", "The specified cart does not exist.", "cartId")
                return _payload(None, said)
            change(cart, said)
        return _payload(cart, said)

    def _take(self, cart: Cart, lines: Iterable[Mapping[str, Any]], said: _Said, *place: str) -> None:
        lines = list(lines)
        if len(lines) > _LONGEST_LIST:
            said.refuse(
                "INVALID",
                f"The input array size of {len(lines)} is greater than the maximum allowed of 250.",
                *place,
                "lines",
            )
            return
        for number, given in enumerate(lines):
            sold = self._sold(str(given["merchandiseId"]))
            if sold is None:
                what = f"The merchandise with id {given['merchandiseId']} does not exist."
                said.refuse("INVALID", what, *place, "lines", str(number), "merchandiseId")
                continue
            attributes = list(given.get("attributes") or ())
            line = next((line for line in cart.lines if line.sold is sold and line.attributes == attributes), None)
            quantity = int(given.get("quantity", 1)) + (line.quantity if line else 0)
            if not self._allows(quantity, cart, said, number, *place):
                continue
            if line is None:
                line = Line(f"gid://shopify/CartLine/{next(self._numbers)}?cart={cart.token}", sold, 0, attributes)
                cart.lines.append(line)
            line.quantity = self._limited(line, quantity, said)
            if not line.quantity:
                cart.lines.remove(line)

    def _allows(self, quantity: int, cart: Cart, said: _Said, number: int, *place: str) -> bool:
        least, most, step = self._catalogue.rule_in(cart.context)
        where = (*place, "lines", str(number), "quantity")
        if quantity < 1:
            said.refuse("LESS_THAN", "Quantity must be greater than 0.", *where)
        elif quantity < least:
            said.refuse("MINIMUM_NOT_MET", f"The quantity must be at least {least}.", *where)
        elif most is not None and quantity > most:
            said.refuse("MAXIMUM_EXCEEDED", f"The quantity must be at most {most}.", *where)
        elif quantity % step:
            said.refuse("INVALID_INCREMENT", f"The quantity must be a multiple of {step}.", *where)
        else:
            return True
        return False

    def _limited(self, line: Line, quantity: int, said: _Said) -> int:
        """Return how many are there to be had; fewer than were wanted are told as a warning."""
        most = line.sold.most
        if most is None or quantity <= most:
            return quantity
        name = line.sold.item.title if line.sold.item else ""
        if most == 0:
            said.warn("MERCHANDISE_OUT_OF_STOCK", f"The product '{name}' is already sold out.", line.id)
        else:
            said.warn(
                "MERCHANDISE_NOT_ENOUGH_STOCK",
                f"Only {most} items of '{name}' were added to your cart due to availability.",
                line.id,
            )
        return most

    def _identify(self, cart: Cart, identity: Mapping[str, Any], said: _Said, *place: str) -> None:
        token, location = identity.get("customerAccessToken"), identity.get("companyLocationId")
        where = (*place, "buyerIdentity")
        if location and not token:
            said.refuse("MISSING_CUSTOMER_ACCESS_TOKEN", "Missing customer access token", *where, "customerAccessToken")
        elif token and token != BUYER:
            said.refuse("INVALID", "Customer is invalid", *where, "customerAccessToken")
        elif location and location not in LOCATIONS:
            said.refuse("INVALID_COMPANY_LOCATION", "Company location is invalid", *where, "companyLocationId")
        else:
            cart.country = identity.get("countryCode") or cart.country
            cart.email, cart.phone = identity.get("email") or cart.email, identity.get("phone") or cart.phone
            cart.company = location or cart.company

    @staticmethod
    def _discount(cart: Cart, codes: Iterable[str], said: _Said) -> None:
        cart.codes = list(dict.fromkeys(codes))
        for code in cart.codes:
            said.warn("DISCOUNT_NOT_FOUND", f"The discount code {code} does not exist.", cart.id)

    def _sold(self, gid: str) -> Sold | None:
        number = gid.removeprefix("gid://shopify/ProductVariant/")
        return self._catalogue.sold.get(int(number)) if number.isdecimal() else None


def _payload(cart: Cart | None, said: _Said) -> dict[str, Any]:
    return {"cart": cart, "userErrors": said.errors, "warnings": said.warnings}
