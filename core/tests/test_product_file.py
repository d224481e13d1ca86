"""Products in a file of the site become entries, or every reason is told."""

from __future__ import annotations

import csv
import http.server
import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.content import Content, Product, parse_entry, product_entry, read_product, render_entry
from platform_core.errors import ContentError
from platform_core.http import Http
from platform_core.product_file import product_source
from platform_core.pulling import Pulled, pull_source
from platform_core.site import Site
from platform_core.sources import Converted

OWN = "sku,name,price,currency,description,image,stock,weight,options,variant_of,price_usd,sub_frequency,body\n"
OLD = "Handle,Title,Body (HTML),Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Status\n"
NEW = "Title,URL handle,Description,Status,SKU,Option1 name,Option1 value,Price,Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),Product image URL\n"
TYPED = "ID,Type,SKU,Name,Published,Short description,Description,In stock?,Stock,Backorders allowed?,Weight (kg),Sale price,Regular price,Categories,Images,Parent,Attribute 1 name,Attribute 1 value(s)\n"


@pytest.fixture(name="shelf")
def _shelf(tmp_path: Path) -> Callable[..., Converted]:
    """Write a file and return what it comes to."""

    def make(text: str | bytes, file: str = "products.csv", **given: Any) -> Converted:
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / file).write_bytes(data)
        source = product_source(tmp_path, file, **{"currency": "EUR", **given})
        (page,) = source.pull("", Http())
        return source.convert(json.loads(json.dumps(page.documents)))

    return make


def products(found: Converted) -> list[Product]:
    """Return the products of the entries, as a site reads them."""
    problems: list[Any] = []
    read = [read_product(entry, entry.path, problems) for entry in found.entries.values()]
    assert problems == []
    return [item for item in read if item]


def told(error: pytest.ExceptionInfo[ContentError]) -> list[str]:
    """Return the problems of an error as text."""
    return [str(problem) for problem in error.value.problems]


def test_our_own_columns(shelf: Callable[..., Converted], tmp_path: Path) -> None:
    """Prices in other currencies, options, forms of a product, and columns that only a shop understands."""
    (tmp_path / "static" / "images").mkdir(parents=True)
    (tmp_path / "static" / "images" / "mug.png").write_bytes(b"png")
    text = OWN + (
        'mug,"Mug, large",18.50,EUR,Holds much.,images/mug.png,3,250,"Colour: blue | white; Size: S",,20.00,1m,Made *well*.\n'
        "mug-blue,,19,,,,0,,Colour: blue; Size: S,mug,,,\n"
    )
    found = shelf(text)
    (mug,) = products(found)
    assert (mug.sku, mug.name, mug.price, mug.currency) == ("mug", "Mug, large", Decimal("18.50"), "EUR")
    assert (mug.stock, mug.weight, mug.image, mug.description) == (3, 250, "/images/mug.png", "Holds much.")
    assert mug.prices == {"USD": Decimal("20.00")}
    assert mug.options == {"Colour": ("blue", "white"), "Size": ("S",)}
    assert mug.extra == {"sub_frequency": "1m"}
    (form,) = mug.variants
    assert (form.sku, form.price, form.stock, form.options) == (
        "mug-blue",
        Decimal(19),
        0,
        {"Colour": "blue", "Size": "S"},
    )
    assert found.entries["mug-large"].body == "\nMade *well*.\n"
    assert found.skipped == {}


def test_a_key_of_json_that_stands_twice_is_refused(shelf: Callable[..., Converted]) -> None:
    """Which of two prices is meant, nobody knows; each product is named, whatever the depth."""
    rows = (
        '{"sku": "mug", "name": "Mug", "price": 1, "price": 2}',
        '{"name": "Pot", "price": 1, "prices": {"USD": 1, "USD": 2}}',
        '{"sku": "jug", "name": "Jug", "price": 1, "variants": [{"sku": "a", "stock": 1, "stock": 2}]}',
    )
    with pytest.raises(ContentError) as caught:
        shelf(f'{{"products": [], "products": [{", ".join(rows)}]}}', "products.json")
    assert told(caught) == [
        "products.json: 'products' is there more than once.",
        "products.json:1 'mug': 'price' is there more than once.",
        "products.json:2 'Pot': 'USD' is there more than once.",
        "products.json:3 'jug': 'stock' is there more than once.",
    ]


