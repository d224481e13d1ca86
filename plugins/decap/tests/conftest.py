"""A site with content, the component's settings, and stand-ins at the HTTP boundary."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import File, LocalService, Stage
from platform_core.manifest import Manifest, parse_manifest
from platform_core.node import ensure_packages, node
from platform_core.runtime import github_login as oauth
from platform_core.site import Site, settings_model
from platform_plugin_decap import plugin

PACKAGE = Path(plugin.__file__).parent
SDK = Path(__file__).parent / "sdk"
ORIGIN = "https://www.acme.example"
CLIENT_ID = "Iv1.0123456789abcdef"
CLIENT_SECRET = "a client secret that only AWS and GitHub know"
TOKEN = "ghu_16C7e42F292c6912E7710c838347Ae178B4a"

MODEL = """
[[collections]]
name = "posts"
label = "Posts"
label_singular = "Post"
description = "What is new."
slug = "{year}-{month}-{slug}"
fields = [
  { name = "title", label = "Title" },
  { name = "date", label = "Date", type = "datetime" },
  { name = "description", label = "Description", type = "text", required = false },
  { name = "image", label = "Image", type = "image", required = false },
  { name = "tags", label = "Tags", type = "list", required = false },
  { name = "rating", label = "Rating", type = "number", required = false, hint = "1 to 5" },
  { name = "mood", label = "Mood", type = "select", choices = ["good", "1e3", "yes"], required = false },
  { name = "draft", label = "Draft", type = "boolean", required = false },
  { name = "body", label = "Text", type = "markdown" },
]
"""
FILES = {
    "content.toml": MODEL,
    "content/posts/_index.md": "---\ntitle: The index page\n---\n",
    "content/posts/hello.md": "---\ntitle: Hello\ndate: 2026-01-02\nodd: kept\nrating: 4\n---\nHi.\n",
    "content/products/beans.md": "---\ntitle: Beans\nsku: B-1\nprice: '18.50'\ncurrency: CHF\nstock: 3\n"
    "options:\n  Grind: [whole, filter]\n---\nGood.\n",
}


class Reply:
    """What a stand-in answers."""

    def __init__(self, status: int, body: Any = b"", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = {"content-type": "application/json", **(headers or {})}


class Server:
    """An HTTP server on loopback that hands each request to *answer*."""

    def __init__(
        self, answer: Callable[[str, str, Mapping[str, str], bytes], Reply], tls: ssl.SSLContext | None
    ) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = answer(self.command, self.path, headers, body)
                self.send_response(reply.status)
                for name, value in {**reply.headers, "content-length": str(len(reply.body))}.items():
                    for one in value.split("\n"):
                        self.send_header(name, one)
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = do_OPTIONS = do_PUT = do_PATCH = _reply  # noqa: N815  names of http.server

            def log_message(self, *_: object) -> None:
                return None

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """A browser may close a connection that it no longer needs."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        """Stop it and wait for that."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


_CORS = {"access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-allow-methods": "*"}


