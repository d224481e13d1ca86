"""Viewer functions in the local edge: those that choose another origin, and those that see the answer."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from platform_testing.embedded import EmbeddedAws, local_edge, make_hosting

pytestmark = pytest.mark.embedded

DOMAIN = "functions.example.org"
# Sends what begins with /there/ to another server, and takes a header away from it.
VIEWER = """
import cf from 'cloudfront';
import crypto from 'crypto';
async function handler(event) {
    const request = event.request;
    if (request.uri.startsWith('/there/')) {
        cf.updateRequestOrigin({
            domainName: '127.0.0.1',
            customHeaders: { 'x-from': 'origin' },
            originAccessControlConfig: { enabled: false },
            timeouts: { readTimeout: 5 },
            customOriginConfig: { port: %d, protocol: 'http', sslProtocols: ['TLSv1.2'] }
        });
        delete request.headers['x-removed'];
        request.headers['x-added'] = { value: crypto.createHash('sha256').update('a').digest('hex').slice(0, 8) };
        delete request.cookies.hidden;
        return request;
    }
    request.uri = '/releases/one' + request.uri;
    request.querystring = {};
    return request;
}
"""
# Turns a marked answer into a 404, and marks every other one.
ANSWER = """
function handler(event) {
    const response = event.response;
    if (response.headers['x-mark']) {
        delete response.headers['x-mark'];
        response.statusCode = 404;
    }
    response.headers['x-seen'] = { value: event.request.method + ' ' + event.context.eventType };
    return response;
}
"""


class There(BaseHTTPRequestHandler):
    """Another server: answers with what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Answer any method."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        size = int(self.headers.get("Content-Length") or 0)
        data = json.dumps({"path": self.path, "headers": headers, "body": self.rfile.read(size).decode()}).encode()
        self.send_response(503 if "broken" in self.path else 200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        if "marked" in self.path:
            self.send_header("X-Mark", "1")
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(name="port", scope="module")
def _port(aws: EmbeddedAws) -> Iterator[int]:
    """A site in the embedded AWS with both functions, behind the local edge."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), There)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        hosting = make_hosting(aws, domain=DOMAIN, name="edge-functions", viewer=VIEWER % server.server_port)
        aws.client("s3").put_object(Bucket=hosting.bucket, Key="releases/one/here.txt", Body=b"here")
        open_to_visitors(aws, hosting.distribution)
        ready = stack.enter_context(local_edge(aws, distribution=hosting.distribution, domain=DOMAIN))
        yield int(ready["port"])


def open_to_visitors(aws: EmbeddedAws, distribution: str) -> None:
    """Let the default behaviour pass everything on, and give it the function of the answer."""
    cloudfront = aws.client("cloudfront")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    made = cloudfront.create_function(Name="edge-answer", FunctionConfig=config, FunctionCode=ANSWER.encode())
    cloudfront.publish_function(Name="edge-answer", IfMatch=made["ETag"])
    found = cloudfront.get_distribution_config(Id=distribution)
    behaviour = found["DistributionConfig"]["DefaultCacheBehavior"]
    behaviour["OriginRequestPolicyId"] = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    methods = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    behaviour["AllowedMethods"] = {
        "Quantity": 7,
        "Items": methods,
        "CachedMethods": {"Quantity": 2, "Items": methods[:2]},
    }
    arn = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    functions = behaviour["FunctionAssociations"]
    functions["Items"].append({"EventType": "viewer-response", "FunctionARN": arn})
    functions["Quantity"] = 2
    cloudfront.update_distribution(
        Id=distribution, IfMatch=found["ETag"], DistributionConfig=found["DistributionConfig"]
    )


def fetch(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """Send one request."""
    named = {"Host": DOMAIN} | {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def test_another_origin_is_asked_with_the_whole_request(port: int) -> None:
    """Method, body, query and headers arrive, with what the function changed of them."""
    answer = fetch(port, "/there/x?a=1&a=2", "POST", b"sent", x_removed="1", x_kept="2", Cookie="shown=1; hidden=2")
    asked = json.loads(answer.body)
    assert (asked["path"], asked["body"]) == ("/there/x?a=1&a=2", "sent")
    headers = asked["headers"]
    assert (headers["x-kept"], headers["x-added"], headers["x-from"]) == ("2", "ca978112", "origin")
    assert headers["cookie"] == "shown=1"
    assert "x-removed" not in headers


def test_every_cookie_of_an_answer_arrives(port: int) -> None:
    """Through the function of the answer too."""
    assert fetch(port, "/there/x").headers.get_all("set-cookie") == ["a=1", "b=2"]


def test_requests_at_the_same_time_keep_their_origins(port: int) -> None:
    """What one of them chooses does not send another one there."""
    paths = ["/there/x", "/here.txt"] * 20
    with ThreadPoolExecutor(10) as pool:
        bodies = [answer.body for answer in pool.map(lambda path: fetch(port, path), paths)]
    assert [body == b"here" for body in bodies] == [False, True] * 20


def test_the_function_of_the_answer_changes_status_and_headers(port: int) -> None:
    """As on AWS it may make a 404 of an answer, which no error page replaces then."""
    marked, other = fetch(port, "/there/marked"), fetch(port, "/here.txt")
    assert (marked.status, json.loads(marked.body)["path"], marked.headers["x-mark"]) == (404, "/there/marked", None)
    assert (other.status, other.headers["x-seen"]) == (200, "GET viewer-response")


def test_no_function_runs_for_a_failure_of_the_origin(port: int) -> None:
    """CloudFront runs none for answers from 400 on."""
    answer = fetch(port, "/there/broken")
    assert (answer.status, answer.headers["x-seen"]) == (503, None)