def test_the_older_export_of_rows_that_share_a_handle(shelf: Callable[..., Converted]) -> None:
    """Rows with a value are forms; stock counts only when it is tracked; HTML is Markdown; no sku is made one."""
    found = shelf(
        OLD
        + 'pot,Clay Pot,<p>Blown <b>clay</b></p>,"Pot, Plants",true,Size,Small,,200,shop,2,deny,9.99,https://cdn.example/a.jpg,active\n'
        + "pot,,,,,,Large,POT/L,200,shop,-3,deny,15.99,https://cdn.example/b.jpg,\n"
        + "lamp,Lamp,,,true,Title,Default Title,LAMP 1,0,,7,deny,59,,active\n"
        + "old,Old,,,false,Title,Default Title,OLD,0,,7,deny,59,,active\n"
        + "idea,Idea,,,true,Title,Default Title,IDEA,0,,7,deny,59,,draft\n"
    )
    pot, lamp = products(found)
    assert [(form.sku, form.price, form.stock) for form in pot.variants] == [
        ("pot-small", None, 2),
        ("POT-L", Decimal("15.99"), 0),
    ]
    assert (pot.sku, pot.price, pot.weight, pot.options) == ("pot", Decimal("9.99"), 200, {"Size": ("Small", "Large")})
    assert (lamp.sku, lamp.options, lamp.stock, lamp.weight) == ("LAMP-1", {}, None, None)
    assert found.entries["pot"].body == "\nBlown **clay**\n"
    assert found.entries["pot"].taxonomies == {"tags": ("Pot", "Plants")}
    assert [str(problem) for problem in found.skipped.values()] == [
        "products.csv:5: it is not published.",
        "products.csv:6: its status is draft.",
        "products.csv: 1 picture is left out: a product shows its first one.",
        "products.csv: 1 picture is left out: cdn.example is not one of product_image_hosts in site.toml.",
    ]


def test_the_newer_export_of_rows_that_share_a_handle(shelf: Callable[..., Converted]) -> None:
    """The same products under the newer headers; what is sold beyond its stock has none."""
    found = shelf(
        NEW
        + "Shirt,shirt,<p>Soft</p>,Active,S-1,Size,S,20.00,shop,4,DENY,150,\n"
        + ",shirt,,,S-2,,M,22.00,shop,4,CONTINUE,150,\n"
    )
    (shirt,) = products(found)
    assert [(form.sku, form.price, form.stock) for form in shirt.variants] == [
        ("S-1", None, 4),
        ("S-2", Decimal("22.00"), None),
    ]
    assert (shirt.price, shirt.weight, shirt.url) == (Decimal("20.00"), 150, "/products/shirt/")


def test_the_export_of_rows_with_a_type(shelf: Callable[..., Converted]) -> None:
    """Variations belong to their parent, an open attribute is each of its choices; others are told as skipped."""
    found = shelf(
        TYPED
        + '1,variable,tee,Tee,1,Short.,Long.\\nTwo lines.,1,,0,0.25,,,Clothing > Tees,,,Size,"S, M"\n'
        + "2,simple,cap,Cap,1,,,0,,0,,16,18,,,,,\n"
        + "3,grouped,set,Set,1,,,1,,0,,,,,,,,\n"
        + "4,external,gift,Gift,1,,,1,,0,,,5,,,,,\n"
        + "5,simple,draft,Draft,-1,,,1,,0,,,5,,,,,\n"
        + "6,variation,tee-any,Tee,1,,,1,3,0,,,20,,,id:1,Size,\n"
        + "7,variation,lost,Lost,1,,,1,,0,,,20,,,nobody,Size,S\n"
        + "8,simple,free,No price,1,,,1,,0,,,,,,,,\n"
    )
    tee, cap = products(found)
    assert [(form.sku, form.stock, form.options) for form in tee.variants] == [
        ("tee-any-S", 3, {"Size": "S"}),
        ("tee-any-M", 3, {"Size": "M"}),
    ]
    assert (tee.price, tee.weight, tee.description) == (Decimal(20), 250, "Short.")
    assert found.entries["tee"].taxonomies == {"categories": ("Tees",)}
    assert (cap.price, cap.stock, cap.extra) == (Decimal(16), 0, {"compare_at": "18"})
    assert [str(problem) for problem in found.skipped.values()] == [
        "products.csv:4: it groups other products and has no price.",
        "products.csv:5: it is sold by another shop.",
        "products.csv:6: it is not published.",
        "products.csv:8: its parent 'nobody' is not in the file.",
        "products.csv:9: it has no price.",
    ]


