"""The stack of a site, read from its template: what is there, and what it may do."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core import outputs
from platform_core.assembly import read_assembly
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.errors import DeployError
from platform_core.site import parse_site
from platform_testing.distributions import add_distribution

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

COMPOSED = 'cms = "cms-memory"\nshop = "shop-memory"\n'
CMS = 'cms = "cms-memory"\n'
SERVER = 'rendering = "server"\n'
ZONE = 'hosted_zone_id = "Z0123456789"\n'
Make = Callable[..., Composition]
Synth = Callable[..., dict[str, Any]]


@pytest.fixture
def make(fake_plugins: Path, tmp_path: Path) -> Make:
    """Return a function that composes a site of the reference fakes."""

    def composed(parts: str = "", *, client: str = "acme", aws: str = "", head: str = "") -> Composition:
        text = f'client = "{client}"\ndomain = "www.{client}.example"\nengine = "ssg-echo"\n{parts}{head}'
        catalogue = Catalogue(discover(disabled=()).plugins)
        return compose(parse_site(text + (f"[aws]\n{aws}" if aws else ""), catalogue), tmp_path, catalogue)

    return composed


@pytest.fixture
def synth(tmp_path: Path) -> Synth:
    """Return a function that synthesizes compositions and returns stack name -> template."""
    from platform_core.cloud.app import synthesize

    def templates(*compositions: Composition, stage: str = "aws", validate: bool = False) -> dict[str, Any]:
        sites = [
            (
                item,
                Stage("aws", f"https://{item.site.domain}") if stage == "aws" else Stage("local", "http://localhost:1"),
            )
            for item in compositions
        ]
        synthesize(sites, tmp_path / "out", validate=validate)
        stacks = read_assembly(tmp_path / "out").stacks
        return {stack.name: json.loads(stack.template.read_text()) for stack in stacks}

    return templates


def only(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the properties of the one resource of *kind*."""
    (found,) = every(template, kind)
    return found


