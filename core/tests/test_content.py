"""The neutral content model: nothing is lost between reading and writing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.content import (
    Content,
    Entry,
    Product,
    ProductVariant,
    Redirect,
    entry_url,
    parse_entry,
    product_entry,
    read_product,
    render_entry,
)
from platform_core.errors import ContentError, Problem
from platform_core.front_matter import parse_front_matter

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LINE = TEXT.filter(lambda text: text.strip() == text and bool(text))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LINE, inner, max_size=3),
    max_leaves=5,
)
KNOWN = {field.name for field in dataclasses.fields(Entry)} | {"tags", "categories"}
MOMENTS = st.datetimes(timezones=st.none() | st.just(dt.UTC)).filter(lambda moment: moment.year > 999)
ENTRIES = st.builds(
    Entry,
    collection=st.just("posts"),
    slug=st.just("a-post"),
    title=TEXT,
    body=TEXT,
    date=st.none() | st.dates(dt.date(1000, 1, 1)),
    updated=st.none() | MOMENTS,
    publish_at=st.none() | st.dates() | MOMENTS,
    expire_at=st.none() | st.dates() | MOMENTS,
    description=TEXT,
    draft=st.booleans(),
    locale=TEXT,
    translation=TEXT,
    image=TEXT,
    url=TEXT,
    aliases=st.lists(TEXT, max_size=3).map(tuple),
    taxonomies=st.dictionaries(
        st.sampled_from(["tags", "categories"]), st.lists(TEXT, min_size=1, max_size=3).map(tuple)
    ),
    references=st.dictionaries(LINE, st.lists(TEXT, min_size=1, max_size=3).map(tuple), max_size=2),
    extra=st.dictionaries(LINE.filter(lambda key: key not in KNOWN), JSON, max_size=3),
)
SKUS = st.text("abcXYZ019._-", min_size=1, max_size=12)
AMOUNTS = st.decimals(0, 999_999, places=2)
COUNTS = st.none() | st.integers(0, 10**9)
OF_PRODUCTS = {"sku", "price", "currency", "prices", "options", "variants", "stock", "weight"}


@st.composite
def products(draw: st.DrawFn) -> Product:
    """Draw a product with variants whose choices it has."""
    options = draw(st.dictionaries(LINE, st.lists(LINE, min_size=1, max_size=3, unique=True).map(tuple), max_size=2))
    chosen = st.fixed_dictionaries({name: st.sampled_from(choices) for name, choices in options.items()})
    extra = st.dictionaries(LINE.filter(lambda key: key not in KNOWN | OF_PRODUCTS), JSON, max_size=2)
    variant = st.builds(ProductVariant, sku=SKUS, options=chosen, price=st.none() | AMOUNTS, stock=COUNTS, extra=extra)
    return Product(
        sku=draw(SKUS),
        name=draw(TEXT),
        price=draw(AMOUNTS),
        currency=draw(st.sampled_from(["EUR", "USD", "JPY"])),
        url=draw(st.sampled_from(["/products/a-post/", "/old/mug.html"])),
        description=draw(TEXT),
        image=draw(TEXT),
        prices=draw(st.dictionaries(st.sampled_from(["GBP", "CHF"]), AMOUNTS)),
        options=options,
        variants=tuple(draw(st.lists(variant, max_size=2))),
        stock=draw(COUNTS),
        weight=draw(COUNTS),
        extra=draw(extra),
    )


PATH = PurePosixPath("posts/a-post.md")


@given(ENTRIES)
def test_reading_what_was_written_is_identity(entry: Entry) -> None:
    """read(write(entry)) == entry, unknown fields included."""
    assert parse_entry(render_entry(entry), PATH) == entry


@given(products(), TEXT)
def test_a_product_that_was_written_is_read_again(product: Product, body: str) -> None:
    """read(write(product)) == product through the file, what Platform does not know included."""
    problems: list[Problem] = []
    entry = parse_entry(render_entry(product_entry(product, "a-post", body=body)), PurePosixPath("products/a-post.md"))
    assert read_product(entry, "a-post", problems) == product
    assert (problems, entry.body) == ([], body)


KEYS = st.sampled_from([*sorted(KNOWN), "mood", "no", "1", "0x1", "~", "a b", "<<"])
YAML_VALUES = st.sampled_from(
    ["No", "1_000", "1e3", "0o17", "-.inf", "~", "''", "[a, b]", "[]", "{a: [b]}", "{1: {2: c}}", "2026-01-02", "2026-01-02 03:04:05.6",
     "2026-01-02T03:04:05-09:30", "&x [1]", "*x", "{<<: {a: 1}, a: 2}", "!!set {a, b}", "!!omap [a: 1]", "!!binary aGk=", "!!bool maybe",
     "!!timestamp x", "|\n  one\n  ---\n  two", ">-\n  one\n  two", '"\\0\\x85\\uFEFF\\n---\\n"', "on # a note"]
) | st.text("ab:-#&*[]{}'\" \n\t\\!|>%@`,?~0.1", max_size=8)  # fmt: skip
TOML_VALUES = st.sampled_from(
    ["07:32:00", "07:32:00.5", "[07:32:00]", "{t = 07:32:00}", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05.678-09:30",
     "0xff", "1_000", "-inf", "true", "['a']", "[]", "{a.b = ['c']}", '"""\none\n---\n"""', r'"\u0000\u0085"']
)  # fmt: skip
FILES = st.one_of(
    TEXT,
    st.builds("\ufeff{}".format, TEXT),
    *(
        st.builds(
            lambda mark, sign, rows, end, body: (
                f"{mark}{end}" + "".join(f"{key}{sign}{value}{end}" for key, value in rows) + f"{mark}{end}{body}"
            ),
            st.just(mark),
            st.just(sign),
            st.lists(st.tuples(KEYS, values), max_size=4),
            st.sampled_from(["\n", "\r\n"]),
            TEXT | st.sampled_from(["---\na: 1\n---\n", "\r\n", "\n\n a\r", "+++\n"]),
        )
        for mark, sign, values in (("---", ": ", YAML_VALUES), ("+++", " = ", TOML_VALUES))
    ),
)


@settings(max_examples=400)
@given(FILES)
def test_writing_what_was_read_loses_nothing(text: str) -> None:
    """read(write(read(file))) == read(file) for any file that can be read, whoever wrote it; no key is gone."""
    try:
        entry = parse_entry(text, PATH)
    except ContentError:
        return
    written = render_entry(entry)
    assert parse_entry(written, PATH) == entry
    before, after = (parse_front_matter(each, "")[0] for each in (text, written))
    assert {key: after[key] for key in before.keys() - KNOWN} == {key: before[key] for key in before.keys() - KNOWN}


@given(st.text(max_size=200))
def test_any_text_is_an_entry_or_an_error(text: str) -> None:
    """No file gives anything but an entry or a ContentError."""
    try:
        parse_entry(text, PATH)
    except ContentError as error:
        assert "posts/a-post.md" in error.what


@given(st.text(max_size=120))
def test_any_front_matter_is_an_entry_or_an_error(text: str) -> None:
    """Hostile YAML and TOML are read safely or refused."""
    for mark in ("---", "+++"):
        try:
            parse_entry(f"{mark}\n{text}\n{mark}\nbody", PATH)
        except ContentError:
            continue


@pytest.mark.parametrize(
    ("front", "problems"),
    [
        ("title: A\ndate: 2026-01-02\ntitle: B", [":4: the key 'title' stands there already in line 2."]),
        ("seo:\n  - {a: 1, b: 2, a: 3}\nseo: x", [":4: the key 'seo'", ":3: the key 'a'"]),
        ("'1': a\n1: b", [":3: the key '1' stands there already in line 2."]),
        ("a: {true: b, 1: c}", [":2: the key '1'"]),
    ],
)
def test_a_key_that_stands_twice_is_told(front: str, problems: list[str]) -> None:
    """Engines refuse it or choose one; so each is told with its line."""
    with pytest.raises(ContentError) as caught:
        parse_entry(f"---\n{front}\n---\n", PATH)
    told = [str(problem) for problem in caught.value.problems]
    assert all(f"content/posts/a-post.md{wanted}" in found for wanted, found in zip(problems, told, strict=True))


@pytest.mark.parametrize(
    "front",
    ["base: &a {k: 1}\nx: {<<: *a, k: 2}", "a: {b: &z {<<: &y {k: 1}, k: 2}, c: {<<: *z, l: 3}}", "a: {1: b, '1': c}"],
)
def test_what_a_merge_brings_may_be_said_anew(front: str) -> None:
    """A table's own key comes before the one that is merged into it."""
    assert parse_entry(f"---\n{front}\n---\n", PATH).extra


