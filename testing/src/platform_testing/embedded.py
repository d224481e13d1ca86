"""The embedded AWS, a hand-made hosting in it, and the local edge before it, for tests.

Each is a context manager that starts on a free loopback port and leaves nothing
behind. ``Hosting`` makes what a site's stack makes, by plain API calls, so that the
edge can be tested without CDK; it needs platform-cli, with MiniStack, installed.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import mimetypes
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

from platform_core.node import node
from platform_core.runtime.routing import ERROR_PAGE, Routing, Rule, plan_routing, pointer_value, table_entries

__all__ = [
    "ACCOUNT",
    "EmbeddedAws",
    "Hosting",
    "custom_origin",
    "edge_program",
    "embedded_aws",
    "local_edge",
    "make_hosting",
    "uncached_behaviour",
]

ACCOUNT = "000000000000"
SECRET = "local"  # noqa: S105 - the emulator takes any
REGION = "us-east-1"
LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
# AWS's own policies; they exist in every account.
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_BATCH = 50
_STORE_SERVICE = "cloudfront-keyvaluestore"


@dataclass(frozen=True)
class EmbeddedAws:
    """A running embedded AWS.

    Attributes:
        endpoint: Its address, without a slash at the end.
    """

    endpoint: str

    def client(self, service: str) -> Any:
        """Return a boto3 client of one of its services."""
        import boto3
        from botocore.config import Config

        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=SECRET,
            config=config,
        )

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, service: str
    ) -> tuple[http.client.HTTPMessage, bytes]:
        """Send a signed request to a service's REST API; anything but success raises `RuntimeError`."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        signed = AWSRequest(method, f"{self.endpoint}{path}", data=body, headers=dict(headers or {}))
        SigV4Auth(Credentials(ACCOUNT, SECRET), service, REGION).add_auth(signed)
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(signed.headers.items()))
            response = connection.getresponse()
            data = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {data[:300]!r}")
        return response.headers, data

    def write_keys(self, store: str, puts: Mapping[str, str]) -> None:
        """Write keys into a CloudFront KeyValueStore, given by its ARN."""
        base = f"/key-value-stores/{quote(store, safe='')}"
        items = list(puts.items())
        for start in range(0, len(items), _BATCH):
            etag = str(self.request("GET", base, service=_STORE_SERVICE)[0]["ETag"])
            rows = [{"Key": key, "Value": value} for key, value in items[start : start + _BATCH]]
            body = json.dumps({"Puts": rows, "Deletes": []}).encode()
            sent = {"If-Match": etag, "Content-Type": "application/json"}
            self.request("POST", f"{base}/keys", body, sent, service=_STORE_SERVICE)


