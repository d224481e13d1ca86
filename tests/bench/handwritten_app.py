"""The baseline of the synth benchmark: the same resources, written by hand with CDK's own constructs.

``python handwritten_app.py COUNT OUTDIR VIEWER ROUTER LOGIN`` synthesizes COUNT sites. It is
what a developer writes who knows CDK and needs one kind of site: no plugins, no checks, no
choices. The bench compares the types and the number of its resources and outputs with ours and
refuses to measure when they differ.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

REGION = "us-east-1"


class Shared(Stack):
    """What all sites of the account share."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "shared", env=Environment(region=REGION), analytics_reporting=False)
        self.access = cloudfront.S3OriginAccessControl(self, "Access", origin_access_control_name="sites")
        self.pages = self.policy("Pages", "default-src 'self'; script-src 'self' https://cdn.shop.example")
        self.admin = self.policy("Admin", "default-src 'self'; connect-src 'self' https://api.github.com")

    def policy(self, name: str, csp: str) -> cloudfront.ResponseHeadersPolicy:
        """Return one policy with the usual security headers."""
        return cloudfront.ResponseHeadersPolicy(
            self,
            name,
            response_headers_policy_name=f"sites-{name.lower()}",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=csp, override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.SAMEORIGIN, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), override=True
                ),
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header="Permissions-Policy", value="camera=()", override=True)
                ]
            ),
        )