@pytest.mark.parametrize("value", ["!!timestamp x", "!!bool x", "&a [*a]"])
def test_yaml_that_nobody_can_mean_is_refused(value: str) -> None:
    """Wrong declarations and values that hold themselves are told, and crash nothing."""
    with pytest.raises(ContentError, match="bad-front-matter"):
        parse_entry(f"---\nx: {value}\n---\n", PATH)


def test_python_objects_in_yaml_are_refused() -> None:
    """Front matter can't run code."""
    with pytest.raises(ContentError):
        parse_entry("---\ntitle: !!python/object/apply:os.system [true]\n---\n", PATH)


def test_a_field_of_another_type_survives_as_it_is() -> None:
    """A title that is a number is kept in extra, not dropped."""
    entry = parse_entry("---\ntitle: 12\ntags: nope\n---\n", PATH)
    assert entry.extra == {"title": 12, "tags": "nope"}


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("No", "No"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        ("0o17", 15),
        ("017", 17),
        ("1e3", 1000.0),
    ],
)
def test_yaml_is_read_as_engines_read_it(scalar: str, value: object) -> None:
    """Scalars follow the core schema of YAML 1.2."""
    assert parse_entry(f"---\nx: {scalar}\n---\n", PATH).extra == {"x": value}


@pytest.mark.parametrize(
    "title", ["No", "1e3", "0o17", "1_000", "~", "2026-01-02", "true", "0x1", "12:30:00", "<<", "="]
)
def test_a_title_that_looks_like_something_else_stays_a_title(title: str) -> None:
    """Readers of YAML 1.1 and 1.2 both get the words back."""
    import yaml

    text = render_entry(Entry("posts", "a-post", title=title))
    assert parse_entry(text, PATH).title == title
    assert yaml.safe_load(text.split("---")[1])["title"] == title


