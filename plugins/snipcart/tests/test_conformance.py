"""The standard tests of a shop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from platform_testing.conformance import ShopConformance


class TestSnipcart(ShopConformance):
    """Snipcart does what every shop must."""

    plugin = "snipcart"
    settings: ClassVar[Mapping[str, Any]] = {"public_api_key": "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAw"}

    @classmethod
    def webhook_config(cls) -> Mapping[str, str]:
        """Ask nobody outside this machine; nothing listens on the discard port."""
        return {"validation_url": "http://127.0.0.1:9/api/requestvalidation"}

    @classmethod
    def offers(cls, html: str) -> Mapping[str, Decimal]:
        """Read what Snipcart's script reads: id, price and choices of each element of its class."""
        found = {}
        for button in re.findall(r'<[a-z]+ [^>]*class="[^"]*snipcart-add-item[^>]*>', html):
            item = dict(re.findall(r'data-item-([a-z0-9-]+)="([^"]*)"', button))
            assert not [name for name in item if name.startswith("custom")]
            found[item["id"]] = Decimal(item["price"])
        return found
