"""An estimate counts what a stack really has: whoever adds a resource that costs hears of it here."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from platform_core.catalogue import installed_catalogue
from platform_core.factory import PlatformStackFactory
from platform_core.pricing import Estimate, estimate
from platform_core.pricing.table import read_prices

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# Type of resource -> the prices that count it; none for what AWS does not charge for.
COUNTED: dict[str, tuple[str, ...]] = {
    "AWS::ApiGatewayV2::Api": ("apigateway.requests",),
    "AWS::ApiGatewayV2::Integration": (),
    "AWS::ApiGatewayV2::Route": (),
    "AWS::ApiGatewayV2::Stage": (),
    "AWS::CertificateManager::Certificate": (),
    "AWS::CloudFront::Distribution": ("cloudfront.transfer", "cloudfront.requests"),
    "AWS::CloudFront::Function": ("cloudfront.functions",),
    "AWS::CloudFront::KeyValueStore": ("kvs.reads", "kvs.api"),
    "AWS::CloudWatch::Alarm": ("cloudwatch.alarms",),
    "AWS::CodeBuild::Project": ("codebuild.minutes",),
    "AWS::DynamoDB::Table": ("dynamodb.writes",),
    "AWS::Events::EventBus": ("eventbridge.events",),
    "AWS::Events::Rule": (),
    "AWS::IAM::Policy": (),
    "AWS::IAM::Role": (),
    "AWS::Lambda::EventSourceMapping": ("sqs.requests",),
    "AWS::Lambda::Function": ("lambda.requests", "lambda.seconds"),
    "AWS::Lambda::Permission": (),
    "AWS::Lambda::Url": (),
    "AWS::Logs::LogGroup": ("cloudwatch.logs",),
    # Its metric exists, and costs, only in a month in which something matches.
    "AWS::Logs::MetricFilter": (),
    "AWS::Route53::RecordSet": ("route53.zone",),
    "AWS::S3::Bucket": ("s3.storage", "s3.put", "s3.get"),
    "AWS::S3::BucketPolicy": (),
    "AWS::SQS::Queue": ("sqs.requests",),
    "AWS::SQS::QueuePolicy": (),
}
SITES: dict[str, tuple[str, dict[str, Any]]] = {
    "template": ("hugo_template", {}),
    "server": ("modern_performance", {"rendering": "server"}),
    "tier": ("snipcart_ecommerce", {"ssg_engine": "hugo"}),
    "composed": ("decap_snipcart_composed", {"ssg_engine": "hugo"}),
}


@pytest.fixture(name="site", scope="module", params=SITES)
def _site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[str], Estimate]:
    """Return how many resources of each type a stack has, and what it is estimated to cost."""
    stack_type, options = SITES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    from platform_core.cloud import use_own_node

    use_own_node()
    from aws_cdk import App

    app = App(outdir=str(folder), analytics_reporting=False, builtin_cloud_formation_validation=False)
    stack = PlatformStackFactory.create_stack(
        stack_type, scope=app, client_id="acme", domain="acme.example", aws={"hosted_zone_id": "Z1"}, **options
    )
    app.synth()
    template = json.loads((folder / f"{stack.artifact_id}.template.json").read_text())
    types = Counter(item["Type"] for item in template["Resources"].values())
    catalogue = installed_catalogue()
    site = stack.composition.site
    combination = catalogue.check(site.engine, site.cms, site.shop)
    return types, estimate(catalogue, combination, rendering=site.rendering)


def counts(found: Estimate) -> dict[str, float]:
    """Return price id -> count of a middling month."""
    return {line.price.id: float(line.count) for line in found.levels[1].lines}


def test_each_resource_is_known(site: tuple[Counter[str], Estimate]) -> None:
    """A type that is not in the list above is not in any estimate."""
    types, _ = site
    assert set(types) <= set(COUNTED)


def test_what_costs_is_counted(site: tuple[Counter[str], Estimate]) -> None:
    """And what is not there is not."""
    types, found = site
    expected = {price for kind in types for price in COUNTED[kind]}
    # Secrets belong to the client's account, not to the stack; backups are those of events.
    beside = {"secrets.count", "secrets.calls", "dynamodb.storage"}
    assert set(counts(found)) - beside == expected


def test_alarms_are_as_many(site: tuple[Counter[str], Estimate]) -> None:
    """Each costs ten cents."""
    types, found = site
    assert counts(found)["cloudwatch.alarms"] == types["AWS::CloudWatch::Alarm"]


def test_each_price_is_of_some_resource() -> None:
    """The table has no price that nothing uses."""
    beside = {"secrets.count", "secrets.calls", "dynamodb.storage"}
    assert {price for prices in COUNTED.values() for price in prices} | beside == set(read_prices().prices)