@pytest.mark.parametrize(
    ("path", "url", "expected"),
    [
        ("posts/a.md", "", "/posts/a/"),
        ("about.md", "", "/about/"),
        ("_index.md", "", "/"),
        ("posts/_index.md", "", "/posts/"),
        ("posts/a/index.md", "", "/posts/a/"),
        ("posts/a.md", "/2019/a.html", "/2019/a.html"),
        ("posts/a.md", "//evil.example/", "/evil.example/"),
    ],
)
def test_an_entrys_address(path: str, url: str, expected: str) -> None:
    """An entry answers at its place, or at the address that it names, always on this site."""
    entry = parse_entry(f"---\ntitle: A\nurl: '{url}'\n---\n", PurePosixPath(path))
    assert entry_url(entry) == expected


@pytest.fixture
def write(tmp_path: Path):
    """Return a function that writes content files and returns the content."""

    def write_files(files: dict[str, str]) -> Content:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        return Content(tmp_path)

    return write_files


def product(**fields: object) -> str:
    """Return the file of a product."""
    rows = {"title": "Mug", "sku": "mug", "price": "'18.50'", "currency": "EUR", **fields}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in rows.items()) + "---\nText.\n"


def test_ends_of_lines_are_kept(write, tmp_path: Path) -> None:
    """A file of another system is read as it is."""
    content = write({"content/posts/a.md": ""})
    (tmp_path / "content/posts/a.md").write_bytes(b"---\r\ntitle: A\r\n---\r\none\r\ntwo\r\n")
    (entry,) = content.entries()
    assert (entry.title, entry.body) == ("A", "one\r\ntwo\r\n")


def test_a_file_in_another_encoding_is_named(write, tmp_path: Path) -> None:
    """It is a mistake like others, and no crash."""
    content = write({"content/posts/a.md": ""})
    (tmp_path / "content/posts/a.md").write_bytes("---\ntitle: Öl\n---\n".encode("latin-1"))
    with pytest.raises(ContentError, match="bad-encoding") as caught:
        list(content.entries())
    assert "content/posts/a.md" in caught.value.what


