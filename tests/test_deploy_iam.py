"""Our roles against an embedded AWS that enforces IAM and TLS: sufficient, and least.

The embedded AWS runs with ``USE_SSL=1 AUTH=true``. There a call that a role does not
allow is refused, and the bucket's TLS-only rule is in force. The whole stack of a
composed site is deployed as on AWS. What it does not enforce: the rights with which
Lambda reads a queue and writes a log, those with which CodeBuild fetches a source by its
version, the resources of the calls in `GAPS`, and getting or deleting an alias and
deleting a function's address, which it takes for listing and making them.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from platform_cli.local.processes import free_port, wait_until
from platform_core.assembly import synth
from platform_core.aws import Aws
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.deploy import bootstrap, deploy, destroy
from platform_core.discovery import discover
from platform_core.node import ensure_packages, node
from platform_core.outputs import (
    API_ID,
    BUCKET,
    BUILD_PROJECT,
    BUS_NAME,
    EVENTS_TABLE,
    HOST,
    RECEIPTS_TABLE,
    SERVER_FUNCTION,
    SOURCE_KEY,
    STORE_ARN,
    Outputs,
)
from platform_core.runtime.publisher import Published, PublishError, Server, Store, connect, publish, rollback
from platform_core.site import parse_site
from platform_plugin_tina import bundling, schema
from platform_testing.distributions import install_fakes
from platform_testing.github import GitHubStandIn, github_stand_in

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="the embedded AWS makes its certificate with openssl"),
]

signing = pytest.mark.skipif(
    find_spec("cryptography") is None, reason="the embedded AWS checks SigV4A signatures with cryptography"
)
ACCOUNT = "000000000000"
REGION = "us-east-1"
DOMAIN = "www.acme.example"
WEBHOOK_SECRET = "webhook-secret"
STORE_ACTIONS = [
    f"cloudfront-keyvaluestore:{name}" for name in ("DescribeKeyValueStore", "GetKey", "ListKeys", "UpdateKeys")
]
# AWS checks these calls against the project and the store. The embedded AWS knows no
# resource of them, so for these it can show that a right is needed, not where it ends.
GAPS = {
    "QueueBatcherRole": ("Builds", ["codebuild:BatchGetBuilds"]),
    "BuildRole": ("Store", STORE_ACTIONS),
}


@dataclass
class Deployed:
    """A composed site, deployed as on AWS."""

    aws: Aws
    outputs: Outputs
    endpoint: str
    certificate: Path
    client: str = "acme"

    def role(self, part: str) -> str:
        """Return the name of the one role whose logical id starts with *part*."""
        pages = (
            self.aws.client("cloudformation")
            .get_paginator("list_stack_resources")
            .paginate(StackName=f"platform-{self.client}")
        )
        (found,) = [
            item["PhysicalResourceId"]
            for page in pages
            for item in page["StackResourceSummaries"]
            if item["ResourceType"] == "AWS::IAM::Role" and item["LogicalResourceId"].startswith(part)
        ]
        return str(found)

    def function(self, part: str) -> str:
        """Return the name of the one function whose logical id starts with *part*."""
        pages = (
            self.aws.client("cloudformation")
            .get_paginator("list_stack_resources")
            .paginate(StackName=f"platform-{self.client}")
        )
        (found,) = [
            item["PhysicalResourceId"]
            for page in pages
            for item in page["StackResourceSummaries"]
            if item["ResourceType"] == "AWS::Lambda::Function" and item["LogicalResourceId"].startswith(part)
        ]
        return str(found)

    @contextmanager
    def without(self, role: str, sid: str, action: str) -> Iterator[None]:
        """Take one action out of the statements of a role with one Sid, for a while."""
        iam = self.aws.client("iam")
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        before = {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}
        assert action in actions_of(before["work"], sid)
        for name, document in before.items():
            self.put(role, name, reduced(document, sid, action))
        try:
            yield
        finally:
            for name, document in before.items():
                self.put(role, name, document)

    def put(self, role: str, name: str, document: dict[str, Any]) -> None:
        """Write an inline policy; one without statements is taken away."""
        iam = self.aws.client("iam")
        if document["Statement"]:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
        else:
            iam.delete_role_policy(RoleName=role, PolicyName=name)

    def restart(self, function: str, **more: str) -> None:
        """Start the function cold, so that it has no secret in memory; with *more* variables."""
        client = self.aws.client("lambda")
        variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": {**variables, **more, "NONCE": uuid.uuid4().hex}}
        )

    def request(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Send a request to the HTTP API and return status and body."""
        address = f"{self.endpoint}/_aws/execute-api/{self.outputs.get(API_ID)}/$default{path}"
        context = ssl.create_default_context(cafile=str(self.certificate))

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: object) -> None:
                return None

        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), Stay())
        try:
            with opener.open(urllib.request.Request(address, body, headers or {}), timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def push(self, commit: str = "", secret: str = WEBHOOK_SECRET) -> tuple[int, str]:
        """Send GitHub's signed push webhook; return status and reference."""
        commit = commit or uuid.uuid4().hex + "00000001"
        commits = [{"id": commit, "added": ["content/posts/new.md"], "modified": [], "removed": []}]
        payload = {"ref": "refs/heads/main", "after": commit, "before": "b" * 40, "commits": commits}
        body = json.dumps({**payload, "repository": {"full_name": "acme/website"}}).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json",
            "x-github-event": "push",
            "x-github-delivery": str(uuid.uuid4()),
            "x-hub-signature-256": f"sha256={signature}",
        }
        status, answer = self.request("/_platform/webhooks/github", body, headers)
        return status, json.loads(answer)["reference"]

    def builds(self) -> list[str]:
        """Return the builds that were started."""
        client = self.aws.client("codebuild")
        found: list[str] = client.list_builds_for_project(projectName=self.outputs.get(BUILD_PROJECT))["ids"]
        return found


