"""The standard tests of a shop."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from platform_core.content import Product
from platform_testing.conformance import ShopConformance

NUMBERS = {"4101": "kit-tin", "4102": "kit-bag", "4103": "kit-dust"}
"""A variant's number at Shopify -> its sku."""


class TestShopifyBasic(ShopConformance):
    """Shopify Basic does what every shop must."""

    plugin = "shopify-basic"
    settings: ClassVar[Mapping[str, Any]] = {"shop": "acme.myshopify.com"}
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
        """Read the links to carts, which name a variant, with the price beside each; Shopify charges its own."""
        rows = re.findall(r'/cart/([0-9]+):1[^>]*>[^<]*<data class="shop-price" value="([0-9.]+)"', html)
        assert len(rows) == html.count("/cart/")
        return {NUMBERS[number]: Decimal(price) for number, price in rows}


class TestShopifyBasicWithBuyButton(TestShopifyBasic):
    """So it does with Shopify's Buy Button."""

    settings: ClassVar[Mapping[str, Any]] = {"shop": "acme.myshopify.com", "buy": "buy-button"}
