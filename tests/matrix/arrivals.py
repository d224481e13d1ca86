"""How an entry gets from each CMS into the site, as an editor of that CMS would bring it.

A CMS with a source is pulled from its stand-in. A CMS that edits files writes one through
the local server that its editor talks to. Without a CMS a person writes the file.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from platform_core.composition import Composition
from platform_core.content import (
    PRODUCTS,
    Content,
    Entry,
    Product,
    ProductVariant,
    entry_url,
    parse_entry,
    product_entry,
    render_entry,
)
from platform_core.contributions import Stage
from platform_core.errors import ToolError
from platform_core.files import write_atomically
from platform_core.pulling import MARK, pull_sources

__all__ = ["Arrival", "arrive"]

Arrival = tuple[Entry, Product]
"""An entry that came from the CMS, and a product that is for sale."""
Writer = Callable[[str, Entry, Entry], None]
"""Asks the local server at an address to keep an entry like another one."""
MUG = Product(
    "mug",
    "Stoneware mug",
    Decimal("18.50"),
    "EUR",
    "/products/mug/",
    "Holds a third of a litre.",
    options={"Glaze": ("gold", "plain", "ash")},
    variants=(
        ProductVariant("mug-gold", {"Glaze": "gold"}, Decimal("210.00"), 2),
        ProductVariant("mug-plain", {"Glaze": "plain"}),
        ProductVariant("mug-ash", {"Glaze": "ash"}, Decimal("17.10"), 0),
    ),
    weight=400,
)


def arrive(composition: Composition, stage: Stage) -> Arrival:
    """Bring an entry from the CMS and, unless the shop has products of its own, a product.

    Args:
        composition: Its site's folder is written to.
        stage: Names the addresses of the local services.

    Raises:
        PlatformError: The CMS or the shop brought nothing.
    """
    root = composition.content.root
    sources = composition.sources(stage)
    skipped = [problem for done in pull_sources(sources, root) for problem in done.skipped]
    if skipped:
        raise ToolError("skipped", "a document was skipped", problems=skipped)
    pulled = [entry for entry in Content(root).entries() if MARK in entry.extra]
    pages = [entry for entry in pulled if entry.collection != PRODUCTS and not entry.slug.startswith(("_", "index"))]
    site = composition.site
    if site.cms and not pages:
        if site.cms not in WRITERS:
            raise ToolError("nothing-came", f"{site.cms} brought no entry")
        pages = [_write(WRITERS[site.cms], composition, stage)]
    if not site.cms:
        pages = [_by_hand(composition)]
    return pages[0], _product(composition, pulled)


def _product(composition: Composition, pulled: Iterable[Entry]) -> Product:
    """Return a product of the shop's own, of the CMS's, or one that is written now."""
    root = composition.content.root
    from_cms = {entry_url(entry): str(entry.extra[MARK]).startswith(f"{composition.site.cms}/") for entry in pulled}
    found = [item for item in Content(root).products if item.url in from_cms and _is_there(item)]
    if found:
        return min(found, key=lambda item: from_cms[item.url])
    write_atomically(root / "content" / PRODUCTS / "mug.md", render_entry(product_entry(MUG, "mug", body="A mug.\n")))
    return MUG


def _is_there(product: Product) -> bool:
    """Tell whether any form of a product can be bought."""
    return product.stock != 0 and (not product.variants or any(item.stock != 0 for item in product.variants))


def _by_hand(composition: Composition) -> Entry:
    entry = _draft(composition, "A page from nobody's CMS")
    write_atomically(composition.content.root / "content" / entry.path, render_entry(entry))
    return entry


def _write(writer: Writer, composition: Composition, stage: Stage) -> Entry:
    """Have the CMS write an entry, and return what is in the file then."""
    model = _model(composition)
    entry = _draft(composition, f"A page from {composition.site.cms}")
    path = composition.content.root / "content" / entry.path
    path.unlink(missing_ok=True)
    writer(next(iter(stage.endpoints.values())), entry, model)
    if not path.is_file():
        raise ToolError("nothing-written", f"{composition.site.cms} wrote no content/{entry.path}")
    return parse_entry(path.read_text("utf-8"), PurePosixPath(entry.path))


def _model(composition: Composition) -> Entry:
    """Return an entry of the collection that people add to."""
    names = [item.name for item in composition.content.collections if item.name != PRODUCTS]
    entries = [entry for entry in composition.content.entries() if entry.collection in names and entry.date]
    if not entries:
        raise ToolError("no-collection", "no collection of this starter has a dated entry")
    return min(entries, key=lambda entry: (len(entry.extra), entry.path))


def _draft(composition: Composition, title: str) -> Entry:
    """Return a new entry like one of the collection that people add to."""
    model = _model(composition)
    extra = {key: value for key, value in model.extra.items() if key != MARK}
    return Entry(
        model.collection,
        "from-the-matrix",
        title=title,
        body="It came all the way.\n",
        date=model.date,
        description=model.description,
        taxonomies=model.taxonomies,
        extra=extra,
    )


def _post(url: str, body: Mapping[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _write_by_decap(endpoint: str, entry: Entry, _model: Entry) -> None:
    """Ask Decap's local server to keep an entry, as its editor does."""
    files = [{"slug": entry.slug, "path": f"content/{entry.path}", "raw": render_entry(entry)}]
    options = {
        "collectionName": entry.collection,
        "commitMessage": "Add a page",
        "useWorkflow": False,
        "status": "draft",
    }
    params = {"branch": "main", "dataFiles": files, "assets": [], "options": options}
    _post(f"{endpoint}/api/v1", {"action": "persistEntry", "params": params})


def _write_by_tina(endpoint: str, entry: Entry, model: Entry) -> None:
    """Ask Tina's content API to make an entry of another one's values, as its editor does."""
    collection = re.sub(r"\W", "_", entry.collection)
    query = (
        "query($c: String, $p: String!) { document(collection: $c, relativePath: $p) { ...on Document { _values } } }"
    )
    found = _ask(endpoint, query, c=collection, p=f"{model.slug}.md")["document"]["_values"]
    values = {name: value for name, value in found.items() if not name.startswith("_")} | {"title": entry.title}
    change = (
        "mutation($c: String!, $p: String!, $v: DocumentMutation!) "
        "{ createDocument(collection: $c, relativePath: $p, params: $v) { __typename } }"
    )
    _ask(endpoint, change, c=collection, p=f"{entry.slug}.md", v={collection: values})


def _ask(endpoint: str, query: str, **variables: Any) -> Any:
    answer = _post(f"{endpoint}/localhost/graphql", {"query": query, "variables": variables})
    if answer.get("errors"):
        raise ToolError("nothing-written", "Tina's content API refuses", why=json.dumps(answer["errors"])[:500])
    return answer["data"]


WRITERS: Mapping[str, Writer] = {"decap": _write_by_decap, "tina": _write_by_tina}
