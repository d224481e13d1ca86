"""The standard tests of a shop."""

from __future__ import annotations

from collections.abc import Mapping
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