def actions_of(document: dict[str, Any], sid: str) -> list[str]:
    """Return the actions of the one statement with *sid*."""
    (actions,) = [item["Action"] for item in document["Statement"] if item["Sid"] == sid]
    return [actions] if isinstance(actions, str) else actions


def reduced(document: dict[str, Any], sid: str, action: str) -> dict[str, Any]:
    """Return a policy whose statement with *sid* lacks *action*."""
    left = copy.deepcopy(document)
    for statement in left["Statement"]:
        if statement["Sid"] == sid:
            statement["Action"] = [item for item in actions_of(document, sid) if item != action]
    left["Statement"] = [item for item in left["Statement"] if item["Action"]]
    return left


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An embedded AWS with TLS and IAM."""
    folder = tmp_path_factory.mktemp("aws")
    certificate = folder / "ministack-tls" / "server.crt"
    # Functions that it runs must trust it too.
    trust = dict.fromkeys(
        ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), str(certificate)
    )
    port = free_port()
    endpoint = f"https://127.0.0.1:{port}"
    aws = Aws(
        {
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_PROFILE": "",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ENDPOINT_URL_S3": endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            **trust,
        }
    )
    settings = {"USE_SSL": "1", "AUTH": "true", "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1"}
    more = {"GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "TMPDIR": str(folder), **trust}
    command = [sys.executable, "-m", "platform_cli.local.guard", sys.executable, "-m", "ministack"]
    # Lambda functions run on the first python3 and node of the path.
    path = {"PATH": f"{Path(sys.executable).parent}:{aws.environment()['PATH']}"}
    with (folder / "log").open("wb") as log:
        environment = {**aws.environment(), **settings, **more, **path}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment)
    try:
        assert wait_until(lambda: process.poll() is not None or is_up(endpoint, certificate), seconds=60)
        assert process.poll() is None, (folder / "log").read_text()
        bootstrap(aws, ACCOUNT, REGION, timeout=120)
        yield aws
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(30)


def is_up(endpoint: str, certificate: Path) -> bool:
    """Tell whether the embedded AWS answers with its certificate."""
    if not certificate.is_file():
        return False
    try:
        context = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(f"{endpoint}/_ministack/health", context=context, timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def site(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The whole stack of a composed site, with certificate, records and alarms."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "hugo.toml").write_text('title = "Acme"\n')
    zone = aws.client("route53").create_hosted_zone(Name="acme.example", CallerReference=uuid.uuid4().hex)
    zone_id = zone["HostedZone"]["Id"].rpartition("/")[2]
    text = f"""
