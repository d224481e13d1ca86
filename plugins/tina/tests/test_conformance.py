"""What is asked of every CMS."""

from __future__ import annotations

from platform_testing.conformance import CmsConformance


class TestTina(CmsConformance):
    """TinaCMS is a CMS."""

    plugin = "tina"
    settings = {"client_id": "11111111-2222-3333-4444-555555555555"}  # noqa: RUF012
