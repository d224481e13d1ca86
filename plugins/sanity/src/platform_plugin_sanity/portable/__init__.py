"""Portable text, Sanity's rich text, to Markdown and back."""

from platform_plugin_sanity.portable.reading import to_blocks
from platform_plugin_sanity.portable.writing import Resolver, to_markdown

__all__ = ["Resolver", "to_blocks", "to_markdown"]