client = "acme"
domain = "{DOMAIN}"
engine = "hugo"
cms = "decap"
shop = "snipcart"
[aws]
account = "{ACCOUNT}"
hosted_zone_id = "{zone_id}"
hosted_zone_name = "acme.example"
alarm_email = "ops@acme.example"
[settings.decap]
repository = "acme/website"
oauth_client_id = "Iv1.0123456789abcdef"
[settings.snipcart]
public_api_key = "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
"""
    catalogue = Catalogue(discover(disabled=()).plugins)
    composition = compose(parse_site(text, catalogue), folder, catalogue)
    assembly = synth([(composition, Stage("aws", f"https://{DOMAIN}"))], folder / "out")
    found = deploy(assembly, aws, timeout=300).outputs["acme"]
    secrets = {"platform/acme/github-webhook": WEBHOOK_SECRET, "platform/acme/github-oauth": "client-secret"}
    for name, value in secrets.items():
        aws.client("secretsmanager").create_secret(Name=name, SecretString=value)
    made = Deployed(aws, found, aws.environ["AWS_ENDPOINT_URL"], Path(aws.environ["AWS_CA_BUNDLE"]))
    for role, (sid, actions) in GAPS.items():
        gap = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"}
        made.put(made.role(role), "embedded-aws", {"Version": "2012-10-17", "Statement": [gap]})
    yield made
    for role in GAPS:
        made.put(made.role(role), "embedded-aws", {"Statement": []})
    destroy(assembly, aws, timeout=300)


def test_the_router_takes_stores_and_announces_and_the_batcher_builds(site: Deployed):
    """One signed webhook: a receipt, an event and a build; once more: nothing; forged: nothing."""
    before = site.builds()
    commit = "a" * 40
    assert site.push(commit)[0] == 202
    assert site.push(commit) == (409, "duplicate")
    assert site.push("c" * 40, secret="forged") == (401, "signature-mismatch")
    items = site.aws.client("dynamodb").scan(TableName=site.outputs.get(EVENTS_TABLE))["Items"]
    assert [item["detail"]["S"].count(commit) for item in items if commit in item["detail"]["S"]] == [1]
    assert wait_until(lambda: len(site.builds()) > len(before), seconds=60)


@pytest.mark.parametrize(
    ("sid", "action", "reference"),
    [
        ("Secrets", "secretsmanager:GetSecretValue", "secret-unavailable"),
        ("Receipts", "dynamodb:PutItem", "receipts-unavailable"),
        ("Receipts", "dynamodb:UpdateItem", "receipts-unavailable"),
        ("Events", "dynamodb:PutItem", "events-unavailable"),
        ("Bus", "events:PutEvents", "bus-unavailable"),
    ],
)
def test_the_router_needs_each_of_its_rights(site: Deployed, sid: str, action: str, reference: str):
    """Without one of them it answers 503, and the same webhook gets through afterwards."""
    commit = uuid.uuid4().hex + "00000002"
    function = site.function("WebhooksRouterFunction")
    with site.without(site.role("WebhooksRouterRole"), sid, action):
        site.restart(function)
        assert site.push(commit) == (503, reference)
    site.restart(function)
    assert site.push(commit)[0] == 202


def test_the_router_needs_the_right_to_give_a_claim_back(site: Deployed):
    """Without it a webhook that failed once meets its own claim until the lease ends."""
    commit = uuid.uuid4().hex + "00000003"
    role = site.role("WebhooksRouterRole")
    with site.without(role, "Bus", "events:PutEvents"), site.without(role, "Receipts", "dynamodb:DeleteItem"):
        assert site.push(commit) == (503, "bus-unavailable")
    assert site.push(commit) == (503, "in-progress")


def test_the_router_may_touch_nothing_else(site: Deployed):
    """Its credentials read no other secret, no table, no object, and send nothing to another bus."""
    with borrowed(site, site.role("WebhooksRouterRole"), "lambda.amazonaws.com") as client:
        name = "platform/acme/github-oauth"
        denied(lambda: client("secretsmanager").get_secret_value(SecretId=name))
        denied(lambda: client("dynamodb").scan(TableName=site.outputs.get(EVENTS_TABLE)))
        denied(lambda: client("dynamodb").delete_table(TableName=site.outputs.get(RECEIPTS_TABLE)))
        denied(lambda: client("s3").get_object(Bucket=site.outputs.get(BUCKET), Key=SOURCE_KEY))
        denied(lambda: client("codebuild").start_build(projectName=site.outputs.get(BUILD_PROJECT)))
        entry = {"Source": "x", "DetailType": "x", "Detail": "{}"}
        denied(lambda: client("events").put_events(Entries=[entry]))
        client("events").put_events(Entries=[{**entry, "EventBusName": site.outputs.get(BUS_NAME)}])


@pytest.mark.parametrize("action", ["ListBuildsForProject", "BatchGetBuilds", "StartBuild"])
def test_the_batcher_needs_each_of_its_rights(site: Deployed, action: str):
    """Without one of them the batch comes back and no build starts."""
    function = site.function("QueueBatcherFunction")
    assert site.builds() or batch(site, function) == {"batchItemFailures": []}
    before = site.builds()
    with site.without(site.role("QueueBatcherRole"), "Builds", f"codebuild:{action}"):
        assert "AccessDenied" in json.dumps(batch(site, function))
    assert site.builds() == before
    assert batch(site, function) == {"batchItemFailures": []}
    assert len(site.builds()) == len(before) + 1


def test_the_batcher_needs_the_right_to_put_messages_off(site: Deployed):
    """Over the budget it hides messages for longer; without the right the batch comes back as it is.

    The message is made up, so with the right it is the queue that refuses its handle.
    """
    function = site.function("QueueBatcherFunction")
    assert site.builds() or batch(site, function) == {"batchItemFailures": []}
    before = site.builds()
    site.restart(function, BUILDS_PER_DAY="1")
    try:
        with site.without(site.role("QueueBatcherRole"), "Waiting", "sqs:ChangeMessageVisibility"):
            assert "AccessDenied" in json.dumps(batch(site, function))
        assert "AccessDenied" not in json.dumps(batch(site, function))
    finally:
        site.restart(function, BUILDS_PER_DAY="200")
    assert site.builds() == before


def batch(site: Deployed, function: str) -> Any:
    """Hand the batcher one message that no build has served."""
    body = {"site": "acme", "event": {"build": True}}
    # From a moment on that is later than any build there is.
    sent = {"SentTimestamp": str(int((time.time() + 60) * 1000))}
    named = {"messageId": uuid.uuid4().hex, "receiptHandle": "a-handle-of-nothing"}
    record = {**named, "body": json.dumps(body), "attributes": sent}
    answer = site.aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"Records": [record]}))
    return json.loads(answer["Payload"].read())


@signing
def test_the_build_publishes_and_rolls_back_with_its_role(site: Deployed, tmp_path: Path):
    """What the role allows is enough for all that a publisher does."""
    with borrowed(site, site.role("BuildRole"), "codebuild.amazonaws.com") as client:
        store = store_of(site, client)
        done = [publish(store, pages(tmp_path, text), keep=2) for text in ("one", "two", "three", "four")]
        assert all(item.live and not item.notes for item in done)
        assert done[-1].pruned
        assert rollback(store).id == done[-2].id
        site.aws.client("s3").put_object(Bucket=site.outputs.get(BUCKET), Key=SOURCE_KEY, Body=b"zip")
        assert client("s3").get_object(Bucket=site.outputs.get(BUCKET), Key=SOURCE_KEY)["Body"].read() == b"zip"


@signing
@pytest.mark.parametrize(
    ("sid", "action"),
    [
        ("Objects", "s3:GetObject"),
        ("Objects", "s3:PutObject"),
        ("Objects", "s3:DeleteObject"),
        ("Listing", "s3:ListBucket"),
        *(("Store", action) for action in STORE_ACTIONS),
    ],
)
def test_the_build_needs_each_of_its_rights(site: Deployed, tmp_path: Path, sid: str, action: str):
    """Without one of them a publication fails, or says what it could not tidy."""
    role = site.role("BuildRole")
    with borrowed(site, role, "codebuild.amazonaws.com") as client:
        store = store_of(site, client)
        for number in range(3):
            publish(store, pages(tmp_path, f"{action} before {number}"), keep=2)
        with site.without(role, sid, action):
            assert not went_well(lambda: publish(store, pages(tmp_path, f"{action} after"), keep=2))
        assert went_well(lambda: publish(store, pages(tmp_path, f"{action} again"), keep=2))


def went_well(publication: Callable[[], Published]) -> bool:
    """Tell whether a publication did all that it should."""
    try:
        done = publication()
    except PublishError:
        return False
    return done.live and not done.notes


def test_the_build_keeps_a_cache(site: Deployed):
    """CodeBuild stores and fetches it as the build's role, which can't delete anything there."""
    with borrowed(site, site.role("BuildRole"), "codebuild.amazonaws.com") as client:
        place = {"Bucket": site.outputs.get(BUCKET), "Key": "cache/one"}
        client("s3").put_object(**place, Body=b"packages")
        assert client("s3").get_object(**place)["Body"].read() == b"packages"
        denied(lambda: client("s3").delete_object(**place))
        with site.without(site.role("BuildRole"), "Cache", "s3:PutObject"):
            denied(lambda: client("s3").put_object(**place, Body=b""))
        with site.without(site.role("BuildRole"), "Cache", "s3:GetObject"):
            denied(lambda: client("s3").get_object(**place))


def test_the_build_may_touch_nothing_else(site: Deployed):
    """It replaces no source, opens no bucket, reads no secret and no event, and starts nothing."""
    with borrowed(site, site.role("BuildRole"), "codebuild.amazonaws.com") as client:
        bucket = site.outputs.get(BUCKET)
        denied(lambda: client("s3").put_object(Bucket=bucket, Key=SOURCE_KEY, Body=b""))
        denied(lambda: client("s3").put_object(Bucket=bucket, Key="index.html", Body=b""))
        denied(lambda: client("s3").list_objects_v2(Bucket=bucket))
        denied(lambda: client("s3").delete_bucket_policy(Bucket=bucket))
        denied(lambda: client("secretsmanager").get_secret_value(SecretId="platform/acme/github-webhook"))
        denied(lambda: client("dynamodb").scan(TableName=site.outputs.get(EVENTS_TABLE)))
        denied(lambda: client("codebuild").start_build(projectName=site.outputs.get(BUILD_PROJECT)))
        denied(lambda: client("cloudformation").describe_stacks(StackName="platform-acme"))


@pytest.fixture(scope="module")
def rendered(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The stack of a site with a server, as on AWS."""
    folder = tmp_path_factory.mktemp("rendered")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(install_fakes(folder / "plugins", "ssg-echo")))
        catalogue = Catalogue(discover(disabled=()).plugins)
        text = 'client = "beta"\ndomain = "www.beta.example"\nengine = "ssg-echo"\nrendering = "server"\n'
        composition = compose(parse_site(text, catalogue), folder, catalogue)
        assembly = synth([(composition, Stage("aws", "https://www.beta.example"))], folder / "out")
    found = deploy(assembly, aws, timeout=300).outputs["beta"]
    made = Deployed(aws, found, aws.environ["AWS_ENDPOINT_URL"], Path(aws.environ["AWS_CA_BUNDLE"]), "beta")
    gap = {"Sid": "Store", "Effect": "Allow", "Action": STORE_ACTIONS, "Resource": "*"}
    made.put(made.role("BuildRole"), "embedded-aws", {"Version": "2012-10-17", "Statement": [gap]})
    yield made
    made.put(made.role("BuildRole"), "embedded-aws", {"Statement": []})
    destroy(assembly, aws, timeout=300)


