"""The standard tests of a shop."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from platform_core.content import Product
from platform_testing.conformance import ShopConformance


class TestShopifyAdvanced(ShopConformance):
    """Shopify Advanced does what every shop must."""

    plugin = "shopify-advanced"
    settings: ClassVar[Mapping[str, Any]] = {"shop": "acme.myshopify.com", "countries": ["CH"]}
    product: ClassVar[Product] = Product(
        "mug", "Mug", Decimal("18.50"), "EUR", "/products/mug/", stock=3, extra={"shopify_variant": "4001"}
    )
