"""`platform doctor`: what is there, what is missing, and what mends it."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

import pytest

from platform_core.discovery import discover

CHECKS = {
    "Python", "Node", "npm", "CDK CLI", "CDK library", "embedded AWS", "caches", "disk space", "ports", "plugins",
    "AWS credentials",
}  # fmt: skip
TOOLS = {tool.name for plugin in discover().usable if plugin.manifest for tool in plugin.manifest.tools}


@pytest.fixture(name="doctor")
def _doctor(platform: Any) -> Any:
    """Return the command with the machine's own cache, and without AWS credentials."""
    del platform.env["PLATFORM_CACHE"]
    platform.env |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    platform.env["AWS_EC2_METADATA_DISABLED"] = "true"
    return platform


def findings(doctor: Any, *arguments: object, code: int = 0, **given: Any) -> dict[str, dict[str, str]]:
    """Return the last finding of each check."""
    found = json.loads(doctor("doctor", *arguments, "--json", code=code, **given).stdout)
    assert all(set(row) == {"check", "state", "detail", "fix"} for row in found)
    return {row["check"]: row for row in found}


def test_a_complete_machine_is_fine(doctor: Any) -> None:
    """Everything that is needed is there; credentials are optional."""
    found = findings(doctor)
    assert set(found) == CHECKS | TOOLS
    assert not [row for row in found.values() if row["state"] == "missing"]
    assert found["AWS credentials"]["state"] == "note"
    assert "aws configure" in found["AWS credentials"]["fix"]


def test_people_get_a_line_for_each_check(doctor: Any) -> None:
    """State and detail stand beside the name."""
    lines = doctor("doctor").stdout.splitlines()
    assert {line[:16].strip() for line in lines} - {""} == CHECKS | TOOLS


def test_a_site_is_looked_at_too(doctor: Any, new_site: Any) -> None:
    """Its engine's program can be run."""
    assert findings(doctor, new_site())["site"]["state"] == "ok"


def test_a_broken_site_is_missing_something(doctor: Any) -> None:
    """All its problems are told, and the exit code is 1."""
    (doctor.folder / "site.toml").write_text('client = "acme"\ndomain = "acme"\nengine = "nothing"\n', "utf-8")
    found = findings(doctor, code=1)["site"]
    assert found["state"] == "missing"
    assert "site.toml:2 domain" in found["detail"]
    assert "site.toml:3 engine" in found["detail"]


def test_an_engine_whose_program_is_gone_is_told(doctor: Any, new_site: Any) -> None:
    """The command that brings it back is named."""
    site = new_site()
    plugin = doctor.plugins / "platform_plugin_ssg_echo" / "plugin.py"
    plugin.write_text(plugin.read_text("utf-8").replace("sys.executable,", "'no-such-program',"), "utf-8")
    found = findings(doctor, site, code=1)["site"]
    assert "no-such-program" in found["detail"]
    assert found["fix"] == "pip install --force-reinstall platform-plugin-ssg-echo"


def test_no_engine_is_missing_something(doctor: Any) -> None:
    """Without an engine nothing can be built."""
    done = doctor("--no-plugins", "doctor", code=1)
    assert "pip install platform-plugin-<engine>" in done.stdout


def test_a_broken_plugin_is_a_note(doctor: Any) -> None:
    """It stops only the sites that chose it."""
    (doctor.plugins / "platform_plugin_cms_memory" / "plugin.toml").write_text("= nonsense", "utf-8")
    found = findings(doctor)["plugins"]
    assert found["state"] == "note"
    assert "platform-plugin-cms-memory is broken" in found["detail"]


def test_a_cache_that_can_not_be_written_is_missing(doctor: Any) -> None:
    """The place is named."""
    blocked = doctor.folder / "blocked"
    blocked.write_text("a file where a folder should be", "utf-8")
    found = findings(doctor, code=1, env={"PLATFORM_CACHE": str(blocked)})
    assert found["caches"]["state"] == "missing"
    assert str(blocked) in found["caches"]["detail"]


def test_an_npm_cache_that_can_not_be_written_is_missing(doctor: Any) -> None:
    """Npm would fail with it much later."""
    blocked = doctor.folder / "blocked"
    blocked.write_text("a file where a folder should be", "utf-8")
    found = findings(doctor, code=1, env={"npm_config_cache": str(blocked)})
    assert found["npm"]["state"] == "missing"


def test_a_taken_port_is_a_note(doctor: Any) -> None:
    """`up` takes another one then."""
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            busy.bind(("127.0.0.1", 8080))
            busy.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        found = findings(doctor)["ports"]
    assert found["state"] == "note"
    assert "8080 is in use, so the site gets another" in found["detail"]


def test_credentials_that_aws_does_not_take_are_a_note(doctor: Any) -> None:
    """Only a deployment needs them; why they are refused is told."""
    env = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }  # fmt: skip
    found = findings(doctor, env=env)["AWS credentials"]
    assert found["state"] == "note"
    assert "AWS does not take them" in found["detail"]


def test_credentials_tell_their_account(doctor: Any, aws: Any) -> None:
    """A user sees where a deployment would go."""
    from platform_cli.local.emulator import client_environment

    found = findings(doctor, env=client_environment(aws.endpoint))["AWS credentials"]
    assert found["state"] == "ok"
    assert "000000000000" in found["detail"]