@signing
def test_the_build_publishes_servers_with_its_role(rendered: Deployed, tmp_path: Path):
    """What the role allows is enough to make, name, open, switch and remove them."""
    with borrowed(rendered, rendered.role("BuildRole"), "codebuild.amazonaws.com") as client:
        store = store_of(rendered, client)
        done = [publish_server(store, tmp_path, text) for text in ("one", "two", "three", "four")]
        assert [note for item in done for note in item.notes] == []
        assert done[-1].pruned
        assert rollback(store).id == done[-2].id


@signing
@pytest.mark.parametrize(
    ("sid", "action"),
    [
        ("Server", "lambda:GetFunctionConfiguration"),
        ("Server", "lambda:PublishVersion"),
        ("Server", "lambda:UpdateFunctionCode"),
        ("Server", "lambda:CreateAlias"),
        ("Server", "lambda:ListAliases"),
        ("Server", "lambda:ListVersionsByFunction"),
        ("ServerVersions", "lambda:DeleteFunction"),
        ("ServerAddress", "lambda:AddPermission"),
        ("ServerAddress", "lambda:CreateFunctionUrlConfig"),
    ],
)
def test_the_build_needs_each_of_its_rights_on_the_server(rendered: Deployed, tmp_path: Path, sid: str, action: str):
    """Without one of them a publication fails, or says what it could not tidy."""
    role = rendered.role("BuildRole")
    with borrowed(rendered, role, "codebuild.amazonaws.com") as client:
        store = store_of(rendered, client)
        for number in range(2):
            publish_server(store, tmp_path, f"{action} before {number}")
        with rendered.without(role, sid, action):
            assert not went_well(lambda: publish_server(store, tmp_path, f"{action} after"))
        assert went_well(lambda: publish_server(store, tmp_path, f"{action} again"))