def test_a_product_keeps_its_exact_price(write) -> None:
    """18.10 is 18.10, never 18.1 and never a float."""
    (found,) = write({"content/products/mug.md": product(price="'18.10'", options="{Size: [S, L]}", stock=0)}).products
    assert (str(found.price), found.stock, found.options) == ("18.10", 0, {"Size": ("S", "L")})
    assert found.price == Decimal("18.1")


def test_wrong_products_are_told_together(write) -> None:
    """Every problem of every product comes at once, with its file."""
    content = write(
        {
            "content/products/a.md": product(sku="'a b'", price="free", currency="euro", stock=-1, options="[x]"),
            "content/products/b.md": product(sku="same"),
            "content/products/c.md": product(sku="same"),
        }
    )
    with pytest.raises(ContentError) as caught:
        _ = content.products
    assert len(caught.value.problems) == 6
    assert any("is also in content/products/b.md" in problem.what for problem in caught.value.problems)


@pytest.mark.parametrize("price", ["nan", "inf", "-1", "1e400000", "''", "[1]"])
def test_what_is_no_price_is_refused(write, price: str) -> None:
    """Not-a-number, infinity, negative and non-amounts are no prices."""
    content = write({"content/products/a.md": product(price=price)})
    with pytest.raises(ContentError):
        _ = content.products


def test_a_draft_product_is_not_sold(write) -> None:
    """Drafts stay out of the shop."""
    assert write({"content/products/a.md": product(draft="true")}).products == ()


@pytest.mark.parametrize(
    ("times", "sold"),
    [
        ({"publish_at": "2999-01-01T00:00:00Z"}, False),
        ({"expire_at": "2001-01-01T00:00:00Z"}, False),
        ({"publish_at": "2001-01-01T00:00:00Z", "expire_at": "2999-01-01T00:00:00Z"}, True),
    ],
)
def test_a_product_is_sold_in_its_time(write, times: dict[str, str], sold: bool) -> None:
    """What is not published yet, or not any more, stays out of the shop."""
    assert bool(write({"content/products/a.md": product(**times)}).products) is sold


def test_wrong_variants_are_told_together(write) -> None:
    """A choice that the product does not have, a missing one, and a sku that is taken."""
    rows = "[{sku: mug-l, options: {Size: XL}}, {sku: mug-m, options: {}}, {sku: mug, options: {Size: S}}]"
    content = write({"content/products/a.md": product(options="{Size: [S, L]}", variants=rows)})
    with pytest.raises(ContentError) as caught:
        _ = content.products
    assert [problem.where for problem in caught.value.problems] == [
        "content/products/a.md variant 1",
        "content/products/a.md variant 2",
    ]
    with pytest.raises(ContentError, match="bad-products") as caught:
        _ = write(
            {"content/products/a.md": product(options="{Size: [S]}", variants="[{sku: mug, options: {Size: S}}]")}
        ).products
    assert "is also in" in caught.value.problems[0].what


def test_old_paths_become_redirects(write) -> None:
    """Aliases of entries and rows of redirects.toml lead to the new address."""
    content = write(
        {
            "content/posts/a.md": "---\ntitle: A\naliases: [/old/a.html, releases/1.0]\n---\n",
            "content/posts/b.md": "+++\naliases = ['/old/b.html']\n+++\n",
            "redirects.toml": '[[redirect]]\nfrom = "/x/"\nto = "https://else.example/"\nstatus = 302\n',
        }
    )
    assert content.redirects == (
        Redirect("/old/a.html", "/posts/a/"),
        Redirect("/old/b.html", "/posts/b/"),
        Redirect("/releases/1.0", "/posts/a/"),
        Redirect("/x/", "https://else.example/", 302),
    )


def test_wrong_redirects_are_told_together(write) -> None:
    """Open redirects, other schemes, and two owners of one path are refused."""
    content = write(
        {
            "content/posts/a.md": "---\ntitle: A\naliases: [//evil.example, /one/]\n---\n",
            "content/posts/b.md": "---\ntitle: B\naliases: [/one/]\n---\n",
            "redirects.toml": "".join(
                f'[[redirect]]\nfrom = "{source}"\nto = "{target}"\nstatus = {status}\n'
                for source, target, status in (
                    ("//x", "/y", 301),
                    ("/x", "javascript:alert(1)", 301),
                    ("/x", "/y", 200),
                    ("x", "/y", 301),
                )
            ),
        }
    )
    with pytest.raises(ContentError) as caught:
        _ = content.redirects
    assert len(caught.value.problems) == 6