@contextlib.contextmanager
def embedded_aws(env: Mapping[str, str] | None = None) -> Iterator[EmbeddedAws]:
    """Run the embedded AWS in a process of its own, without state."""
    for attempt in range(3):
        port = _free_port()
        settings = {"BIND_HOST": LOOPBACK, "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "PERSIST_STATE": "0"}
        # It runs functions in the Node that it finds.
        settings["PATH"] = os.pathsep.join((str(node().parent), os.environ.get("PATH", os.defpath)))
        # The guard ends it even when this process is killed.
        command = [sys.executable, "-m", "platform_cli.local.guard", sys.executable, "-m", "ministack"]
        with _process(command, {**settings, **(env or {})}) as (process, log):
            if not _wait(lambda process=process, port=port: process.poll() is not None or _listens(port)):
                raise RuntimeError("the embedded AWS did not start in time\n" + _tail(log))
            if process.poll() is not None:
                # Somebody else was given the port in between.
                if attempt == 2:
                    raise RuntimeError("the embedded AWS ended\n" + _tail(log))
                continue
            yield EmbeddedAws(f"http://{LOOPBACK}:{port}")
            return


@contextlib.contextmanager
def local_edge(
    aws: EmbeddedAws, *, distribution: str, domain: str, local: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[dict[str, Any]]:
    """Run the local edge; gives the line that it prints when it is ready, with ``port`` and ``url``."""
    config: dict[str, Any] = {
        "port": port,
        "endpoint": aws.endpoint,
        "distribution": distribution,
        "domain": domain,
        "local": dict(local or {}),
        "credentials": {"accessKeyId": ACCOUNT, "secretAccessKey": SECRET},
    }
    command = [str(node()), str(edge_program()), json.dumps(config)]
    with _process(command, {}, pipe_output=True) as (process, log):
        line = _first_line(process.stdout) if process.stdout else ""
        if not line:
            raise RuntimeError("the edge did not start\n" + _tail(log))
        yield json.loads(line)


def edge_program() -> Path:
    """Return the edge's program, without importing the CLI."""
    spec = importlib.util.find_spec("platform_cli.local")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("platform-cli is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "edge.mjs"


@dataclass(frozen=True)
class Hosting:
    """A bucket, a key value store, a function and a distribution of the embedded AWS."""

    aws: EmbeddedAws
    domain: str
    bucket: str
    store: str
    distribution: str

    def publish(
        self,
        release: str,
        files: Mapping[str, bytes],
        redirects: Iterable[Rule] = (),
        *,
        host: str = "",
    ) -> Routing:
        """Put a release into the bucket and its table into the store, then make it live."""
        s3 = self.aws.client("s3")
        routing = plan_routing(files, redirects)
        for name, data in files.items():
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            kind += "; charset=utf-8" if kind.startswith("text/") else ""
            s3.put_object(Bucket=self.bucket, Key=f"releases/{release}/{name}", Body=data, ContentType=kind)
        self.aws.write_keys(self.store, table_entries(release, routing))
        self.aws.write_keys(self.store, {host or self.domain: pointer_value(release, routing)})
        if not host and "404.html" in files:
            page = {"Key": ERROR_PAGE, "Body": files["404.html"], "ContentType": "text/html; charset=utf-8"}
            s3.put_object(Bucket=self.bucket, **page)
        return routing


def make_hosting(
    aws: EmbeddedAws,
    *,
    domain: str,
    name: str,
    viewer: str,
    headers_policy: str = "",
    origins: Sequence[Mapping[str, Any]] = (),
    behaviours: Sequence[Mapping[str, Any]] = (),
) -> Hosting:
    """Create what serves a site.

    Args:
        aws: Where.
        domain: The site's host name.
        name: Of the bucket, the store and the function; unique.
        viewer: The source of the viewer function.
        headers_policy: Id of the response headers policy of its pages.
        origins: More origins than the bucket.
        behaviours: More behaviours than the pages'.
    """
    cloudfront = aws.client("cloudfront")
    aws.client("s3").create_bucket(Bucket=name)
    store = cloudfront.create_key_value_store(Name=name)["KeyValueStore"]["ARN"]
    function = _publish_function(cloudfront, name, viewer.replace("__DEFAULT_HOST__", domain), store)
    policy = {"ResponseHeadersPolicyId": headers_policy} if headers_policy else {}
    created = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": name,
            "Comment": "",
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "Aliases": _list([domain]),
            "Origins": _list([bucket_origin(name), *origins]),
            "DefaultCacheBehavior": default_behaviour(function) | policy,
            "CacheBehaviors": _list(behaviours),
            "CustomErrorResponses": _list([error_page()]),
        }
    )
    return Hosting(aws, domain, name, store, created["Distribution"]["Id"])


def bucket_origin(bucket: str) -> dict[str, Any]:
    """Return the origin that is a private bucket."""
    return {
        "Id": "bucket",
        "DomainName": f"{bucket}.s3.{REGION}.amazonaws.com",
        "OriginPath": "",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def custom_origin(name: str, domain: str, port: int = 80) -> dict[str, Any]:
    """Return an origin that is a server of its own, for example an HTTP API."""
    return {
        "Id": name,
        "DomainName": domain,
        "OriginPath": "",
        "CustomOriginConfig": {"HTTPPort": port, "HTTPSPort": 443, "OriginProtocolPolicy": "match-viewer"},
    }


def uncached_behaviour(pattern: str, origin: str) -> dict[str, Any]:
    """Return a behaviour that passes every method and everything but the Host header on."""
    return {
        "PathPattern": pattern,
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "https-only",
        "Compress": False,
        "CachePolicyId": CACHING_DISABLED,
        "OriginRequestPolicyId": ALL_VIEWER_EXCEPT_HOST,
        "AllowedMethods": methods("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"),
    }


def default_behaviour(function: str) -> dict[str, Any]:
    """Return the behaviour of the site's pages, with its viewer function."""
    return {
        "TargetOriginId": "bucket",
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": True,
        "CachePolicyId": CACHING_OPTIMIZED,
        "AllowedMethods": methods("GET", "HEAD"),
        "FunctionAssociations": _list([{"EventType": "viewer-request", "FunctionARN": function}]),
    }


def error_page() -> dict[str, Any]:
    """Return what a distribution does when an object is missing."""
    page = {"ErrorCode": 404, "ResponseCode": "404", "ResponsePagePath": f"/{ERROR_PAGE}"}
    return {**page, "ErrorCachingMinTTL": 60}


def methods(*names: str) -> dict[str, Any]:
    """Return the methods that a behaviour allows."""
    return {**_list(names), "CachedMethods": _list(["GET", "HEAD"])}


def _list(items: Sequence[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": list(items)}


def _publish_function(cloudfront: Any, name: str, source: str, store: str) -> str:
    stores = _list([{"KeyValueStoreARN": store}])
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": stores}
    made = cloudfront.create_function(Name=name, FunctionConfig=config, FunctionCode=source.encode())
    cloudfront.publish_function(Name=name, IfMatch=made["ETag"])
    return str(made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"])


@contextlib.contextmanager
def _process(
    command: list[str], env: Mapping[str, str], *, pipe_output: bool = False
) -> Iterator[tuple[subprocess.Popen[str], IO[bytes]]]:
    """Run a program whose standard input we hold; stop it in the end, whatever happened."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if pipe_output else log,
            stderr=log,
            text=True,
            encoding="utf-8",
            env={**os.environ, **env},
        )
        try:
            yield process, log
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


def _first_line(stream: IO[str]) -> str:
    """Return the first line of *stream*; empty when it ends or takes too long."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    try:
        return lines.get(timeout=START_SECONDS)
    except queue.Empty:
        return ""


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace")[-2_000:]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
        with contextlib.closing(connection):
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def _wait(condition: Any, seconds: float = START_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
