"""Deploying assemblies with the CDK CLI, and asking AWS what it made of them.

The CLI is npm's ``aws-cdk`` in one exact version, started with our own Node.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_core.assembly import Assembly, StackRef
from platform_core.aws import Aws, error_code
from platform_core.errors import DeployError, Problem
from platform_core.node import ensure_packages, node
from platform_core.outputs import BUCKET, Outputs

__all__ = [
    "BOOTSTRAP_VERSION",
    "CDK_VERSION",
    "Aws",
    "Deployment",
    "Event",
    "bootstrap",
    "bootstrap_version",
    "cdk_program",
    "deploy",
    "destroy",
    "outputs",
    "run_cdk",
    "stack_exists",
]

CDK_VERSION = "2.1148.1"
TWO_HOURS = 7200.0
BOOTSTRAP_VERSION = 6
_BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
_PACKAGE = Path(__file__).parent / "cloud" / "cdk-cli"
_EVENT = re.compile(
    r"^(?P<stack>\S+) +\| +(?P<done>\d+)(?:/(?P<total>\d+))? +\| +[^|]+\| +(?P<status>[A-Z_]+) +\| "
    r"(?P<type>\S+) +\| (?P<text>.*)$"
)
_LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a deployment, as CloudFormation tells it.

    Attributes:
        done: How many resources of the stack are finished.
        total: Of how many; 0 when that is not known.
        resource: Path of the construct, and the reason when it failed.
    """

    stack: str
    done: int
    total: int
    status: str
    type: str
    resource: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment left behind.

    Attributes:
        outputs: By client.
        changed: Whether CloudFormation had anything to do.
        seconds: How long it took.
    """

    outputs: Mapping[str, Outputs]
    changed: bool
    seconds: float


def cdk_program() -> tuple[str, ...]:
    """Return program and first argument with which the CDK CLI is run.

    Raises:
        ToolError: It can't be installed.
    """
    script = ensure_packages(_PACKAGE) / "node_modules" / "aws-cdk" / "bin" / "cdk"
    return str(node()), str(script)


def bootstrap(aws: Aws, account: str, region: str, *, timeout: float = TWO_HOURS) -> None:
    """Prepare an account's region for CDK; asks first whether that is done already.

    Raises:
        DeployError: AWS refused.
    """
    if bootstrap_version(aws, region) < BOOTSTRAP_VERSION:
        run_cdk(["bootstrap", f"aws://{account}/{region}"], aws, timeout=timeout)


def bootstrap_version(aws: Aws, region: str) -> int:
    """Return the version of a region's bootstrap stack; 0 without one.

    Raises:
        DeployError: AWS refused to tell.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = aws.client("ssm", region=region).get_parameter(Name=_BOOTSTRAP)
    except ClientError as error:
        if error_code(error) == "ParameterNotFound":
            return 0
        raise DeployError("no-bootstrap-version", f"the bootstrap of {region} can't be read", why=str(error)) from None
    except BotoCoreError as error:
        raise DeployError("no-bootstrap-version", f"the bootstrap of {region} can't be read", why=str(error)) from None
    return int(found["Parameter"]["Value"])


def deploy(
    assembly: Assembly,
    aws: Aws,
    *,
    clients: Sequence[str] = (),
    on_event: Callable[[Event], None] | None = None,
    timeout: float = TWO_HOURS,
) -> Deployment:
    """Deploy an assembly and return the outputs of its sites.

    Args:
        assembly: From `platform_core.assembly.synth`.
        aws: Where to.
        clients: Only these sites, and what they share; all of them when empty.
        on_event: Called for each step.
        timeout: Seconds after which the CLI is stopped; CloudFormation goes on by itself.

    Raises:
        DeployError: A stack failed; with every reason, and what CloudFormation did then.
    """
    chosen = assembly.for_clients(clients)
    started = time.monotonic()
    lines = run_cdk(
        [
            "deploy",
            *("--app", str(assembly.folder)),
            *(stack.id for stack in chosen),
            *("--require-approval", "never"),
            *("--progress", "events"),
            *("--concurrency", "4"),
            "--asset-parallelism",
        ],
        aws,
        on_event=on_event,
        timeout=timeout,
    )
    changed = any(_EVENT.match(line) for line in lines)
    found = {stack.client: outputs(stack.name, aws, region=stack.region) for stack in chosen if stack.part == "site"}
    return Deployment(found, changed, time.monotonic() - started)


