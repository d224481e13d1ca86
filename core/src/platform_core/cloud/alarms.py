"""What somebody should know of: dead letters, a stuck queue, builds over the budget, failed webhooks and failed builds."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from platform_core.cloud.build_project import BUILD_MINUTES, BuildProject
from platform_core.cloud.build_queue import BuildQueue
from platform_core.cloud.gateway import Gateway
from platform_core.cloud.server import ServerFunction
from platform_core.cloud.webhooks import Webhooks
from platform_core.runtime.batcher import OVER_BUDGET

__all__ = ["Alarms", "AlarmsProps"]


@dataclass(frozen=True)
class AlarmsProps:
    """Properties of `Alarms`.

    Attributes:
        build: Failed builds.
        queue: Dead letters, requests that wait longer than a build may take, and builds over the budget.
        webhooks: Errors of the router.
        gateway: Answers with 5xx.
        server: Errors of the function that renders.
        email: Who hears of it; nobody when empty, and the alarms are only shown.
    """

    build: BuildProject
    queue: BuildQueue | None = None
    webhooks: Webhooks | None = None
    gateway: Gateway | None = None
    server: ServerFunction | None = None
    email: str = ""


class Alarms(Construct):
    """The alarms of one site.

    Attributes:
        topic: Where alarms go; None without an e-mail address.
    """

    def __init__(self, scope: Construct, construct_id: str, props: AlarmsProps) -> None:
        super().__init__(scope, construct_id)
        self.topic = self._make_topic(props.email) if props.email else None
        failed = cloudwatch.Metric(
            namespace="AWS/CodeBuild",
            metric_name="FailedBuilds",
            dimensions_map={"ProjectName": props.build.name},
            statistic="Sum",
        )
        self._alarm("FailedBuild", failed, "A build failed; the release before it stays live.")
        if props.queue:
            self._alarm("BuildBudget", self._put_off(props.queue), "Builds wait: the site used up its budget of a day.")
            letters = props.queue.dead_letters.metric_approximate_number_of_messages_visible(statistic="Maximum")
            self._alarm("DeadLetters", letters, "A build request could not be served.")
            age = props.queue.queue.metric_approximate_age_of_oldest_message(statistic="Maximum")
            limit = (BUILD_MINUTES + 10) * 60
            self._alarm("StuckQueue", age, "Build requests wait longer than a build may take.", limit)
        if props.webhooks:
            errors = props.webhooks.router.function.metric_errors(statistic="Sum")
            self._alarm("RouterErrors", errors, "The router function failed.")
        if props.gateway:
            refused = props.gateway.api.metric_server_error(statistic="Sum")
            self._alarm("ServerErrors", refused, "Webhooks or logins were answered with 5xx.")

        if props.server:
            # Not the function's errors: the guard answers those of the site's code with 500, and lives on.
            broken = props.server.function.metric("Url5xxCount", statistic="Sum")
            self._alarm("RenderErrors", broken, "The server of the site failed; visitors saw an error page.")
            throttled = props.server.function.metric_throttles(statistic="Sum")
            self._alarm("RenderThrottles", throttled, "More visitors at once than the account lets functions run.")

    def _put_off(self, queue: BuildQueue) -> cloudwatch.Metric:
        """Count the batches that the budget put off; the metric exists, and costs, only while there are some."""
        made = logs.MetricFilter(
            self,
            "OverBudget",
            log_group=queue.batcher.log,
            filter_pattern=logs.FilterPattern.string_value("$.outcome", "=", OVER_BUDGET),
            metric_namespace="Platform",
            metric_name=f"{Stack.of(self).stack_name}-over-budget",
            metric_value="1",
        )
        return made.metric(statistic="Sum")

    def _alarm(self, construct_id: str, metric: cloudwatch.IMetric, description: str, threshold: int = 0) -> None:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            alarm_description=description,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            threshold=threshold,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        if self.topic:
            alarm.add_alarm_action(actions.SnsAction(self.topic))

    def _make_topic(self, email: str) -> sns.Topic:
        # CloudWatch may not use the key that AWS manages for SNS, so the topic has its own.
        key = kms.Key(
            self, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY, pending_window=Duration.days(7)
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=["*"],
            )
        )
        topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(email))
        return topic
