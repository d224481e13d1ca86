"""Deploying with the real command, by CloudFormation, into the embedded AWS."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from platform_cli.local.emulator import client_environment
from platform_testing.distributions import add_distribution, install_fakes
from platform_testing.embedded import EmbeddedAws

pytestmark = pytest.mark.embedded

REGION = "eu-central-1"
PARAMETER = {
    "platform_plugin_parameter/__init__.py": "",
    "platform_plugin_parameter/plugin.toml": (
        'schema = 1\nid = "parameter"\nkind = "service"\nname = "Parameter"\nsummary = "Keeps a value."\n'
        '[settings.name]\ntype = "string"\ndescription = "Its name."\nrequired = true\n'
    ),
    "platform_plugin_parameter/plugin.py": (
        "from platform_core.hookspecs import hookimpl\n"
        "@hookimpl\ndef platform_assess():\n    return {}\n"
        "@hookimpl\ndef platform_plan():\n    return ()\n"
        "@hookimpl\ndef platform_run():\n    return ()\n"
        "@hookimpl\ndef platform_provision(stack, settings):\n"
        "    from aws_cdk import aws_ssm\n"
        "    aws_ssm.CfnParameter(stack, 'Kept', type='String', value='x', name=settings['name'])\n"
    ),
}
"""A service that adds a resource whose name may be taken."""
SITE = """client = "acme"
domain = "www.acme.example"
engine = "ssg-echo"
cms = "cms-memory"
services = ["parameter"]

[aws]
region = "eu-central-1"
account = "000000000000"

[settings.parameter]
name = "/acme/free"
"""


@dataclass
class Story:
    """What was seen while one site was deployed, changed, rolled back and destroyed."""

    platform: Any
    site: Path
    aws: EmbeddedAws
    seen: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def run(self, name: str, *arguments: str, code: int = 0, **given: Any) -> None:
        """Run a command on the site and keep what it says."""
        verb, *more = arguments
        self.seen[name] = self.platform(verb, self.site, *more, code=code, **given)

    def client(self, service: str) -> Any:
        """Return a client of the stack's region."""
        import boto3

        return boto3.client(
            service, REGION, endpoint_url=self.aws.endpoint, aws_access_key_id="000000000000", aws_secret_access_key="x"
        )

    def stack(self) -> dict[str, Any]:
        """Return what CloudFormation says of the site's stack."""
        found: dict[str, Any] = self.client("cloudformation").describe_stacks(StackName="platform-acme")["Stacks"][0]
        return found

    def write(self, text: str) -> None:
        """Write an entry of the site."""
        (self.site / "content" / "posts" / "hello.md").write_text(f"---\ntitle: Hello\n---\n{text}\n", "utf-8")

    def live(self) -> str:
        """Return the live release, from `releases --json`."""
        found = json.loads(self.platform("releases", self.site, "--json").stdout)
        return str(next(row["id"] for row in found if row["live"]))


@pytest.fixture(name="cloud", scope="module")
def _cloud(make_command: Any, aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Story]:
    """Return the function that makes a new site and leads the command to the embedded AWS."""
    plugins = install_fakes(tmp_path_factory.mktemp("plugins"))
    add_distribution(
        plugins,
        "platform-plugin-parameter",
        entry_points="[platform.service.v1]\nparameter = platform_plugin_parameter.plugin\n",
        files=PARAMETER,
    )

    def new(text: str = SITE) -> Story:
        folder = tmp_path_factory.mktemp("work")
        platform = make_command(folder, plugins, client_environment(aws.endpoint))
        flags = ("--client", "acme", "--domain", "www.acme.example", "--engine", "ssg-echo")
        platform("init", "acme", *flags)
        (folder / "acme" / "site.toml").write_text(text, "utf-8")
        return Story(platform, folder / "acme", aws)

    return new


@pytest.fixture(name="story", scope="module")
def _story(cloud: Any) -> Story:
    """Deploy, change, fail, roll back and destroy one site; the tests look at what was seen."""
    story = cloud()
    story.run("unbootstrapped", "deploy", "--yes", code=1)
    story.run("create", "deploy", "--yes", "--bootstrap")
    story.outputs = {item["OutputKey"]: item["OutputValue"] for item in story.stack()["Outputs"]}
    source = story.client("s3").get_object(Bucket=story.outputs["Bucket"], Key="source/site.zip")["Body"].read()
    with zipfile.ZipFile(BytesIO(source)) as archive:
        story.facts["source"] = archive.namelist()
    story.facts["first"] = story.live()
    story.run("again", "deploy", "--yes")
    story.run("no diff", "diff", "--exit-code")
    story.write("Second.")
    story.run("edited", "deploy", "--yes")
    story.facts["second"] = story.live()
    story.run("releases", "releases")
    story.run("rollback", "rollback")
    story.facts["rolled back"] = story.live()
    story.run("named", "rollback", story.facts["second"])
    story.run("unknown", "rollback", "aaaaaaaaaaaaaaaa", code=1)
    _build_machine(story)
    _fail(story)
    _destroy(story)
    return story


