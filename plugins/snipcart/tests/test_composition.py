"""Snipcart in a composition: a mistake of the content is told as one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from platform_core.composition import Composition
from platform_core.content import Product
from platform_core.contributions import Stage
from platform_core.errors import ContentError


def test_a_product_that_can_not_be_sold_is_the_contents_fault(
    compose: Callable[..., Composition], product: Product
) -> None:
    """The editor sees the product and what is wrong with it, not a fault of the plugin."""
    dollars = dataclasses.replace(product, sku="mug", currency="USD")
    with pytest.raises(ContentError, match="its price is in USD, and the cart is in EUR"):
        compose(product, dollars).files(Stage("aws", "https://www.acme.example"))
