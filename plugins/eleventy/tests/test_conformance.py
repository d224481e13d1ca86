"""The standard tests of an engine."""

from __future__ import annotations

from platform_testing.conformance import SsgConformance


class TestEleventy(SsgConformance):
    """Eleventy does what every engine must."""

    plugin = "eleventy"
