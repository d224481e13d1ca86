"""The standard tests of an engine."""

from __future__ import annotations

from platform_testing.conformance import SsgConformance


class TestNextjs(SsgConformance):
    """Next.js does what every engine must."""

    plugin = "nextjs"
