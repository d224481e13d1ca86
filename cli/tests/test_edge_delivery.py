"""What the local edge does besides finding the file: headers, conditions, origins, failures."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import socket
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import platform_core.cloud
from platform_core.node import node
from platform_testing.embedded import (
    EmbeddedAws,
    Hosting,
    custom_origin,
    edge_program,
    embedded_aws,
    local_edge,
    make_hosting,
    uncached_behaviour,
)
from platform_testing.urls import ask

DOMAIN = "example.org"
VIEWER = Path(platform_core.cloud.__file__).with_name("viewer.js").read_text("utf-8")
PAGE = b"<!doctype html><title>A long page</title>\n" + b"<p>The same words, again and again.</p>\n" * 200
FILES = {
    "index.html": PAGE,
    "404.html": b"<!doctype html><title>Not here</title>\n",
    "about/index.html": b"<!doctype html><title>About</title>\n",
    "big.bin": bytes(range(256)) * 20_000,
    "picture.png": b"\x89PNG" * 1_000,
}
POLICY = {
    "Name": "edge-delivery",
    "SecurityHeadersConfig": {
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"Override": True, "FrameOption": "DENY"},
        "ReferrerPolicy": {"Override": True, "ReferrerPolicy": "strict-origin-when-cross-origin"},
        "StrictTransportSecurity": {"Override": True, "AccessControlMaxAgeSec": 63072000, "IncludeSubdomains": True},
        "ContentSecurityPolicy": {
            "Override": True,
            "ContentSecurityPolicy": "default-src 'self'; upgrade-insecure-requests; img-src 'self' data:",
        },
    },
    "CustomHeadersConfig": {
        "Quantity": 2,
        "Items": [
            {"Header": "Permissions-Policy", "Value": "camera=()", "Override": True},
            {"Header": "Content-Type", "Value": "text/never", "Override": False},
        ],
    },
    "RemoveHeadersConfig": {"Quantity": 1, "Items": [{"Header": "Last-Modified"}]},
}


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, as JSON."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Answer any method."""
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        asked = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "size": len(body),
        }
        data = json.dumps(asked).encode()
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def echo_server() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@dataclass(frozen=True)
class Site:
    """A site that is served, with an API and a local service."""

    hosting: Hosting
    port: int
    ready: dict[str, Any]


@pytest.fixture(name="site", scope="module")
def _site(aws: EmbeddedAws) -> Iterator[Site]:
    with echo_server() as echo:
        policy = aws.client("cloudfront").create_response_headers_policy(ResponseHeadersPolicyConfig=POLICY)
        cached = uncached_behaviour("/cached/*", "echo")
        del cached["OriginRequestPolicyId"]
        hosting = make_hosting(
            aws,
            domain=DOMAIN,
            name="edge-delivery",
            viewer=VIEWER,
            headers_policy=policy["ResponseHeadersPolicy"]["Id"],
            origins=[
                custom_origin("echo", "127.0.0.1", echo),
                custom_origin("gone", "127.0.0.1", closed_port()),
                custom_origin("far", "origin.example.net"),
            ],
            behaviours=[
                uncached_behaviour("/_platform/*", "echo"),
                cached,
                uncached_behaviour("/gone/*", "gone"),
                uncached_behaviour("far/?", "far"),
            ],
        )
        hosting.publish("first", FILES)
        local = {"editor": f"http://127.0.0.1:{echo}", "stopped": f"http://127.0.0.1:{closed_port()}"}
        with local_edge(aws, distribution=hosting.distribution, domain=DOMAIN, local=local) as ready:
            yield Site(hosting, ready["port"], ready)


