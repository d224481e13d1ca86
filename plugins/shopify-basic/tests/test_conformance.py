"""The standard tests of a shop."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from platform_core.content import Product
from platform_testing.conformance import ShopConformance


class TestShopifyBasic(ShopConformance):
    """Shopify Basic does what every shop must."""

    plugin = "shopify-basic"
    settings: ClassVar[Mapping[str, Any]] = {"shop": "acme.myshopify.com"}
    product: ClassVar[Product] = Product(
        "mug", "Mug", Decimal("18.50"), "EUR", "/products/mug/", stock=3, extra={"shopify_variant": "4001"}
    )


class TestShopifyBasicWithBuyButton(TestShopifyBasic):
    """So it does with Shopify's Buy Button."""

    settings: ClassVar[Mapping[str, Any]] = {"shop": "acme.myshopify.com", "buy": "buy-button"}
