"""The routing table of a release with a server, the viewer function that reads it, and the guard that it calls."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import platform_core.cloud
from platform_core.node import node
from platform_core.runtime.routing import ERROR_PAGE, Unroutable, plan_routing, pointer_value, table_entries
from platform_core.runtime.server_code import GUARD

VIEWER = Path(platform_core.cloud.__file__).with_name("viewer.js")
UNVEIL = VIEWER.with_name("unveil.js")
HOST, RELEASE, TOKEN, ORIGIN = "example.org", "3f9c0a", "the token", "abc.lambda-url.us-east-1.on.aws"
FILES = ["index.html", "404.html", "about/index.html", "contact.html", "feed.xml", "assets/app.js", "assets/demo.html"]
ASSETS, ROUTES = ("/assets/",), ("/api/", "/feed.xml.php")
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(name="process", scope="module")
def _process() -> Iterator[subprocess.Popen[str]]:
    runner = Path(__file__).with_name("viewer_runner.mjs")
    with subprocess.Popen(
        [node(), runner, VIEWER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


@pytest.fixture(name="ask", scope="module")
def _ask(process: subprocess.Popen[str]) -> Ask:
    """Return a function that gives the real viewer function one request."""

    def send(
        uri: str, *, files: Iterable[str] = FILES, changes: dict[str, str | None] | None = None, **request: Any
    ) -> Any:
        routing = plan_routing(files, [("/old", "/about/", 301)], assets=ASSETS)
        key = {"o": ORIGIN, "k": TOKEN, "t": 20, "a": ASSETS, "f": ROUTES, "v": ["rsc", "accept"]}
        store: dict[str, str | None] = {
            HOST: pointer_value(RELEASE, routing),
            **table_entries(RELEASE, routing),
            f"{RELEASE}/server": json.dumps(key),
            **(changes or {}),
        }
        kept = {name: value for name, value in store.items() if value is not None}
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"store": kept, "requests": [{"uri": uri, **request}]}) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())[0]

    return send


def said(answer: dict[str, Any]) -> str:
    """Return an answer in one line: the file, the status with its target, or that the server is asked."""
    if "origin" in answer:
        return f"asked {answer['uri']}"
    if "statusCode" in answer:
        return f"{answer['statusCode']} {answer['headers'].get('location', {}).get('value', '')}".strip()
    return str(answer["uri"]).removeprefix(f"/releases/{RELEASE}/")


def digest(code: str) -> str:
    """Return what a policy allows inline code by."""
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


class TestAddresses:
    """Which address is a file and which is a question."""

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("/", "index.html"),
            ("/index.html", "index.html"),
            ("/about/", "about/index.html"),
            ("/about", "301 /about/"),
            ("/about/index.html", "301 /about/"),
            ("/contact", "contact.html"),
            ("/contact/", "301 /contact"),
            ("/contact.html", "301 /contact"),
            ("/feed.xml", "feed.xml"),
            ("/old", "301 /about/"),
            ("/assets/app.js", "assets/app.js"),
            ("/assets/gone.js", "assets/gone.js"),
            ("/assets/demo", "assets/demo.html"),
            ("/nowhere", "asked /nowhere"),
            ("/nowhere/", "asked /nowhere/"),
            ("/nowhere.html", "asked /nowhere.html"),
            ("/nowhere/index.html", "asked /nowhere/index.html"),
            ("/robots.txt", "asked /robots.txt"),
            ("/.well-known/x", "asked /.well-known/x"),
            ("/a%20b/%C3%A9", "asked /a%20b/%C3%A9"),
            ("/api/", "asked /api/"),
            ("/feed.xml.php", "asked /feed.xml.php"),
            ("/assets", "asked /assets"),
            ("//evil.example/", "/evil.example/"),
            ("/%2e%2e/x", "400"),
        ],
    )
    def test_each_address(self, ask: Ask, asked: str, expected: str) -> None:
        """A file where there is one, in its canonical form; below assets nothing but files; else the server."""
        assert said(ask(asked)) == expected

    def test_without_a_home_page_the_server_has_it(self, ask: Ask) -> None:
        """The root too is asked when the build left no page for it."""
        assert said(ask("/index.html", files=["404.html", "about/index.html"])) == "asked /index.html"

    @pytest.mark.parametrize("asked", ["/about/", "/about", "/old", "/assets/app.js", f"/{ERROR_PAGE}", "//x"])
    def test_files_answer_get_and_head(self, ask: Ask, asked: str) -> None:
        """Whatever else is sent to a file, or to a redirect, is refused at the edge."""
        answer = ask(asked, method="POST")
        assert (answer["statusCode"], answer["headers"]["allow"]["value"]) == (405, "GET, HEAD")

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
    def test_the_server_is_asked_in_any_way(self, ask: Ask, method: str) -> None:
        """What it makes of a method is its own affair."""
        assert said(ask("/form", method=method)) == "asked /form"

    @pytest.mark.parametrize("value", [None, json.dumps({"k": TOKEN}), "not json"])
    def test_a_server_that_is_not_ready(self, ask: Ask, value: str | None) -> None:
        """Half a release is not shown."""
        assert ask("/about/", changes={f"{RELEASE}/server": value})["statusCode"] == 503

    @given(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00/"), min_size=1, max_size=8), max_size=4)
    )
    def test_no_address_names_a_file_that_is_not_there(self, ask: Ask, parts: list[str]) -> None:
        """Whatever is asked, it ends at a file of the release, below assets, at the server, or in a refusal."""
        from urllib.parse import quote, unquote

        answer = ask(quote("/" + "/".join(parts)))
        if "origin" not in answer and "statusCode" not in answer:
            path = unquote(said(answer))
            assert path in FILES or path.startswith(("assets/", "/"))


class TestRequests:
    """What the server, and what the bucket, gets of a request."""

    def test_the_origin_is_the_address_of_the_release(self, ask: Ask) -> None:
        """Unsigned, over TLS, with the time that the server may take."""
        assert ask("/x")["origin"] == {
            "domainName": ORIGIN,
            "customHeaders": {},
            "originAccessControlConfig": {"enabled": False},
            "timeouts": {"readTimeout": 20},
            "customOriginConfig": {"port": 443, "protocol": "https", "sslProtocols": ["TLSv1.2"]},
        }

    def test_the_server_gets_the_request_whole(self, ask: Ask) -> None:
        """Query, cookies and headers stay; host, visitor and token come from us whatever was sent."""
        sent = {"x-platform-token": "guess", "x-platform-viewer": "203.0.113.1", "x-forwarded-host": "evil.example"}
        answer = ask(
            "/x",
            headers={**sent, "authorization": "me"},
            querystring={"a": {"value": "1"}},
            cookies={"c": {"value": "2"}},
        )
        headers = {name: field["value"] for name, field in answer["headers"].items()}
        assert headers["x-platform-token"] == TOKEN
        assert headers["x-platform-viewer"] == "192.0.2.7"
        assert (headers["x-forwarded-host"], headers["authorization"]) == (HOST, "me")
        assert (answer["querystring"], answer["cookies"]) == ({"a": {"value": "1"}}, {"c": {"value": "2"}})

    def test_kept_answers_are_told_apart(self, ask: Ask) -> None:
        """By release, host, and the headers that the engine named; by no other header."""

        def key(release: str = RELEASE, host: str = HOST, **headers: str) -> str:
            routing = plan_routing(FILES, [], assets=ASSETS)
            value = json.dumps({"o": ORIGIN, "k": TOKEN, "t": 9, "a": [], "f": [], "v": ["rsc", "accept"]})
            changes = {
                HOST: pointer_value(release, routing),
                f"{release}/server": value,
                **table_entries(release, routing),
            }
            return str(ask("/x", host=host, headers=headers, changes=changes)["headers"]["x-platform-key"]["value"])

        keys = [
            key(),
            key("other"),
            key(host="preview.example.org"),
            key(rsc="1"),
            key(accept="1"),
            key(rsc="1", accept="1"),
        ]
        assert len(set(keys)) == len(keys)
        assert key(referer="elsewhere", **{"x-platform-key": "guess"}) == key()

    def test_the_bucket_gets_no_orders(self, ask: Ask) -> None:
        """S3 obeys some query strings and headers; none of a visitor's reaches it."""
        headers = {
            "x-amz-expected-bucket-owner": "1",
            "authorization": "AWS4",
            "x-forwarded-host": "y",
            "range": "bytes=0-1",
        }
        answer = ask(
            "/about/",
            headers=headers,
            querystring={"response-content-type": {"value": "x"}},
            cookies={"c": {"value": "2"}},
        )
        assert (answer["querystring"], answer["cookies"]) == ({}, {})
        assert set(answer["headers"]) == {"host", "range"}
        for name in ("host", "via", "content-length", "transfer-encoding"):
            # CloudFront refuses a function that takes one of these away.
            assert (
                name in ask("/about/", headers={"via": "1", "content-length": "0", "transfer-encoding": "x"})["headers"]
            )


