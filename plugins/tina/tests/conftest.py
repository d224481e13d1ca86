"""A site with content, the component's settings, and its local server."""

from __future__ import annotations

import base64
import contextlib
import gzip
import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import File, LocalService, Stage
from platform_core.headers import csp_text
from platform_core.manifest import Manifest, parse_manifest
from platform_core.node import node
from platform_core.site import Site, settings_model
from platform_plugin_tina import cloud_files, plugin, schema
from platform_plugin_tina.bundling import ensure_backend
from platform_testing.embedded import ACCOUNT, EmbeddedAws, embedded_aws
from platform_testing.github import GitHubStandIn, github_stand_in

PACKAGE = Path(plugin.__file__).parent
ADA = "ghu_adaadaadaadaadaadaadaadaadaadaada01"
BOB = "ghu_bobbobbobbobbobbobbobbobbobbobbob02"
OWN = {"backend": "aws", "repository": "acme/website", "oauth_client_id": "Iv1.0123456789abcdef"}
MODEL = """
[[collections]]
name = "posts"
label = "Posts"
label_singular = "Post"
slug = "{year}-{month}-{slug}"
fields = [
  { name = "title", label = "Title" },
  { name = "date", label = "Date", type = "datetime" },
  { name = "description", label = "Description", type = "text", required = false },
  { name = "image", label = "Image", type = "image", required = false },
  { name = "tags", label = "Tags", type = "list", required = false },
  { name = "rating", label = "Rating", type = "number", required = false, hint = "1 to 5" },
  { name = "mood", label = "Mood", type = "select", choices = ["good", "1e3", "yes"], required = false },
  { name = "read-more", label = "Read more", required = false },
  { name = "draft", label = "Draft", type = "boolean", required = false },
  { name = "body", label = "Text", type = "markdown" },
]

[[collections]]
name = "docs/guides"
label = "Guides"
label_singular = "Guide"
fields = [
  { name = "title", label = "Title" },
  { name = "id", label = "Number", type = "number", required = false },
  { name = "body", label = "Text", type = "markdown" },
]
"""
HELLO = """---
# Written by hand.
title: Hello
date: 2026-01-02
odd: {kept: "yes", list: [1, 2]}
read-more: 'On and on'
tags: [coffee, "news"]
rating: 4
---

Some *text* with a [link](/a/).

- one
- two
"""
FILES = {
    "content.toml": MODEL,
    "content/posts/_index.md": "---\ntitle: The index page\n---\n",
    "content/posts/hello.md": HELLO,
    "content/docs/guides/first.md": "---\ntitle: First\n---\nHi.\n",
    "content/products/beans.md": "---\ntitle: Beans\nsku: B-1\nprice: '18.50'\ncurrency: CHF\nstock: 3\n"
    "options:\n  Grind: [whole, filter]\n  Bag size: [S, L]\nprices:\n  EUR: '19.00'\n---\nGood.\n",
}


def read_manifest() -> Manifest:
    """Read the component's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


def fill_settings(**given: Any) -> dict[str, Any]:
    """Fill the defaults of the settings in, as core does."""
    return settings_model(read_manifest()).model_validate(given).model_dump()


SITE = Site(client="acme", domain="www.acme.example", engine="hugo", cms="tina", shop="snipcart", title="Acme & Sons")


@pytest.fixture
def manifest() -> Manifest:
    """The component's manifest."""
    return read_manifest()


@pytest.fixture
def settings() -> Callable[..., dict[str, Any]]:
    """Give a function that fills the defaults of the settings in."""
    return fill_settings


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's folder, which the tests of a module share one after the other."""
    return tmp_path_factory.mktemp("tina") / "site"


@pytest.fixture
def content(root: Path) -> Content:
    """A site's folder with three collections, an index page and a product, as new for each test."""
    root.mkdir(exist_ok=True)
    for path in root.iterdir():
        if path.name != ".platform":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return Content(root)


@pytest.fixture
def site() -> Site:
    """A site of client ``acme``."""
    return SITE


@pytest.fixture
def local() -> Stage:
    """The stage of `platform up`."""
    return Stage("local", "http://acme.localhost:8080", {"tina": "/_local/tina"})


@pytest.fixture
def aws() -> Stage:
    """The stage of what is deployed."""
    return Stage("aws", "https://www.acme.example")