class TestHeaders:
    """Response headers policies and what the edge changes for this machine."""

    def test_security_headers(self, site: Site) -> None:
        """The policy's headers are on a page."""
        headers = ask(site.port, "/about/").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["permissions-policy"] == "camera=()"

    def test_override_and_removal(self, site: Site) -> None:
        """A header without override leaves the origin's; a removed one is gone."""
        headers = ask(site.port, "/about/").headers
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert "last-modified" not in headers

    def test_error_pages_have_them_too(self, site: Site) -> None:
        """A missing page is as protected as any other."""
        answer = ask(site.port, "/missing/")
        assert (answer.status, answer.headers["x-frame-options"]) == (404, "DENY")

    def test_no_hsts_on_this_machine(self, site: Site) -> None:
        """A browser must not be told to refuse plain HTTP on localhost."""
        headers = ask(site.port, "/about/").headers
        assert "strict-transport-security" not in headers
        assert headers["content-security-policy"] == "default-src 'self'; img-src 'self' data:"

    def test_the_emulators_own_headers_are_gone(self, site: Site) -> None:
        """What the emulator adds to all services is not the site's."""
        headers = ask(site.port, "/about/").headers
        assert not [name for name in headers if name.startswith(("access-control-", "x-amz"))]

    def test_it_says_what_differs_from_aws(self, site: Site) -> None:
        """The line that it prints names what it does not do."""
        assert site.ready["differences"][0] == "no edge cache"


class TestConditions:
    """ETag, Range and compression."""

    def test_etag_answers_304(self, site: Site) -> None:
        """A browser that has the page gets no body."""
        etag = ask(site.port, "/about/").headers["etag"]
        answer = ask(site.port, "/about/", headers={"If-None-Match": etag})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)

    def test_the_tag_of_a_compressed_page_answers_304(self, site: Site) -> None:
        """A weak tag is known as well."""
        etag = ask(site.port, "/", headers={"Accept-Encoding": "br"}).headers["etag"]
        assert etag.startswith('W/"')
        answer = ask(site.port, "/", headers={"If-None-Match": etag, "Accept-Encoding": "br"})
        assert (answer.status, answer.body) == (304, b"")

    def test_an_old_tag_answers_200(self, site: Site) -> None:
        """Another tag brings the page."""
        assert ask(site.port, "/about/", headers={"If-None-Match": '"old"'}).status == 200

    def test_range(self, site: Site) -> None:
        """A part of a file."""
        answer = ask(site.port, "/big.bin", headers={"Range": "bytes=256-511"})
        assert (answer.status, answer.body) == (206, bytes(range(256)))
        assert answer.headers["content-range"] == f"bytes 256-511/{len(FILES['big.bin'])}"

    def test_range_beyond_the_end(self, site: Site) -> None:
        """A part that is not there."""
        assert ask(site.port, "/big.bin", headers={"Range": "bytes=99999999-"}).status == 416

    def test_gzip(self, site: Site) -> None:
        """Text is compressed for who accepts it, and says so to caches."""
        answer = ask(site.port, "/", headers={"Accept-Encoding": "gzip, br;q=0"})
        assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
        assert gzip.decompress(answer.body) == PAGE

    def test_brotli_is_preferred(self, site: Site) -> None:
        """The better encoding is taken when there is a choice."""
        answer = ask(site.port, "/", headers={"Accept-Encoding": "gzip, deflate, br"})
        assert answer.headers["content-encoding"] == "br"
        assert len(answer.body) < len(PAGE) / 10

    @pytest.mark.parametrize("path", ["/about/", "/picture.png", "/big.bin"])
    def test_what_is_not_compressed(self, site: Site, path: str) -> None:
        """Short texts and files that are compressed already stay as they are."""
        answer = ask(site.port, path, headers={"Accept-Encoding": "gzip, br"})
        assert "content-encoding" not in answer.headers

    def test_big_files_arrive_whole(self, site: Site) -> None:
        """Five megabytes pass through."""
        assert ask(site.port, "/big.bin").body == FILES["big.bin"]


class TestMethods:
    """Which methods a behaviour allows."""

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    def test_pages_are_read_only(self, site: Site, method: str) -> None:
        """CloudFront refuses a method that the behaviour does not allow."""
        assert ask(site.port, "/about/", method=method, body=b"x").status == 403

    def test_the_api_takes_every_method(self, site: Site) -> None:
        """Another behaviour, other methods."""
        answer = ask(site.port, "/_platform/x", method="DELETE")
        assert json.loads(answer.body)["method"] == "DELETE"


