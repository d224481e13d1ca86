"""The reference fakes pass the kit, as every plugin must."""

import re
from collections.abc import Mapping
from decimal import Decimal

from platform_testing.conformance import CmsConformance, ServiceConformance, ShopConformance, SsgConformance


class TestEcho(SsgConformance):
    """The reference engine conforms."""

    plugin = "ssg-echo"


class TestMemoryCms(CmsConformance):
    """The reference CMS conforms."""

    plugin = "cms-memory"


class TestMemoryShop(ShopConformance):
    """The reference shop conforms."""

    plugin = "shop-memory"

    @classmethod
    def offers(cls, html: str) -> Mapping[str, Decimal]:
        """Read the links, as its server would."""
        found = re.findall(r"\?sku=([\w.-]+)&amp;price=([0-9.]+)", html)
        return {sku: Decimal(price) for sku, price in found}


class TestNote(ServiceConformance):
    """The reference service conforms."""

    plugin = "service-note"