def test_links_that_leave_the_folder_are_not_followed(write, tmp_path: Path) -> None:
    """A symbolic link to a file outside is no content."""
    content = write({"content/posts/a.md": "---\ntitle: A\n---\n"})
    (tmp_path / "secret.md").write_text("secret", "utf-8")
    (tmp_path / "content" / "posts" / "b.md").symlink_to(tmp_path / "secret.md")
    assert [entry.slug for entry in content.entries()] == ["a"]


def test_the_content_model_is_read(write) -> None:
    """Collections and their fields come from content.toml."""
    content = write(
        {
            "content.toml": '[[collections]]\nname = "posts"\nlabel = "Posts"\nlabel_singular = "Post"\n[[collections.fields]]\nname = "title"\nlabel = "Title"\n'
        }
    )
    (collection,) = content.collections
    assert (collection.name, collection.fields[0].type) == ("posts", "string")


def test_a_wrong_content_model_is_told_whole(write) -> None:
    """Every problem of content.toml comes at once."""
    content = write({"content.toml": '[[collections]]\nname = 1\nlabl = "x"\n'})
    with pytest.raises(ContentError) as caught:
        _ = content.collections
    assert len(caught.value.problems) >= 4


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ('[{name = "mood", label = "Mood", type = "texts"}]', "the unknown type 'texts'"),
        ('[{name = "mood", label = "Mood", type = "select"}]', "no choices"),
        ('[{name = "mood", label = "Mood"}, {name = "mood", label = "Again"}]', "there 2 times"),
    ],
)
def test_a_form_that_no_editor_can_show_is_refused(write, fields: str, wrong: str) -> None:
    """Every CMS can draw what is left: known types, choices to choose from, each field once."""
    row = f'[[collections]]\nname = "posts"\nlabel = "Posts"\nlabel_singular = "Post"\nfields = {fields}\n'
    content = write({"content.toml": row})
    with pytest.raises(ContentError) as caught:
        content.forms(sells=False)
    (problem,) = caught.value.problems
    assert "'posts'" in problem.where
    assert wrong in problem.what


def test_folders_are_collections_without_a_model(write) -> None:
    """Editors find every folder that holds entries, with the usual fields; index pages are the engine's."""
    entry = "---\ntitle: A\n---\n"
    names = ("about.md", "posts/a.md", "docs/how_to/b.md", "news/_index.md", "products/mug.md")
    content = write({f"content/{name}": entry for name in names})
    assert [(item.name, item.label) for item in content.forms(sells=False)] == [
        ("", "Pages"),
        ("docs/how_to", "Docs: how to"),
        ("posts", "Posts"),
        ("products", "Products"),
    ]


def test_a_new_site_has_posts_and_a_new_shop_products(write) -> None:
    """There is something to begin with before there are files."""
    content = write({})
    assert [item.name for item in content.forms(sells=True)] == ["posts", "products"]
    assert [item.name for item in content.forms(sells=False)] == ["posts"]


def test_a_model_gets_the_fields_that_files_need(write) -> None:
    """An entry has a title, a product what makes it one; what the model says of them stays."""
    rows = "".join(
        f'[[collections]]\nname = "{name}"\nlabel = "All"\nlabel_singular = "One"\n'
        'fields = [{name = "price", label = "Amount"}]\n'
        for name in ("posts", "products")
    )
    posts, products = write({"content.toml": rows, "content/about.md": "About\n"}).forms(sells=False)
    assert [field.name for field in posts.fields] == ["title", "price"]
    assert [field.name for field in products.fields] == ["title", "sku", "currency", "price"]
    assert products.fields[-1].label == "Amount"


@pytest.mark.parametrize("name", ["posts", "products"])
def test_a_folder_that_leads_out_is_not_read(write, tmp_path: Path, name: str) -> None:
    """Neither entries nor products come from a folder that is a link to elsewhere."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "a.md").write_text(product(), "utf-8")
    content = write({"content/about.md": "---\ntitle: A\n---\n"})
    (tmp_path / "content" / name).symlink_to(outside)
    assert [entry.slug for entry in content.entries()] == ["about"]
    assert content.products == ()