def test_the_build_may_do_nothing_else_to_the_server(rendered: Deployed):
    """It can't delete the function, change its role or settings, run it, or touch another one."""
    name = rendered.outputs.get(SERVER_FUNCTION)
    with borrowed(rendered, rendered.role("BuildRole"), "codebuild.amazonaws.com") as client:
        denied(lambda: client("lambda").delete_function(FunctionName=name))
        denied(lambda: client("lambda").update_function_configuration(FunctionName=name, Timeout=9))
        denied(lambda: client("lambda").invoke(FunctionName=name, Payload=b"{}"))
        denied(lambda: client("lambda").get_function_configuration(FunctionName="other"))


def publish_server(store: Store, folder: Path, text: str) -> Published:
    """Publish a build with a server."""
    server = folder / "server"
    server.mkdir(exist_ok=True)
    (server / "index.mjs").write_text(f"export const handler = async () => ({{ statusCode: 200, body: '{text}' }});")
    return publish(store, pages(folder, text), server=Server(server, "index.handler", "nodejs24.x", 128, 5), keep=2)


def test_the_login_reads_its_secret_and_no_other(site: Deployed):
    """It sends the editor to GitHub with the right, and is not ready without it."""
    path = f"/_platform/decap/auth?provider=github&site_id={DOMAIN}&scope=repo"
    function, role = site.function("DecapLoginFunction"), site.role("DecapLoginRole")
    assert site.request(path)[0] == 302
    with site.without(role, "Secret", "secretsmanager:GetSecretValue"):
        site.restart(function)
        assert site.request(path)[0] == 503
    site.restart(function)
    assert site.request(path)[0] == 302
    with borrowed(site, role, "lambda.amazonaws.com") as client:
        denied(lambda: client("secretsmanager").get_secret_value(SecretId="platform/acme/github-webhook"))