class TestTable:
    """What the table of such a release holds."""

    def test_every_file_outside_of_assets_has_a_rule(self) -> None:
        """Because a path without one is a question."""
        routing = plan_routing(FILES, [], assets=ASSETS)
        rules: dict[str, str] = {}
        for bucket in routing.buckets:
            rules |= json.loads(bucket)
        assert rules == {
            "/": "d",
            "/404.html": "f",
            "/about": "d",
            "/contact": "p",
            "/feed.xml": "f",
            "/assets/demo": "p",
        }
        assert json.loads(pointer_value(RELEASE, routing))["x"] == 1

    def test_a_static_release_says_nothing_of_servers(self) -> None:
        """Its pointer is what it always was."""
        assert "x" not in json.loads(pointer_value(RELEASE, plan_routing(FILES, [])))

    def test_redirects_beyond_the_table_are_refused(self) -> None:
        """No page can stand in for them: the server would be asked for it."""
        redirects = [(f"/old/{number:05d}", f"/new/{'x' * 200}/{number}", 301) for number in range(6_000)]
        with pytest.raises(Unroutable, match="finds no room"):
            plan_routing(FILES, redirects, assets=ASSETS)


class TestUnveil:
    """The function that gives a server's 404 its status back."""

    @pytest.mark.parametrize(("headers", "status"), [({"x-platform-status": {"value": "404"}}, 404), ({}, 200)])
    def test_status(self, headers: dict[str, Any], status: int) -> None:
        """The header goes, the others and the body stay."""
        response = {"statusCode": 200, "headers": {**headers, "x-other": {"value": "1"}}}
        script = (
            f"{UNVEIL.read_text('utf-8')}\nconsole.log(JSON.stringify(handler({json.dumps({'response': response})})));"
        )
        done = subprocess.run([node(), "-e", script], capture_output=True, text=True, check=True, timeout=30)
        answer = json.loads(done.stdout)
        assert (answer["statusCode"], answer["headers"]) == (status, {"x-other": {"value": "1"}})


