"""`platform synth`: one App for one site or many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from platform_testing.distributions import add_distribution


def synthesized(platform: Any, *arguments: object) -> dict[str, Any]:
    """Return what `synth --json` says."""
    found: dict[str, Any] = json.loads(platform("synth", *arguments, "--json").stdout)
    return found


def test_synth_writes_templates_and_says_what_ran(platform: Any, new_site: Any) -> None:
    """Stacks, resources, and that nothing was validated; the second time nothing is done."""
    site = new_site()
    said = platform("synth", site).stdout
    assert "platform-acme" in said
    assert "Not validated" in said
    assert (site / ".platform" / "aws" / "cdk.out" / "platform-acme.template.json").is_file()
    assert "Unchanged since the last time." in platform("synth", site).stdout


def test_validation_is_told(platform: Any, new_site: Any) -> None:
    """An assembly that was not validated is synthesized again with it, and stays good for both."""
    site = new_site()
    assert not synthesized(platform, site)["validated"]
    found = synthesized(platform, site, "--validate")
    assert found["validated"]
    assert found["changed"]
    again = synthesized(platform, site)
    assert again["validated"]
    assert not again["changed"]


BUCKET = {
    "platform_plugin_bucket/__init__.py": "",
    "platform_plugin_bucket/plugin.toml": (
        'schema = 1\nid = "bucket"\nkind = "service"\nname = "Bucket"\nsummary = "Adds a bucket that anybody may ask for."\n'
    ),
    "platform_plugin_bucket/plugin.py": (
        "from platform_core.hookspecs import hookimpl\n"
        "@hookimpl\ndef platform_assess():\n    return {}\n"
        "@hookimpl\ndef platform_plan():\n    return ()\n"
        "@hookimpl\ndef platform_run():\n    return ()\n"
        "@hookimpl\ndef platform_provision(stack):\n"
        "    from aws_cdk import aws_s3\n"
        "    aws_s3.Bucket(stack, 'Careless')\n"
    ),
}
"""A service whose bucket takes requests without TLS."""


def test_validation_stops_what_is_not_safe(platform: Any, new_site: Any) -> None:
    """What cdk-nag finds is told with its rule and its place, and no assembly is left to deploy."""
    entry = "[platform.service.v1]\nbucket = platform_plugin_bucket.plugin\n"
    add_distribution(platform.plugins, "platform-plugin-bucket", entry_points=entry, files=BUCKET)
    site = new_site("acme", "--service", "bucket")
    platform("synth", site, "--output", "unchecked")
    done = platform("synth", site, "--validate", code=1)
    assert "error[bad-template]" in done.stderr
    assert "AwsSolutions-S10" in done.stderr
    assert "Careless" in done.stderr
    assert not (site / ".platform" / "aws" / "cdk.out").exists()


def test_several_folders_are_one_app(platform: Any, new_site: Any) -> None:
    """Each site has its stack, in one folder, with the shape that is documented."""
    found = synthesized(platform, new_site("acme"), new_site("beta"), "--output", "fleet")
    assert set(found) == {"folder", "changed", "validated", "stacks"}
    assert {row["client"] for row in found["stacks"]} >= {"acme", "beta"}
    keys = {"id", "name", "client", "account", "region", "template", "resources"}
    assert all(set(row) == keys and row["resources"] > 0 for row in found["stacks"])
    assert (platform.folder / "fleet" / "manifest.json").is_file()


def test_two_sites_of_one_client_are_refused(platform: Any, new_site: Any) -> None:
    """They would be one stack."""
    first, second = new_site("acme"), new_site("beta")
    (second / "site.toml").write_text((first / "site.toml").read_text("utf-8"), "utf-8")
    done = platform("synth", first, second, code=2)
    assert "error[client-twice]" in done.stderr
    assert str(first) in done.stderr
    assert str(second) in done.stderr


def test_the_local_profile_is_synthesized(platform: Any, new_site: Any) -> None:
    """The stack that `up` deploys is bound to the embedded AWS's account."""
    found = synthesized(platform, new_site(), "--local")
    assert {row["account"] for row in found["stacks"]} == {"000000000000"}
    assert Path(found["folder"]).parent.name == "local"


def test_a_folder_with_something_else_is_never_replaced(platform: Any, new_site: Any) -> None:
    """An assembly is replaced whole, so its folder must hold nothing else."""
    site = new_site()
    before = sorted(path.name for path in site.iterdir())
    assert "error[not-an-assembly]" in platform("synth", site, "--output", site, code=2).stderr
    assert sorted(path.name for path in site.iterdir()) == before