def test_the_bucket_refuses_what_does_not_come_over_tls(site: Deployed):
    """The rule is in the policy that is in force here, where everything speaks TLS."""
    policy = json.loads(site.aws.client("s3").get_bucket_policy(Bucket=site.outputs.get(BUCKET))["Policy"])
    denied_when = [item["Condition"] for item in policy["Statement"] if item["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied_when


@dataclass
class Borrowed:
    """The credentials of a role."""

    session: boto3.Session
    endpoint: str

    def __call__(self, service: str) -> Any:
        """Return a client of one service."""
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
        make: Any = self.session.client
        return make(service, endpoint_url=self.endpoint, config=config)


@contextmanager
def borrowed(site: Deployed, role: str, service: str) -> Iterator[Borrowed]:
    """Act as a role that only a service may assume."""
    iam = site.aws.client("iam")
    trust = iam.get_role(RoleName=role)["Role"]
    assert trust["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": service}
    opened = copy.deepcopy(trust["AssumeRolePolicyDocument"])
    opened["Statement"].append(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    )
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(opened))
    keys = site.aws.client("sts").assume_role(RoleArn=trust["Arn"], RoleSessionName="test")["Credentials"]
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust["AssumeRolePolicyDocument"]))
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", str(site.certificate))
        yield Borrowed(session, site.endpoint)


