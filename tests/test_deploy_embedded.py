"""Real deployments with the real CDK CLI: create, update, nothing to do, failure, destruction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_core.assembly import Assembly, read_assembly, synth
from platform_core.aws import Aws
from platform_core.catalogue import Catalogue
from platform_core.changes import diff
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.deploy import Event, bootstrap, deploy, destroy, outputs
from platform_core.discovery import discover
from platform_core.errors import DeployError
from platform_core.outputs import BUCKET, DISTRIBUTION_ID, QUEUE_URL, STORE_ARN
from platform_core.preflight import preflight
from platform_core.site import parse_site
from platform_testing.embedded import ACCOUNT, REGION, embedded_aws

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

STAGE = Stage("local", "http://localhost:8080")
SHOP = 'shop = "snipcart"\n'
KEY = '[settings.snipcart]\npublic_api_key = "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="\n'
Make = Callable[..., Assembly]


@pytest.fixture(scope="module")
def bare() -> Iterator[Aws]:
    """An embedded AWS in which nothing has been done yet."""
    with embedded_aws() as running:
        yield environment(running.endpoint)


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """An embedded AWS that is bootstrapped for CDK."""
    with embedded_aws() as running:
        found = environment(running.endpoint)
        bootstrap(found, ACCOUNT, REGION, timeout=120)
        yield found


def environment(endpoint: str) -> Aws:
    """Return what leads boto3 and the CDK CLI there; the key names its account."""
    keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION, "AWS_PROFILE": ""}
    endpoints = {"AWS_ENDPOINT_URL": endpoint, "AWS_ENDPOINT_URL_S3": endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
    return Aws({**keys, **endpoints})


@pytest.fixture
def client() -> str:
    """A client of this test's own."""
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture
def compose_site(tmp_path: Path) -> Callable[..., Composition]:
    """Return a function that composes a site of the real plugins."""
    (tmp_path / "hugo.toml").write_text('title = "Acme"\n')

    def composed(client: str, parts: str = "", aws: str = "") -> Composition:
        catalogue = Catalogue(discover(disabled=()).plugins)
        text = f'client = "{client}"\ndomain = "{client}.example"\nengine = "hugo"\n{parts}{KEY if parts else ""}'
        return compose(parse_site(text + (f"[aws]\n{aws}" if aws else ""), catalogue), tmp_path, catalogue)

    return composed


@pytest.fixture
def make(compose_site: Callable[..., Composition], tmp_path: Path) -> Make:
    """Return a function that synthesizes one site."""
    return lambda client, parts="": synth([(compose_site(client, parts), STAGE)], tmp_path / "out")


@pytest.fixture
def broken(compose_site: Callable[..., Composition], tmp_path: Path) -> Make:
    """Return a function that synthesizes a site with a record in a zone that does not exist."""

    def assembly(client: str) -> Assembly:
        from platform_core.cloud.app import build_app

        app = build_app([(compose_site(client), STAGE)], tmp_path / "broken", validate=False)
        from aws_cdk import CfnResource

        record = {"HostedZoneId": "ZNOWHERE", "Name": "acme.example.", "Type": "A", "TTL": "60"}
        stack = app.node.find_child(f"platform-{client}")
        CfnResource(
            stack, "Lost", type="AWS::Route53::RecordSet", properties={**record, "ResourceRecords": ["192.0.2.1"]}
        )
        app.synth()
        return read_assembly(tmp_path / "broken")

    return assembly


def test_a_site_is_deployed_updated_and_left_alone(aws: Aws, make: Make, client: str):
    """Create; nothing to do; grow with the bucket, the store and the distribution kept."""
    seen: list[Event] = []
    first = deploy(make(client), aws, on_event=seen.append)
    assert first.changed
    assert {event.status for event in seen} >= {"CREATE_IN_PROGRESS", "CREATE_COMPLETE"}
    assert seen[-1].done == seen[-1].total > 0
    again = deploy(make(client), aws)
    assert not again.changed
    assert again.outputs == first.outputs
    grown = deploy(make(client, SHOP), aws).outputs[client]
    before = first.outputs[client]
    assert [grown.get(name) for name in (BUCKET, STORE_ARN, DISTRIBUTION_ID)] == [
        before.get(name) for name in (BUCKET, STORE_ARN, DISTRIBUTION_ID)
    ]
    assert grown.get(QUEUE_URL)
    assert not before.get(QUEUE_URL)


