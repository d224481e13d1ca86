"""What is asked of every CMS."""

from __future__ import annotations

from platform_testing.conformance import CmsConformance


class TestSanity(CmsConformance):
    """Sanity is a CMS."""

    plugin = "sanity"
    settings = {"project_id": "abc12345", "token_secret": "acme/sanity-token"}  # noqa: RUF012