def denied(call: Callable[[], Any]) -> None:
    """Check that a call is refused for lack of rights, and for nothing else."""
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def store_of(site: Deployed, client: Borrowed) -> Store:
    """Return the site's store, reached with the credentials of a role."""
    return connect(
        bucket=site.outputs.get(BUCKET),
        store_arn=site.outputs.get(STORE_ARN),
        host=site.outputs.get(HOST),
        function=site.outputs.get(SERVER_FUNCTION),
        session=client.session,
        endpoint=site.endpoint,
    )


def pages(folder: Path, text: str) -> Path:
    """Write a finished build."""
    output = folder / "output"
    output.mkdir(exist_ok=True)
    for name in ("index.html", "404.html", "about.html"):
        (output / name).write_text(f"<!doctype html><title>{name}</title>{text}")
    return output


EDITOR = "ghu_adaadaadaadaadaadaadaadaadaadaada01"
EDITED = {
    "content.toml": b'[[collections]]\nname = "posts"\nlabel = "Posts"\nlabel_singular = "Post"\n'
    b'fields = [{ name = "title", label = "Title" }, { name = "body", label = "Text", type = "markdown" }]\n',
    "content/posts/hello.md": b"---\ntitle: Hello\n---\nHi.\n",
}
MAKE_LOCK = """
import { buildSchema } from "@tinacms/graphql";
const { tinaSchema, lookup, graphQLSchema } = await buildSchema(JSON.parse(process.argv[2]));
console.log(JSON.stringify({ schema: tinaSchema.schema, lookup, graphql: graphQLSchema }));
"""


