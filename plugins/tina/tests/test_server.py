"""The local server: Tina's own content API over the site's files."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from platform_core.content import Content, Entry, parse_entry
from platform_plugin_tina import cloud_files, plugin, schema

pytestmark = pytest.mark.slow
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6364f8cf500f00038601805a34"
    "7d6b0000000049454e44ae426082"
)
CLIENT = "11111111-2222-3333-4444-555555555555"
EDGE = "edge"


def entry(content: Content, path: str) -> Entry:
    return parse_entry((content.root / "content" / path).read_text("utf-8"), PurePosixPath(path))


def form(name: str, data: bytes) -> tuple[bytes, str]:
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{EDGE}--\r\n".encode(), f"multipart/form-data; boundary={EDGE}"


def test_saving_without_a_change_changes_nothing(api: Any, content: Content) -> None:
    """Every file is as it was, byte for byte, when it is opened and saved."""
    files = {"posts": "hello.md", "docs_guides": "first.md", "products": "beans.md"}
    paths = {"docs_guides": "docs/guides"}
    for collection, name in files.items():
        path = content.root / "content" / paths.get(collection, collection) / name
        before = path.read_bytes()
        api.save(collection, name, api.values(collection, name))
        assert path.read_bytes() == before


def test_one_change_touches_its_lines_alone(api: Any, hello: Path, hello_text: str) -> None:
    """A new title leaves comments, quotes, the plain date and the text as they were."""
    api.save("posts", "hello.md", {**api.values("posts", "hello.md"), "title": "Hello again"})
    assert hello.read_text("utf-8") == hello_text.replace("title: Hello\n", "title: Hello again\n")


def test_a_changed_text_is_written(api: Any, hello: Path, hello_text: str) -> None:
    """New words of the body reach the file, and the front matter stays."""
    values = api.values("posts", "hello.md")
    values["body"] = {
        "type": "root",
        "children": [{"type": "p", "children": [{"type": "text", "text": "All new."}]}],
    }
    api.save("posts", "hello.md", values)
    head = hello_text[: hello_text.index("\nSome")]
    assert hello.read_text("utf-8") == f"{head}\nAll new.\n"


def test_a_new_entry_is_a_file_of_the_model(api: Any, content: Content) -> None:
    """What the editor creates is read by the site's own parser."""
    values = {
        "title": "New: one",
        "date": "2026-03-04T05:06:00.000Z",
        "tags": ["a", "1e3"],
        "rating": 5,
        "draft": False,
    }
    api.save("posts", "2026-03-new-one.md", values, new=True)
    found = entry(content, "posts/2026-03-new-one.md")
    assert found.title == "New: one"
    assert str(found.date) == "2026-03-04 05:06:00+00:00"
    assert found.taxonomies == {"tags": ("a", "1e3")}
    assert found.extra == {"rating": 5}


def test_what_no_form_shows_is_kept(api: Any, content: Content, hello: Path) -> None:
    """Front matter outside of the model survives a change, and so do names that Tina can't have."""
    values = {**api.values("posts", "hello.md"), "read_more": "More", "rating": 2}
    api.save("posts", "hello.md", values)
    found = entry(content, "posts/hello.md")
    assert found.extra == {"odd": {"kept": "yes", "list": [1, 2]}, "read-more": "More", "rating": 2}
    assert "read_more" not in hello.read_text("utf-8")


def test_a_field_that_is_left_out_goes_from_the_file(api: Any, content: Content) -> None:
    """The editor leaves out what was emptied; the file then does not have it."""
    values = api.values("posts", "hello.md")
    del values["rating"]
    api.save("posts", "hello.md", values)
    assert "rating" not in entry(content, "posts/hello.md").extra


