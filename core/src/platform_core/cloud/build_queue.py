"""The build queue: build requests wait here until no build runs, then one build serves all.

What can't be delivered to it, or waited for too long, lies among its dead letters.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from platform_core.cloud.build_project import BuildProject
from platform_core.cloud.durations import days, seconds
from platform_core.cloud.functions import PythonFunction, PythonFunctionProps
from platform_core.cloud.grants import Statement, allow
from platform_core.runtime import batcher
from platform_core.runtime.bundle import BATCHER_HANDLER

__all__ = ["BuildQueue", "BuildQueueProps"]


@dataclass(frozen=True)
class BuildQueueProps:
    """Properties of `BuildQueue`.

    Attributes:
        site: The client's id; messages of another site are refused.
        asset: The folder with the runtime.
        build: The project that is started.
        per_day: How many builds may start within 24 hours.
        require_tls: Deny messages that do not come over TLS.
    """

    site: str
    asset: str
    build: BuildProject
    per_day: int = 200
    require_tls: bool = True


class BuildQueue(Construct):
    """A queue, its dead letters, and the batcher function that starts builds.

    Attributes:
        queue: Build requests.
        arn: Its ARN.
        url: Its address.
        dead_letters: What could not be read, or waited for days.
        batcher: The function.
    """

    def __init__(self, scope: Construct, construct_id: str, props: BuildQueueProps) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = self._queue("DeadLetters", props, retention=days(14))
        self.queue = self._queue(
            "Queue",
            props,
            retention=seconds(batcher.RETENTION_SECONDS),
            visibility=seconds(batcher.VISIBILITY_SECONDS),
            dead=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=batcher.MAX_RECEIVES),
        )
        self.arn = self.queue.queue_arn
        self.url = self.queue.queue_url
        self.batcher = PythonFunction(
            self,
            "Batcher",
            PythonFunctionProps(
                asset=props.asset,
                handler=BATCHER_HANDLER,
                environment={
                    "SITE": props.site,
                    "PROJECT": props.build.name,
                    "QUEUE_URL": self.url,
                    "BUILDS_PER_DAY": str(props.per_day),
                },
                statements=self._statements(props),
                timeout=batcher.TIMEOUT_SECONDS,
                reserved=1,
                description=f"Starts the builds of {props.site}, one at a time.",
            ),
        )
        lambda_.EventSourceMapping(
            self,
            "Trigger",
            target=self.batcher.function,
            event_source_arn=self.arn,
            batch_size=batcher.BATCH_SIZE,
            max_batching_window=seconds(batcher.WINDOW_SECONDS),
            report_batch_item_failures=True,
        )
        self._build_again(props)

    def target(self) -> targets.SqsQueue:
        """Return the queue as the target of a rule; what can't be delivered is a dead letter."""
        return targets.SqsQueue(self.queue, dead_letter_queue=self.dead_letters)

    def build_at_times(self, site: str, often: str) -> None:
        """Ask for a build every hour or every day, at a minute that the site's name decides.

        Sites of one account do not all build at the full hour by that.
        """
        moment = int(hashlib.sha256(site.encode()).hexdigest(), 16)
        hour = None if often == "hourly" else str(moment // 60 % 24)
        request = {"site": site, "event": {"id": "schedule", "provider": "schedule", "build": True}}
        events.Rule(
            self,
            "Schedule",
            description=f"Builds {site} {often}, for entries with a time.",
            schedule=events.Schedule.cron(minute=str(moment % 60), hour=hour),
            targets=[
                targets.SqsQueue(
                    self.queue,
                    dead_letter_queue=self.dead_letters,
                    message=events.RuleTargetInput.from_object(request),
                )
            ],
        )

    def _build_again(self, props: BuildQueueProps) -> None:
        """Put a failed build onto the queue: what it should have served must not be lost."""
        detail = {"project-name": [props.build.name], "build-status": list(batcher.FAILURES)}
        events.Rule(
            self,
            "FailedBuilds",
            description=f"A failed build of {props.site} is tried again.",
            event_pattern=events.EventPattern(
                source=["aws.codebuild"], detail_type=[batcher.FAILED_BUILD], detail=detail
            ),
            targets=[self.target()],
        )

    def _statements(self, props: BuildQueueProps) -> list[Statement]:
        builds = ["codebuild:ListBuildsForProject", "codebuild:BatchGetBuilds", "codebuild:StartBuild"]
        return [
            allow("Queue", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], [self.arn]),
            allow("Waiting", ["sqs:ChangeMessageVisibility"], [self.arn]),
            allow("Builds", builds, [props.build.arn]),
        ]

    def _queue(
        self,
        construct_id: str,
        props: BuildQueueProps,
        *,
        retention: Duration,
        visibility: Duration | None = None,
        dead: sqs.DeadLetterQueue | None = None,
    ) -> sqs.Queue:
        return sqs.Queue(
            self,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=props.require_tls,
            retention_period=retention,
            visibility_timeout=visibility,
            dead_letter_queue=dead,
            removal_policy=RemovalPolicy.DESTROY,
        )
