"""What is asked of every CMS."""

from __future__ import annotations

from platform_testing.conformance import CmsConformance


class TestContentful(CmsConformance):
    """Contentful is a CMS."""

    plugin = "contentful"
    settings = {"space": "cfexampleapi"}  # noqa: RUF012