class Api:
    """A running local server.

    Attributes:
        url: Its address, without a trailing slash.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, path: str, data: bytes | None = None, method: str = "", kind: str = "application/json") -> Any:
        """Send a request and return status and JSON of the answer."""
        asked = urllib.request.Request(
            self.url + path, data, {"content-type": kind}, method=method or ("POST" if data is not None else "GET")
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def ask(self, query: str, **variables: Any) -> Any:
        """Ask the content API and return its data; an error of it fails the test."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        status, answer = self.send("/localhost/graphql", body)
        assert (status, answer.get("errors")) == (200, None), answer
        return answer["data"]

    def values(self, collection: str, name: str) -> dict[str, Any]:
        """Return the values of an entry as the editor gets them."""
        query = "query($c: String, $p: String!) { document(collection: $c, relativePath: $p) { ...on Document { _values } } }"
        found: dict[str, Any] = self.ask(query, c=collection, p=name)["document"]["_values"]
        return {key: value for key, value in found.items() if not key.startswith("_")}

    def save(self, collection: str, name: str, values: dict[str, Any], *, new: bool = False) -> None:
        """Save an entry as the editor does."""
        verb = "createDocument" if new else "updateDocument"
        kind = "DocumentMutation" if new else "DocumentUpdateMutation"
        query = (
            f"mutation($c: String!, $p: String!, $v: {kind}!) "
            f"{{ {verb}(collection: $c, relativePath: $p, params: $v) {{ __typename }} }}"
        )
        self.ask(query, c=collection, p=name, v={collection: values})


@contextlib.contextmanager
def running(service: LocalService, folder: Path) -> Iterator[Api]:
    """Run a local service."""
    with contextlib.ExitStack() as stack:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        env = {**os.environ, **{name: value.replace("{port}", port) for name, value in service.env.items()}}
        log = stack.enter_context((folder / "server.log").open("w+b"))
        process = subprocess.Popen(service.command, env=env, cwd=folder, stdout=log, stderr=log)
        stack.callback(process.wait, 10)
        stack.callback(process.terminate)
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{service.ready}", timeout=5).close()
            except OSError:
                if process.poll() is not None:
                    break
                time.sleep(0.05)  # between two looks at a bounded condition
            else:
                yield Api(f"http://127.0.0.1:{port}")
                return
        pytest.fail((folder / "server.log").read_text())


@pytest.fixture(scope="session")
def service() -> Callable[[LocalService, Path], contextlib.AbstractContextManager[Api]]:
    """Give a function that runs a local service."""
    return running


@pytest.fixture(scope="module")
def shared_api(root: Path) -> Iterator[Api]:
    """The local server, which takes in what each test puts into the site's folder."""
    root.mkdir(exist_ok=True)
    (service,) = plugin.platform_local_services(SITE, fill_settings(), Content(root))
    with running(service, root.parent) as api:
        yield api


@pytest.fixture
def api(content: Content, request: pytest.FixtureRequest) -> Iterator[Api]:
    """The local server over the site's folder; a test that is marked with settings gets one of its own."""
    if hasattr(request, "param"):
        (service,) = plugin.platform_local_services(SITE, fill_settings(**request.param), content)
        with running(service, content.root.parent) as own:
            yield own
    else:
        cloud_files.keep_spec(content.root, schema.build_spec(SITE, fill_settings(), content))
        yield request.getfixturevalue("shared_api")


@pytest.fixture
def hello(content: Content) -> Path:
    """The file of the post."""
    return content.root / "content" / "posts" / "hello.md"


@pytest.fixture
def hello_text() -> str:
    """What the post's file holds before anything is edited."""
    return HELLO


class Editor:
    """A site with its editor, as the local edge serves it.

    Attributes:
        url: The address of the editor.
        policy: The content security policy of its pages.
        files: What is published, by path.
    """

    def __init__(self, files: Mapping[str, File], api: Api, static: Path) -> None:
        self.files = dict(files)
        self.policy = policy_of(self.files["admin/index.html"])
        self._api = api
        self._static = static
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, headers, data = outer.answer(self.command, self.path, self.headers, body)
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = _reply  # noqa: N815  names of http.server

            def log_message(self, *_: object) -> None:
                return None

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """A browser may close a connection that it no longer needs."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://localhost:{self._server.server_address[1]}/admin/"

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Answer with a published file, or pass a request on to the local server."""
        if target.startswith("/_local/tina/"):
            kind = headers.get("content-type", "")
            asked = urllib.request.Request(
                self._api.url + target.removeprefix("/_local/tina"), body or None, {"content-type": kind}, method=method
            )
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    return answer.status, {"content-type": "application/json"}, answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, {"content-type": "application/json"}, error.read()
        name = target.partition("?")[0].lstrip("/") + ("index.html" if target.endswith("/") else "")
        types = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "png": "image/png"}
        found = {"content-type": types.get(name.rpartition(".")[2], "text/plain")}
        found["content-security-policy"] = self.policy if name.startswith("admin/") else SITE_POLICY
        if name in self.files:
            content = self.files[name].content
            return 200, found, content if isinstance(content, bytes) else content.read_bytes()
        if (self._static / name).is_file():
            return 200, found, (self._static / name).read_bytes()
        return 404, found, b"Not found"

    def stop(self) -> None:
        """Stop serving and wait for that."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def policy_of(page: File) -> str:
    """Write a page's policy as core does: the site's, and what the page asks for."""
    return csp_text(
        {"default-src": ("'self'",), **{key: ("'self'", *more) for key, more in page.csp.items()}}, https=False
    )


SITE_POLICY = csp_text({"default-src": ("'self'",)}, https=False)


@pytest.fixture
def write_policy() -> Callable[[File], str]:
    """What writes the policy of a page."""
    return policy_of


@pytest.fixture
def serve(content: Content, api: Api) -> Callable[[Mapping[str, File]], Editor]:
    """Give a function that serves published files beside the local server."""
    return lambda files: Editor(files, api, content.root / "static")


@pytest.fixture
def editor(content: Content, local: Stage, api: Api, request: pytest.FixtureRequest) -> Iterator[Editor]:
    """A running editor over the site's folder; a test may mark it with settings."""
    chosen = fill_settings(**getattr(request, "param", {}))
    files = {file.path: file for file in plugin.platform_files(SITE, chosen, content, local, ())}
    made = Editor(files, api, content.root / "static")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedAws]:
    """An embedded AWS, which the tests of a process share."""
    with embedded_aws() as running:
        yield running


