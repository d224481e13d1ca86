"""The backend on AWS: the bundled function over the embedded DynamoDB, with a stand-in for GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
ADA = "ghu_adaadaadaadaadaadaadaadaadaadaada01"
BOB = "ghu_bobbobbobbobbobbobbobbobbobbobbob02"
HELLO = "content/posts/hello.md"
LIST = '{ collection(collection: "posts") { documents { edges { node { ...on Document { _sys { filename } } } } } } }'


def names(api: Any) -> list[str]:
    edges = api.ask(LIST)["collection"]["documents"]["edges"]
    return [edge["node"]["_sys"]["filename"] for edge in edges]


def test_entries_are_listed_and_read(own_api: Any) -> None:
    """The index is made of the branch's files; index pages are not entries."""
    assert names(own_api) == ["hello"]
    values = own_api.values("posts", "hello.md")
    assert (values["title"], values["rating"], values["read_more"]) == ("Hello", 4, "On and on")


def test_one_change_is_one_commit_of_its_lines(own_api: Any, github: Any, hello_text: str) -> None:
    """A new title is committed by the person, and every other line of the file is as it was."""
    own_api.save("posts", "hello.md", {**own_api.values("posts", "hello.md"), "title": "Hello again"})
    assert github.files[HELLO].decode() == hello_text.replace("title: Hello\n", "title: Hello again\n")
    last = github.commits[github.head]
    assert (last["who"], last["message"]) == ("ada", f"Change {HELLO}")
    assert own_api.values("posts", "hello.md")["title"] == "Hello again"


def test_saving_without_a_change_commits_nothing(own_api: Any, github: Any) -> None:
    """An entry that is opened and saved leaves the branch where it is."""
    before = github.head
    own_api.save("posts", "hello.md", own_api.values("posts", "hello.md"))
    assert github.head == before


def test_an_entry_comes_and_goes(own_api: Any, github: Any) -> None:
    """A new entry is a new file, and a removed one is removed."""
    own_api.save("posts", "new.md", {"title": "New"}, new=True)
    assert github.files["content/posts/new.md"].startswith(b"---\ntitle: New\n")
    assert names(own_api) == ["hello", "new"]
    own_api.ask('mutation { deleteDocument(collection: "posts", relativePath: "new.md") { __typename } }')
    assert "content/posts/new.md" not in github.files
    assert names(own_api) == ["hello"]


def test_a_push_from_outside_is_seen(own_api: Any, github: Any) -> None:
    """What somebody pushes, adds or removes is what the editor shows next; only that is read."""
    assert names(own_api) == ["hello"]
    github.push({HELLO: b"---\ntitle: By hand\n---\n", "content/posts/second.md": b"---\ntitle: Second\n---\n"})
    github.asked.clear()
    assert own_api.values("posts", "hello.md")["title"] == "By hand"
    assert len([path for _, path in github.asked if "/git/blobs/" in path]) == 2
    github.push({HELLO: None})
    assert names(own_api) == ["second"]


def test_a_push_in_between_is_not_lost(own_api: Any, github: Any, start_backend: Callable[..., Any]) -> None:
    """Two functions share the index: what one saves, the other shows, whoever pushed before."""
    assert names(own_api) == ["hello"]
    github.push({"content/posts/second.md": b"---\ntitle: Second\n---\n"})
    other = type(own_api)(start_backend())
    other.save("posts", "hello.md", {**other.values("posts", "hello.md"), "title": "From there"})
    assert own_api.values("posts", "hello.md")["title"] == "From there"
    assert names(own_api) == ["hello", "second"]


def test_nothing_is_read_again(own_api: Any, github: Any, start_backend: Callable[..., Any]) -> None:
    """A second function finds the index; of the repository it reads the schema alone."""
    assert names(own_api) == ["hello"]
    github.asked.clear()
    other = type(own_api)(start_backend())
    assert names(other) == ["hello"]
    assert len([path for _, path in github.asked if "/git/blobs/" in path]) == 1


def test_a_new_schema_makes_a_new_index(own_api: Any, github: Any) -> None:
    """A changed lock file is followed without a deployment."""
    assert names(own_api) == ["hello"]
    lock = github.files["tina/tina-lock.json"].decode()
    github.push({"tina/tina-lock.json": lock.replace('"Rating"', '"Stars"').encode()})
    assert own_api.values("posts", "hello.md")["title"] == "Hello"


def test_an_entry_that_cannot_be_read_keeps_no_other_out(own_api: Any, github: Any) -> None:
    """A file with broken front matter is not listed; the others are."""
    github.push(
        {"content/posts/broken.md": b"---\ntitle: [\n---\n", "content/posts/fine.md": b"---\ntitle: Fine\n---\n"}
    )
    assert names(own_api) == ["fine", "hello"]


def test_a_link_is_no_entry(own_api: Any, github: Any) -> None:
    """A symbolic link in the repository is neither listed nor read."""
    github.links.add("content/posts/link.md")
    github.push({"content/posts/link.md": b"../../site.toml"})
    assert names(own_api) == ["hello"]


