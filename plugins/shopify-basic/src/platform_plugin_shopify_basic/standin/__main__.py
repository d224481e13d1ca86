"""Run the stand-in: ``python -m platform_plugin_shopify_basic.standin --port 8123``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from platform_core.errors import ContentError
from platform_plugin_shopify_basic.standin.catalogue import Catalogue
from platform_plugin_shopify_basic.standin.csv_products import read_products
from platform_plugin_shopify_basic.standin.server import StandIn, sample, serve


def main() -> int:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description="A stand-in for Shopify's Storefront API on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, help="a CSV file of products as Shopify exports it")
    parser.add_argument("--currency", default="EUR", help="the shop's own currency")
    parser.add_argument("--token", action="append", default=[], help="an access token to take; may be given again")
    given = parser.parse_args()
    try:
        catalogue = (
            Catalogue(read_products(given.data.read_text("utf-8"), given.data.name), currency=given.currency)
            if given.data
            else sample()
        )
    except (ContentError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    serve(StandIn(catalogue, tokens=("offline", *given.token)), given.port).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