class Repository:
    """Stands in for the API of one repository: what Decap reads, and a commit in its four steps."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.messages: list[str] = []
        self._blobs: dict[str, bytes] = {}
        self._trees: dict[str, dict[str, str]] = {}
        self._commits: dict[str, dict[str, Any]] = {}

    def answer(self, method: str, path: str, body: bytes) -> Reply:
        """Answer one request of the API."""
        rest = path.removeprefix("/repos/acme/website")
        sent = json.loads(body) if body else {}
        found = self._read(rest) if method == "GET" else self._write(rest, sent)
        return Reply(200, found, _CORS) if found is not None else Reply(404, {"message": "Not Found"}, _CORS)

    def _read(self, rest: str) -> Any:
        if not rest:
            return {"owner": {"login": "acme"}, "permissions": {"push": True}}
        if rest == "/branches/main":
            return {"name": "main", "commit": {"sha": "0" * 40}}
        if rest == "/commits":
            return [{"commit": {"author": {"name": "Ada", "date": "2026-01-02T00:00:00Z"}}}]
        if rest.startswith("/git/trees/main:"):
            folder = rest.removeprefix("/git/trees/main:") + "/"
            paths = [path for path in self.files if path.startswith(folder) and "/" not in path.removeprefix(folder)]
            entries = [
                {"type": "blob", "path": path.removeprefix(folder), "sha": self._blob(self.files[path])}
                for path in paths
            ]
            return {"tree": entries} if entries else None
        if rest.startswith("/git/blobs/"):
            data = self._blobs.get(rest.removeprefix("/git/blobs/"))
            return None if data is None else {"content": base64.b64encode(data).decode(), "encoding": "base64"}
        return None

    def _write(self, rest: str, sent: dict[str, Any]) -> Any:
        if rest == "/git/blobs":
            return {"sha": self._blob(base64.b64decode(sent["content"]))}
        key = hashlib.sha256(json.dumps(sent).encode()).hexdigest()[:40]
        if rest == "/git/trees":
            self._trees[key] = {item["path"]: item["sha"] for item in sent["tree"]}
        elif rest == "/git/commits":
            self._commits[key] = sent
        elif rest == "/git/refs/heads/main":
            commit = self._commits[sent["sha"]]
            self.messages.append(commit["message"])
            self.files |= {path: self._blobs[blob] for path, blob in self._trees[commit["tree"]].items()}
        else:
            return None
        return {"sha": key}

    def _blob(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()[:40]
        self._blobs[key] = data
        return key


class GitHub:
    """Stands in for github.com at the HTTP boundary: authorize, token endpoint, and a little of the API.

    It checks what GitHub checks: client id and secret, the address of the way back,
    PKCE, and that a code serves once.
    """

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.exchanges: list[dict[str, str]] = []
        self.api: list[tuple[str, str, str]] = []
        self.token_reply: Reply | None = None
        self.denies = False
        self.repository = Repository()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request."""
        path, _, query = target.partition("?")
        if path == "/login/oauth/authorize":
            return self._authorize(dict(urllib.parse.parse_qsl(query)))
        if path == "/login/oauth/access_token":
            return self.token_reply or self._exchange(dict(urllib.parse.parse_qsl(body.decode())))
        self.api.append((method, path, headers.get("authorization", "")))
        if method == "OPTIONS":
            return Reply(204, headers=_CORS)
        if path == "/user":
            return Reply(200, {"login": "ada", "name": "Ada", "avatar_url": ""}, _CORS)
        return self.repository.answer(method, urllib.parse.unquote(path), body)

    def authorize(self, location: str) -> str:
        """Follow a redirect as a browser would, and return where GitHub sends it."""
        return self.answer(
            "GET", urllib.parse.urlsplit(location)._replace(scheme="", netloc="").geturl(), {}, b""
        ).headers["location"]

    def _authorize(self, query: dict[str, str]) -> Reply:
        back = query["redirect_uri"]
        if self.denies:
            return Reply(302, headers={"location": f"{back}?error=access_denied&state={query['state']}"})
        code = hashlib.sha256(os.urandom(16)).hexdigest()[:20]
        self.codes[code] = query
        return Reply(302, headers={"location": f"{back}?code={code}&state={query['state']}"})

    def _exchange(self, fields: dict[str, str]) -> Reply:
        self.exchanges.append(fields)
        began = self.codes.pop(fields.get("code", ""), None)
        if (fields.get("client_id"), fields.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return Reply(200, {"error": "incorrect_client_credentials"})
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not began or began["code_challenge"] != challenge or began["redirect_uri"] != fields.get("redirect_uri"):
            return Reply(200, {"error": "bad_verification_code"})
        return Reply(200, {"access_token": TOKEN, "scope": began["scope"], "token_type": "bearer"})


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    """The stand-in for GitHub, and the login function's environment."""
    stand_in = GitHub()
    server = Server(stand_in.answer, None)
    monkeypatch.setenv("LOGIN_NAME", "decap")
    monkeypatch.setenv("SITE_ORIGIN", ORIGIN)
    monkeypatch.setenv("CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("CLIENT_SECRET_NAME", "platform/acme/github-oauth")
    monkeypatch.setenv("GITHUB_URL", f"http://127.0.0.1:{server.port}")
    # As if Secrets Manager had just been asked; that it is asked has a test of its own.
    monkeypatch.setattr(oauth, "_held", {"platform/acme/github-oauth": (time.monotonic(), CLIENT_SECRET)})
    yield stand_in
    server.stop()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Give a function that starts a server for the test."""
    servers: list[Server] = []

    def start(
        answer: Callable[[str, str, Mapping[str, str], bytes], Reply], tls: ssl.SSLContext | None = None
    ) -> Server:
        servers.append(Server(answer, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def reply() -> type[Reply]:
    """What a server of `serve` answers with."""
    return Reply


@pytest.fixture
def manifest() -> Manifest:
    """The component's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture
def settings(manifest: Manifest) -> Callable[..., dict[str, Any]]:
    """Give a function that fills the defaults of the settings in, as core does."""
    return lambda **given: settings_model(manifest).model_validate(given).model_dump()


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A site's folder with two collections, an index page and a product."""
    root = tmp_path / "site"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return Content(root)


@pytest.fixture
def site() -> Site:
    """A site of client ``acme``."""
    return Site(
        client="acme", domain="www.acme.example", engine="hugo", cms="decap", shop="snipcart", title="Acme & Sons"
    )


@pytest.fixture
def local() -> Stage:
    """The stage of `platform up`."""
    return Stage("local", "http://acme.localhost:8080", {"decap": "/_local/decap"})


@pytest.fixture
def aws() -> Stage:
    """The stage of what is deployed."""
    return Stage("aws", ORIGIN)


@pytest.fixture
def realdata(request: pytest.FixtureRequest) -> Path:
    """The folder of public files; the test is skipped without it."""
    folder = Path(os.environ.get("PLATFORM_DATA") or request.config.rootpath.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the public files are not at {folder}; set PLATFORM_DATA")
    return folder


@pytest.fixture(scope="session")
def octokit(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], Any]:
    """Give a function that has GitHub's own package sign and verify: JSON in -> JSON out."""
    folder = tmp_path_factory.mktemp("octokit")
    (folder / "node_modules").symlink_to(ensure_packages(SDK) / "node_modules")
    script = shutil.copy(SDK / "sign.mjs", folder)

    def run(value: dict[str, Any]) -> Any:
        command = [str(node()), str(script)]
        done = subprocess.run(command, input=json.dumps(value), capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody trusts; the browser of the test is told not to mind."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=acme.example"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@pytest.fixture
def browser() -> Iterator[Callable[..., Any]]:
    """Give a function that starts Chromium with extra flags; all of them are closed after the test."""
    api = pytest.importorskip("playwright.sync_api")
    program = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet += ["--disable-background-networking", "--disable-component-update"]
    with api.sync_playwright() as driver:
        started: list[Any] = []

        def start(*flags: str) -> Any:
            started.append(driver.chromium.launch(executable_path=program, args=[*quiet, *flags]))
            return started[-1]

        yield start
        for item in started:
            item.close()


class Editor:
    """A site with its editor, as the local edge serves it.

    Attributes:
        url: The address of the editor.
        policy: The content security policy of its pages.
    """

    def __init__(self, files: Mapping[str, File], service: str) -> None:
        self.files = files
        self.service = service
        self.policy = policy_of(files["admin/index.html"])
        self.url = ""

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer with a published file, or pass a request on to the local server."""
        path = urllib.parse.urlsplit(target).path
        if path.startswith("/_local/decap/"):
            return self._pass_on(path.removeprefix("/_local/decap"), headers, body)
        return published(self.files, path, self.policy)

    def _pass_on(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        asked = urllib.request.Request(self.service + path, body, {"content-type": headers["content-type"]})
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return Reply(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read())


def policy_of(page: File) -> str:
    """Write a page's policy as core does: the site's, and what the page asks for."""
    joined = {
        "default-src": ("'self'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'self'",),
        "object-src": ("'none'",),
        **{directive: ("'self'", *sources) for directive, sources in page.csp.items()},
    }
    return "; ".join(" ".join((directive, *sources)) for directive, sources in joined.items())


def published(files: Mapping[str, File], path: str, policy: str) -> Reply:
    """Return a file as the edge does."""
    name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
    types = {"html": "text/html; charset=utf-8", "js": "text/javascript", "yml": "text/yaml"}
    headers = {"content-type": types.get(name.rpartition(".")[2], "text/plain"), "content-security-policy": policy}
    if name not in files:
        return Reply(404, b"Not found", headers)
    content = files[name].content
    return Reply(200, content if isinstance(content, bytes) else content.read_bytes(), headers)


@pytest.fixture
def publish() -> Callable[[Mapping[str, File], str, str], Reply]:
    """What answers with a published file."""
    return published


@pytest.fixture
def policy() -> Callable[[File], str]:
    """What writes the policy of a page."""
    return policy_of


@pytest.fixture
def local_server(tmp_path: Path) -> Iterator[Callable[[LocalService], str]]:
    """Give a function that starts a local service and returns its address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(service: LocalService) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        env = {**os.environ, **{name: value.replace("{port}", port) for name, value in service.env.items()}}
        with (tmp_path / "server.log").open("wb") as log:
            running.append(subprocess.Popen(service.command, env=env, cwd=tmp_path, stdout=log, stderr=log))
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                urllib.request.urlopen(url + service.ready, timeout=5).close()
            except urllib.error.HTTPError as error:
                error.close()
                return url
            except OSError:
                time.sleep(0.05)  # between two looks at a bounded condition
            else:
                return url
        pytest.fail((tmp_path / "server.log").read_text())

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


@pytest.fixture
def editor(
    site: Site, settings: Callable[..., dict[str, Any]], content: Content, local: Stage, request: pytest.FixtureRequest
) -> Editor:
    """A running editor over the site's folder; a test may mark it with settings."""
    from platform_plugin_decap import plugin

    marked = getattr(request, "param", {})
    (service,) = plugin.platform_local_services(content)
    files = {file.path: file for file in plugin.platform_files(site, settings(**marked), content, local)}
    made = Editor(files, request.getfixturevalue("local_server")(service))
    made.url = f"http://127.0.0.1:{request.getfixturevalue('serve')(made.answer).port}/admin/"
    return made
