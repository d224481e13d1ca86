"""The standard tests of a shop."""

from __future__ import annotations

import dataclasses
import html as markup
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from platform_core.content import Product
from platform_testing.conformance import ShopConformance

NUMBERS = {"4101": "kit-tin", "4102": "kit-bag", "4103": "kit-dust"}
"""A variant's number at Shopify -> its sku."""


class TestShopifyAdvanced(ShopConformance):
    """Shopify Advanced does what every shop must."""

    plugin = "shopify-advanced"
    settings: ClassVar[Mapping[str, Any]] = {"shop": "acme.myshopify.com", "countries": ["CH"]}
    product: ClassVar[Product] = Product(
        "mug", "Mug", Decimal("18.50"), "EUR", "/products/mug/", stock=3, extra={"shopify_variant": "4001"}
    )
    tea: ClassVar[Product] = dataclasses.replace(
        ShopConformance.tea,
        variants=tuple(
            dataclasses.replace(one, extra={"shopify_variant": number})
            for number, one in zip(NUMBERS, ShopConformance.tea.variants, strict=True)
        ),
    )

    @classmethod
    def offers(cls, html: str) -> Mapping[str, Decimal]:
        """Read what the script offers, and the links without it; both are the same."""
        links = re.findall(r'/cart/([0-9]+):1[^>]*>[^<]*<data class="shop-price" value="([0-9.]+)"', html)
        rows = [
            (row["id"], row["price"])
            for found in re.findall(r'data-variants="([^"]*)"', html)
            for row in json.loads(markup.unescape(found))
            if row["stock"] != 0
        ]
        assert rows == links
        return {NUMBERS[number]: Decimal(price) for number, price in rows}