@pytest.fixture(scope="module")
def edited(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Deployed, GitHubStandIn]]:
    """The stack of a site with an editor's backend of its own, and the stand-in for GitHub that it asks."""
    folder = tmp_path_factory.mktemp("edited")
    for name, data in EDITED.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "hugo.toml").write_text('title = "Gamma"\n')
    own = 'backend = "aws"\nrepository = "acme/website"\noauth_client_id = "Iv1.0123456789abcdef"\n'
    text = f'client = "gamma"\ndomain = "www.gamma.example"\nengine = "hugo"\ncms = "tina"\n[settings.tina]\n{own}'
    catalogue = Catalogue(discover(disabled=()).plugins)
    composition = compose(parse_site(text, catalogue), folder, catalogue)
    assembly = synth([(composition, Stage("aws", "https://www.gamma.example"))], folder / "out")
    found = deploy(assembly, aws, timeout=300).outputs["gamma"]
    made = Deployed(aws, found, aws.environ["AWS_ENDPOINT_URL"], Path(aws.environ["AWS_CA_BUNDLE"]), "gamma")
    with github_stand_in(people={EDITOR: ("ada", True)}) as github:
        github.push({**EDITED, "tina/tina-lock.json": lock_of(folder, composition)})
        made.restart(made.function("TinaBackendFunction"), GITHUB_API=github.url)
        yield made, github
    destroy(assembly, aws, timeout=300)


def lock_of(folder: Path, composition: Composition) -> bytes:
    """Return what `platform up` writes for the backend."""
    (settings,) = [member.settings for member in composition.members if member.id == "tina"]
    config = schema.build_spec(composition.site, settings, composition.content)["config"]
    place = folder / "lock"
    place.mkdir()
    (place / "make.mjs").write_text(MAKE_LOCK)
    (place / "node_modules").symlink_to(ensure_packages(bundling.BACKEND) / "node_modules")
    command = [str(node()), str(place / "make.mjs"), json.dumps(config)]
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout


def ask_editor(site: Deployed, query: str) -> tuple[int, Any]:
    """Ask the backend as the editor does."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {EDITOR}"}
    status, body = site.request("/_platform/tina/graphql", json.dumps({"query": query}).encode(), headers)
    return status, json.loads(body)


LIST = "{ postsConnection { edges { node { title } } } }"


def test_the_backend_reads_and_saves_with_its_role(edited: tuple[Deployed, GitHubStandIn]):
    """What the role allows is enough to make the index, to list, to save and to remove."""
    site, github = edited
    assert ask_editor(site, LIST) == (200, {"data": {"postsConnection": {"edges": [{"node": {"title": "Hello"}}]}}})
    create = 'createDocument(collection: "posts", relativePath: "new.md", params: {posts: {title: "New"}})'
    status, said = ask_editor(site, f"mutation {{ {create} {{ __typename }} }}")
    assert (status, said.get("errors")) == (200, None)
    assert "content/posts/new.md" in github.files
    remove = 'deleteDocument(collection: "posts", relativePath: "new.md")'
    status, said = ask_editor(site, f"mutation {{ {remove} {{ __typename }} }}")
    assert (status, said.get("errors")) == (200, None)
    assert "content/posts/new.md" not in github.files


@pytest.mark.parametrize("name", ["GetItem", "Query", "PutItem", "DeleteItem"])
def test_the_backend_needs_each_of_its_rights(edited: tuple[Deployed, GitHubStandIn], name: str):
    """Without one of them a push from outside can't be taken in, and with it it is."""
    site, github = edited
    title = f"Without {name}"
    github.push({"content/posts/hello.md": f"---\ntitle: {title}\n---\n".encode()})
    function, role = site.function("TinaBackendFunction"), site.role("TinaBackendRole")
    with site.without(role, "Index", f"dynamodb:{name}"):
        site.restart(function)
        status, said = ask_editor(site, LIST)
        assert status == 500 or said["errors"]
    site.restart(function)
    # The lease of the function that failed lasts a minute.
    configuration = site.aws.client("lambda").get_function_configuration(FunctionName=function)
    table = configuration["Environment"]["Variables"]["TABLE"]
    lease = {"space": {"S": "state:acme/website:main:"}, "key": {"B": b"lease"}}
    site.aws.client("dynamodb").delete_item(TableName=table, Key=lease)
    status, said = ask_editor(site, LIST)
    assert (status, said["data"]["postsConnection"]["edges"]) == (200, [{"node": {"title": title}}])