class TestOrigins:
    """Requests that another origin answers."""

    def test_everything_but_the_host_is_passed_on(self, site: Site) -> None:
        """Path, query, body and signature header arrive as they were sent."""
        headers = {"X-Hub-Signature-256": "sha256=abc", "Content-Type": "application/json", "Cookie": "a=1; b=2"}
        path = "/_platform/webhooks/github?x=%2F&x=2"
        got = json.loads(ask(site.port, path, method="POST", headers=headers, body=b"{}").body)
        assert (got["method"], got["path"], got["size"]) == ("POST", path, 2)
        assert got["headers"]["x-hub-signature-256"] == "sha256=abc"
        assert got["headers"]["cookie"] == "a=1; b=2"
        assert got["headers"]["host"] != DOMAIN
        assert got["headers"]["x-forwarded-for"] == "127.0.0.1"

    def test_without_a_policy_nothing_is_passed_on(self, site: Site) -> None:
        """What neither policy names stays here, as on AWS."""
        headers = {"X-Hub-Signature-256": "sha256=abc", "Cookie": "a=1", "User-Agent": "test"}
        got = json.loads(ask(site.port, "/cached/x?y=1", headers=headers).body)
        assert got["path"] == "/cached/x"
        assert not {"x-hub-signature-256", "cookie"} & set(got["headers"])
        assert got["headers"]["user-agent"] == "Amazon CloudFront"

    def test_large_bodies_are_streamed(self, site: Site) -> None:
        """The edge has no limit of its own; the origin has."""
        got = json.loads(ask(site.port, "/_platform/x", method="POST", body=b"x" * 3_000_000).body)
        assert got["size"] == 3_000_000

    def test_behaviours_match_the_normalized_path(self, site: Site) -> None:
        """Second slashes and dot segments do not hide an address from its behaviour."""
        assert json.loads(ask(site.port, "/./_platform//a").body)["path"] == "/./_platform//a"
        assert ask(site.port, "/_platform/../about/").status == 400

    def test_error_pages_are_the_distributions(self, site: Site) -> None:
        """The 404 of another origin gets the site's page as well, as on AWS."""
        answer = ask(site.port, "/_platform/missing")
        assert (answer.status, answer.body) == (404, FILES["404.html"])

    def test_an_origin_that_is_down(self, site: Site) -> None:
        """502 with a sentence, and the edge lives on."""
        answer = ask(site.port, "/gone/x")
        assert (answer.status, answer.body) == (502, b"The origin did not answer.\n")
        assert ask(site.port, "/about/").status == 200

    def test_an_origin_that_is_not_here(self, site: Site) -> None:
        """An origin on the internet is not asked, and the answer says so."""
        answer = ask(site.port, "/far/x")
        assert (answer.status, answer.body) == (
            502,
            b"The origin origin.example.net is not part of the embedded AWS.\n",
        )

    def test_an_http_api(self, aws: EmbeddedAws) -> None:
        """An HTTP API's own name leads to the emulator, with body and headers."""
        api = make_api(aws)
        hosting = make_hosting(
            aws,
            domain="api.example.org",
            name="edge-api",
            viewer=VIEWER,
            origins=[custom_origin("api", f"{api}.execute-api.us-east-1.amazonaws.com")],
            behaviours=[uncached_behaviour("/_platform/*", "api")],
        )
        with local_edge(aws, distribution=hosting.distribution, domain="api.example.org") as ready:
            headers = {"X-Hub-Signature-256": "sha256=abc", "Content-Type": "application/json"}
            path = "/_platform/webhooks/github"
            answer = ask(ready["port"], f"{path}?a=1", method="POST", headers=headers, body=b"{}")
        assert answer.status == 202
        assert json.loads(answer.body) == {"path": path, "query": "a=1", "body": "{}", "signature": "sha256=abc"}


FUNCTION = """
import json

def handler(event, context):
    answer = {
        "path": event["rawPath"],
        "query": event["rawQueryString"],
        "body": event.get("body"),
        "signature": event["headers"].get("x-hub-signature-256"),
    }
    return {"statusCode": 202, "headers": {"content-type": "application/json"}, "body": json.dumps(answer)}
"""


