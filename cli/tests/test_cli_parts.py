"""Small parts of the command: how changes are shown, ports are claimed, and folders are locked."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from platform_cli.changes import change_lines
from platform_cli.local import emulator
from platform_cli.local.lock import locked, running
from platform_cli.local.processes import claim_port
from platform_cli.progress import Steps
from platform_core.changes import Change
from platform_core.node import node


def test_a_new_stack_is_one_line() -> None:
    """Nobody reads forty lines that all say the same."""
    changes = [Change("platform-acme", "Add", f"R{number}", "AWS::S3::Bucket") for number in range(40)]
    assert list(change_lines(changes)) == ["platform-acme: 40 resources are added"]


def test_replacements_stand_first_and_are_counted() -> None:
    """What loses data can't be overlooked."""
    changes = [
        Change("s", "Modify", "Edge", "AWS::CloudFront::Distribution", "no", ("Comment",)),
        Change("s", "Remove", "Old", "AWS::SQS::Queue"),
        Change("s", "Modify", "Store", "AWS::S3::Bucket", "yes", ("BucketName",)),
        Change("s", "Modify", "Topic", "AWS::SNS::Topic", "maybe"),
    ]
    assert list(change_lines(changes)) == [
        "s:",
        "  ! Replace AWS::S3::Bucket Store  (BucketName)",
        "  ? Modify or replace AWS::SNS::Topic Topic",
        "  ~ Modify AWS::CloudFront::Distribution Edge  (Comment)",
        "  - Remove AWS::SQS::Queue Old",
        "REPLACED: 1 resource is made anew, and what it holds is lost.",
        "Perhaps replaced: 1; CloudFormation knows only while it deploys.",
    ]


def test_a_claimed_port_is_given_to_nobody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two sites that start at once ask before either of them listens."""
    monkeypatch.setenv("PLATFORM_CACHE", str(tmp_path))
    with ExitStack() as first, ExitStack() as second:
        port = claim_port(0, first)
        assert claim_port(port, second) != port
        first.close()
        assert claim_port(port, second) == port


def test_a_port_that_somebody_listens_on_is_not_claimed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Programs that know nothing of claims are respected too."""
    monkeypatch.setenv("PLATFORM_CACHE", str(tmp_path))
    with socket.socket() as busy, ExitStack() as stack:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        assert claim_port(taken, stack) != taken


def test_a_guard_that_is_ended_sees_its_program_end() -> None:
    """It waits for its program's end, and not until its patience is over."""
    program = "import signal; print('up', flush=True); signal.pause()"
    patient = "import sys; from platform_cli.local import guard; guard.GRACE_SECONDS = 3600; guard.main(sys.argv[1:])"
    command = [sys.executable, "-c", patient, sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        process.terminate()
        try:
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_a_folder_is_locked_once(tmp_path: Path) -> None:
    """The second one is told who has it, and where the site answers."""
    with locked(tmp_path) as lock:
        assert lock
        lock.tell("http://localhost:1", "http://127.0.0.1:2")
        found = running(tmp_path)
        assert found
        assert (found.address, found.endpoint) == ("http://localhost:1", "http://127.0.0.1:2")
        with locked(tmp_path) as second:
            assert second is None
    assert running(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", '{"pid": 1, "moon": 2}', '{"pid"'])
def test_a_record_that_can_not_be_read_is_nobody(tmp_path: Path, text: str) -> None:
    """Another version, or half a file, is no reason to stop a process."""
    with locked(tmp_path):
        (tmp_path / "up.json").write_text(text, "utf-8")
        assert running(tmp_path) is None


def test_the_record_is_gone_with_the_lock(tmp_path: Path) -> None:
    """Nothing of a site that has ended is left to be believed."""
    with locked(tmp_path):
        assert json.loads((tmp_path / "up.json").read_text("utf-8"))["pid"]
    assert not (tmp_path / "up.json").exists()


def test_steps_tell_their_time_and_their_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe gets one line for each step, and nothing that moves."""
    steps = Steps()
    with steps.step("first") as step:
        steps.advance(step, "3/4")
        step.note = "done"
    with pytest.raises(ValueError, match="no"), steps.step("second"):
        raise ValueError("no")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].split()[0] == "first"
    assert lines[0].endswith("s  done")
    assert lines[1].split() == ["second", "failed"]
    assert len(lines) == 2


def test_functions_start_below_a_site_of_modules(tmp_path: Path) -> None:
    """The program that runs functions is CommonJS, whatever the package.json of the site above it says."""
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    state = tmp_path / "aws"
    state.mkdir()
    program = emulator._temporary(state) / "_worker.js"
    program.write_text('require("node:path");', "utf-8")
    done = subprocess.run([str(node()), str(program)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