def test_a_product_stays_exact(api: Any, content: Content) -> None:
    """A price is text from file to form and back; options and prices stay."""
    values = api.values("products", "beans.md")
    assert values["options"] == {"Grind": ["whole", "filter"], "Bag_size": ["S", "L"]}
    api.save("products", "beans.md", {**values, "price": "19.90"})
    (product,) = Content(content.root).products
    assert (str(product.price), product.prices, product.stock) == ("19.90", {"EUR": Decimal("19.00")}, 3)
    assert product.options == {"Grind": ("whole", "filter"), "Bag size": ("S", "L")}


def test_changes_by_hand_are_seen(api: Any, content: Content, hello: Path) -> None:
    """What somebody writes, adds or removes in the folder is what the editor shows next."""
    assert api.values("posts", "hello.md")["title"] == "Hello"
    hello.write_text("---\ntitle: By hand\n---\n", "utf-8")
    (hello.parent / "second.md").write_text("---\ntitle: Second\n---\n", "utf-8")
    assert api.values("posts", "hello.md")["title"] == "By hand"
    assert api.values("posts", "second.md")["title"] == "Second"
    hello.unlink()
    query = (
        '{ collection(collection: "posts") { documents { edges { node { ...on Document { _sys { filename } } } } } } }'
    )
    edges = api.ask(query)["collection"]["documents"]["edges"]
    assert [edge["node"]["_sys"]["filename"] for edge in edges] == ["second"]


def test_new_fields_need_no_restart(
    api: Any, site: Any, settings: Callable[..., dict[str, Any]], content: Content
) -> None:
    """The running server follows the content model."""
    model = content.root / "content.toml"
    model.write_text(model.read_text("utf-8").replace('"rating"', '"stars"'), "utf-8")
    cloud_files.keep_spec(content.root, schema.build_spec(site, settings(), Content(content.root)))
    assert "stars" in api.ask('{ __type(name: "Posts") { fields { name } } }')["__type"]["fields"].__repr__()


@pytest.mark.parametrize("path", ["../../escape.md", "../../../site.toml", "..%2fescape.md", "../posts/../../x.md"])
def test_no_entry_leaves_the_content_folder(api: Any, content: Content, path: str) -> None:
    """A path that leads elsewhere is refused, and nothing is written there."""
    before = sorted(content.root.parent.rglob("*"))
    query = (
        'mutation($p: String!) { createDocument(collection: "posts", relativePath: $p, '
        'params: {posts: {title: "x"}}) { __typename } }'
    )
    body = json.dumps({"query": query, "variables": {"p": path}}).encode()
    _, answer = api.send("/localhost/graphql", body)
    assert answer["errors"]
    assert sorted(content.root.parent.rglob("*")) == before