def make_api(aws: EmbeddedAws) -> str:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", FUNCTION)
    made = aws.client("lambda").create_function(
        FunctionName="edge-api",
        Runtime="python3.11",
        Role="arn:aws:iam::000000000000:role/edge-api",
        Handler="index.handler",
        Code={"ZipFile": buffer.getvalue()},
    )
    gateway = aws.client("apigatewayv2")
    api = str(gateway.create_api(Name="edge-api", ProtocolType="HTTP")["ApiId"])
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=made["FunctionArn"], PayloadFormatVersion="2.0"
    )
    gateway.create_route(ApiId=api, RouteKey="$default", Target=f"integrations/{integration['IntegrationId']}")
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return api


class TestLocalServices:
    """What answers below /_local/."""

    def test_requests_are_passed_on(self, site: Site) -> None:
        """The service sees its own path, with query and body."""
        got = json.loads(ask(site.port, "/_local/editor/api/v1?x=1", method="POST", body=b"{}").body)
        assert (got["method"], got["path"], got["size"]) == ("POST", "/api/v1?x=1", 2)

    def test_the_services_root(self, site: Site) -> None:
        """Without a path, the service is asked for its root."""
        assert json.loads(ask(site.port, "/_local/editor").body)["path"] == "/"

    def test_unknown_and_stopped_services(self, site: Site) -> None:
        """404 and 502, each with a sentence."""
        assert ask(site.port, "/_local/unknown/").status == 404
        assert ask(site.port, "/_local/toString/").status == 404
        assert ask(site.port, "/_local/stopped/").status == 502

    @pytest.mark.parametrize(
        "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
    )
    def test_pages_of_other_sites_are_refused(self, site: Site, headers: dict[str, str]) -> None:
        """A service that changes files without a password is not for any page in the browser."""
        assert ask(site.port, "/_local/editor/api/v1", method="POST", headers=headers, body=b"{}").status == 403

    def test_our_own_pages_are_not(self, site: Site) -> None:
        """The editor's page comes from the same address."""
        host = f"localhost:{site.port}"
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        assert ask(site.port, "/_local/editor/api/v1", method="POST", headers=headers, body=b"{}").status == 200

    def test_web_sockets_are_connected(self, aws: EmbeddedAws, site: Site) -> None:
        """An upgrade reaches the service, and bytes pass both ways."""
        with socket.create_server(("127.0.0.1", 0)) as service:
            thread = threading.Thread(target=shout_once, args=(service,), daemon=True)
            thread.start()
            local = {"live": f"http://127.0.0.1:{service.getsockname()[1]}"}
            with local_edge(aws, distribution=site.hosting.distribution, domain=DOMAIN, local=local) as ready:
                assert upgraded(ready["port"], "/_local/live/ws", "localhost") == b"GET /ws HTTP/1.1"
                assert upgraded(ready["port"], "/_local/live/ws", "evil.example") == b""
                assert upgraded(ready["port"], "/about/", "localhost") == b""
            thread.join(10)


def shout_once(service: socket.socket) -> None:
    connection, _ = service.accept()
    with connection:
        line = connection.recv(4096).split(b"\r\n")[0]
        connection.sendall(line)


