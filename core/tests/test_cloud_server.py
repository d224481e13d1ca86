"""The stack of a site with a server: what comes on top, what stays, and who may do what."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from platform_core.assembly import read_assembly
from platform_core.catalogue import Catalogue
from platform_core.cloud.app import synthesize
from platform_core.composition import compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.site import parse_site

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SERVER = 'rendering = "server"\n'
Templates = dict[str, dict[str, Any]]
# What CloudFormation can change only by making the resource anew; see the resource types' documentation.
REPLACING = {
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::CloudFront::KeyValueStore": ("Name",),
    "AWS::CloudFront::Function": ("Name",),
    "AWS::CodeBuild::Project": ("Name",),
    "AWS::IAM::Role": ("RoleName", "Path"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
}


def templates(folder: Path, parts: str = "", *, stage: str = "aws", validate: bool = False) -> Templates:
    """Synthesize a site of the reference engine; return stack name -> template."""
    catalogue = Catalogue(discover(disabled=()).plugins)
    text = f'client = "acme"\ndomain = "www.acme.example"\nengine = "ssg-echo"\n{parts}'
    found = compose(parse_site(text, catalogue), folder, catalogue)
    chosen = Stage("aws", "https://www.acme.example") if stage == "aws" else Stage("local", "http://localhost:1")
    synthesize([(found, chosen)], folder / "out", validate=validate)
    return {stack.name: json.loads(stack.template.read_text()) for stack in read_assembly(folder / "out").stacks}


@pytest.fixture(scope="class", name="static")
def _static(fake_plugins: Path, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    assert fake_plugins
    return templates(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="class", name="server")
def _server(fake_plugins: Path, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    assert fake_plugins
    return templates(tmp_path_factory.mktemp("server"), SERVER)


def one(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the properties of the one resource of *kind*."""
    (found,) = (item["Properties"] for item in template["Resources"].values() if item["Type"] == f"AWS::{kind}")
    return dict(found)


def behaviour(site: Templates) -> dict[str, Any]:
    """Return the default behaviour of the site's distribution."""
    found = one(site["platform-acme"], "CloudFront::Distribution")["DistributionConfig"]["DefaultCacheBehavior"]
    return dict(found)