class TestGuard:
    """What stands before the site's own code in the function."""

    @pytest.fixture
    def call(self, tmp_path: Path) -> Callable[..., dict[str, Any]]:
        """Return a function that gives the guard one event, with site code and settings beside it."""

        def send(
            code: str = "",
            event: dict[str, Any] | None = None,
            *,
            name: str = "index.mjs",
            handler: str = "index.handler",
            environment: dict[str, str] | None = None,
        ) -> Any:
            shutil.copy(GUARD, tmp_path)
            if code:
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_text(code, "utf-8")
                settings = {"release": RELEASE, "handler": handler, "environment": environment or {"COLOUR": "red"}}
                token = hashlib.sha256(TOKEN.encode()).hexdigest()
                (tmp_path / "_platform-release.json").write_text(json.dumps({**settings, "token": token}), "utf-8")
            script = (
                f"import({json.dumps((tmp_path / GUARD.name).as_uri())}).then(async ({{ handler }}) => "
                f"console.log(JSON.stringify(await handler({json.dumps(event or asked('/x'))}, {{}}))));"
            )
            done = subprocess.run([node(), "-e", script], capture_output=True, text=True, check=True, timeout=30)
            return json.loads(done.stdout.strip().splitlines()[-1])

        return send

    def test_before_the_first_release(self, call: Callable[..., dict[str, Any]]) -> None:
        """Alone, it says that nothing is there yet."""
        answer = call()
        assert (answer["statusCode"], answer["body"]) == (503, "Nothing is published here yet.\n")

    @pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + " "])
    def test_without_the_token_nothing_answers(self, call: Callable[..., dict[str, Any]], token: str | None) -> None:
        """Neither the site nor the question whether it is ready."""
        for path, extra in (("/x", {"x-platform-key": "k"}), ("/_platform/ready", {})):
            event = asked(path, headers=extra | ({} if token is None else {"x-platform-token": token}))
            assert call("export const handler = async () => 1;", event)["statusCode"] == 403

    def test_the_publisher_hears_whether_the_code_loads(self, call: Callable[..., dict[str, Any]]) -> None:
        """It is told the release, or the error; visitors are told neither."""
        ready = asked("/_platform/ready", headers={"x-platform-token": TOKEN})
        assert call("export const handler = async () => 1;", ready)["body"] == f"{RELEASE}\n"
        broken = call("throw new Error('no such planet');", ready)
        assert (broken["statusCode"], "no such planet" in broken["body"]) == (500, True)
        visitor = call("throw new Error('no such planet');", asked("/_platform/ready"))
        assert (visitor["statusCode"], "planet" in visitor["body"]) == (500, False)

    @pytest.mark.parametrize(
        ("name", "handler", "code"),
        [
            (
                "index.mjs",
                "index.handler",
                "export const handler = async () => ({ statusCode: 200, body: process.env.COLOUR });",
            ),
            (
                "index.cjs",
                "index.handler",
                "exports.handler = async () => ({ statusCode: 200, body: process.env.COLOUR });",
            ),
            (
                "deep/entry.mjs",
                "deep/entry.main",
                "export default { main: async () => ({ statusCode: 200, body: process.env.COLOUR }) };",
            ),
            (
                "index.cjs",
                "index.handler",
                "exports.handler = (e, c, done) => done(null, { statusCode: 200, body: process.env.COLOUR });",
            ),
        ],
    )
    def test_handlers_of_every_form(
        self, call: Callable[..., dict[str, Any]], name: str, handler: str, code: str
    ) -> None:
        """ESM, CommonJS, in a folder, and with a callback; the environment is there when they load."""
        assert call(code, name=name, handler=handler)["body"] == "red"

    def test_the_event_is_put_right(self, call: Callable[..., dict[str, Any]]) -> None:
        """Host and visitor are those of the site; cookies come in both forms; our headers are gone."""
        event = asked(
            "/index.html",
            headers={"host": ORIGIN, "x-forwarded-host": HOST, "x-platform-viewer": "192.0.2.9", "cookie": "a=1; b=2"},
        )
        seen = json.loads(
            call("export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });", event)[
                "body"
            ]
        )
        assert (seen["rawPath"], seen["requestContext"]["http"]["path"]) == ("/", "/")
        assert seen["requestContext"]["domainName"] == seen["headers"]["host"] == HOST
        assert seen["requestContext"]["http"]["sourceIp"] == seen["headers"]["x-forwarded-for"] == "192.0.2.9"
        assert (seen["cookies"], seen["headers"]["cookie"]) == (["a=1", "b=2"], "a=1; b=2")
        assert not [name for name in seen["headers"] if name.startswith("x-platform-")]

    @pytest.mark.parametrize(
        ("answer", "kept"),
        [
            ({}, "private, no-store"),
            ({"headers": {"Cache-Control": "public, s-maxage=60"}}, "public, s-maxage=60"),
            ({"headers": {"Cache-Control": "public, s-maxage=60"}, "cookies": ["a=1"]}, "private, no-store"),
            ({"headers": {"cache-control": "public, max-age=9", "Set-Cookie": "a=1"}}, "private, no-store"),
            ({"headers": {"cache-control": "private, max-age=9"}, "cookies": ["a=1"]}, "private, max-age=9"),
        ],
    )
    def test_what_may_be_kept(self, call: Callable[..., dict[str, Any]], answer: dict[str, Any], kept: str) -> None:
        """Only what the server says may be kept, and never with a cookie."""
        code = f"export const handler = async () => ({json.dumps({'statusCode': 200, 'body': '', **answer})});"
        assert call(code)["headers"]["cache-control"] == kept

    def test_answers_of_every_form(self, call: Callable[..., dict[str, Any]]) -> None:
        """Bytes, several cookies, several values of a header, a bare value, and a 404 that is carried as 200."""
        body = base64.b64encode(b"\x00\xff").decode()
        first = {"statusCode": 200, "isBase64Encoded": True, "body": body, "cookies": ["a=1"]}
        more = {
            "multiValueHeaders": {"Set-Cookie": ["b=2", "c=3"], "Vary": ["a", "b"]},
            "headers": {"X-Platform-Status": "404"},
        }
        found = call(f"export const handler = async () => ({json.dumps({**first, **more})});")
        assert (found["body"], found["isBase64Encoded"]) == (body, True)
        assert (found["cookies"], found["headers"]["vary"]) == (["a=1", "b=2", "c=3"], "a, b")
        assert "x-platform-status" not in found["headers"]
        assert call("export const handler = async () => 'hello';")["body"] == "hello"
        missing = call("export const handler = async () => ({ statusCode: 404, body: 'mine' });")
        assert (missing["statusCode"], missing["headers"]["x-platform-status"], missing["body"]) == (200, "404", "mine")

    @pytest.mark.parametrize(
        ("answer", "policy"),
        [
            ({"body": "<p>no code</p>"}, "default-src 'self'"),
            ({"body": "<script src='/x.js'></script><script type='application/json'>{}</script>"}, "default-src 'self'"),
            ({"body": "<script>go()</script>"}, f"default-src 'self'; script-src 'self' 'sha256-{digest('go()')}'"),
            ({"body": "<style>p{}</style>"}, f"default-src 'self'; style-src 'self' 'sha256-{digest('p{}')}'"),
            ({"body": base64.b64encode(b"<script>go()</script>").decode(), "isBase64Encoded": True},
             f"default-src 'self'; script-src 'self' 'sha256-{digest('go()')}'"),
            ({"body": "<script>go()</script>", "headers": {"content-type": "text/plain"}}, None),
            ({"body": "<script>go()</script>", "headers": {"content-type": "text/html", "content-security-policy": "mine"}}, "mine"),
        ],
    )  # fmt: skip
    def test_inline_code_of_a_page_is_allowed_by_its_hash(
        self, call: Callable[..., dict[str, Any]], answer: dict[str, Any], policy: str | None
    ) -> None:
        """For this one answer; data, files, other types and a policy of the site's own stay as they are."""
        row = {"statusCode": 200, "headers": {"content-type": "text/html; charset=utf-8"}, **answer}
        code = f"export const handler = async () => ({json.dumps(row)});"
        found = call(code, environment={"PLATFORM_CSP": "default-src 'self'"})["headers"]
        assert found.get("content-security-policy") == policy

    @pytest.mark.parametrize("code", ["throw new Error('secret')", "await Promise.reject(new Error('secret'))"])
    def test_a_failure_is_not_shown(self, call: Callable[..., dict[str, Any]], code: str) -> None:
        """The reason goes to the log."""
        answer = call(f"export const handler = async () => {{ {code} }};")
        assert (answer["statusCode"], "secret" in answer["body"]) == (500, False)


def asked(path: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return an event as Lambda makes it; with the token, unless headers say otherwise."""
    own = headers if headers is not None and not set(headers) & {"host", "cookie"} else None
    all_headers = own if own is not None else {"x-platform-token": TOKEN, "x-platform-key": "k", **(headers or {})}
    http = {"method": "GET", "path": path, "sourceIp": "198.51.100.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": all_headers,
        "requestContext": {"http": http},
    }