def test_reading_goes_on_where_it_broke(own_api: Any, github: Any) -> None:
    """When GitHub asks to wait among many entries, what was read is not read again."""
    github.push({f"content/posts/n{number:03}.md": b"---\ntitle: N%d\n---\n" % number for number in range(100)})
    answer, read = github.answer, []

    def limited(method: str, target: str, headers: Any, body: bytes) -> Any:
        if "/git/blobs/" in target:
            read.append(target)
        if len(read) == 60:
            return type(answer("GET", "/user", {}, b""))(403, {}, {"retry-after": "60"})
        return answer(method, target, headers, body)

    github.answer = limited
    status, said = own_api.send("ready")
    assert (status, "asks to wait" in said["message"]) == (503, True)
    read.append("")
    assert own_api.send("ready") == (200, {"ready": True})
    assert len(set(read)) == 1 + 1 + 103  # the empty one, the schema, and each entry
    assert len(read) < 60 + 1 + 70
    query = "{ postsConnection(first: 500) { totalCount edges { node { id } } } }"
    assert len(own_api.ask(query)["postsConnection"]["edges"]) == 101


def test_a_file_that_changed_meanwhile_is_not_overwritten(own_api: Any, github: Any) -> None:
    """GitHub refuses a change of what is not there any more; the editor is told, and then shows what is there."""
    values = own_api.values("posts", "hello.md")
    answer = github.answer

    def pushed_first(method: str, target: str, headers: Any, body: bytes) -> Any:
        if method == "PUT":
            github.answer = answer
            github.push({HELLO: b"---\ntitle: Faster\n---\n"})
        return answer(method, target, headers, body)

    github.answer = pushed_first
    query = (
        "mutation($v: DocumentUpdateMutation!) "
        '{ updateDocument(collection: "posts", relativePath: "hello.md", params: $v) { __typename } }'
    )
    body = {"query": query, "variables": {"v": {"posts": {**values, "title": "Mine"}}}}
    _, said = own_api.send("/localhost/graphql", json.dumps(body).encode())
    assert "changed by somebody else" in said["errors"][0]["message"]
    assert github.files[HELLO] == b"---\ntitle: Faster\n---\n"
    assert own_api.values("posts", "hello.md")["title"] == "Faster"


def test_a_refused_change_leaves_the_index_as_it_was(
    own_api: Any, github: Any, start_backend: Callable[..., Any]
) -> None:
    """An entry that GitHub does not let go is listed still, by every function."""
    other = type(own_api)(start_backend())
    assert names(own_api) == names(other) == ["hello"]
    answer = github.answer

    def protected(method: str, target: str, headers: Any, body: bytes) -> Any:
        found = answer("GET", "/user", headers, b"") if method == "DELETE" else answer(method, target, headers, body)
        return type(found)(403, {"message": "Protected branch"}) if method == "DELETE" else found

    github.answer = protected
    query = 'mutation { deleteDocument(collection: "posts", relativePath: "hello.md") { __typename } }'
    _, said = own_api.send("/localhost/graphql", json.dumps({"query": query}).encode())
    assert "does not let this account" in said["errors"][0]["message"]
    assert names(other) == names(own_api) == ["hello"]


@pytest.mark.parametrize(
    ("token", "status"), [("", 401), ("short", 401), ("ghu_nobodynobodynobodynobodynobody", 401), (BOB, 403)]
)
@pytest.mark.parametrize("path", ["user", "graphql", "ready", "media/list/"])
def test_who_may_not_push_gets_nothing(start_backend: Callable[..., Any], path: str, token: str, status: int) -> None:
    """Without a token that GitHub knows, and without the right to push, every address refuses."""
    method, body = ("POST", b'{"query": "{ collections { name } }"}') if path == "graphql" else ("GET", b"")
    found, said, headers = start_backend().send(method, path, body, token=token)
    assert (found, said["success"]) == (status, False)
    assert headers["cache-control"] == "no-store"


def test_who_edits_is_asked_once_a_minute(own_api: Any, github: Any) -> None:
    """The name comes from GitHub, and is not asked for with each request."""
    assert own_api.send("user") == (200, {"login": "ada", "name": "Ada"})
    own_api.send("user")
    assert github.asked.count(("GET", "/user")) == 1


@pytest.mark.parametrize(
    "headers", [{"origin": "https://mallory.example"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}]
)
def test_pages_of_others_are_refused(start_backend: Callable[..., Any], headers: dict[str, str]) -> None:
    """Even with a good token, a page of another origin reads nothing."""
    assert start_backend().send("GET", "user", token=ADA, **headers)[0] == 403


@pytest.mark.parametrize(
    "path",
    ["../../escape.md", "../../tina/x.md", "../products/../../x.md", ".hidden.md", "a\\b.md", "_index.md", "sub/x.md"],
)
def test_no_entry_leaves_its_folder(own_api: Any, github: Any, path: str) -> None:
    """A path that leads elsewhere is refused, and nothing is committed."""
    before = github.head
    query = (
        'mutation($p: String!) { createDocument(collection: "posts", relativePath: $p, '
        'params: {posts: {title: "x"}}) { __typename } }'
    )
    _, answer = own_api.send("/localhost/graphql", json.dumps({"query": query, "variables": {"p": path}}).encode())
    assert answer["errors"]
    assert github.head == before


