"""The neutral content model: what every CMS writes and every engine reads.

An entry is a Markdown file with YAML front matter below ``content/``; a product is
an entry of ``content/products/`` with a price; ``content.toml`` describes the
collections; ``redirects.toml`` holds old paths. A person can edit all of it. Keys
that Platform does not know survive in ``extra``, so that reading and writing a file
loses nothing. See ``docs/reference/content.md``.
"""

from platform_core.content.claims import Claims
from platform_core.content.entries import parse_entry, render_entry
from platform_core.content.folder import Content, is_alias
from platform_core.content.forms import ENTRY_FIELDS, PRODUCT_FIELDS
from platform_core.content.model import (
    Collection,
    Entry,
    Field,
    Product,
    ProductVariant,
    Redirect,
    entry_url,
)
from platform_core.content.products import PRODUCTS, product_entry, read_product

__all__ = [
    "ENTRY_FIELDS",
    "PRODUCTS",
    "PRODUCT_FIELDS",
    "Claims",
    "Collection",
    "Content",
    "Entry",
    "Field",
    "Product",
    "ProductVariant",
    "Redirect",
    "entry_url",
    "is_alias",
    "parse_entry",
    "product_entry",
    "read_product",
    "render_entry",
]