class Site(Stack):
    """One site with a CMS, a shop, and webhooks that lead to builds."""

    def __init__(self, scope: Construct, client: str, shared: Shared, files: dict[str, str]) -> None:
        super().__init__(
            scope,
            f"site-{client}",
            env=Environment(region=REGION),
            analytics_reporting=False,
            description=f"{client}.example.com",
            tags={
                "client": client,
                "domain": f"{client}.example.com",
                "stack_type": "composed",
                "parts": "hugo:0.1.0 decap:0.1.0 snipcart:0.1.0",
            },
        )
        self.client = client
        self.shared = shared
        self.files = files
        self.make_pages()
        self.make_build()
        self.make_queue()
        self.make_api()
        self.make_webhooks()
        self.make_login()
        self.make_alarms()
        self.write_outputs()

    def make_pages(self) -> None:
        """Make bucket, store, viewer function and distribution."""
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1))],
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.store = cloudfront.KeyValueStore(self, "Store", key_value_store_name=f"{self.client}-{REGION}")
        self.viewer = cloudfront.Function(
            self,
            "Viewer",
            function_name=f"{self.client}-{REGION}",
            code=cloudfront.FunctionCode.from_inline(self.files["viewer"]),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            key_value_store=self.store,
        )
        origin = origins.S3BucketOrigin.with_origin_access_control(
            self.bucket, origin_access_control=self.shared.access
        )
        missing = [
            cloudfront.ErrorResponse(
                http_status=status, response_http_status=404, response_page_path="/404.html", ttl=Duration.seconds(60)
            )
            for status in (403, 404)
        ]
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{self.client}.example.com",
            default_behavior=self.pages(origin, self.shared.pages),
            additional_behaviors={"/admin/*": self.pages(origin, self.shared.admin)},
            error_responses=missing,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        )

    def pages(self, origin: cloudfront.IOrigin, policy: cloudfront.ResponseHeadersPolicy) -> cloudfront.BehaviorOptions:
        """Return how pages are served."""
        return cloudfront.BehaviorOptions(
            origin=origin,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=self.viewer, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
                )
            ],
            response_headers_policy=policy,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )

    def make_build(self) -> None:
        """Make the build project."""
        log = self.log("BuildLog")
        role = self.role(
            "BuildRole",
            "codebuild.amazonaws.com",
            log,
            (["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [self.bucket.arn_for_objects("*")]),
            (["s3:ListBucket"], [self.bucket.bucket_arn]),
            (["cloudfront-keyvaluestore:*"], [self.store.key_value_store_arn]),
        )
        self.build = codebuild.Project(
            self,
            "Build",
            role=role.without_policy_updates(),
            source=codebuild.Source.s3(bucket=self.bucket, path="source.zip"),
            concurrent_build_limit=1,
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
                compute_type=codebuild.ComputeType.SMALL,
            ),
            environment_variables={
                "BUCKET": codebuild.BuildEnvironmentVariable(value=self.bucket.bucket_name),
                "DISTRIBUTION": codebuild.BuildEnvironmentVariable(value=self.distribution.distribution_id),
                "STORE": codebuild.BuildEnvironmentVariable(value=self.store.key_value_store_arn),
            },
            logging=codebuild.LoggingOptions(cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=log)),
            build_spec=codebuild.BuildSpec.from_object(
                {"version": "0.2", "phases": {"build": {"commands": ["make publish"]}}}
            ),
            timeout=Duration.minutes(30),
            queued_timeout=Duration.minutes(30),
        )

    def make_queue(self) -> None:
        """Make the build queue and the function that starts builds."""
        common = {"encryption": sqs.QueueEncryption.SQS_MANAGED, "enforce_ssl": True}
        self.dead = sqs.Queue(self, "Dead", retention_period=Duration.days(14), **common)
        self.queue = sqs.Queue(
            self,
            "Queue",
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(360),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=100),
            **common,
        )
        batcher = self.function(
            "Batcher",
            "router",
            "platform_core.runtime.batcher.handler",
            {"SITE": self.client, "PROJECT": self.build.project_name},
            (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], [self.queue.queue_arn]),
            (["codebuild:StartBuild", "codebuild:BatchGetBuilds"], [self.build.project_arn]),
        )
        lambda_.EventSourceMapping(
            self,
            "Trigger",
            target=batcher,
            event_source_arn=self.queue.queue_arn,
            batch_size=100,
            max_batching_window=Duration.seconds(5),
            report_batch_item_failures=True,
        )

    def make_api(self) -> None:
        """Make the HTTP API, and the distribution's way to it."""
        log = self.log("ApiLog", f"/aws/vendedlogs/{self.client}/api")
        self.api = apigw.HttpApi(self, "Api", create_default_stage=False)
        apigw.CfnStage(
            self,
            "Stage",
            api_id=self.api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings={"throttlingRateLimit": 20, "throttlingBurstLimit": 40},
            access_log_settings={"destinationArn": log.log_group_arn, "format": "$context.requestId $context.status"},
        )
        self.distribution.add_behavior(
            "/_platform/*",
            origins.HttpOrigin(
                f"{self.api.api_id}.execute-api.{REGION}.amazonaws.com",
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            ),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=self.shared.pages,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        )

    def make_webhooks(self) -> None:
        """Make the router, its tables and its bus."""
        self.receipts = self.table("Receipts", backups=False)
        self.events = self.table("Events", backups=True)
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"{self.client}-events")
        events.Rule(
            self,
            "Builds",
            event_bus=self.bus,
            event_pattern=events.EventPattern(source=["webhooks"], detail={"event": {"build": [True]}}),
            targets=[targets.SqsQueue(self.queue)],
        )
        secrets = [
            f"arn:aws:secretsmanager:{REGION}:{self.account}:secret:{self.client}/{name}-??????" for name in "ab"
        ]
        self.router = self.function(
            "Router",
            "router",
            "platform_core.runtime.router.handler",
            {
                "SITE": self.client,
                "RECEIPTS_TABLE": self.receipts.table_name,
                "EVENTS_TABLE": self.events.table_name,
                "BUS_NAME": self.bus.event_bus_name,
            },
            (["secretsmanager:GetSecretValue"], secrets),
            (["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], [self.receipts.table_arn]),
            (["dynamodb:PutItem"], [self.events.table_arn]),
            (["events:PutEvents"], [self.bus.event_bus_arn]),
        )
        self.route("Webhooks", "/_platform/webhooks/{provider}", apigw.HttpMethod.POST, self.router)

    def make_login(self) -> None:
        """Make the function with which editors log in."""
        secret = f"arn:aws:secretsmanager:{REGION}:{self.account}:secret:{self.client}/oauth-??????"
        login = self.function(
            "Login",
            "login",
            "oauth.handler",
            {"SITE_ORIGIN": f"https://{self.distribution.distribution_domain_name}", "CLIENT_ID": "Iv1.0123456789"},
            (["secretsmanager:GetSecretValue"], [secret]),
        )
        for step in ("auth", "callback"):
            self.route(f"Login{step}", f"/_platform/login/{step}", apigw.HttpMethod.GET, login)

    def make_alarms(self) -> None:
        """Make the alarms."""
        failed = cloudwatch.Metric(
            namespace="AWS/CodeBuild",
            metric_name="FailedBuilds",
            dimensions_map={"ProjectName": self.build.project_name},
            statistic="Sum",
        )
        metrics = {
            "FailedBuild": (failed, 0),
            "DeadLetters": (self.dead.metric_approximate_number_of_messages_visible(statistic="Maximum"), 0),
            "StuckQueue": (self.queue.metric_approximate_age_of_oldest_message(statistic="Maximum"), 2400),
            "RouterErrors": (self.router.metric_errors(statistic="Sum"), 0),
            "ServerErrors": (self.api.metric_server_error(statistic="Sum"), 0),
        }
        for name, (metric, threshold) in metrics.items():
            cloudwatch.Alarm(
                self,
                name,
                metric=metric,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                evaluation_periods=1,
                threshold=threshold,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )

    def write_outputs(self) -> None:
        """Write what people and programs ask for."""
        values = {
            "Address": f"https://{self.distribution.distribution_domain_name}",
            "BucketName": self.bucket.bucket_name,
            "BuildProject": self.build.project_name,
            "DistributionDomain": self.distribution.distribution_domain_name,
            "DistributionId": self.distribution.distribution_id,
            "Host": f"{self.client}.example.com",
            "StoreArn": self.store.key_value_store_arn,
            "ApiId": self.api.api_id,
            "WebhookBase": f"https://{self.distribution.distribution_domain_name}/_platform/webhooks",
            "QueueUrl": self.queue.queue_url,
            "DeadLettersUrl": self.dead.queue_url,
            "ReceiptsTable": self.receipts.table_name,
            "EventsTable": self.events.table_name,
            "BusName": self.bus.event_bus_name,
        }
        for name, value in values.items():
            CfnOutput(self, name, value=value)

    def function(
        self,
        name: str,
        asset: str,
        handler: str,
        environment: dict[str, str],
        *statements: tuple[list[str], list[str]],
    ) -> lambda_.Function:
        """Return a function with its log and its role."""
        log = self.log(f"{name}Log")
        return lambda_.Function(
            self,
            name,
            architecture=lambda_.Architecture.ARM_64,
            runtime=lambda_.Runtime.PYTHON_3_13,
            code=lambda_.Code.from_asset(self.files[asset]),
            handler=handler,
            environment=environment,
            role=self.role(f"{name}Role", "lambda.amazonaws.com", log, *statements),
            log_group=log,
            timeout=Duration.seconds(15),
            memory_size=256,
        )

    def role(self, name: str, service: str, log: logs.LogGroup, *statements: tuple[list[str], list[str]]) -> iam.Role:
        """Return a role that may write its log and do what the statements say."""
        own = (["logs:CreateLogStream", "logs:PutLogEvents"], [log.log_group_arn])
        document = iam.PolicyDocument(
            statements=[iam.PolicyStatement(actions=list(a), resources=list(r)) for a, r in (own, *statements)]
        )
        return iam.Role(self, name, assumed_by=iam.ServicePrincipal(service), inline_policies={"work": document})

    def log(self, name: str, group: str | None = None) -> logs.LogGroup:
        """Return a log group."""
        return logs.LogGroup(
            self,
            name,
            log_group_name=group,
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def table(self, name: str, *, backups: bool) -> dynamodb.Table:
        """Return a table."""
        return dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            time_to_live_attribute="expires",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=backups
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def route(self, name: str, path: str, method: apigw.HttpMethod, function: lambda_.Function) -> None:
        """Let a function answer for a path."""
        integration = integrations.HttpLambdaIntegration(name, function)
        self.api.add_routes(path=path, methods=[method], integration=integration)


def main(count: int, outdir: str, files: dict[str, str]) -> None:
    """Synthesize the sites, with the switches that the other side has too."""
    app = App(
        outdir=outdir,
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        stack_traces=False,
        tree_metadata=False,
    )
    shared = Shared(app)
    for number in range(count):
        Site(app, f"site-{number}", shared, files)
    app.synth()


if __name__ == "__main__":
    viewer = Path(sys.argv[3]).read_text("utf-8")
    main(int(sys.argv[1]), sys.argv[2], {"viewer": viewer, "router": sys.argv[4], "login": sys.argv[5]})
