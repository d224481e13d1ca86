"""The whole event layer, deployed: HTTP API, functions, tables, bus, queue and build project."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_core.contributions import WebhookAdapter
from platform_core.runtime import batcher
from platform_core.runtime.bundle import BATCHER_HANDLER, ROUTER_HANDLER, adapters_json, bundle


@dataclass
class Deployed:
    """A site whose event layer answers over HTTP."""

    world: Any
    url: str
    clients: Callable[[str], Any]

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Return code and body of the answer."""
        request = urllib.request.Request(
            f"{self.url}/_platform/webhooks/signed", body, {"content-type": "application/json"} | headers
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def builds(self) -> list[str]:
        """Return the ids of all builds."""
        ids: list[str] = self.clients("codebuild").list_builds_for_project(projectName=self.world.settings.site)["ids"]
        return ids


def _zip(folder: Path) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path in sorted(folder.rglob("*.py")):
            archive.write(path, path.relative_to(folder))
    return data.getvalue()


def _function(clients: Callable[[str], Any], name: str, handler: str, code: bytes, variables: dict[str, str]) -> str:
    arn: str = clients("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler=handler,
        Role="arn:aws:iam::000000000000:role/lambda",
        Code={"ZipFile": code},
        Timeout=30,
        Environment={"Variables": variables},
    )["FunctionArn"]
    return arn


def _api(clients: Callable[[str], Any], name: str, function: str, endpoint: str) -> str:
    gateway = clients("apigatewayv2")
    api = gateway.create_api(Name=name, ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    route = "POST /_platform/webhooks/{provider}"
    gateway.create_route(ApiId=api, RouteKey=route, Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return f"{endpoint}/_aws/execute-api/{api}/$default"


@pytest.fixture(name="deployed")
def _deployed(
    make_world: Callable[..., Any],
    signed_file: Path,
    clients: Callable[[str], Any],
    aws_environment: dict[str, str],
    tmp_path: Path,
) -> Deployed:
    world = make_world()
    site = world.settings.site
    adapter = WebhookAdapter("signed", signed_file, secret=f"{site}/signed", config={"branch": "main"})
    code = _zip(bundle(tmp_path / "asset", [adapter]))
    tables = {"RECEIPTS_TABLE": world.settings.receipts, "EVENTS_TABLE": world.settings.events}
    variables = {"SITE": site, "ADAPTERS": adapters_json([adapter]), "BUS_NAME": world.settings.bus} | tables
    router = _function(clients, f"{site}-router", ROUTER_HANDLER, code, variables)
    url = _api(clients, site, router, aws_environment["AWS_ENDPOINT_URL"])
    _batching(clients, world, code)
    return Deployed(world, url, clients)


def _batching(clients: Callable[[str], Any], world: Any, code: bytes) -> None:
    site = world.settings.site
    clients("codebuild").create_project(
        name=site,
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole="arn:aws:iam::000000000000:role/build",
    )
    function = _function(
        clients, f"{site}-batcher", BATCHER_HANDLER, code, {"SITE": site, "PROJECT": site, "QUEUE_URL": world.queue}
    )
    attributes = clients("sqs").get_queue_attributes(QueueUrl=world.queue, AttributeNames=["QueueArn"])["Attributes"]
    clients("lambda").create_event_source_mapping(
        EventSourceArn=attributes["QueueArn"],
        FunctionName=function,
        BatchSize=batcher.BATCH_SIZE,
        MaximumBatchingWindowInSeconds=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )


def test_from_a_signed_webhook_to_a_build(
    deployed: Deployed, sign: Callable[..., dict[str, str]], wait_for: Callable[..., Any]
) -> None:
    """Over HTTP a signed webhook starts a build; forged, stale, oversized and replayed ones change nothing."""
    body = '{"id": "délivré"}'.encode()
    now = time.time()
    code, answer = deployed.post(body, sign(body, at=now))
    assert (code, answer["status"]) == (202, "accepted")
    wait_for(deployed.builds, "the build")
    wait_for(lambda: deployed.world.queued() == 0, "the empty queue")
    before = (deployed.world.state(), deployed.builds())
    refused = [
        deployed.post(body, sign(body, "forged", at=now)),
        deployed.post(body, sign(body, at=now - 3600)),
        deployed.post(b" " * 5000, sign(b" " * 5000, at=now)),
        deployed.post(body, sign(body, at=now)),
    ]
    assert [code for code, _ in refused] == [401, 401, 413, 409]
    assert (deployed.world.state(), deployed.builds()) == before
    assert [item["id"]["S"] for item in deployed.world.receipts] == ["signed#délivré"]