@pytest.fixture
def index_table(embedded: EmbeddedAws) -> tuple[EmbeddedAws, str]:
    """The embedded AWS, and the name of an empty table as the stack makes it."""
    name = f"index-{uuid.uuid4().hex[:12]}"
    embedded.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "space", "AttributeType": "S"},
            {"AttributeName": "key", "AttributeType": "B"},
        ],
        KeySchema=[{"AttributeName": "space", "KeyType": "HASH"}, {"AttributeName": "key", "KeyType": "RANGE"}],
    )
    return embedded, name


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The files of a site with its own backend as they are committed, with what `platform up` wrote for it."""
    root = tmp_path_factory.mktemp("committed") / "site"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (service,) = plugin.platform_local_services(SITE, fill_settings(**OWN), Content(root))
    with running(service, root.parent):
        paths = [path for path in root.rglob("*") if path.is_file() and ".platform" not in path.parts]
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def github(committed: Mapping[str, bytes]) -> Iterator[GitHubStandIn]:
    """A stand-in for GitHub with the site's repository; Ada may push, Bob may read."""
    with github_stand_in(people={ADA: ("ada", True), BOB: ("bob", False)}, logs_in=ADA) as stand_in:
        stand_in.push(committed, message="The site")
        yield stand_in


class Backend:
    """The bundled function in Node, asked as an HTTP API asks it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(
        self, method: str, path: str, body: bytes = b"", *, token: str = "", **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Send a request and return status, JSON and headers of the answer."""
        status, data, found = self.send_raw(method, path, body, token=token, **headers)
        return status, json.loads(data), found

    def send_raw(
        self, method: str, path: str, body: bytes = b"", *, token: str = "", **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """Send a request and return status, body and headers of the answer."""
        rows = {name.replace("_", "-"): value for name, value in headers.items()}
        rows.setdefault("content-type", "application/json")
        if token:
            rows["authorization"] = f"Bearer {token}"
        path, _, query = path.partition("?")
        event = {
            "version": "2.0",
            "rawPath": f"/_platform/tina/{path}",
            "rawQueryString": query,
            "headers": rows,
            "requestContext": {"http": {"method": method, "path": f"/_platform/tina/{path}"}},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        data = base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
        if answer["headers"].get("content-encoding") == "gzip":
            data = gzip.decompress(data)
        return answer["statusCode"], data, answer["headers"]


@pytest.fixture
def start_backend(
    index_table: tuple[EmbeddedAws, str], github: GitHubStandIn, tmp_path: Path
) -> Iterator[Callable[..., Backend]]:
    """Give a function that starts the backend; all of them share repository and table."""
    aws, table = index_table
    base = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws.endpoint,
        "SITE_ORIGIN": "https://www.acme.example",
        "REPOSITORY": github.repository,
        "BRANCH": github.branch,
        "FOLDER": "",
        "MEDIA_FOLDER": "media",
        "TABLE": table,
        "GITHUB_API": github.url,
    }
    driver = Path(__file__).parent / "backend" / "driver.cjs"
    with contextlib.ExitStack() as stack:

        def start(**changed: str) -> Backend:
            log = stack.enter_context((tmp_path / "backend.log").open("a"))
            process = subprocess.Popen(
                [str(node()), str(driver), str(ensure_backend())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env={**base, **changed},
            )
            stack.callback(process.communicate, timeout=10)
            return Backend(process)

        yield start


class OwnApi(Api):
    """The content API of the backend on AWS, asked by Ada."""

    def __init__(self, backend: Backend) -> None:
        super().__init__("")
        self.backend = backend

    def send(self, path: str, data: bytes | None = None, method: str = "", kind: str = "application/json") -> Any:
        """Send a request and return status and JSON of the answer."""
        verb = method or ("POST" if data is not None else "GET")
        path = path.removeprefix("/").removeprefix("localhost/")
        return self.backend.send(verb, path, data or b"", token=ADA, content_type=kind)[:2]


@pytest.fixture
def own_api(start_backend: Callable[..., Backend]) -> OwnApi:
    """The backend on AWS, asked by Ada."""
    return OwnApi(start_backend())
