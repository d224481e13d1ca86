"""Deploying assemblies with the CDK CLI, and asking AWS what it made of them.

The CLI is npm's ``aws-cdk`` in one exact version, started with our own Node. It
gets the caller's AWS environment: a profile, keys, or the endpoint of an emulator.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from platform_core.assembly import Assembly, StackRef
from platform_core.errors import DeployError, Problem
from platform_core.node import ensure_packages, node, npm_env
from platform_core.outputs import Outputs

__all__ = [
    "CDK_VERSION",
    "Aws",
    "Change",
    "Deployment",
    "Event",
    "bootstrap",
    "cdk_program",
    "deploy",
    "destroy",
    "diff",
    "outputs",
]

CDK_VERSION = "2.1148.1"
_PACKAGE = Path(__file__).parent / "cloud" / "cdk-cli"
_TWO_HOURS = 7200.0
_EVENT = re.compile(
    r"^(?P<stack>\S+) +\| +(?P<done>\d+)(?:/(?P<total>\d+))? +\| +[^|]+\| +(?P<status>[A-Z_]+) +\| "
    r"(?P<type>\S+) +\| (?P<text>.*)$"
)


@dataclass(frozen=True)
class Aws:
    """Which AWS: the account and the endpoint that an environment leads to.

    Attributes:
        environ: Added to the environment of this process: ``AWS_PROFILE``,
            ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL`` and so on.
        region: For clients; the environment's own when empty.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    region: str = ""

    def client(self, service: str, *, region: str = "") -> Any:
        """Return a boto3 client."""
        import boto3
        from botocore.config import Config

        env = {**os.environ, **self.environ}
        session = boto3.Session(
            profile_name=env.get("AWS_PROFILE") or None,
            aws_access_key_id=env.get("AWS_ACCESS_KEY_ID") or None,
            aws_secret_access_key=env.get("AWS_SECRET_ACCESS_KEY") or None,
            aws_session_token=env.get("AWS_SESSION_TOKEN") or None,
            region_name=region or self.region or env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or None,
        )
        name = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
        endpoint = env.get(name) or env.get("AWS_ENDPOINT_URL") or None
        config = Config(retries={"mode": "standard"}, s3={"addressing_style": "path"} if endpoint else {})
        verify = env.get("AWS_CA_BUNDLE") or None
        return session.client(service, endpoint_url=endpoint, config=config, verify=verify)  # type: ignore[call-overload]

    def environment(self) -> dict[str, str]:
        """Return the environment of the CDK CLI."""
        env = npm_env({**os.environ, **self.environ})
        if self.region:
            env |= {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return env | {"CDK_DISABLE_VERSION_CHECK": "1"}


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


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that a deployment would change.

    Attributes:
        replaced: ``yes`` when the resource is made anew, so that what it holds is lost.
        properties: Which of its properties differ.
    """

    stack: str
    action: Literal["Add", "Modify", "Remove", "Import", "Dynamic"]
    resource: str
    type: str
    replaced: Literal["yes", "no", "maybe"]
    properties: tuple[str, ...] = ()


def cdk_program() -> tuple[str, ...]:
    """Return program and first argument with which the CDK CLI is run.

    Raises:
        ToolError: It can't be installed.
    """
    script = ensure_packages(_PACKAGE) / "node_modules" / "aws-cdk" / "bin" / "cdk"
    return str(node()), str(script)


def bootstrap(aws: Aws, account: str, region: str) -> None:
    """Prepare an account's region for CDK, once; does nothing when it is done already.

    Raises:
        DeployError: AWS refused.
    """
    _run(["bootstrap", f"aws://{account}/{region}"], aws)


def deploy(
    assembly: Assembly,
    aws: Aws,
    *,
    clients: Sequence[str] = (),
    on_event: Callable[[Event], None] = lambda event: None,
    timeout: float = _TWO_HOURS,
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
    chosen = _chosen(assembly, clients)
    started = time.monotonic()
    names = [stack.id for stack in chosen]
    options = ["--require-approval", "never", "--progress", "events", "--concurrency", "4", "--asset-parallelism"]
    lines = _run(["deploy", "--app", str(assembly.folder), *names, *options], aws, on_event=on_event, timeout=timeout)
    changed = any(_EVENT.match(line) for line in lines)
    found = {stack.client: outputs(stack.name, aws, region=stack.region) for stack in chosen if stack.client}
    return Deployment(found, changed, time.monotonic() - started)


def diff(assembly: Assembly, aws: Aws, *, clients: Sequence[str] = ()) -> tuple[Change, ...]:
    """Ask CloudFormation what a deployment would change, and change nothing.

    Raises:
        DeployError: AWS refused to make the change set.
    """
    chosen = _chosen(assembly, clients)
    name = f"platform-diff-{time.time_ns()}"
    command = ["deploy", "--app", str(assembly.folder), *(stack.id for stack in chosen), "--require-approval", "never"]
    try:
        _run([*command, "--method", "prepare-change-set", "--change-set-name", name], aws)
        return tuple(change for stack in chosen for change in _changes(stack, name, aws))
    finally:
        for stack in chosen:
            _drop_change_set(stack, name, aws)


def destroy(assembly: Assembly, aws: Aws, *, clients: Sequence[str] = (), timeout: float = _TWO_HOURS) -> None:
    """Empty the buckets of sites and delete their stacks; what sites share stays.

    Raises:
        DeployError: AWS refused; with the reasons.
    """
    chosen = [stack for stack in _chosen(assembly, clients) if stack.client]
    for stack in chosen:
        _empty_bucket(outputs(stack.name, aws, region=stack.region).get("Bucket"), aws, stack.region)
    names = [stack.id for stack in chosen]
    _run(["destroy", "--app", str(assembly.folder), *names, "--force"], aws, timeout=timeout)


def outputs(stack: str, aws: Aws, *, region: str = "") -> Outputs:
    """Return the outputs of a stack; empty when it is not there."""
    from botocore.exceptions import ClientError

    try:
        found = aws.client("cloudformation", region=region).describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return Outputs()
        raise DeployError("no-outputs", f"the outputs of {stack} can't be read", why=str(error)) from None
    return Outputs({item["OutputKey"]: item["OutputValue"] for item in found[0].get("Outputs", ())})


def _chosen(assembly: Assembly, clients: Sequence[str]) -> list[StackRef]:
    """Return the stacks of *clients* and the shared ones; the CLI adds no others."""
    return [stack for stack in assembly.stacks if not clients or not stack.client or stack.client in clients]


def _run(
    args: Sequence[str],
    aws: Aws,
    *,
    on_event: Callable[[Event], None] = lambda event: None,
    timeout: float = _TWO_HOURS,
) -> list[str]:
    """Run the CDK CLI and return what it printed.

    Raises:
        DeployError: It failed; the failed resources are its problems.
    """
    command = [*cdk_program(), *args, "--ci", "--no-color", "--no-notices"]
    lines: list[str] = []
    with _started(command, aws.environment(), timeout) as lines_read:
        for line in lines_read:
            lines.append(line)
            if event := _event(line):
                on_event(event)
    code = int(lines.pop())
    if code:
        raise _failure(args[0], lines, code)
    return lines


@contextlib.contextmanager
def _started(command: Sequence[str], env: Mapping[str, str], timeout: float) -> Iterator[Iterator[str]]:
    """Start a program and yield its lines, and last of all its exit code."""
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
    stopper.start()

    def lines() -> Iterator[str]:
        assert process.stdout
        for line in process.stdout:
            yield line.rstrip("\n")
        yield str(process.wait())

    try:
        yield lines()
    finally:
        stopper.cancel()
        if process.poll() is None:
            process.terminate()
            process.wait()


def _event(line: str) -> Event | None:
    found = _EVENT.match(line)
    if not found:
        return None
    total = int(found["total"] or 0)
    return Event(found["stack"], int(found["done"]), total, found["status"], found["type"], found["text"].strip())


def _failure(verb: str, lines: Sequence[str], code: int) -> DeployError:
    events = [event for line in lines if (event := _event(line)) and event.status.endswith("_FAILED")]
    problems = [Problem(f"{event.stack} {event.type}", f"{event.resource}.") for event in events]
    rolled_back = any("ROLLBACK_COMPLETE" in line for line in lines)
    tail = [line for line in lines if line.strip() and not _EVENT.match(line)][-6:]
    return DeployError(
        f"{verb}-failed",
        f"the CDK CLI could not {verb} (exit code {code})",
        why="\n".join(tail),
        problems=dict.fromkeys(problems),
        hint="CloudFormation has rolled back: what was live before is live still." if rolled_back else "",
    )


def _changes(stack: StackRef, change_set: str, aws: Aws) -> Iterator[Change]:
    from botocore.exceptions import ClientError

    client = aws.client("cloudformation", region=stack.region)
    try:
        pages = client.get_paginator("describe_change_set").paginate(StackName=stack.name, ChangeSetName=change_set)
        found = [item["ResourceChange"] for page in pages for item in page.get("Changes", ())]
    except ClientError as error:
        if "does not exist" in str(error) or "NotFound" in str(error):
            return  # the CLI makes no change set when the template is the deployed one
        raise DeployError("no-change-set", f"the change set of {stack.name} can't be read", why=str(error)) from None
    for item in found:
        replaced = {"True": "yes", "Conditional": "maybe"}.get(str(item.get("Replacement")), "no")
        names = {detail["Target"].get("Name") or detail["Target"]["Attribute"] for detail in item.get("Details", ())}
        yield Change(
            stack.name,
            item["Action"],
            item["LogicalResourceId"],
            item["ResourceType"],
            replaced,
            tuple(sorted(names)),  # type: ignore[arg-type]
        )


def _drop_change_set(stack: StackRef, change_set: str, aws: Aws) -> None:
    """Delete a change set, and the empty stack that one for a new stack leaves behind."""
    from botocore.exceptions import ClientError

    client = aws.client("cloudformation", region=stack.region)
    with contextlib.suppress(ClientError):
        client.delete_change_set(StackName=stack.name, ChangeSetName=change_set)
    with contextlib.suppress(ClientError):
        if client.describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS":
            client.delete_stack(StackName=stack.name)


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
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise DeployError("bucket-not-emptied", f"the bucket {bucket} can't be emptied", why=str(error)) from None
