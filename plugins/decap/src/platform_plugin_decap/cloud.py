"""The stack that is sold as ``decap_cms_tier``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["DecapCMSTierStack"]


class DecapCMSTierStack(ProviderStack):
    """A site that its editors keep in Git, with Decap CMS at ``/admin/``."""

    COMPONENT = ("cms", "decap")