def upgraded(port: int, path: str, host: str) -> bytes:
    """Return the first bytes that come back for an upgrade; none when it is refused."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        connection.sendall(head.encode())
        try:
            return connection.recv(4096)
        except ConnectionResetError:
            return b""


class TestReleases:
    """The pointer and what follows from it."""

    def test_a_new_release_is_live_at_once(self, aws: EmbeddedAws, site: Site) -> None:
        """One key changes and every page is of the new release; it changes back as quickly."""
        old, new = FILES["about/index.html"], b"<!doctype html><title>Second</title>\n"
        site.hosting.publish("second", {**FILES, "about/index.html": new})
        assert wait(lambda: ask(site.port, "/about/").body == new, 2)
        site.hosting.publish("first", FILES)
        assert wait(lambda: ask(site.port, "/about/").body == old, 2)

    def test_a_preview_has_its_own_host(self, site: Site) -> None:
        """A second key, a second site; the first one does not change."""
        page = b"<!doctype html><title>Preview</title>\n"
        site.hosting.publish("preview", {"index.html": page}, host="preview.example.org")
        headers = {"Host": f"preview.example.org.localhost:{site.port}"}
        assert wait(lambda: ask(site.port, "/", headers=headers).body == page, 2)
        assert ask(site.port, "/").body == PAGE

    def test_nothing_published(self, aws: EmbeddedAws) -> None:
        """503 from the viewer function until there is a release."""
        hosting = make_hosting(aws, domain="empty.example.org", name="edge-empty", viewer=VIEWER)
        with local_edge(aws, distribution=hosting.distribution, domain="empty.example.org") as ready:
            answer = ask(ready["port"], "/")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")

    def test_a_release_without_a_404_page(self, aws: EmbeddedAws) -> None:
        """The status stays 404 when the error page is missing itself."""
        hosting = make_hosting(aws, domain="bare.example.org", name="edge-bare", viewer=VIEWER)
        hosting.publish("only", {"index.html": PAGE})
        with local_edge(aws, distribution=hosting.distribution, domain="bare.example.org") as ready:
            assert ask(ready["port"], "/missing/").status == 404

    def test_a_deployed_change_is_seen(self, aws: EmbeddedAws) -> None:
        """The edge follows the distribution's configuration and the function's code."""
        hosting = make_hosting(aws, domain="new.example.org", name="edge-new", viewer=VIEWER)
        hosting.publish("only", {"index.html": PAGE})
        cloudfront = aws.client("cloudfront")
        with local_edge(aws, distribution=hosting.distribution, domain="new.example.org") as ready:
            assert ask(ready["port"], "/").status == 200
            replace_function(cloudfront, "edge-new", b"function handler(event) { return { statusCode: 410 }; }")
            assert wait(lambda: ask(ready["port"], "/").status == 410, 5)

    @pytest.mark.parametrize(
        "code",
        [
            "function handler(event) { throw new Error('no'); }",
            "function handler(event) { return 'nothing'; }",
            "function handler(event) { event.request.uri = 'x'; return event.request; }",
        ],
    )
    def test_a_function_that_fails(self, aws: EmbeddedAws, code: str, request: pytest.FixtureRequest) -> None:
        """503, as CloudFront answers, and the edge lives on."""
        name = f"edge-bad-{abs(hash(request.node.name))}"
        hosting = make_hosting(aws, domain="bad.example.org", name=name, viewer=code)
        with local_edge(aws, distribution=hosting.distribution, domain="bad.example.org") as ready:
            assert [ask(ready["port"], "/").status for _ in range(2)] == [503, 503]


def sdk_signature(service: str, path: str, headers: dict[str, str]) -> str:
    unsigned = {name: headers[name] for name in ("x-amz-date", "x-amz-content-sha256")}
    request = AWSRequest("GET", f"http://h:1{path}", headers=unsigned)
    request.context["timestamp"] = headers["x-amz-date"]
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    auth = kind(Credentials("key", "secret"), service, "us-east-1")
    return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))


def replace_function(cloudfront: Any, name: str, code: bytes) -> None:
    def etag() -> str:
        return str(cloudfront.get_function(Name=name, Stage="DEVELOPMENT")["ETag"])

    found = cloudfront.describe_function(Name=name, Stage="DEVELOPMENT")
    config = found["FunctionSummary"]["FunctionConfig"]
    cloudfront.update_function(Name=name, IfMatch=etag(), FunctionConfig=config, FunctionCode=code)
    cloudfront.publish_function(Name=name, IfMatch=etag())


class TestProcess:
    """Start and end."""

    def test_it_ends_with_its_standard_input(self, site: Site) -> None:
        """When the process that started it is gone, so is the edge."""
        config = {"endpoint": site.hosting.aws.endpoint, "distribution": site.hosting.distribution, "domain": DOMAIN}
        edge = subprocess.Popen(
            [node(), edge_program(), json.dumps(config)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        try:
            assert edge.stdout
            assert json.loads(edge.stdout.readline())["ready"]
            assert edge.stdin
            edge.stdin.close()
            assert edge.wait(10) == 0
        finally:
            edge.kill()
            edge.wait()
            edge.stdout.close()

    def test_a_configuration_in_a_file(self, site: Site, tmp_path: Path) -> None:
        """A path is as good as JSON, and a problem is said in one line."""
        (tmp_path / "edge.json").write_text('{"endpoint": "http://127.0.0.1:1"}')
        for argument in (tmp_path / "edge.json", '{"endpoint": "http://127.0.0.1:1"}'):
            command = [node(), edge_program(), argument]
            edge = subprocess.run(command, check=False, input="", capture_output=True, text=True, timeout=30)
            assert (edge.returncode, edge.stderr) == (2, "edge: 'distribution' is missing\n")

    def test_an_unknown_distribution(self, aws: EmbeddedAws) -> None:
        """It does not start, and says why."""
        config = {"endpoint": aws.endpoint, "distribution": "E404", "domain": DOMAIN}
        command = [node(), edge_program(), json.dumps(config)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as edge:
            assert edge.stderr
            errors = edge.stderr.read()
        assert (edge.returncode, errors) == (1, "edge: the embedded AWS has no distribution E404\n")

    @pytest.mark.parametrize(
        ("service", "path"),
        [
            ("s3", "/bucket/releases/3f/it%27s%20%281%29%20%2B%20%C3%A9.txt"),
            ("cloudfront", "/2020-05-31/function/viewer/describe?Stage=LIVE"),
            (
                "cloudfront-keyvaluestore",
                "/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A0%3Akey-value-store%2Fa/keys/a%2F0",
            ),
        ],
    )
    def test_signatures_are_the_sdks(self, service: str, path: str) -> None:
        """A request is signed as boto3 signs it; the emulator does not look at the value."""
        module = edge_program().with_name("edge_aws.mjs").as_uri()
        keys = "{accessKeyId: 'key', secretAccessKey: 'secret'}"
        script = f"import('{module}').then(m => console.log(JSON.stringify(m.sign({keys}, '{service}', 'GET', '{path}', 'h:1'))))"
        ran = subprocess.run([node(), "-e", script], check=True, capture_output=True, text=True, timeout=30)
        headers = json.loads(ran.stdout)
        assert headers["authorization"].endswith(f"Signature={sdk_signature(service, path, headers)}")

    def test_an_embedded_aws_that_checks_signatures(self) -> None:
        """With credentials, every request of the edge is signed; a key with signs in it as well."""
        with embedded_aws({"AUTH": "true"}) as aws:
            hosting = make_hosting(aws, domain=DOMAIN, name="edge-signed", viewer=VIEWER)
            hosting.publish("only", {"index.html": PAGE, "it's (1) + é.txt": b"text", "LICENSE": b"licence"})
            with local_edge(aws, distribution=hosting.distribution, domain=DOMAIN) as ready:
                assert ask(ready["port"], "/").body == PAGE
                assert ask(ready["port"], "/it's%20(1)%20+%20%C3%A9.txt").body == b"text"
                assert ask(ready["port"], "/LICENSE").body == b"licence"
                assert ask(ready["port"], "/missing/").status == 404

    def test_the_embedded_aws_goes_away(self) -> None:
        """The edge answers 502 or 503 with a sentence while there is nothing behind it."""
        with contextlib.ExitStack() as stack:
            with embedded_aws() as aws:
                hosting = make_hosting(aws, domain=DOMAIN, name="edge-alone", viewer=VIEWER)
                hosting.publish("only", {"index.html": PAGE})
                ready = stack.enter_context(local_edge(aws, distribution=hosting.distribution, domain=DOMAIN))
                assert ask(ready["port"], "/").status == 200
            assert wait(lambda: ask(ready["port"], "/").status in {502, 503}, 5)
            assert ask(ready["port"], "/").headers["content-type"].startswith("text/plain")
