"""Somebody edits a deployed site in a real browser, and nobody but the site and GitHub is asked.

The page, the login and the backend are those that are deployed; GitHub is a stand-in.
"""

from __future__ import annotations

import http.server
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from platform_core.content import Content
from platform_core.contributions import File, Stage
from platform_core.runtime import github_login
from platform_plugin_tina import plugin

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.slow]
HOST = "www.acme.example"
ORIGIN = f"https://{HOST}"
WAIT = 30_000
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6364f8cf500f00038601805a34"
    "7d6b0000000049454e44ae426082"
)
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}


class Web:
    """The site at its address: its files, the login, and the backend; as CloudFront sends requests on."""

    def __init__(self, files: Mapping[str, File], policy: str, backend: Any) -> None:
        self.files = files
        self.policy = policy
        self.backend = backend
        self.lock = threading.Lock()

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request."""
        path, _, query = target.partition("?")
        if path in {"/_platform/tina/auth", "/_platform/tina/callback"}:
            return self._log_in(path, query, headers)
        if path.startswith("/_platform/tina/"):
            token = headers.get("authorization", "").removeprefix("Bearer ")
            names = ("origin", "content-type", "sec-fetch-site")
            passed = {name.replace("-", "_"): headers[name] for name in names if name in headers}
            with self.lock:
                asked = target.removeprefix("/_platform/tina/")
                status, data, _ = self.backend.send_raw(method, asked, body, token=token, **passed)
            return status, {"content-type": "application/json"}, data
        name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        found = {"content-type": TYPES.get(Path(name).suffix, "text/plain"), "content-security-policy": self.policy}
        if name not in self.files:
            return 404, found, b"Not found"
        content = self.files[name].content
        return 200, found, content if isinstance(content, bytes) else content.read_bytes()

    def _log_in(self, path: str, query: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        cookies = [part.strip() for part in headers.get("cookie", "").split(";") if part.strip()]
        http_part = {"http": {"method": "GET"}}
        event = {"rawPath": path, "rawQueryString": query, "cookies": cookies, "requestContext": http_part}
        answer = github_login.handler(event)
        sent = {**answer["headers"], "set-cookie": "\n".join(answer.get("cookies", ()))}
        sent["content-security-policy"] = "default-src 'self'; object-src 'none'; frame-ancestors 'self'"
        return answer["statusCode"], {name: value for name, value in sent.items() if value}, answer["body"].encode()


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
def web(request: pytest.FixtureRequest, tmp_path: Path, committed: Mapping[str, bytes], aws: Stage, github: Any) -> Web:
    """The deployed site, with the login function's environment."""
    get = request.getfixturevalue
    monkeypatch = get("monkeypatch")
    root = tmp_path / "clone"
    for name, data in committed.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    chosen = get("settings")(backend="aws", repository=github.repository, oauth_client_id=github.client_id)
    environment = {
        "LOGIN_NAME": "tina",
        "SITE_ORIGIN": ORIGIN,
        "CLIENT_ID": github.client_id,
        "CLIENT_SECRET_NAME": "platform/acme/github-oauth",
        "SCOPE": "repo",
        "GITHUB_URL": github.url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # As if Secrets Manager had just been asked.
    held = {"platform/acme/github-oauth": (time.monotonic(), github.client_secret)}
    monkeypatch.setattr(github_login, "_held", held)
    files = {file.path: file for file in plugin.platform_files(get("site"), chosen, Content(root), aws, ())}
    return Web(files, get("write_policy")(files["admin/index.html"]), get("start_backend")())


@pytest.fixture
def page(web: Web, certificate: ssl.SSLContext) -> Iterator[Any]:
    """A page of a browser for which the site is on this machine and everything else nowhere."""
    api = pytest.importorskip("playwright.sync_api")
    program = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    server = _serve(web.answer, certificate)
    rules = [f"MAP {HOST} 127.0.0.1:{server.server_address[1]}", "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"]
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    flags += [
        "--disable-background-networking",
        "--disable-component-update",
        f"--host-resolver-rules={','.join(rules)}",
    ]
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=flags)
        made = browser.new_context(ignore_https_errors=True, viewport={"width": 1400, "height": 1000}).new_page()
        made.set_default_timeout(WAIT)
        yield made
        browser.close()
    server.shutdown()
    server.server_close()


def _serve(answer: Callable[..., tuple[int, dict[str, str], bytes]], tls: ssl.SSLContext) -> Any:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, sent, data = answer(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in {**sent, "content-length": str(len(data))}.items():
                for one in value.split("\n"):
                    self.send_header(name, one)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _reply  # noqa: N815  names of http.server

        def log_message(self, *_: object) -> None:
            return None

    class Quiet(http.server.ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """A browser may close a connection that it no longer needs."""

    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


def log_in(page: Any) -> None:
    """Log in as a person does."""
    page.get_by_role("button", name="Log in with GitHub").click()


def test_somebody_logs_in_and_saves(page: Any, github: Any) -> None:
    """The real page logs in, lists, opens and saves; the commit is the person's, and no other host was asked."""
    asked: list[str] = []
    complaints: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{ORIGIN}/admin/#/collections/edit/posts/hello")
    log_in(page)
    page.wait_for_function("() => document.querySelector('input[name=\"title\"]')?.value === 'Hello'")
    page.fill('input[name="title"]', "From afar")
    page.get_by_role("button", name="Save", exact=True).click()
    for _ in range(WAIT // 50):
        if b"From afar" in github.files["content/posts/hello.md"]:
            break
        page.wait_for_timeout(50)  # lets the browser's events in
    assert github.files["content/posts/hello.md"].startswith(b"---\n# Written by hand.\ntitle: From afar\n")
    assert github.commits[github.head]["who"] == "ada"
    assert "Mismatch" not in page.inner_text("body")
    strange = {url for url in asked if not url.startswith((f"{ORIGIN}/", f"{github.url}/login/", "data:", "blob:"))}
    assert (complaints, strange) == ([], set())
    assert page.evaluate("Object.values(localStorage).join().includes('ghu_')") is False


def test_a_picture_is_uploaded(page: Any, github: Any, tmp_path: Path) -> None:
    """A picture that is chosen in a form is sent as it is, and becomes a commit."""
    picture = tmp_path / "cup.png"
    picture.write_bytes(PIXEL)
    page.goto(f"{ORIGIN}/admin/#/collections/edit/posts/hello")
    log_in(page)
    page.wait_for_function("() => document.querySelector('input[name=\"title\"]')?.value === 'Hello'")
    with page.expect_response(re.compile("/_platform/tina/media/upload/cup.png")) as caught:
        page.locator('input[type="file"]').first.set_input_files(picture)
    assert caught.value.request.method == "PUT"
    assert caught.value.status == 200
    assert github.files["static/media/cup.png"] == PIXEL


def test_who_may_not_push_is_told(page: Any, github: Any) -> None:
    """Somebody who may only read the repository logs in and reads why there is nothing to edit."""
    github.logs_in = next(token for token, (login, _) in github.people.items() if login == "bob")
    page.goto(f"{ORIGIN}/admin/")
    log_in(page)
    expect(page.get_by_role("main")).to_contain_text("may not write to the site's repository.", timeout=WAIT)
    expect(page.get_by_role("main").get_by_role("button", name="Log in with GitHub")).to_be_attached()
    assert not [path for _, path in github.asked if "/git/" in path]