def _build_machine(story: Story) -> None:
    """Build and publish as CodeBuild does after a webhook: the environment says where."""
    from platform_core.outputs import environment_name

    story.write("Third.")
    env = {environment_name(name): value for name, value in story.outputs.items()}
    story.run("build machine", "build", "--publish", env=env)
    story.facts["third"] = story.live()


def _fail(story: Story) -> None:
    """Rename the parameter to a name that is taken."""
    story.client("ssm").put_parameter(Name="/acme/taken", Value="somebody else's", Type="String")
    site = story.site / "site.toml"
    site.write_text(SITE.replace("/acme/free", "/acme/taken"), "utf-8")
    story.run("diff", "diff", "--exit-code", code=1)
    story.facts["changes"] = json.loads(story.platform("diff", story.site, "--json").stdout)
    story.run("failed", "deploy", "--yes", code=1)
    story.facts["status"] = story.stack()["StackStatus"]
    story.facts["after the failure"] = story.live()
    site.write_text(SITE, "utf-8")


def _destroy(story: Story) -> None:
    story.run("nobody agrees", "destroy", code=2)
    wrong = story.platform.converse("destroy", story.site, answers=("acne",))
    story.facts["refused"] = wrong
    story.facts["still there"] = story.stack()["StackStatus"]
    story.facts["destroyed"] = story.platform.converse("destroy", story.site, answers=("acme",))
    story.run("gone", "destroy", "--yes")
    story.run("not deployed", "releases", code=1)


def test_an_account_that_is_not_bootstrapped_is_told_before_anything_happens(story: Story) -> None:
    """The option that prepares it is named."""
    said = story.seen["unbootstrapped"].stderr
    assert "error[not-ready]" in said
    assert "`platform deploy --bootstrap`" in said


def test_deploy_makes_the_stack_and_a_release(story: Story) -> None:
    """The first deployment validates, shows what is new, and ends with the address."""
    done = story.seen["create"]
    assert re.search(r"synthesize the stack .* validated", done.stderr)
    assert re.search(r"^platform-acme: \d+ resources are added$", done.stdout, re.MULTILINE)
    assert f"acme answers at {story.outputs['Address']}/" in done.stdout
    assert f"Release {story.facts['first']} is live" in done.stdout


def test_deploy_tells_webhooks_and_missing_secrets(story: Story) -> None:
    """What the user still has to do by hand is named, never the secret's value."""
    said = story.seen["create"].stdout
    assert f"{story.outputs['Address']}/_platform/webhooks/memory, secret platform/cms-memory" in said
    assert "aws secretsmanager create-secret --region eu-central-1 --name platform/cms-memory" in said


def test_deploy_uploads_the_source(story: Story) -> None:
    """The build machine gets the site's folder, and nothing that can be made again."""
    assert {"site.toml", "content/posts/hello.md", "echo/style.css"} <= set(story.facts["source"])
    assert not any(name.startswith(".platform/") for name in story.facts["source"])


def test_deploying_again_changes_nothing(story: Story) -> None:
    """Nothing is asked or built, and the same release stays."""
    done = story.seen["again"]
    assert re.search(r"compare with what is there .* no changes", done.stderr)
    assert re.search(r"deploy the stack .* unchanged", done.stderr)
    assert f"Release {story.facts['first']} was live already." in done.stdout


def test_diff_of_nothing_ends_with_zero(story: Story) -> None:
    """Without changes --exit-code makes no difference."""
    assert story.seen["no diff"].stdout == "No changes.\n"


def test_an_edit_becomes_a_new_release(story: Story) -> None:
    """The stack stays as it is and another release is live."""
    assert re.search(r"deploy the stack .* unchanged", story.seen["edited"].stderr)
    assert story.facts["second"] != story.facts["first"]


def test_releases_lists_live_and_previous(story: Story) -> None:
    """A person sees which one a rollback leads to."""
    lines = story.seen["releases"].stdout.splitlines()
    assert lines[0].split() == ["release", "state", "created", "objects", "size"]
    states = {line.split()[0]: line.split()[1] for line in lines[1:]}
    assert states == {story.facts["second"]: "live", story.facts["first"]: "previous"}


def test_rollback_takes_one_step_back_and_tells_the_time(story: Story) -> None:
    """Without a release, the one before is live again."""
    assert story.facts["rolled back"] == story.facts["first"]
    assert re.search(rf"Release {story.facts['first']} is live again after \d+\.\d\d s", story.seen["rollback"].stdout)


