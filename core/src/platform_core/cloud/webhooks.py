"""The event layer's entrance: the router function, its receipts, events and bus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from constructs import Construct

from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.build_queue import BuildQueue
from platform_core.cloud.functions import PythonFunction, PythonFunctionProps
from platform_core.cloud.grants import Statement, allow
from platform_core.cloud.secrets import secret_arn
from platform_core.contributions import WebhookAdapter
from platform_core.runtime.bundle import ROUTER_HANDLER, adapters_json
from platform_core.runtime.receipts import LEASE_SECONDS
from platform_core.runtime.sinks import SOURCE

__all__ = ["Webhooks", "WebhooksProps"]

# A request must end before its claim does.
_TIMEOUT = LEASE_SECONDS // 2


@dataclass(frozen=True)
class WebhooksProps:
    """Properties of `Webhooks`.

    Attributes:
        site: The client's id.
        asset: The folder with the runtime and the adapters.
        adapters: One for each provider.
        queue: Where build requests go.
        event_driven: Store each event and announce it on a bus; else straight to the queue.
        durable: Keep 35 days of continuous backups of the events.
    """

    site: str
    asset: str
    adapters: Sequence[WebhookAdapter]
    queue: BuildQueue
    event_driven: bool = True
    durable: bool = True


class Webhooks(Construct):
    """The router function and what it writes to.

    Attributes:
        router: The function.
        receipts: Which event was taken in already.
        events: Every verified event; None in direct mode.
        bus: Where events are announced; None in direct mode.
        receipts_name: Name of the table.
        events_name: Name of the table; empty in direct mode.
        bus_name: Name of the bus; empty in direct mode.
    """

    def __init__(self, scope: Construct, construct_id: str, props: WebhooksProps) -> None:
        super().__init__(scope, construct_id)
        # A receipt is of use for its lifetime only; there is nothing to restore.
        self.receipts = _table(self, "Receipts", backups=False)
        self.events = _table(self, "Events", backups=props.durable) if props.event_driven else None
        self.bus = self._make_bus(props) if props.event_driven else None
        self.receipts_name = self.receipts.table_name
        self.events_name = self.events.table_name if self.events else ""
        self.bus_name = self.bus.event_bus_name if self.bus else ""
        self.router = PythonFunction(
            self,
            "Router",
            PythonFunctionProps(
                asset=props.asset,
                handler=ROUTER_HANDLER,
                environment=self._environment(props),
                statements=self._statements(props),
                timeout=_TIMEOUT,
                description=f"Verifies and stores the webhooks of {props.site}.",
            ),
        )

    def _make_bus(self, props: WebhooksProps) -> events.EventBus:
        bus = events.EventBus(self, "Bus", event_bus_name=f"{Stack.of(self).stack_name}-events")
        events.Rule(
            self,
            "Builds",
            event_bus=bus,
            description="Events that a build follows from go to the build queue.",
            event_pattern=events.EventPattern(source=[SOURCE], detail={"event": {"build": [True]}}),
            targets=[props.queue.target()],
        )
        return bus

    def _environment(self, props: WebhooksProps) -> dict[str, str]:
        environment = {
            "SITE": props.site,
            "ADAPTERS": adapters_json(props.adapters),
            "RECEIPTS_TABLE": self.receipts_name,
        }
        if self.events and self.bus:
            return environment | {"EVENTS_TABLE": self.events_name, "BUS_NAME": self.bus_name}
        return environment | {"QUEUE_URL": props.queue.url}

    def _statements(self, props: WebhooksProps) -> list[Statement]:
        secrets = [secret_arn(self, adapter.secret) for adapter in props.adapters]
        receipts = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
        statements = [
            allow("Secrets", ["secretsmanager:GetSecretValue"], secrets),
            allow("Receipts", receipts, [self.receipts.table_arn]),
        ]
        if self.events and self.bus:
            return [
                *statements,
                allow("Events", ["dynamodb:PutItem"], [self.events.table_arn]),
                allow("Bus", ["events:PutEvents"], [self.bus.event_bus_arn]),
            ]
        return [*statements, allow("Queue", ["sqs:SendMessage"], [props.queue.arn])]


def _table(scope: Construct, construct_id: str, *, backups: bool) -> dynamodb.Table:
    table = dynamodb.Table(
        scope,
        construct_id,
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.AWS_MANAGED,
        time_to_live_attribute="expires",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=backups
        ),
        removal_policy=RemovalPolicy.DESTROY,
    )
    if not backups:
        acknowledge(
            table,
            {
                "AwsSolutions-DDB3": "Receipts only tell a repeated delivery from a new one and expire by themselves; "
                "a restored copy would refuse events that were never taken in."
            },
        )
    return table