def test_every_problem_comes_at_once_with_its_row(shelf: Callable[..., Converted]) -> None:
    """Rows are counted as an editor counts lines, also after a cell of two lines and an empty row."""
    text = OWN + (
        'a,"Two\nlines",1.234,EUR,,,,,,,,,\n'
        "\n"
        'b,B,"1,299.00",EUR,,,,,,,,,\n'
        "a,C,5,euro,,,-1,,,,,,\n"
        "d d,D,5,EUR,,gone.png,,,,,,,\n"
        ",,,,,,,,,,,,\n"
        "e,E,,EUR,,,,,,,,,\n"
    )
    with pytest.raises(ContentError) as error:
        shelf(text)
    assert told(error) == [
        "products.csv:5: the price '1,299.00' is not an amount such as 18.50. Leave out signs and thousands.",
        "products.csv:6: the currency 'EURO' is not an ISO 4217 code such as EUR.",
        "products.csv:6: stock '-1' is not a whole number of 0 or more.",
        "products.csv:6: the sku 'a' is also in row 2.",
        "products.csv:7: there is no picture 'gone.png' below static/.",
        "products.csv:9: it has no price.",
    ]


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffsku;name;price\nmug;Mug;9,50\n".encode(),
        "sku;name;price\r\n\r\nmug;Mug;9,50\r\n".encode("utf-16"),
        b"name\tprice\tsku\nMug\t9.50\tmug\n",
        b'"sku","name","price"\n"mug","Mug","9.50"\n',
        b"SKU, Title ,PRICE\nmug,Mug,9.50\n",
    ],
)
def test_what_spreadsheets_save_is_read(shelf: Callable[..., Converted], data: bytes) -> None:
    """Marks of order, semicolons, tabs, quotes and capitals make no difference."""
    (mug,) = products(shelf(data))
    assert (mug.sku, mug.name, mug.price, mug.currency) == ("mug", "Mug", Decimal("9.50"), "EUR")


def test_json_has_lists_and_exact_numbers(shelf: Callable[..., Converted]) -> None:
    """Options and variants are tables there, and a price keeps its digits."""
    product = {
        "sku": "mug",
        "name": "Mug",
        "price": 9,
        "prices": {"USD": "10.10"},
        "options": {"Colour": ["blue", "white"]},
        "variants": [{"sku": "mug-blue", "options": {"Colour": "blue"}, "price": 9, "stock": 0}],
        "tags": ["hot"],
        "care": {"wash": True},
    }
    text = json.dumps({"products": [product]}).replace('"price": 9,', '"price": 9.10,', 1)
    found = shelf(text, "products.json")
    (mug,) = products(found)
    assert (mug.price, mug.prices) == (Decimal("9.10"), {"USD": Decimal("10.10")})
    assert [(form.sku, form.price, form.stock) for form in mug.variants] == [("mug-blue", Decimal(9), 0)]
    assert mug.extra == {"care": {"wash": True}}
    assert found.entries["mug"].taxonomies == {"tags": ("hot",)}


@pytest.mark.parametrize(
    ("file", "data", "what"),
    [
        ("p.csv", b"", "it is empty; the first row has to name the columns."),
        ("p.csv", b"sku,price\na,1\n", "it has no column name or title, only sku, price."),
        ("p.csv", b"name,name\na,1\n", "two columns are called 'name'."),
        ("p.csv", b"name,price\na,1,2\n", "it has more than the 2 cells of the header."),
        ("p.csv", b'name,price\n"a,1\n', "not CSV: unexpected end of data."),
        ("p.csv", b"name\n\xff\xfe\xfa\n", "it is not UTF-8. Save it as CSV UTF-8."),
        ("p.json", b"{", "not JSON: "),
        ("p.json", b"[1]", "it is neither a list of products"),
        ("p.json", b'[{"name": "a", "variants": 3}]', "variants is not a list of tables."),
    ],
)
def test_a_file_that_can_not_be_read_is_told(
    shelf: Callable[..., Converted], file: str, data: bytes, what: str
) -> None:
    """The message names the file and what to mend, never a traceback."""
    with pytest.raises(ContentError, match="can't be sold from") as error:
        shelf(data, file)
    assert what in told(error)[0]


def test_a_price_needs_a_currency(shelf: Callable[..., Converted]) -> None:
    """Exports do not say in which currency they are; the site does."""
    with pytest.raises(ContentError) as error:
        shelf("name,price,sku\nMug,5,mug\n", currency="")
    assert "product_currency" in told(error)[0]