def test_rollback_to_a_named_release(story: Story) -> None:
    """Any complete release can be chosen."""
    assert f"Release {story.facts['second']} is live again" in story.seen["named"].stdout


def test_rollback_to_an_unknown_release_names_the_known_ones(story: Story) -> None:
    """Nothing is switched."""
    assert story.facts["second"] in story.seen["unknown"].stderr


def test_the_build_machine_publishes(story: Story) -> None:
    """`build --publish` finds its place in the environment and makes a release live."""
    assert f"Release {story.facts['third']} is live" in story.seen["build machine"].stdout
    assert story.facts["third"] not in {story.facts["first"], story.facts["second"]}


def test_diff_marks_a_replacement(story: Story) -> None:
    """A resource that is made anew stands out, and --exit-code tells scripts."""
    assert re.search(r"^  [!?] .*AWS::SSM::Parameter Kept", story.seen["diff"].stdout, re.MULTILINE)
    change = next(item for item in story.facts["changes"] if item["type"] == "AWS::SSM::Parameter")
    assert set(change) == {"stack", "action", "resource", "type", "replaced", "properties"}
    assert change["replaced"] in {"yes", "maybe"}


def test_a_failed_update_rolls_back_and_says_why(story: Story) -> None:
    """The exit code is 1, the reason is AWS's own, and what was live is live still."""
    said = story.seen["failed"].stderr
    assert "error[deploy-failed]" in said
    assert "AWS::SSM::Parameter" in said
    assert "already exists" in said.lower()
    assert "what was live before is live still" in said
    assert story.facts["status"] == "UPDATE_ROLLBACK_COMPLETE"
    assert story.facts["after the failure"] == story.facts["third"]


def test_destroy_asks_for_the_name(story: Story) -> None:
    """Without a terminal, or with another name, nothing is deleted; what would be lost is told."""
    assert "--yes" in story.seen["nobody agrees"].stderr
    seen, code = story.facts["refused"]
    assert code == 2
    assert "every release, and the uploaded source" in seen
    assert story.facts["still there"] == "UPDATE_ROLLBACK_COMPLETE"


def test_destroy_deletes_the_stack(story: Story) -> None:
    """With the name typed the stack is gone, and a second time there is nothing to do."""
    seen, code = story.facts["destroyed"]
    assert code == 0, seen
    assert "platform-acme is gone" in seen
    assert "nothing to delete" in story.seen["gone"].stdout
    assert "error[not-deployed]" in story.seen["not deployed"].stderr


def test_without_credentials_nothing_starts(cloud: Any) -> None:
    """The message says how to get some."""
    story = cloud()
    empty = str(story.site / "site.toml.none")
    env = {
        "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_CONFIG_FILE": empty,
        "AWS_SHARED_CREDENTIALS_FILE": empty,
    }  # fmt: skip
    done = story.platform("deploy", story.site, "--yes", env=env, code=1)
    assert "credentials: " in done.stderr
    assert "AWS_PROFILE" in done.stderr


def test_an_unknown_profile_is_told(cloud: Any) -> None:
    """A typo in AWS_PROFILE is one message, also where nothing is checked first."""
    story = cloud()
    for command in ("diff", "releases"):
        done = story.platform(command, story.site, env={"AWS_PROFILE": "no-such-profile"}, code=1)
        assert "no-such-profile" in done.stderr


def test_another_account_than_the_sites_is_refused(cloud: Any) -> None:
    """The site says where it belongs."""
    story = cloud(SITE.replace('account = "000000000000"', 'account = "123456789012"'))
    done = story.platform("deploy", story.site, "--yes", code=1)
    assert "acme belongs to account 123456789012, and the credentials are of 000000000000" in done.stderr


def test_deploy_asks_before_it_changes_anything(cloud: Any) -> None:
    """Without a terminal and without --yes, nothing is deployed."""
    story = cloud(SITE.replace('"acme"', '"beta"').replace("eu-central-1", "eu-west-1"))
    done = story.platform("deploy", story.site, "--bootstrap", code=2)
    assert "resources are added" in done.stdout
    assert "--yes" in done.stderr
    seen, code = story.platform.converse("deploy", story.site, answers=("n",), seconds=120)
    assert "Deploy this? [y/N]" in seen
    assert code == 130
    stacks = {item["StackName"] for item in story.client("cloudformation").list_stacks()["StackSummaries"]}
    assert "platform-beta" not in stacks


def test_an_aws_that_does_not_answer_is_told(cloud: Any) -> None:
    """An AWS that does not answer ends in a message."""
    story = cloud()
    env = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_MAX_ATTEMPTS": "1",
    }
    done = story.platform("releases", story.site, env=env, code=1)
    assert done.stderr.startswith("error[")
