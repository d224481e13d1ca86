"""The reference fakes pass the kit, as every plugin must."""

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


class TestNote(ServiceConformance):
    """The reference service conforms."""

    plugin = "service-note"
