"""What is asked of every CMS."""

from __future__ import annotations

from platform_testing.conformance import CmsConformance


class TestDecap(CmsConformance):
    """Decap is a CMS."""

    plugin = "decap"
    settings = {"repository": "acme/website", "oauth_client_id": "Iv1.0123456789abcdef"}  # noqa: RUF012
