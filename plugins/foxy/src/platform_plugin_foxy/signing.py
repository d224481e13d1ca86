"""Signatures of cart links and forms, as Foxy defines them.

Foxy has no list of products: what a link or a form says is what is sold. So that nobody
changes a price, each name comes with an HMAC-SHA256 over the product's code, its parent's
code, the name and the value, keyed with a secret of the store. Written after Foxy's page
on HMAC product verification and checked against the signer of its own SDK.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

__all__ = ["OPEN", "Signer", "cart_link", "is_signed_name", "sent_name"]

OPEN = "--OPEN--"
"""What is signed in place of a value that the customer fills in."""
_SEPARATOR = "||"
# What belongs to the cart or the customer and changes no product; Foxy asks for no signature.
_CART = frozenset(
    {"_", "_ga", "_ke", "callback", "cart", "coupon", "empty", "fcsid", "locale", "output", "redirect"}
    | {"sub_token", "template_set"}
)
_PERSON = frozenset(
    {"address1", "address2", "city", "company", "country", "email", "first_name", "last_name", "phone"}
    | {"postal_code", "region", "state"}
)
_PREFIXES = ("h:", "x:", "__", "utm_")


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs what is said of one product; without a key it says the same unsigned.

    Attributes:
        key: The store's secret, or ``""``.
        code: The product's code.
        parent: Code of the product that this one belongs to, or ``""``.
    """

    key: str
    code: str
    parent: str = ""

    def name(self, name: str, value: str) -> str:
        """Return the name of an input with a fixed *value*; an empty one is the customer's to fill in."""
        name = sent_name(name)
        if not self.key or not is_signed_name(name):
            return name
        end = "" if value else f"{_SEPARATOR}open"
        return f"0:{quote(name, safe=_UNRESERVED)}{_SEPARATOR}{self._digest(name, value)}{end}"

    def value(self, name: str, value: str) -> str:
        """Return the value of one choice, of an option or a radio button."""
        name = sent_name(name)
        if not self.key or not is_signed_name(name):
            return value
        return f"0:{value}{_SEPARATOR}{self._digest(name, value)}"

    def parameter(self, name: str, value: str) -> tuple[str, str]:
        """Return name and value of one parameter of a link."""
        name = sent_name(name)
        if not self.key or not is_signed_name(name):
            return name, value
        return f"{name}{_SEPARATOR}{self._digest(name, value)}", value or OPEN

    def _digest(self, name: str, value: str) -> str:
        message = f"{self.code}{self.parent}{name}{value or OPEN}"
        return hmac.new(self.key.encode(), message.encode(), hashlib.sha256).hexdigest()


# What a browser's encodeURIComponent leaves as it is, beside letters and digits.
_UNRESERVED = "-_.!~*'()"


def is_signed_name(name: str) -> bool:
    """Tell whether Foxy wants a signature for *name*."""
    who, _, what = name.partition("_")
    known = name in _CART or (who in {"customer", "billing", "shipping"} and what in _PERSON)
    return not known and not name.lower().startswith(_PREFIXES)


def sent_name(name: str) -> str:
    """Return *name* as it is sent: Foxy shows an underscore as a space."""
    return name.replace(" ", "_")


def cart_link(store: str, signer: Signer, fields: list[tuple[str, str]]) -> str:
    """Return the address at *store* that puts *fields* into the cart."""
    pairs = (signer.parameter(name, value) for name, value in fields)
    query = "&".join(f"{quote_plus(name, safe='|:')}={quote_plus(value)}" for name, value in pairs)
    return f"https://{store}/cart?{query}"
