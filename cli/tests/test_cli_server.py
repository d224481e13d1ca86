"""A site that is given a server and loses it again, with the real command, in the embedded AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from platform_cli.local.emulator import client_environment
from platform_testing.distributions import install_fakes
from platform_testing.embedded import EmbeddedAws, local_edge

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

SITE = """client = "grows"
domain = "www.grows.example"
engine = "ssg-echo"
rendering = "%s"

[aws]
account = "000000000000"
"""
LASTING = ("Bucket", "DistributionId", "StoreArn")


@dataclass
class Story:
    """What was seen at each step."""

    said: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    pages: dict[str, dict[str, int]] = field(default_factory=dict)
    releases: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


@pytest.fixture(name="story", scope="module")
def _story(make_command: Any, aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Deploy static, with a server, static again; roll back; destroy."""
    import urllib.error
    import urllib.request

    folder = tmp_path_factory.mktemp("work")
    plugins = install_fakes(tmp_path_factory.mktemp("plugins"))
    platform = make_command(folder, plugins, client_environment(aws.endpoint))
    platform("init", "grows", "--client", "grows", "--domain", "www.grows.example", "--engine", "ssg-echo")
    site, story = folder / "grows", Story()

    def status(port: int, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def look(step: str) -> None:
        found = aws.client("cloudformation").describe_stacks(StackName="platform-grows")["Stacks"][0]["Outputs"]
        story.outputs[step] = {item["OutputKey"]: item["OutputValue"] for item in found}
        distribution = story.outputs[step]["DistributionId"]
        with local_edge(aws, distribution=distribution, domain="www.grows.example") as edge:
            story.pages[step] = {path: status(edge["port"], path) for path in ("/posts/hello/", "/echo/x", "/gone")}
        story.releases[step] = json.loads(platform("releases", site, "--json").stdout)

    for step, rendering in (("static", "static"), ("server", "server"), ("static again", "static")):
        (site / "site.toml").write_text(SITE % rendering, "utf-8")
        if step == "server":
            story.said["diff"] = platform("diff", site).stdout
        story.said[step] = platform("deploy", site, "--yes", "--bootstrap").stderr
        look(step)
        if step == "server":
            platform("rollback", site)
            look("rolled back")
            platform("rollback", site)
    story.said["back to the server"] = platform("rollback", site, code=None).stderr
    platform("destroy", site, "--yes")
    names = [row["FunctionName"] for row in aws.client("lambda").list_functions()["Functions"]]
    story.left = [name for name in names if "grows" in name]
    return story


def test_the_stack_grows_and_keeps_what_lasts(story: Story) -> None:
    """Bucket, distribution and store are the same from the first step to the last."""
    for name in LASTING:
        assert len({found[name] for found in story.outputs.values()}) == 1
    assert "ServerFunction" in story.outputs["server"]
    assert "ServerFunction" not in story.outputs["static again"]
    assert "AWS::Lambda::Function" in story.said["diff"]


def test_the_server_answers_while_there_is_one(story: Story) -> None:
    """Pages are served at each step; the dynamic one, and the server's own 404, with the server alone."""
    assert story.pages == {
        "static": {"/posts/hello/": 200, "/echo/x": 404, "/gone": 404},
        "server": {"/posts/hello/": 200, "/echo/x": 200, "/gone": 404},
        "rolled back": {"/posts/hello/": 200, "/echo/x": 404, "/gone": 404},
        "static again": {"/posts/hello/": 200, "/echo/x": 404, "/gone": 404},
    }
    assert [row["server"] for row in story.releases["server"]] == [True, False]


def test_the_static_release_goes_live_before_the_function_goes(story: Story) -> None:
    """What is live never depends on something that is being deleted."""
    said = story.said["static again"]
    assert said.index("publish the release") < said.index("deploy the stack")
    assert "is not complete any more" in story.said["back to the server"]


def test_nothing_of_the_server_is_left(story: Story) -> None:
    """Destroying the site takes the function with all its versions."""
    assert story.left == []
