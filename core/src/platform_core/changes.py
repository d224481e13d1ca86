"""What a deployment would change, before it does.

CloudFormation says it exactly, by a change set. For a stack that is not there yet,
and for one that imports from a stack that is not there yet, it can't; then the two
templates are compared, which does not tell what CloudFormation would replace.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from platform_core.assembly import Assembly, StackRef
from platform_core.aws import Aws, error_code
from platform_core.deploy import run_cdk, stack_exists
from platform_core.errors import DeployError

__all__ = ["Change", "diff"]

Replaced = Literal["yes", "no", "maybe"]
_REPLACED: Mapping[str, Replaced] = {"True": "yes", "Conditional": "maybe"}


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that a deployment would change.

    Attributes:
        action: ``Add``, ``Modify``, ``Remove``, or what else CloudFormation calls it.
        resource: Its logical id.
        replaced: ``yes`` when it is made anew, so that what it holds is lost; ``maybe``
            when that is known only while deploying.
        properties: Which of its properties differ.
    """

    stack: str
    action: str
    resource: str
    type: str
    replaced: Replaced = "no"
    properties: tuple[str, ...] = ()


def diff(assembly: Assembly, aws: Aws, *, clients: Sequence[str] = ()) -> tuple[Change, ...]:
    """Return what a deployment would change, and change nothing.

    Raises:
        DeployError: AWS refused to tell.
    """
    chosen = assembly.for_clients(clients)
    there = {stack.name: stack_exists(stack, aws) for stack in chosen}
    if all(there.values()):
        return _by_change_sets(assembly, chosen, aws)
    return tuple(
        change for stack in chosen for change in _compare(stack, _deployed(stack, aws) if there[stack.name] else {})
    )


def _by_change_sets(assembly: Assembly, chosen: Sequence[StackRef], aws: Aws) -> tuple[Change, ...]:
    name = f"platform-diff-{time.time_ns()}"
    names = [stack.id for stack in chosen]
    options = ["--require-approval", "never", "--method", "prepare-change-set", "--change-set-name", name]
    try:
        run_cdk(["deploy", "--app", str(assembly.folder), *names, *options], aws)
        return tuple(change for stack in chosen for change in _described(stack, name, aws))
    finally:
        for stack in chosen:
            _drop(stack, name, aws)


def _described(stack: StackRef, change_set: str, aws: Aws) -> Iterator[Change]:
    from botocore.exceptions import ClientError

    client = aws.client("cloudformation", region=stack.region)
    try:
        pages = client.get_paginator("describe_change_set").paginate(StackName=stack.name, ChangeSetName=change_set)
        found = [item["ResourceChange"] for page in pages for item in page.get("Changes", ())]
    except ClientError as error:
        # The CLI makes no change set when the template is the deployed one.
        if error_code(error) in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
            return
        raise DeployError("no-change-set", f"the change set of {stack.name} can't be read", why=str(error)) from None
    for item in found:
        details = item.get("Details", ())
        yield Change(
            stack=stack.name,
            action=item["Action"],
            resource=item["LogicalResourceId"],
            type=item["ResourceType"],
            replaced=_REPLACED.get(str(item.get("Replacement")), "no"),
            properties=tuple(sorted({part["Target"].get("Name") or part["Target"]["Attribute"] for part in details})),
        )


def _drop(stack: StackRef, change_set: str, aws: Aws) -> None:
    from botocore.exceptions import ClientError

    with contextlib.suppress(ClientError):
        aws.client("cloudformation", region=stack.region).delete_change_set(
            StackName=stack.name, ChangeSetName=change_set
        )


def _deployed(stack: StackRef, aws: Aws) -> dict[str, Any]:
    body = aws.client("cloudformation", region=stack.region).get_template(StackName=stack.name)["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    resources: dict[str, Any] = template.get("Resources", {})
    return resources


def _compare(stack: StackRef, before: Mapping[str, Any]) -> Iterator[Change]:
    after = json.loads(stack.template.read_text("utf-8"))["Resources"]
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None:
            yield Change(stack.name, "Add", name, new["Type"])
        elif new is None:
            yield Change(stack.name, "Remove", name, old["Type"])
        else:
            was, will = old.get("Properties", {}), new.get("Properties", {})
            differing = tuple(key for key in sorted(was.keys() | will.keys()) if was.get(key) != will.get(key))
            if old["Type"] != new["Type"]:
                yield Change(stack.name, "Modify", name, new["Type"], "yes")
            elif differing:
                yield Change(stack.name, "Modify", name, new["Type"], "maybe", differing)