def test_a_schedule_asks_for_builds(
    aws: Aws, compose_site: Callable[..., Composition], tmp_path: Path, client: str
) -> None:
    """A site without webhooks has a rule with its queue as target, and what the rule sends is a build request."""
    site = compose_site(client, aws='rebuild = "hourly"\n')
    found = deploy(synth([(site, STAGE)], tmp_path / "out"), aws).outputs[client]
    events, queue = aws.client("events"), str(found.get(QUEUE_URL))
    rules = {rule["Name"]: rule for rule in events.list_rules()["Rules"] if client in rule.get("Description", "")}
    (name,) = [name for name, rule in rules.items() if rule.get("ScheduleExpression", "").startswith("cron(")]
    (target,) = events.list_targets_by_rule(Rule=name)["Targets"]
    arn = aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert target["Arn"] == arn
    assert json.loads(target["Input"]) == {
        "site": client,
        "event": {"id": "schedule", "provider": "schedule", "build": True},
    }


def test_the_distribution_may_read_what_is_public(aws: Aws, make: Make, client: str):
    """It reaches the bucket through the shared access control, and its policy names two prefixes."""
    found = deploy(make(client), aws).outputs[client]
    policy = json.loads(aws.client("s3").get_bucket_policy(Bucket=found.get(BUCKET))["Policy"])["Statement"]
    (reading,) = [item for item in policy if item["Action"] == "s3:GetObject"]
    assert [resource.partition("/")[2] for resource in reading["Resource"]] == ["releases/*", "_errors/*"]
    config = aws.client("cloudfront").get_distribution_config(Id=found.get(DISTRIBUTION_ID))["DistributionConfig"]
    shared = {
        item["Id"]
        for item in aws.client("cloudfront").list_origin_access_controls()["OriginAccessControlList"]["Items"]
    }
    assert config["Origins"]["Items"][0]["OriginAccessControlId"] in shared


def test_a_failed_update_rolls_back_and_says_why(aws: Aws, make: Make, broken: Make, client: str):
    """The reason comes from CloudFormation; what was there is there still."""
    before = deploy(make(client), aws).outputs[client]
    with pytest.raises(DeployError) as caught:
        deploy(broken(client), aws)
    assert "No hosted zone with id 'ZNOWHERE'" in str(caught.value)
    assert caught.value.reference == "deploy-failed"
    assert "rolled back" in caught.value.hint
    assert outputs(f"platform-{client}", aws) == before
    status = aws.client("cloudformation").describe_stacks(StackName=f"platform-{client}")["Stacks"][0]["StackStatus"]
    assert status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_failed_first_deployment_can_be_repeated(aws: Aws, make: Make, broken: Make, client: str):
    """Nothing promises that something is live still, and the next try starts afresh."""
    with pytest.raises(DeployError) as caught:
        deploy(broken(client), aws)
    assert "ZNOWHERE" in str(caught.value)
    assert caught.value.hint == ""
    assert deploy(make(client), aws).outputs[client].get(BUCKET)


def test_a_diff_tells_before_and_changes_nothing(aws: Aws, make: Make, client: str):
    """All is new at first; then a change set says what would be modified, added and replaced."""
    new = diff(make(client), aws)
    assert {change.action for change in new if change.stack == f"platform-{client}"} == {"Add"}
    with pytest.raises(ClientError, match="does not exist"):
        aws.client("cloudformation").describe_stacks(StackName=f"platform-{client}")
    deploy(make(client), aws)
    assert diff(make(client), aws) == ()
    deploy(make(f"{client}x", SHOP), aws)  # so that its shared policy is there, and a change set can be made
    grown = {change.type: change for change in diff(make(client, SHOP), aws)}
    assert grown["AWS::SQS::Queue"].action == "Add"
    assert grown["AWS::CloudFront::Distribution"].action == "Modify"
    assert grown["AWS::CloudFront::Distribution"].replaced != "yes"
    assert "DistributionConfig" in grown["AWS::CloudFront::Distribution"].properties
    sets = aws.client("cloudformation").list_change_sets(StackName=f"platform-{client}")["Summaries"]
    assert not [item for item in sets if item["ChangeSetName"].startswith("platform-diff")]
    assert not outputs(f"platform-{client}", aws).get(QUEUE_URL)


