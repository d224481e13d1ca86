"""Products in a file of the site, CSV or JSON: a shop that needs nobody's account.

It is a source like a CMS: pulled before a build, and each product becomes an entry of
``content/products/``. A problem anywhere in the file leaves all entries as they were.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.errors import ContentError, Problem
from platform_core.product_columns import Item, Row, Skip, form_of, items_of
from platform_core.product_entries import Shelf
from platform_core.sources import PRODUCT_FILE, Converted, Page, Source

if TYPE_CHECKING:
    from platform_core.http import Http

__all__ = ["product_source"]

MAX_BYTES = 64 * 1024 * 1024
_DELIMITERS = ",;\t"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def product_source(root: Path, file: str, *, currency: str = "", hosts: tuple[str, ...] = ()) -> Source:
    """Return the products of a file as a source.

    Args:
        root: The site's folder.
        file: Path of the file inside it.
        currency: What prices without a currency are in.
        hosts: From where pictures may be fetched.
    """

    def pull(_cursor: str, _http: Http) -> Iterator[Page]:
        found = _read(root, file)
        documents = {f"{number:06}": dataclasses.asdict(item) for number, item in enumerate(found)}
        yield Page(documents, cursor="", complete=True)

    def convert(documents: Mapping[str, Any]) -> Converted:
        shelf = Shelf(file, root, currency, hosts, f"media/{PRODUCT_FILE}")
        for _, document in sorted(documents.items()):
            if "why" in document:
                shelf.skip(document["row"], document["why"])
            else:
                shelf.put(_item(document))
        if shelf.problems:
            raise _refused(file, shelf.problems)
        shelf.close()
        return Converted(shelf.entries, shelf.assets, shelf.skipped)

    return Source(PRODUCT_FILE, file, pull, convert, hosts)


def _item(document: Mapping[str, Any]) -> Item:
    variants = [(row, cells, chosen) for row, cells, chosen in document["variants"]]
    return Item(**{**document, "variants": variants})


def _read(root: Path, file: str) -> list[Item | Skip]:
    """Read the file.

    Raises:
        ContentError: It is not there, not below the site's folder, or can't be read.
    """
    path = root / file
    if not path.resolve().is_relative_to(root.resolve()):
        raise _refused(file, [Problem(file, "it lies outside of the site's folder.")])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused(file, [Problem(file, f"it can't be read: {error.strerror}.")]) from None
    if len(data) > MAX_BYTES:
        raise _refused(file, [Problem(file, f"it has more than {MAX_BYTES:,} bytes.")])
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8-sig")
    try:
        text = _clean(data.decode(encoding))
    except UnicodeDecodeError:
        raise _refused(file, [Problem(file, "it is not UTF-8.", "Save it as CSV UTF-8.")]) from None
    if path.suffix.lower() == ".json":
        return list(_of_json(text, file))
    rows, headers = _rows(text, file)
    return list(items_of(form_of(headers), rows))


def _clean(text: str) -> str:
    """Leave out what no page can hold, and end every line alike."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _rows(text: str, file: str) -> tuple[list[Row], list[str]]:
    """Return the rows of CSV that hold something, and the headers in lower case."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    delimiter = max(_DELIMITERS, key=bare.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    problems: list[Problem] = []
    headers: list[str] = []
    rows: list[Row] = []
    number = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                if not headers:
                    headers = [cell.strip().lower() for cell in record]
                elif len(record) > len(headers) and any(cell.strip() for cell in record[len(headers) :]):
                    problems.append(
                        Problem(f"{file}:{number}", f"it has more than the {len(headers)} cells of the header.")
                    )
                else:
                    cells = (cell.strip() for cell in record)
                    rows.append(Row(number, dict(zip(headers, cells, strict=False))))
            number = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(f"{file}:{number}", f"not CSV: {error}."))
    twice = {name for name in headers if name and headers.count(name) > 1}
    problems += [Problem(f"{file}:1", f"two columns are called {name!r}.") for name in sorted(twice)]
    if not headers:
        problems.append(Problem(file, "it is empty; the first row has to name the columns."))
    elif not problems and not {"name", "title"} & set(headers):
        what = f"it has no column name or title, only {', '.join(headers[:8])}."
        problems.append(Problem(f"{file}:1", what))
    if problems:
        raise _refused(file, problems)
    return rows, headers


def _of_json(text: str, file: str) -> Iterator[Item | Skip]:
    try:
        # A float would round a price.
        data = json.loads(text, parse_float=str, parse_constant=str, object_pairs_hook=_table)
    except (ValueError, RecursionError) as error:
        raise _refused(file, [Problem(file, f"not JSON: {error}.")]) from None
    listed = data.get("products") if isinstance(data, dict) else data
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise _refused(file, [Problem(file, "it is neither a list of products nor a table with the list `products`.")])
    problems = [_lost(file, key) for key in data.twice] if isinstance(data, _Lossy) else []
    rows: list[Row] = []
    for number, product in enumerate(listed, 1):
        name = product.get("sku") or product.get("name") or product.get("title")
        where = f"{file}:{number}"
        problems += (_lost(f"{where} {name!r}" if name else where, key) for key in _lost_keys(product))
        rows += _json_rows(product, number, where, problems)
    if problems:
        raise _refused(file, problems)
    yield from items_of("own", rows)


class _Lossy(dict[str, Any]):
    """A table in which a key stood more than once."""

    twice: tuple[str, ...] = ()


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    lossy = _Lossy(found)
    lossy.twice = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
    return lossy


def _lost_keys(product: dict[str, Any]) -> Iterator[str]:
    """Yield the keys of a product, and of the tables in it, of which only the last value would count."""
    waiting: list[Any] = [product]
    while waiting:
        value = waiting.pop()
        if isinstance(value, _Lossy):
            yield from value.twice
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _lost(where: str, key: str) -> Problem:
    return Problem(where, f"{key!r} is there more than once.")


def _json_rows(product: Mapping[str, Any], number: int, where: str, problems: list[Problem]) -> Iterator[Row]:
    """Yield a product and its variants as rows of our own form; they share the product's number."""
    cells: dict[str, Any] = {}
    variants: Any = []
    for key, value in product.items():
        if key == "variants":
            variants = value
        elif key == "prices" and isinstance(value, dict):
            cells |= {f"price_{currency.lower()}": str(amount) for currency, amount in value.items()}
        elif isinstance(value, bool) and key == "draft":
            cells[key] = str(value).lower()
        else:
            cells[key] = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(variants, list) or not all(isinstance(form, dict) for form in variants):
        problems.append(Problem(where, "variants is not a list of tables."))
        return
    yield Row(number, cells)
    for form in variants:
        own = {key: str(value) if isinstance(value, int) else value for key, value in form.items()}
        yield Row(number, {**own, "variant_of": cells.get("sku") or " "})


def _refused(file: str, problems: list[Problem]) -> ContentError:
    return ContentError("bad-product-file", f"{file} can't be sold from as it is", problems=problems)