def every(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the properties of each resource of *kind*."""
    return [item["Properties"] for item in template["Resources"].values() if item["Type"] == f"AWS::{kind}"]


def statements(template: dict[str, Any], service: str) -> dict[str, dict[str, Any]]:
    """Return Sid -> statement of the roles of one service."""
    found = {}
    for role in every(template, "IAM::Role"):
        if role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] == service:
            for policy in role["Policies"]:
                found |= {item["Sid"]: item for item in policy["PolicyDocument"]["Statement"]}
    return found


def test_a_template_site_has_a_bucket_an_edge_and_a_build_and_nothing_else(make: Make, synth: Synth):
    """Without webhooks there is no API, no queue, no table and no function to pay for."""
    site = synth(make())["platform-acme"]
    kinds = Counter(item["Type"] for item in site["Resources"].values())
    assert kinds == {
        "AWS::S3::Bucket": 1,
        "AWS::S3::BucketPolicy": 1,
        "AWS::CloudFront::KeyValueStore": 1,
        "AWS::CloudFront::Function": 1,
        "AWS::CloudFront::Distribution": 1,
        "AWS::Logs::LogGroup": 1,
        "AWS::IAM::Role": 1,
        "AWS::CodeBuild::Project": 1,
        "AWS::CloudWatch::Alarm": 1,
    }


def test_the_bucket_is_private_encrypted_and_answers_over_tls_only(make: Make, synth: Synth):
    """Public access is blocked, and plain HTTP is denied."""
    site = synth(make())["platform-acme"]
    bucket = only(site, "S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    denied = [
        item for item in only(site, "S3::BucketPolicy")["PolicyDocument"]["Statement"] if item["Effect"] == "Deny"
    ]
    assert {"Bool": {"aws:SecureTransport": "false"}} in [item["Condition"] for item in denied]


def test_cloudfront_may_read_what_is_public_and_not_the_source(make: Make, synth: Synth):
    """The distribution reads releases and the error page; manifests and the source stay closed."""
    policy = only(synth(make())["platform-acme"], "S3::BucketPolicy")["PolicyDocument"]["Statement"]
    allowed = {item["Action"]: item for item in policy if item["Effect"] == "Allow"}
    assert set(allowed) == {"s3:GetObject", "s3:ListBucket"}
    readable = [item["Fn::Join"][1][-1] for item in allowed["s3:GetObject"]["Resource"]]
    assert readable == ["/releases/*", "/_errors/*"]
    assert all("AWS:SourceArn" in item["Condition"]["StringEquals"] for item in allowed.values())


def test_the_viewer_function_knows_its_host_and_reads_the_store(make: Make, synth: Synth):
    """The marker in the source is replaced, and the function is bound to the site's store."""
    site = synth(make())["platform-acme"]
    function = only(site, "CloudFront::Function")
    assert "'www.acme.example'" in function["FunctionCode"]
    assert "__DEFAULT_HOST__" not in function["FunctionCode"]
    (bound,) = function["FunctionConfig"]["KeyValueStoreAssociations"]
    store = next(name for name, item in site["Resources"].items() if item["Type"].endswith("KeyValueStore"))
    assert bound["KeyValueStoreARN"]["Fn::GetAtt"] == [store, "Arn"]


def test_the_viewer_function_fits_into_cloudfront(make: Make):
    """CloudFront takes ten kilobytes, for the longest host name too."""
    from platform_core.cloud.edge import viewer_code

    assert len(viewer_code("a" * 253).encode()) <= 10_240


def test_pages_are_cached_by_path_alone_and_errors_show_the_sites_page(make: Make, synth: Synth):
    """The managed policy has no cookie and no query in its key; a refusal stays a refusal."""
    config = only(synth(make())["platform-acme"], "CloudFront::Distribution")["DistributionConfig"]
    assert config["DefaultCacheBehavior"]["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert config["HttpVersion"] == "http2and3"
    (error,) = config["CustomErrorResponses"]
    assert (error["ErrorCode"], error["ResponseCode"], error["ResponsePagePath"]) == (404, 404, "/_errors/404.html")


def test_without_a_zone_there_is_no_certificate_and_no_record(make: Make, synth: Synth):
    """The site answers under CloudFront's own name."""
    site = synth(make())["platform-acme"]
    assert not every(site, "CertificateManager::Certificate")
    assert not every(site, "Route53::RecordSet")
    assert "Aliases" not in only(site, "CloudFront::Distribution")["DistributionConfig"]


def test_a_zone_brings_certificate_alias_and_both_records(make: Make, synth: Synth):
    """In the region of certificates everything is in the site's own stack."""
    site = synth(make(aws=ZONE))["platform-acme"]
    assert only(site, "CertificateManager::Certificate")["DomainName"] == "www.acme.example"
    config = only(site, "CloudFront::Distribution")["DistributionConfig"]
    assert config["Aliases"] == ["www.acme.example"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert {item["Type"] for item in every(site, "Route53::RecordSet")} == {"A", "AAAA"}
    assert site["Outputs"]["Address"]["Value"] == "https://www.acme.example"


def test_a_certificate_crosses_regions_without_a_custom_resource(make: Make, synth: Synth):
    """A site elsewhere reads the output of a small stack in us-east-1."""
    stacks = synth(make(aws=ZONE + 'region = "eu-central-1"\n'))
    site, beside = stacks["platform-acme"], stacks["platform-acme-certificate"]
    arn = only(site, "CloudFront::Distribution")["DistributionConfig"]["ViewerCertificate"]["AcmCertificateArn"]
    assert arn["Fn::GetStackOutput"] == {
        "StackName": "platform-acme-certificate",
        "Region": "us-east-1",
        "OutputName": "CertificateArn",
    }
    assert only(beside, "CertificateManager::Certificate")["DomainName"] == "www.acme.example"
    assert not [item for stack in stacks.values() for item in every(stack, "Lambda::Function")]


def test_the_build_installs_exactly_what_synthesized_it(make: Make, synth: Synth):
    """Every distribution is pinned to the version that is installed here."""
    project = only(synth(make(COMPOSED))["platform-acme"], "CodeBuild::Project")
    spec = json.loads(project["Source"]["BuildSpec"])
    install = spec["phases"]["install"]["commands"][0]
    for name in (
        "platform-core==",
        "platform-cli==",
        "platform-plugin-ssg-echo==1.0",
        "platform-plugin-cms-memory==1.0",
    ):
        assert f"'{name}" in install
    assert spec["phases"]["build"]["commands"] == ["platform build --publish"]


def test_the_build_gets_what_the_publisher_reads_from_the_environment(make: Make, synth: Synth):
    """What `Outputs.from_environment` looks for is there."""
    project = only(synth(make())["platform-acme"], "CodeBuild::Project")
    given = {item["Name"]: "value" for item in project["Environment"]["EnvironmentVariables"]}
    found = outputs.Outputs.from_environment(given)
    assert set(found.values) == {"Address", "Bucket", "DistributionId", "Host", "StoreArn"}


def test_a_build_runs_alone_without_privileges_on_arm(make: Make, synth: Synth):
    """No release overtakes another, and no container runs in the container."""
    project = only(synth(make())["platform-acme"], "CodeBuild::Project")
    assert project["ConcurrentBuildLimit"] == 1
    assert project["Environment"]["PrivilegedMode"] is False
    assert project["Environment"]["Type"] == "ARM_CONTAINER"


def test_a_build_may_publish_releases_of_its_site_and_nothing_else(make: Make, synth: Synth):
    """Every statement names the site's own bucket, store or log; none has a star for a resource."""
    allowed = statements(synth(make())["platform-acme"], "codebuild.amazonaws.com")
    assert set(allowed) == {"Log", "Objects", "Listing", "Cache", "Store", "Source"}
    prefixes = [item["Fn::Join"][1][-1] for item in allowed["Objects"]["Resource"]]
    assert prefixes == ["/_errors/*", "/history/*", "/manifests/*", "/releases/*", "/retired/*"]
    assert allowed["Source"]["Resource"]["Fn::Join"][1][-1] == "/source/site.zip"
    assert allowed["Listing"]["Condition"]["StringLike"]["s3:prefix"]
    assert not [item for item in allowed.values() if item["Resource"] == "*"]


def test_a_build_keeps_what_it_would_bring_anew(make: Make, synth: Synth):
    """Packages and pulled documents come back from the site's own bucket; nothing public, nothing to delete."""
    site = synth(make())["platform-acme"]
    project = only(site, "CodeBuild::Project")
    assert project["Cache"]["Type"] == "S3"
    assert project["Cache"]["Location"]["Fn::Join"][1][-1] == "/cache"
    paths = json.loads(project["Source"]["BuildSpec"])["cache"]["paths"]
    assert ".platform/sources/**/*" in paths
    assert "/root/.cache/platform/built/**/*" in paths
    cache = statements(site, "codebuild.amazonaws.com")["Cache"]
    assert cache["Action"] == ["s3:GetObject", "s3:PutObject"]
    assert cache["Resource"]["Fn::Join"][1][-1] == "/cache/*"


def test_a_repository_takes_the_place_of_the_uploaded_source(make: Make, synth: Synth):
    """A private one is read through its connection, and the role may use that one only."""
    arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/abc"
    site = synth(make(aws=f'repository = "acme/site"\nconnection = "{arn}"\n'))["platform-acme"]
    source = only(site, "CodeBuild::Project")["Source"]
    assert (source["Type"], source["Location"]) == ("GITHUB", "https://github.com/acme/site.git")
    assert source["Auth"] == {"Type": "CODECONNECTIONS", "Resource": arn}
    assert statements(site, "codebuild.amazonaws.com")["Source"]["Resource"] == arn


def test_a_composed_site_is_event_driven(make: Make, synth: Synth):
    """Events are stored, announced on the site's bus, and lead to the queue by a rule."""
    site = synth(make(COMPOSED))["platform-acme"]
    assert len(every(site, "DynamoDB::Table")) == 2
    (rule,) = [item for item in every(site, "Events::Rule") if "EventBusName" in item]
    assert rule["EventPattern"] == {"source": ["platform.webhooks"], "detail": {"event": {"build": [True]}}}
    environments = [item["Environment"]["Variables"] for item in every(site, "Lambda::Function")]
    (router,) = [item for item in environments if "ADAPTERS" in item]
    assert {"EVENTS_TABLE", "BUS_NAME"} <= set(router)
    assert "QUEUE_URL" not in router


def test_a_site_with_one_provider_is_direct(make: Make, synth: Synth):
    """The router writes to the queue itself; there is no bus and no events table."""
    site = synth(make(CMS))["platform-acme"]
    assert not every(site, "Events::EventBus")
    assert len(every(site, "DynamoDB::Table")) == 1
    assert set(statements(site, "lambda.amazonaws.com")) == {"Log", "Secrets", "Receipts", "Queue", "Waiting", "Builds"}


def test_a_site_may_choose_its_mode(make: Make, synth: Synth):
    """One provider with mode = "event-driven" gets the bus."""
    assert every(synth(make(CMS + 'mode = "event-driven"\n'))["platform-acme"], "Events::EventBus")


def test_the_router_may_do_what_it_says_it_needs(make: Make, synth: Synth):
    """Reading the named secret, claiming receipts, storing and announcing; on named resources."""
    site = synth(make(COMPOSED))["platform-acme"]
    allowed = statements(site, "lambda.amazonaws.com")
    assert allowed["Secrets"]["Action"] == "secretsmanager:GetSecretValue"
    assert json.dumps(allowed["Secrets"]["Resource"]).count(":secret:platform/cms-memory-??????") == 1
    assert allowed["Receipts"]["Action"] == ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
    assert allowed["Events"]["Action"] == "dynamodb:PutItem"
    assert allowed["Bus"]["Action"] == "events:PutEvents"
    assert not [item for item in allowed.values() if "*" in json.dumps(item["Resource"])]


def test_the_queue_is_set_as_the_batcher_asks(make: Make, synth: Synth):
    """Timeout, retention, receives, batches and partial answers come from the batcher's constants."""
    from platform_core.runtime import batcher

    site = synth(make(CMS))["platform-acme"]
    (queue,) = [item for item in every(site, "SQS::Queue") if "RedrivePolicy" in item]
    assert queue["VisibilityTimeout"] == batcher.VISIBILITY_SECONDS
    assert queue["MessageRetentionPeriod"] == batcher.RETENTION_SECONDS
    assert queue["RedrivePolicy"]["maxReceiveCount"] == batcher.MAX_RECEIVES
    trigger = only(site, "Lambda::EventSourceMapping")
    assert (trigger["BatchSize"], trigger["MaximumBatchingWindowInSeconds"]) == (
        batcher.BATCH_SIZE,
        batcher.WINDOW_SECONDS,
    )
    assert trigger["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    (reserved,) = [item for item in every(site, "Lambda::Function") if "ReservedConcurrentExecutions" in item]
    assert reserved["ReservedConcurrentExecutions"] == 1
    assert reserved["Timeout"] == batcher.TIMEOUT_SECONDS


def test_a_failed_build_comes_back_to_the_queue(make: Make, synth: Synth):
    """A rule on CodeBuild's own events names this project alone, and every end that is a failure."""
    from platform_core.runtime import batcher

    site = synth(make(CMS))["platform-acme"]
    rule = only(site, "Events::Rule")["EventPattern"]
    (project,) = [name for name, item in site["Resources"].items() if item["Type"] == "AWS::CodeBuild::Project"]
    assert (rule["source"], rule["detail-type"]) == (["aws.codebuild"], [batcher.FAILED_BUILD])
    assert rule["detail"] == {"project-name": [{"Ref": project}], "build-status": list(batcher.FAILURES)}


def test_what_a_rule_cannot_deliver_is_a_dead_letter(make: Make, synth: Synth):
    """Each rule that leads to the queue leads to the dead letters when that fails."""
    site = synth(make(COMPOSED))["platform-acme"]
    found = [target for rule in every(site, "Events::Rule") for target in rule["Targets"]]
    assert len(found) == 2
    assert len({json.dumps(target["DeadLetterConfig"]) for target in found}) == 1


@pytest.mark.parametrize("parts", ["", COMPOSED])
@pytest.mark.parametrize(("often", "fields"), [("hourly", "* * * ? *"), ("daily", "* * ? *")])
def test_a_site_may_build_at_fixed_times(make: Make, synth: Synth, parts: str, often: str, fields: str):
    """A schedule puts what the batcher reads onto the queue, with an event layer and without one."""
    from platform_core.runtime.batcher import Batcher

    site = synth(make(parts, aws=f'rebuild = "{often}"\n'))["platform-acme"]
    (rule,) = [item for item in every(site, "Events::Rule") if "ScheduleExpression" in item]
    assert rule["ScheduleExpression"].endswith(f"{fields})")
    (target,) = rule["Targets"]
    body = json.loads(target["Input"])
    assert Batcher("acme", "project", queue_url="", per_day=1)._kind(body) == "build"
    assert Batcher("other", "project", queue_url="", per_day=1)._kind(body) is None
    assert "DeadLetterConfig" in target
    assert bool(every(site, "ApiGatewayV2::Api")) is bool(parts)
    assert {"QueueUrl", "DeadLettersUrl"} <= site["Outputs"].keys()


def test_only_the_schedule_may_put_onto_the_queue(make: Make, synth: Synth):
    """The queue's policy names the rule; nothing is scheduled unless the site asks for it."""
    site = synth(make("", aws='rebuild = "hourly"\n'))["platform-acme"]
    (rule,) = [
        name
        for name, item in site["Resources"].items()
        if item["Type"] == "AWS::Events::Rule" and "ScheduleExpression" in item["Properties"]
    ]
    policies = [row for item in every(site, "SQS::QueuePolicy") for row in item["PolicyDocument"]["Statement"]]
    allowed = [row for row in policies if row["Effect"] == "Allow" and "Schedule" in json.dumps(row["Condition"])]
    assert len(allowed) == 2  # the queue and its dead letters
    for row in allowed:
        assert row["Principal"] == {"Service": "events.amazonaws.com"}
        assert row["Condition"]["ArnEquals"] == {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}
        assert set([row["Action"]] if isinstance(row["Action"], str) else row["Action"]) <= {
            "sqs:SendMessage",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        }
    assert not every(synth(make(""))["platform-acme"], "Events::Rule")


def test_the_batcher_knows_the_budget(make: Make, synth: Synth):
    """The setting of the site reaches the function, which may hide messages of its own queue."""
    site = synth(make(CMS, aws="builds_per_day = 12\n"))["platform-acme"]
    environments = [item["Environment"]["Variables"] for item in every(site, "Lambda::Function")]
    (batcher,) = [item for item in environments if "PROJECT" in item]
    (queue,) = [
        name
        for name, item in site["Resources"].items()
        if item["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in item["Properties"]
    ]
    assert (batcher["BUILDS_PER_DAY"], batcher["QUEUE_URL"]) == ("12", {"Ref": queue})
    waiting = statements(site, "lambda.amazonaws.com")["Waiting"]
    assert waiting["Action"] == "sqs:ChangeMessageVisibility"
    assert waiting["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}


def test_builds_wait_their_turn_for_as_long_as_there_is(make: Make, synth: Synth):
    """A site whose builds wait for those of others keeps its place in the account's line."""
    project = only(synth(make(CMS))["platform-acme"], "CodeBuild::Project")
    assert (project["QueuedTimeoutInMinutes"], project["ConcurrentBuildLimit"]) == (480, 1)


def test_an_alarm_tells_of_the_budget(make: Make, synth: Synth):
    """It counts the lines of the batcher that say so."""
    from platform_core.runtime.batcher import OVER_BUDGET

    site = synth(make(CMS))["platform-acme"]
    pattern = only(site, "Logs::MetricFilter")
    assert pattern["FilterPattern"] == f'{{ $.outcome = "{OVER_BUDGET}" }}'
    (counted,) = pattern["MetricTransformations"]
    assert counted["MetricName"] in {item["MetricName"] for item in every(site, "CloudWatch::Alarm")}


def test_a_request_ends_before_its_claim(make: Make, synth: Synth):
    """The router's timeout is below the lease of a receipt."""
    from platform_core.runtime.receipts import LEASE_SECONDS

    functions = every(synth(make(CMS))["platform-acme"], "Lambda::Function")
    (router,) = [item for item in functions if "ADAPTERS" in item["Environment"]["Variables"]]
    assert router["Timeout"] < LEASE_SECONDS


def test_webhooks_pass_the_edge_uncached_with_every_method(make: Make, synth: Synth):
    """The API gets all that the sender sent, but for the Host header."""
    site = synth(make(CMS))["platform-acme"]
    (behaviour,) = only(site, "CloudFront::Distribution")["DistributionConfig"]["CacheBehaviors"]
    assert behaviour["PathPattern"] == "/_platform/*"
    assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behaviour["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert "POST" in behaviour["AllowedMethods"]
    assert only(site, "ApiGatewayV2::Route")["RouteKey"] == "POST /_platform/webhooks/{provider}"
    assert only(site, "ApiGatewayV2::Stage")["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0


def test_alarms_mail_when_somebody_is_named(make: Make, synth: Synth):
    """The topic is encrypted with a key that CloudWatch may use, and takes TLS only."""
    site = synth(make(COMPOSED, aws='alarm_email = "ops@acme.example"\n'))["platform-acme"]
    assert len(every(site, "CloudWatch::Alarm")) == 6
    assert all(item["AlarmActions"] for item in every(site, "CloudWatch::Alarm"))
    assert only(site, "SNS::Topic")["KmsMasterKeyId"]
    services = [item["Principal"].get("Service") for item in only(site, "KMS::Key")["KeyPolicy"]["Statement"]]
    assert "cloudwatch.amazonaws.com" in services


def test_everything_is_tagged_with_where_it_came_from(make: Make, synth: Synth, tmp_path: Path):
    """Tags name client, domain, offering and plugins; the metadata holds the hashes too."""
    site = synth(make(COMPOSED))["platform-acme"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    tags = manifest["artifacts"]["platform-acme"]["properties"]["tags"]
    assert tags == {
        "client": "acme",
        "domain": "www.acme.example",
        "stack_type": "cms_ecommerce_composed",
        "platform:plugins": "ssg-echo:1.0 cms-memory:1.0 shop-memory:1.0",
    }
    assert "platform-plugin-ssg-echo 1.0 (" in site["Metadata"]["platform"]["plugins"]["ssg-echo"]


def test_the_outputs_have_their_stable_names(make: Make, synth: Synth):
    """The CLI finds what it reads."""
    found = set(synth(make(COMPOSED, head=SERVER))["platform-acme"]["Outputs"])
    known = {getattr(outputs, name) for name in outputs.__all__ if name.isupper()} - {outputs.SOURCE_KEY}
    assert found == known


def test_a_growing_site_replaces_nothing(make: Make, synth: Synth):
    """Template, CMS tier and composed site have the same logical ids for what they share."""
    steps = [synth(make(parts))["platform-acme"]["Resources"] for parts in ("", CMS, COMPOSED)]
    for smaller, larger in itertools.pairwise(steps):
        assert smaller.keys() <= larger.keys()
        assert all(smaller[name]["Type"] == larger[name]["Type"] for name in smaller)


def test_what_the_embedded_aws_cannot_do_is_left_out_and_said(make: Make, synth: Synth):
    """The local stack has no TLS rule, no certificate and no alarm, and a reason for each."""
    from platform_core.cloud.profile import LOCAL

    site = synth(make(COMPOSED, aws=ZONE), stage="local")["platform-acme"]
    text = json.dumps(site)
    assert "aws:SecureTransport" not in text
    assert not every(site, "CloudWatch::Alarm")
    assert not every(site, "CertificateManager::Certificate")
    assert all(what and why for what, why in LOCAL.omissions)


def test_a_page_with_a_policy_of_its_own_gets_a_behaviour_of_its_own(fake_plugins: Path, make: Make, synth: Synth):
    """What the editor needs loosens the editor, and not the site."""
    service(
        fake_plugins,
        'def platform_files(): return [File("edit/index.html", b"", route="/edit/", csp={"script-src": ["\'unsafe-eval\'"]})]',
    )
    stacks = synth(make('services = ["odd"]\n'))
    config = only(stacks["platform-acme"], "CloudFront::Distribution")["DistributionConfig"]
    (own,) = config["CacheBehaviors"]
    assert own["PathPattern"] == "/edit/*"
    assert own["ResponseHeadersPolicyId"] != config["DefaultCacheBehavior"]["ResponseHeadersPolicyId"]
    policies = [
        item["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        for stack in stacks.values()
        for item in every(stack, "CloudFront::ResponseHeadersPolicy")
    ]
    assert sorted("'unsafe-eval'" in policy for policy in policies) == [False, True]


def test_a_plugin_adds_to_the_stack(fake_plugins: Path, make: Make, synth: Synth, tmp_path: Path):
    """Its function answers below /_platform/, its variable and its right reach the build."""
    (tmp_path / "hello").mkdir()
    (tmp_path / "hello" / "hello.py").write_text("def handler(event, context): return {}\n")
    (tmp_path / "hello" / "secret.txt").write_text("not for Lambda")
    service(
        fake_plugins,
        f"""
def platform_provision(stack, stage):
    from platform_core.cloud import PythonFunction, PythonFunctionProps
    from platform_core.cloud.grants import allow
    props = PythonFunctionProps(asset={str(tmp_path / "hello")!r}, handler="hello.handler", files=("hello.py",))
    stack.add_route("/_platform/odd/hello", ["GET"], PythonFunction(stack, "Hello", props).function)
    stack.add_environment("GREETING", "hello")
    stack.allow_build(allow("Token", ["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:*:*:secret:token-??????"]))
""",
    )
    site = synth(make('services = ["odd"]\n'))["platform-acme"]
    assert only(site, "ApiGatewayV2::Route")["RouteKey"] == "GET /_platform/odd/hello"
    variables = only(site, "CodeBuild::Project")["Environment"]["EnvironmentVariables"]
    assert {"Name": "GREETING", "Value": "hello"} in variables
    assert "secret:token" in json.dumps(every(site, "IAM::Policy"))
    (asset,) = (tmp_path / "out").glob("asset.*")
    assert [item.name for item in asset.iterdir()] == ["hello.py"]


def test_a_route_outside_the_platform_path_is_refused(make: Make):
    """CloudFront sends nothing else to the API, so such a route would never answer."""
    from aws_cdk import App

    from platform_core.cloud import SiteStack

    stack = SiteStack(App(), "Site", composition=make(CMS), stage=Stage("aws", "https://www.acme.example"))
    with pytest.raises(ValueError, match="not below /_platform/"):
        stack.add_route("/hello", ["GET"], stack.webhooks.router.function)


@pytest.mark.slow
def test_validation_passes_and_finds_a_planted_mistake(fake_plugins: Path, make: Make, synth: Synth):
    """The template validator and cdk-nag pass our stacks, and would not pass anything."""
    synth(make(COMPOSED, aws=ZONE + 'alarm_email = "ops@acme.example"\nrebuild = "daily"\n'), validate=True)
    synth(make("", aws='rebuild = "hourly"\n'), validate=True)
    service(
        fake_plugins,
        """
def platform_provision(stack, stage):
    from aws_cdk import aws_sqs
    aws_sqs.CfnQueue(stack, "Open", visibility_timeout=-5)
""",
    )
    with pytest.raises(DeployError) as caught:
        synth(make('services = ["odd"]\n'), validate=True)
    said = [str(problem) for problem in caught.value.problems]
    assert any("AwsSolutions-SQS4" in text and "platform-acme/Open" in text for text in said)
    assert any("VisibilityTimeout" in text for text in said)


def service(site: Path, code: str) -> None:
    """Install a service made of *code*."""
    import sys

    for name in ("platform_plugin_odd", "platform_plugin_odd.plugin"):
        sys.modules.pop(name, None)
    names = [line.split("(")[0][4:] for line in code.strip().splitlines() if line.startswith("def platform_")]
    marked = code.replace("def platform_", "@hookimpl\ndef platform_") if names else code
    add_distribution(
        site,
        "platform-plugin-odd",
        entry_points="[platform.service.v1]\nodd = platform_plugin_odd.plugin\n",
        files={
            "platform_plugin_odd/__init__.py": "",
            "platform_plugin_odd/plugin.py": "from platform_core.hookspecs import hookimpl\n"
            "from platform_core.contributions import *\n"
            "@hookimpl\ndef platform_assess(): return {}\n@hookimpl\ndef platform_plan(): return []\n"
            f"@hookimpl\ndef platform_run(): return []\n{marked}\n",
            "platform_plugin_odd/plugin.toml": 'schema = 1\nid = "odd"\nkind = "service"\nname = "Odd"\nsummary = "Odd."\n',
        },
    )
