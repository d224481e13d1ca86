"""The stack that is sold as ``hugo_template``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["HugoTemplateStack"]


class HugoTemplateStack(BaseSSGStack):
    """A Hugo site for performance-critical and technical teams.

    Hugo needs nothing at run time: the stack is a bucket, a distribution and a small
    build machine, whose toolchain is one pinned binary.
    """

    ENGINE = "hugo"