def test_a_linked_folder_is_not_followed(api: Any, content: Content, tmp_path: Path) -> None:
    """A collection's folder that is a link to elsewhere takes no entry."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (content.root / "content" / "docs" / "guides" / "first.md").unlink()
    (content.root / "content" / "docs" / "guides").rmdir()
    (content.root / "content" / "docs" / "guides").symlink_to(outside)
    query = (
        'mutation { createDocument(collection: "docs_guides", relativePath: "x.md", '
        'params: {docs_guides: {title: "x"}}) { __typename } }'
    )
    _, answer = api.send("/localhost/graphql", json.dumps({"query": query}).encode())
    assert answer["errors"]
    assert list(outside.iterdir()) == []


def test_media_come_and_go(api: Any, content: Content) -> None:
    """A picture is uploaded, listed, renamed and removed, always below the media folder."""
    media = content.root / "static" / "media"
    data, kind = form("cup.png", PIXEL)
    assert api.send("/media/upload/shop/cup.png", data, kind=kind) == (200, {"success": True})
    assert (media / "shop" / "cup.png").read_bytes() == PIXEL
    assert api.send("/media/list/")[1]["directories"] == ["/shop"]
    assert api.send("/media/list/shop?limit=20")[1]["files"] == [{"filename": "cup.png", "src": "/media/shop/cup.png"}]
    moved = json.dumps({"from": "shop/cup.png", "to": "shop/mug.png"}).encode()
    assert api.send("/media/rename", moved)[0] == 200
    assert api.send("/media/shop/mug.png", method="DELETE") == (200, {"ok": True})
    assert list((media / "shop").iterdir()) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("../../escape.png", 403),
        ("%2e%2e/escape.png", 403),
        ("a%2f..%2f..%2fescape.png", 403),
        (".hidden.png", 403),
        ("c:%5cx.png", 403),
        ("page.html", 415),
        ("page.HTM", 415),
        ("code.js", 415),
        ("", 415),
    ],
)
def test_what_is_no_media_is_refused(api: Any, content: Content, path: str, status: int) -> None:
    """Names that lead out of the folder, and files that would run as the site, are refused."""
    data, kind = form("x", b"x")
    assert api.send(f"/media/upload/{path}", data, kind=kind)[0] in {status, 404}
    assert [item for item in content.root.rglob("*") if item.suffix in {".png", ".html", ".HTM", ".js"}] == []


def test_a_linked_media_folder_is_not_followed(api: Any, content: Content, tmp_path: Path) -> None:
    """A link inside the media folder leads nowhere."""
    (tmp_path / "outside").mkdir()
    (content.root / "static" / "media").mkdir(parents=True)
    (content.root / "static" / "media" / "link").symlink_to(tmp_path / "outside")
    data, kind = form("x.png", PIXEL)
    assert api.send("/media/upload/link/x.png", data, kind=kind)[0] == 403
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_request_that_is_not_json_is_told_so(api: Any) -> None:
    """Neither broken nor huge requests end in more than an answer."""
    assert api.send("/localhost/graphql", b"{")[0] == 400
    assert api.send("/elsewhere")[0] == 404


def test_the_schema_is_a_script(api: Any) -> None:
    """The preview needs the schema before the editor starts; it follows the content model."""
    with urllib.request.urlopen(f"{api.url}/schema.js", timeout=30) as answer:
        kind, text = answer.headers["content-type"], answer.read().decode()
    name, _, value = text.removesuffix(";\n").partition(" = ")
    types = {item["name"]["value"] for item in json.loads(value)["definitions"]}
    assert (kind, name) == ("text/javascript", "globalThis.platformTina.graph")
    assert {"Posts", "Docs_guides", "Products"} <= types


def test_without_a_client_id_nothing_is_kept_for_the_cloud(api: Any, content: Content) -> None:
    """A site that is edited locally alone has no folder of Tina's."""
    assert api.values("posts", "hello.md")
    assert not (content.root / "tina").exists()


@pytest.mark.parametrize("api", [{"client_id": CLIENT}], indirect=True)
def test_what_the_cloud_reads_is_kept_in_the_site(
    api: Any, site: Any, settings: Callable[..., dict[str, Any]], content: Content
) -> None:
    """TinaCloud's files are written, are what was made from the model, and stay as they are."""
    assert api.values("posts", "hello.md")
    spec = schema.build_spec(site, settings(client_id=CLIENT), content)
    committed = cloud_files.committed_config(content.root)
    assert committed is not None
    assert committed["config"] == spec["config"]
    lock = json.loads((content.root / "tina" / "tina-lock.json").read_text("utf-8"))
    assert sorted(lock) == ["graphql", "lookup", "schema"]
    assert [item["name"] for item in lock["schema"]["collections"]] == ["posts", "docs_guides", "products"]
    version = lock["schema"]["version"]
    assert f"{version['major']}.{version['minor']}" == plugin.API_VERSION
    assert CLIENT not in json.dumps(lock)


def test_the_server_is_for_this_machine_alone(content: Content) -> None:
    """The address that it binds is written where nobody can change it by accident."""
    text = (Path(plugin.__file__).parent / "editor" / "server.mjs").read_text("utf-8")
    assert re.findall(r"server\.listen\([^,]+, \"([^\"]+)\"", text) == ["127.0.0.1"]