def test_destroying_a_site_leaves_what_others_share(
    aws: Aws, compose_site: Callable[..., Composition], tmp_path: Path, client: str
):
    """Its bucket is emptied and gone; the neighbour and the shared stacks stay."""
    names = [f"{client}a", f"{client}b"]
    assembly = synth([(compose_site(name), STAGE) for name in names], tmp_path / "out")
    found = deploy(assembly, aws).outputs
    aws.client("s3").put_object(Bucket=found[names[0]].get(BUCKET), Key="releases/1/index.html", Body=b"here")
    destroy(assembly, aws, clients=names[:1])
    assert outputs(f"platform-{names[0]}", aws).values == {}
    with pytest.raises(ClientError):
        aws.client("s3").head_bucket(Bucket=found[names[0]].get(BUCKET))
    assert outputs(f"platform-{names[1]}", aws) == found[names[1]]
    for stack in assembly.stacks:
        if not stack.client:
            assert outputs(stack.name, aws).values


def test_a_deployment_that_hangs_is_stopped(aws: Aws, make: Make, client: str):
    """The CLI is ended after the given time, and the message does not blame AWS."""
    with pytest.raises(DeployError, match="was stopped"):
        deploy(make(client), aws, timeout=0.3)


def test_preflight_asks_for_bootstrap_and_then_lets_pass(bare: Aws, make: Make, client: str):
    """A bare account is told what to do; a second bootstrap does no harm."""
    assembly = make(client, SHOP)
    (problem,) = preflight(assembly, bare)
    assert "has not been bootstrapped" in problem.what
    for _ in range(2):
        bootstrap(bare, ACCOUNT, REGION, timeout=120)
    assert preflight(assembly, bare) == []


def test_preflight_counts_against_the_quotas(bare: Aws, make: Make, client: str):
    """Twenty policies are there, and the twenty-first is needed."""
    bootstrap(bare, ACCOUNT, REGION, timeout=120)
    cloudfront = bare.client("cloudfront")
    made = [cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig=policy(n)) for n in range(20)]
    try:
        (problem,) = preflight(make(client), bare)
        assert problem.where == "CloudFront response headers policies"
        assert problem.what == "20 are there and 1 more are needed, but the account may have 20."
    finally:
        for item in made:
            cloudfront.delete_response_headers_policy(Id=item["ResponseHeadersPolicy"]["Id"], IfMatch=item["ETag"])


def policy(number: int) -> dict[str, Any]:
    """Return a small response headers policy."""
    item = {"Header": "X-Number", "Value": str(number), "Override": True}
    return {"Name": f"filler-{uuid.uuid4().hex}", "CustomHeadersConfig": {"Quantity": 1, "Items": [item]}}


def test_preflight_refuses_another_account_and_bad_credentials(
    aws: Aws, compose_site: Callable[..., Composition], tmp_path: Path, client: str
):
    """The account of site.toml is not the caller's; and a profile that is not there is no caller."""
    composition = compose_site(client, aws='account = "123456789012"\n')
    assembly = synth([(composition, Stage("aws", f"https://{client}.example"))], tmp_path / "out")
    (problem,) = preflight(assembly, aws)
    assert problem.what == f"{client} belongs to account 123456789012, and the credentials are of {ACCOUNT}."
    nobody = Aws({**aws.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    (problem,) = preflight(assembly, nobody)
    assert problem.where == "credentials"


def test_preflight_knows_the_limits_of_a_young_account(aws: Aws, make: Make, client: str):
    """An account with ten concurrent executions can't reserve one of them."""

    class Young(Aws):
        """The embedded AWS can't be made small, so the answer of one call is made up."""

        def client(self, service: str, *, region: str = "") -> Any:
            if service == "lambda":
                return self
            return super().client(service, region=region)

        @staticmethod
        def get_account_settings() -> dict[str, Any]:
            return {"AccountLimit": {"UnreservedConcurrentExecutions": 10}}

    (problem,) = preflight(make(client, SHOP), Young(aws.environ))
    assert problem.where == "Lambda concurrency"
    assert problem.what.startswith("1 executions are to be reserved, 10 are left")