def test_a_folder_of_the_repository(
    start_backend: Callable[..., Any], own_api: Any, github: Any, committed: dict[str, bytes]
) -> None:
    """A site in a sub-folder is edited there, and nothing beside it is touched."""
    github.push({f"sites/acme/{name}": data for name, data in committed.items()})
    api = type(own_api)(start_backend(FOLDER="sites/acme"))
    api.save("posts", "hello.md", {**api.values("posts", "hello.md"), "title": "Below"})
    assert b"title: Below" in github.files[f"sites/acme/{HELLO}"]
    assert github.files[HELLO] == committed[HELLO]


def test_what_is_too_large_or_no_json_is_refused(start_backend: Callable[..., Any]) -> None:
    """Size and form are checked before anything is done with a request."""
    backend = start_backend()
    large = b'{"query": "' + b"x" * (4 * 1024 * 1024) + b'"}'
    assert backend.send("POST", "graphql", large, token=ADA)[0] == 413
    assert backend.send("POST", "graphql", b"{", token=ADA)[0] == 400
    assert backend.send("POST", "graphql", b"null", token=ADA)[0] == 400
    assert backend.send("POST", "graphql", b'{"query": 1}', token=ADA)[0] == 400
    assert backend.send("POST", "graphql", b"query=x", token=ADA, content_type="text/plain")[0] == 415
    assert backend.send("GET", "elsewhere", token=ADA)[0] == 400


def test_a_large_answer_is_packed(start_backend: Callable[..., Any], github: Any) -> None:
    """What would not fit into an answer of Lambda is compressed for who takes that."""
    text = "word " * 20_000
    github.push({HELLO: f"---\ntitle: Long\ndescription: {text}\n---\n".encode()})
    query = '{ document(collection: "posts", relativePath: "hello.md") { ...on Document { _values } } }'
    body = json.dumps({"query": query}).encode()
    status, said, headers = start_backend().send("POST", "graphql", body, token=ADA, accept_encoding="gzip, br")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert said["data"]["document"]["_values"]["description"].strip() == text.strip()


def test_a_repository_without_a_schema_says_what_to_do(own_api: Any, github: Any) -> None:
    """Until tina/ is committed, the editor is told so."""
    github.push({"tina/tina-lock.json": None})
    status, said = own_api.send("ready")
    assert status == 503
    assert "platform up" in said["message"]


def test_github_that_fails_is_no_fault_of_the_index(own_api: Any, github: Any) -> None:
    """While GitHub does not answer, the editor is told; after that all goes on."""
    answer = github.answer
    github.answer = lambda *_: type(answer("GET", "/user", {}, b""))(500, {})
    assert own_api.send("ready")[0] == 502
    github.answer = answer
    assert own_api.send("ready") == (200, {"ready": True})


def test_media_come_and_go(own_api: Any, github: Any) -> None:
    """A picture is committed, listed, renamed and removed, always below the media folder."""
    picture = b"\x89PNG picture"
    assert own_api.send("media/upload/shop/cup.png", picture, "PUT", "application/octet-stream")[0] == 200
    assert github.files["static/media/shop/cup.png"] == picture
    assert own_api.send("media/list/")[1]["directories"] == ["/shop"]
    shown = own_api.send("media/list/shop?limit=20")[1]
    assert shown["files"] == [{"filename": "cup.png", "src": "/media/shop/cup.png"}]
    moved = json.dumps({"from": "shop/cup.png", "to": "shop/mug.png"}).encode()
    assert own_api.send("media/rename", moved)[0] == 200
    assert github.files["static/media/shop/mug.png"] == picture
    assert own_api.send("media/shop/mug.png", method="DELETE") == (200, {"ok": True})
    assert not [path for path in github.files if path.startswith("static/")]


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
        ("%", 400),
    ],
)
def test_what_is_no_media_is_refused(own_api: Any, github: Any, path: str, status: int) -> None:
    """Names that lead out of the folder, and files that would run as the site, are refused."""
    before = github.head
    assert own_api.send(f"media/upload/{path}", b"x", "PUT", "application/octet-stream")[0] == status
    assert github.head == before


def test_a_picture_that_is_too_large_is_refused(own_api: Any, github: Any) -> None:
    """What Lambda could not be sent is refused before GitHub is asked to keep it."""
    before = github.head
    data = b"x" * (4 * 1024 * 1024 + 1)
    assert own_api.send("media/upload/x.png", data, "PUT", "application/octet-stream")[0] == 413
    assert github.head == before


def test_no_token_is_logged(own_api: Any, tmp_path: Path, github: Any) -> None:
    """The log of a function that worked and failed names nobody's token."""
    own_api.send("graphql", b"{")
    github.push({"content/posts/broken.md": b"---\ntitle: [\n---\n"})
    assert names(own_api) == ["hello"]
    log = (tmp_path / "backend.log").read_text("utf-8")
    assert "entry-unreadable" in log
    assert ADA not in log
