"""The standard tests of an engine."""

from __future__ import annotations

from platform_testing.conformance import SsgConformance


class TestNuxt(SsgConformance):
    """Nuxt does what every engine must."""

    plugin = "nuxt"
