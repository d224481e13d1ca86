"""A site's event layer in an embedded AWS, by plain API calls, for tests.

It has what the site's stack has, with the same modules in the functions: HTTP API,
router, receipts, events and bus, queue with dead letters, batcher, build project. CDK
is left out, so that a test has one within a second, and a fleet within a minute.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_core.contributions import WebhookAdapter
from platform_core.outputs import (
    API_ID,
    BUCKET,
    BUILD_PROJECT,
    BUS_NAME,
    DEAD_LETTERS_URL,
    EVENTS_TABLE,
    QUEUE_URL,
    RECEIPTS_TABLE,
    Outputs,
)
from platform_core.runtime import batcher
from platform_core.runtime.bundle import BATCHER_HANDLER, ROUTER_HANDLER, adapters_json, bundle
from platform_core.runtime.sinks import SOURCE

__all__ = ["EventLayer", "Knobs", "make_event_layer", "zipped"]

Clients = Callable[[str], Any]


@dataclass(frozen=True)
class Knobs:
    """What a test turns, because it has no hours to wait.

    Attributes:
        event_driven: With events table and bus.
        receives: After how many a message is dead.
        visibility: Seconds until a message that was not served comes back.
        per_day: The budget of builds.
        batcher: Variables of the batcher function; an address of a service, for instance.
        consume: Whether the batcher reads the queue.
        project: Whether the build project exists.
    """

    event_driven: bool = True
    receives: int = batcher.MAX_RECEIVES
    visibility: int = batcher.VISIBILITY_SECONDS
    per_day: int = 1000
    batcher: Mapping[str, str] = field(default_factory=dict)
    consume: bool = True
    project: bool = True


@dataclass(frozen=True)
class EventLayer:
    """One site's event layer.

    Attributes:
        site: The client's id; also the name of the build project.
        url: Below it each provider has its path.
        outputs: As a deployed stack tells them.
    """

    site: str
    clients: Clients
    url: str
    outputs: Outputs

    def builds(self) -> list[str]:
        """Return the ids of all builds."""
        found: list[str] = self.clients("codebuild").list_builds_for_project(projectName=self.site)["ids"]
        return found

    def make_project(self) -> None:
        """Create the build project."""
        self.clients("codebuild").create_project(
            name=self.site,
            source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={"type": "LINUX_CONTAINER", "image": "standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"},
            serviceRole="arn:aws:iam::000000000000:role/build",
        )

    def waiting(self, *, dead: bool = False) -> int:
        """Return how many messages the queue holds, or the dead letters."""
        url = self.outputs.get(DEAD_LETTERS_URL if dead else QUEUE_URL)
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)


def zipped(folder: Path, adapters: Sequence[WebhookAdapter]) -> bytes:
    """Return the code of the functions, as the stack's asset has it."""
    data = io.BytesIO()
    made = bundle(folder, adapters)
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(made.rglob("*.py")):
            archive.write(path, path.relative_to(made))
    return data.getvalue()


def make_event_layer(
    clients: Clients,
    endpoint: str,
    site: str,
    *,
    adapters: Sequence[WebhookAdapter],
    code: bytes,
    knobs: Knobs = Knobs(),
) -> EventLayer:
    """Create the event layer of a site; the secrets of its adapters are the caller's.

    Args:
        clients: Returns the client of a service of the embedded AWS.
        endpoint: Its address.
        site: The client's id.
        adapters: One for each provider.
        code: From `zipped`.
        knobs: What differs from a stack.
    """
    _table(clients, f"{site}-receipts")
    dead, queue = _queues(clients, site, knobs)
    places = {"RECEIPTS_TABLE": f"{site}-receipts"}
    if knobs.event_driven:
        _bus(clients, site, _arn(clients, queue), _arn(clients, dead))
        places |= {"EVENTS_TABLE": f"{site}-events", "BUS_NAME": site}
    else:
        places |= {"QUEUE_URL": queue}
    variables = {"SITE": site, "ADAPTERS": adapters_json(adapters), **places}
    router = _function(clients, f"{site}-router", ROUTER_HANDLER, code, variables)
    api = _api(clients, site, router)
    values = {
        API_ID: api,
        BUCKET: f"{site}-bucket",
        BUILD_PROJECT: site,
        DEAD_LETTERS_URL: dead,
        QUEUE_URL: queue,
        RECEIPTS_TABLE: f"{site}-receipts",
        **({EVENTS_TABLE: f"{site}-events", BUS_NAME: site} if knobs.event_driven else {}),
    }
    url = f"{endpoint}/_aws/execute-api/{api}/$default/_platform/webhooks"
    made = EventLayer(site, clients, url, Outputs(values))
    if knobs.project:
        made.make_project()
    if knobs.consume:
        _batching(clients, site, queue, code, knobs)
    return made


def _queues(clients: Clients, site: str, knobs: Knobs) -> tuple[str, str]:
    sqs = clients("sqs")
    dead = str(sqs.create_queue(QueueName=f"{site}-dead")["QueueUrl"])
    redrive = {"deadLetterTargetArn": _arn(clients, dead), "maxReceiveCount": knobs.receives}
    attributes = {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": str(knobs.visibility)}
    return dead, str(sqs.create_queue(QueueName=site, Attributes=attributes)["QueueUrl"])


def _arn(clients: Clients, url: str) -> str:
    found = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def _table(clients: Clients, name: str) -> None:
    clients("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _bus(clients: Clients, site: str, queue: str, dead: str) -> None:
    _table(clients, f"{site}-events")
    events = clients("events")
    events.create_event_bus(Name=site)
    pattern = {"source": [SOURCE], "detail": {"event": {"build": [True]}}}
    events.put_rule(Name="builds", EventBusName=site, EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": queue, "DeadLetterConfig": {"Arn": dead}}
    events.put_targets(Rule="builds", EventBusName=site, Targets=[target])


def _function(clients: Clients, name: str, handler: str, code: bytes, variables: Mapping[str, str]) -> str:
    made = clients("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler=handler,
        Role="arn:aws:iam::000000000000:role/lambda",
        Code={"ZipFile": code},
        Timeout=30,
        Environment={"Variables": dict(variables)},
    )
    return str(made["FunctionArn"])


def _api(clients: Clients, name: str, function: str) -> str:
    gateway = clients("apigatewayv2")
    api = str(gateway.create_api(Name=name, ProtocolType="HTTP")["ApiId"])
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    route = "POST /_platform/webhooks/{provider}"
    gateway.create_route(ApiId=api, RouteKey=route, Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return api


def _batching(clients: Clients, site: str, queue: str, code: bytes, knobs: Knobs) -> None:
    variables = {"SITE": site, "PROJECT": site, "QUEUE_URL": queue, "BUILDS_PER_DAY": str(knobs.per_day)}
    function = _function(clients, f"{site}-batcher", BATCHER_HANDLER, code, {**variables, **knobs.batcher})
    clients("lambda").put_function_concurrency(FunctionName=f"{site}-batcher", ReservedConcurrentExecutions=1)
    clients("lambda").create_event_source_mapping(
        EventSourceArn=_arn(clients, queue),
        FunctionName=function,
        BatchSize=batcher.BATCH_SIZE,
        MaximumBatchingWindowInSeconds=batcher.WINDOW_SECONDS,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