def test_times_and_drafts(shelf: Callable[..., Converted]) -> None:
    """A product may have a time of publication; a draft is no product."""
    found = shelf("name,price,sku,publish_at,draft\nMug,5,mug,2999-01-01T08:00:00+01:00,\nCup,5,cup,,yes\n")
    assert list(found.entries) == ["mug"]
    assert str(found.entries["mug"].publish_at) == "2999-01-01 08:00:00+01:00"


class _Pictures(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"picture")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(name="host")
def _host() -> Iterator[str]:
    """A server of pictures on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pictures)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def pull(root: Path, text: str, hosts: tuple[str, ...] = ()) -> Pulled:
    """Write the site's file and pull it."""
    (root / "products.csv").write_text(text, "utf-8")
    return pull_source(product_source(root, "products.csv", currency="EUR", hosts=hosts), root)


def test_pictures_come_from_named_hosts_only(tmp_path: Path, host: str) -> None:
    """The picture of a named host is a file of the site; others are left out, and that is said."""
    text = f"name,price,sku,image\nMug,5,mug,http://{host}/big%20mug.JPG?v=1\nCup,5,cup,https://evil.example/x.png\n"
    found = pull(tmp_path, text, (host,))
    mug, cup = sorted(Content(tmp_path).products, key=lambda item: item.sku, reverse=True)
    assert mug.image.startswith("/media/products-file/")
    assert mug.image.endswith("-big-mug.jpg")
    assert (tmp_path / "static" / mug.image.lstrip("/")).read_bytes() == b"picture"
    assert cup.image == ""
    assert [str(problem) for problem in found.skipped] == [
        "products.csv: 1 picture is left out: evil.example is not one of product_image_hosts in site.toml."
    ]


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "none"])
def test_what_is_no_picture_is_not_fetched(shelf: Callable[..., Converted], name: str) -> None:
    """Files that could hold a script stay where they are, even on a named host."""
    found = shelf(f"name,price,sku,image\nMug,5,mug,https://a.example/{name}\n", hosts=("a.example",))
    assert found.assets == {}
    assert "do not end like" not in str(found.skipped)
    assert "does not end like a picture's" in str(found.skipped)


@pytest.mark.parametrize("image", ["../secret.png", "..\\secret.png", "images/../../secret.png", "file:///etc/passwd"])
def test_a_picture_never_leaves_static(shelf: Callable[..., Converted], tmp_path: Path, image: str) -> None:
    """A path out of static/ is told like one that is not there."""
    (tmp_path / "static").mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    with pytest.raises(ContentError) as error:
        shelf(f"name,price,sku,image\nMug,5,mug,{image}\n")
    assert "no picture" in told(error)[0]


def test_what_goes_from_the_file_goes_from_the_site(tmp_path: Path) -> None:
    """Products that are gone or not published any more are removed; a person's own entry is not touched."""
    header = "Handle,Title,Status,Variant Price\n"
    pull(tmp_path, header + "mug,Mug,active,5\ncup,Cup,active,6\npan,Pan,active,7\n")
    own = tmp_path / "content" / "products" / "own.md"
    own.write_text("---\ntitle: Own\n---\n", "utf-8")
    found = pull(tmp_path, header + "mug,Mug,active,5\ncup,Cup,draft,6\nown,Own,active,7\n")
    assert sorted(found.removed) == ["content/products/cup.md", "content/products/pan.md"]
    assert own.read_text("utf-8") == "---\ntitle: Own\n---\n"
    assert any("did not come from" in str(problem) for problem in found.skipped)


def test_a_wrong_file_leaves_the_products_of_yesterday(tmp_path: Path) -> None:
    """Nothing is written or removed before everything is right."""
    pull(tmp_path, "name,price,sku\nMug,5,mug\n")
    with pytest.raises(ContentError):
        pull(tmp_path, "name,price,sku\nCup,5,cup\nPan,a,pan\n")
    assert [item.sku for item in Content(tmp_path).products] == ["mug"]


def test_a_link_out_of_the_site_is_refused(tmp_path: Path) -> None:
    """The file is one of the site's folder, also when a link says otherwise."""
    outside = tmp_path / "outside.csv"
    outside.write_text("name,price,sku\nMug,5,mug\n", "utf-8")
    site = tmp_path / "site"
    site.mkdir()
    (site / "products.csv").symlink_to(outside)
    with pytest.raises(ContentError) as error:
        pull_source(product_source(site, "products.csv"), site)
    assert "outside of the site's folder" in told(error)[0]