class TestTheStack:
    """What ``rendering = "server"`` does to the templates."""

    def test_a_function_its_role_its_log_and_two_alarms_come(self, static: Templates, server: Templates):
        """And nothing else."""
        before, after = (
            Counter(item["Type"] for item in site["platform-acme"]["Resources"].values()) for site in (static, server)
        )
        assert after - before == {
            "AWS::Lambda::Function": 1,
            "AWS::IAM::Role": 1,
            "AWS::Logs::LogGroup": 1,
            "AWS::CloudWatch::Alarm": 2,
        }

    def test_nothing_that_was_there_is_replaced(self, static: Templates, server: Templates):
        """A site that becomes server-rendered keeps its bucket, its store and its distribution."""
        after = server["platform-acme"]["Resources"]
        for name, item in static["platform-acme"]["Resources"].items():
            assert after[name]["Type"] == item["Type"]
            for key in REPLACING.get(item["Type"], ()):
                assert after[name]["Properties"].get(key) == item["Properties"].get(key)
        assert static["platform-acme"]["Outputs"].items() <= server["platform-acme"]["Outputs"].items()
        assert static.keys() <= server.keys()

    def test_only_the_distribution_the_build_and_its_role_change(self, static: Templates, server: Templates):
        """All that a static site has besides stays to the letter."""
        after = server["platform-acme"]["Resources"]
        changed = {name for name, item in static["platform-acme"]["Resources"].items() if after[name] != item}
        assert {name.rstrip("0123456789ABCDEF") for name in changed} == {
            "EdgeDistribution",
            "BuildProject",
            "BuildRole",
        }

    def test_the_function_waits_for_its_first_release(self, server: Templates):
        """Its first code is the guard alone; memory and time are those of the engine."""
        function = one(server["platform-acme"], "Lambda::Function")
        assert (function["Handler"], function["Runtime"], function["Architectures"]) == (
            "_platform.handler",
            "nodejs24.x",
            ["arm64"],
        )
        assert (function["MemorySize"], function["Timeout"]) == (256, 5)
        assert "Environment" not in function

    def test_the_function_may_write_its_log_and_nothing_else(self, server: Templates):
        """A server that is taken over gets at nothing of the site."""
        roles = [
            item["Properties"]
            for name, item in server["platform-acme"]["Resources"].items()
            if item["Type"] == "AWS::IAM::Role" and name.startswith("Server")
        ]
        ((policy,),) = (role["Policies"] for role in roles)
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]

    def test_a_build_publishes_versions_of_this_function_and_can_not_delete_it(self, server: Templates):
        """It names one function; deleting is allowed for versions alone, and no setting can be changed."""
        (role,) = (
            item["Properties"]
            for name, item in server["platform-acme"]["Resources"].items()
            if item["Type"] == "AWS::IAM::Role" and name.startswith("BuildRole")
        )
        statements = {item["Sid"]: item for item in role["Policies"][0]["PolicyDocument"]["Statement"]}
        ours = {sid: item for sid, item in statements.items() if sid.startswith("Server")}
        actions = {action for item in ours.values() for action in [item["Action"]] if isinstance(action, str)} | {
            action for item in ours.values() if isinstance(item["Action"], list) for action in item["Action"]
        }
        assert "lambda:UpdateFunctionConfiguration" not in actions
        assert "iam:PassRole" not in actions
        assert not any("*" in action for action in actions)
        assert "Fn::Join" in ours["ServerVersions"]["Resource"]
        assert "ServerFunction" in json.dumps([item["Resource"] for item in ours.values()])

    def test_the_edge_lets_every_method_through_and_keeps_what_the_server_allows(
        self, static: Templates, server: Templates
    ):
        """Static sites go on answering GET and HEAD, and nothing of a visitor is passed on."""
        before, after = behaviour(static), behaviour(server)
        assert "POST" in after["AllowedMethods"]
        assert "OriginRequestPolicyId" not in before
        assert after["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
        assert [item["EventType"] for item in after["FunctionAssociations"]] == ["viewer-request", "viewer-response"]
        (policy,) = (
            item["Properties"]["CachePolicyConfig"]
            for template in server.values()
            for item in template["Resources"].values()
            if item["Type"] == "AWS::CloudFront::CachePolicy"
        )
        assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
        key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
        assert key["HeadersConfig"]["Headers"] == ["authorization", "x-platform-key"]
        assert key["CookiesConfig"] == {"CookieBehavior": "none"}

    def test_failures_of_visitors_raise_an_alarm(self, server: Templates):
        """What counts is what visitors saw: answers with 5xx, at any of the function's addresses."""
        alarms = {
            item["Properties"]["MetricName"]: item["Properties"]["Dimensions"]
            for name, item in server["platform-acme"]["Resources"].items()
            if item["Type"] == "AWS::CloudWatch::Alarm" and name.startswith("AlarmsRender")
        }
        assert set(alarms) == {"Url5xxCount", "Throttles"}
        assert all([row["Name"] for row in rows] == ["FunctionName"] for rows in alarms.values())

    def test_the_build_knows_the_function(self, server: Templates):
        """`platform build --publish` finds it there."""
        variables = one(server["platform-acme"], "CodeBuild::Project")["Environment"]["EnvironmentVariables"]
        assert "PLATFORM_SERVER_FUNCTION" in {item["Name"] for item in variables}


@pytest.mark.slow
def test_validation_passes(fake_plugins: Path, tmp_path: Path):
    """The template validator and cdk-nag find nothing in the stack of a site with a server."""
    assert fake_plugins
    templates(tmp_path, SERVER, validate=True)


def test_the_embedded_aws_has_the_same_function(fake_plugins: Path, tmp_path: Path):
    """On this machine the server is there too, without alarms."""
    assert fake_plugins
    site = templates(tmp_path, SERVER, stage="local")["platform-acme"]
    kinds = Counter(item["Type"] for item in site["Resources"].values())
    assert (kinds["AWS::Lambda::Function"], kinds["AWS::CloudWatch::Alarm"]) == (1, 0)