def destroy(assembly: Assembly, aws: Aws, *, clients: Sequence[str] = (), timeout: float = TWO_HOURS) -> None:
    """Empty the buckets of sites and delete their stacks; what sites share stays.

    Raises:
        DeployError: AWS refused; with the reasons.
    """
    chosen = [stack for stack in assembly.for_clients(clients) if stack.client]
    for stack in chosen:
        _empty_bucket(outputs(stack.name, aws, region=stack.region).get(BUCKET), aws, stack.region)
    names = [stack.id for stack in chosen]
    run_cdk(["destroy", "--app", str(assembly.folder), *names, "--force"], aws, timeout=timeout)


def outputs(stack: str, aws: Aws, *, region: str = "") -> Outputs:
    """Return the outputs of a stack; empty when it is not there.

    Raises:
        DeployError: AWS refused.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = aws.client("cloudformation", region=region).describe_stacks(StackName=stack)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        if "does not exist" in str(error):
            return Outputs()
        raise DeployError("no-outputs", f"the outputs of {stack} can't be read", why=str(error)) from None
    return Outputs({item["OutputKey"]: item["OutputValue"] for item in found[0].get("Outputs", ())})


def run_cdk(
    args: Sequence[str],
    aws: Aws,
    *,
    on_event: Callable[[Event], None] | None = None,
    timeout: float = TWO_HOURS,
) -> list[str]:
    """Run the CDK CLI and return the lines that it printed.

    Raises:
        DeployError: It failed; the resources that failed are its problems.
    """
    command = [*cdk_program(), *args, "--ci", "--no-color", "--no-notices"]
    lines: list[str] = []
    with _started(command, aws.environment() | {"CDK_DISABLE_VERSION_CHECK": "1"}, timeout) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip("\n"))
            if on_event and (event := _event(lines[-1])):
                on_event(event)
        code = process.wait()
    if code:
        raise _failure(args[0], lines, code)
    return lines


@contextlib.contextmanager
def _started(command: Sequence[str], env: Mapping[str, str], timeout: float) -> Iterator[subprocess.Popen[str]]:
    """Start a program that ends with the block at the latest."""
    process = subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    stopper = threading.Timer(timeout, process.kill)
    stopper.daemon = True
    stopper.start()
    try:
        yield process
    finally:
        stopper.cancel()
        if process.poll() is None:
            process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _event(line: str) -> Event | None:
    found = _EVENT.match(line)
    if not found:
        return None
    done, total = int(found["done"]), int(found["total"] or 0)
    # What a rollback does is counted too.
    total = max(done, total) if total else 0
    return Event(found["stack"], done, total, found["status"], found["type"], found["text"].strip())


def _failure(verb: str, lines: Sequence[str], code: int) -> DeployError:
    events = [event for line in lines if (event := _event(line))]
    failed = [event for event in events if event.status.endswith("_FAILED")]
    problems = [Problem(f"{event.stack} {event.type}", event.resource) for event in failed]
    # The CLI cuts statuses off where its column ends.
    rolled_back = any(event.status.startswith("UPDATE_ROLLBACK_COMPLET") for event in events)
    said = [] if failed else [line for line in lines if line.strip() and not _EVENT.match(line)]
    return DeployError(
        f"{verb}-failed",
        f"the CDK CLI could not {verb}" if code > 0 else f"the CDK CLI was stopped before it could {verb}",
        why="\n".join(said[-_LAST_LINES:]),
        problems=dict.fromkeys(problems),
        hint="CloudFormation has rolled back: what was live before is live still." if rolled_back else "",
    )


def _empty_bucket(bucket: str, aws: Aws, region: str) -> None:
    from botocore.exceptions import ClientError

    if not bucket:
        return
    client = aws.client("s3", region=region)
    try:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            if keys := [{"Key": item["Key"]} for item in page.get("Contents", ())]:
                client.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":
            raise DeployError("bucket-not-emptied", f"the bucket {bucket} can't be emptied", why=str(error)) from None


def stack_exists(stack: StackRef, aws: Aws) -> bool:
    """Tell whether a stack is there; one that was only proposed by a change set is not.

    Raises:
        DeployError: AWS refused.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = aws.client("cloudformation", region=stack.region).describe_stacks(StackName=stack.name)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        if "does not exist" in str(error):
            return False
        raise DeployError("no-stack", f"{stack.name} can't be looked up", why=str(error)) from None
    return bool(found[0]["StackStatus"] != "REVIEW_IN_PROGRESS")