@pytest.mark.parametrize(
    "value", ["../p.csv", "/p.csv", "a/../p.csv", "p.xlsx", "static/p.csv", "content/p.csv", "a//p.csv", "a\\p.csv"]
)
def test_the_site_names_a_file_of_its_folder(value: str) -> None:
    """Other paths, other endings, and folders that are published are refused."""
    with pytest.raises(ValueError, match=r"p\.|published"):
        Site(client="acme", domain="a.example", engine="echo", products=value)


def test_the_site_names_hosts() -> None:
    """An address is no host."""
    with pytest.raises(ValueError, match="is not a host"):
        Site(client="acme", domain="a.example", engine="echo", product_image_hosts=("https://a.example",))


def test_ten_thousand_rows_take_seconds(tmp_path: Path) -> None:
    """A whole catalogue is read and converted while somebody waits."""
    rows = "".join(
        f"h{n // 2},{'Name ' + str(n) if n % 2 == 0 else ''},<p>About <b>{n}</b> &amp; more</p>,,true,Size,{n % 2},S-{n},10,shop,3,deny,{n}.50,,active\n"
        for n in range(10_000)
    )
    (tmp_path / "products.csv").write_text(OLD + rows, "utf-8")
    source = product_source(tmp_path, "products.csv", currency="EUR")
    started = time.process_time()
    (page,) = source.pull("", Http())
    found = source.convert(page.documents)
    assert len(found.entries) == 5_000
    assert time.process_time() - started < 15  # about two on a quiet machine; a square of the rows would take minutes


NAMES = st.sampled_from(
    ["sku", "name", "price", "options", "variant_of", "stock", "image", "draft", "weight", "handle"]
)
MORE = st.sampled_from(["title", "variant price", "option1 name", "option1 value", "type", "regular price", "parent"])
HEADERS = st.lists(NAMES | MORE | st.text(max_size=6), min_size=1, max_size=8)
CELLS = st.text(max_size=12) | st.sampled_from(["1", "9.50", "a", "variation", "simple", "Size: L", "<b>x</b>", "../x"])


@given(HEADERS, st.lists(st.lists(CELLS, max_size=9), max_size=5), st.sampled_from(",;\t"))
def test_any_table_is_sold_from_or_told(headers: list[str], rows: list[list[str]], delimiter: str) -> None:
    """Whatever a table holds, its entries are products that survive their files, or the problems are named."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([headers, *rows])
    check(written.getvalue().encode("utf-8", "replace"), "products.csv")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(NAMES | st.just("variants"), JSON, max_size=6), max_size=3))
def test_any_json_is_sold_from_or_told(value: list[dict[str, Any]]) -> None:
    """The same for JSON, whose values may be of any type."""
    check(json.dumps(value).encode(), "products.json")


@given(st.binary(max_size=200))
def test_any_bytes_are_sold_from_or_told(data: bytes) -> None:
    """Bytes that are no table at all are a problem like any other."""
    check(data, "products.csv")


def check(data: bytes, file: str) -> None:
    """Convert *data*: entries are products and equal what their files say, or a ContentError tells why not."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / file).write_bytes(data)
        source = product_source(root, file, currency="EUR")
        try:
            (page,) = source.pull("", Http())
            found = source.convert(json.loads(json.dumps(page.documents)))
        except ContentError as error:
            assert error.problems
            return
    for entry in found.entries.values():
        assert parse_entry(render_entry(entry), PurePosixPath(entry.path)) == entry
    for product in products(found):
        assert read_product(product_entry(product, "again"), "again", []) is not None


@pytest.fixture(name="shops")
def _shops() -> Path:
    """Exports that no one here wrote; see PLATFORM_DATA."""
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("PLATFORM_DATA") or root.parent / "shared" / "data") / "shops"
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}; set PLATFORM_DATA")
    return folder


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shopify-apparel.csv", (20, 3, 0)),
        ("shopify-home-and-garden.csv", (20, 2, 0)),
        ("woocommerce-sample_products.csv", (13, 15, 2)),
    ],
)
def test_real_exports_become_products(
    shelf: Callable[..., Converted], shops: Path, name: str, expected: tuple[int, int, int]
) -> None:
    """Public exports of two shop systems: every product that can be sold is sold, the rest is told."""
    found = shelf((shops / name).read_bytes(), currency="USD")
    sold = products(found)
    rows = [problem for problem in found.skipped.values() if not problem.where.endswith(".csv")]
    assert (len(sold), sum(len(item.variants) for item in sold), len(rows)) == expected
