"""Money: decimal, with a currency, never a float."""

from __future__ import annotations

import re
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision

__all__ = ["amount", "pattern", "shown"]


def amount(text: str, currency: str) -> Decimal:
    """Return what the API writes as ``18.5`` with the digits that the currency has.

    Raises:
        ValueError: It is not an amount that can be charged.
    """
    value = Decimal(text)
    if not value.is_finite() or value < 0:
        raise ValueError(text)
    unit = Decimal(1).scaleb(-get_currency_precision(currency))
    rounded = value.quantize(unit)
    # A price of a fraction of a cent stays what it is.
    return rounded if rounded == value else value


def shown(value: Decimal, currency: str, locale: str) -> str:
    """Return *value* as people of the site's language write it."""
    try:
        known = Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        known = Locale("en")
    return format_currency(value, currency, locale=known)


def pattern(currency: str, locale: str) -> str:
    """Return how prices are written, as Shopify's own scripts want to be told: ``€{{amount}}``."""
    text = shown(Decimal("1234.50"), currency, locale)
    number = re.search(r"\d.*\d", text)
    written = number[0] if number else text
    word = (
        "amount_with_comma_separator"
        if written[-3:] == ",50"
        else "amount"
        if written[-3:] == ".50"
        else "amount_no_decimals"
    )
    return text.replace(written, f"{{{{{word}}}}}")
