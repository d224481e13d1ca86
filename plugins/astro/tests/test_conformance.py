"""The standard tests of an engine."""

from __future__ import annotations

from platform_testing.conformance import SsgConformance


class TestAstro(SsgConformance):
    """Astro does what every engine must."""

    plugin = "astro"
