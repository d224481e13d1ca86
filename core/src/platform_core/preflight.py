"""What would stop a deployment half-way, found before it starts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.assembly import Assembly, StackRef
from platform_core.aws import Aws, error_code
from platform_core.deploy import CDK_VERSION, bootstrap_version, stack_exists
from platform_core.errors import DeployError, Problem

__all__ = ["preflight"]

_QUOTA_REGION = "us-east-1"
# AWS keeps this much concurrency free of reservations.
_UNRESERVED = 100


@dataclass(frozen=True, slots=True)
class _Quota:
    """A quota of CloudFront.

    Attributes:
        name: Of the quota, as Service Quotas calls it; in lower case.
        default: What an account has that never asked for more.
        listing: The call that lists what is there, its arguments, and where the list is.
    """

    what: str
    name: str
    default: int
    listing: tuple[str, Mapping[str, str], str]


_QUOTAS = {
    "AWS::CloudFront::Distribution": _Quota(
        "distributions", "web distributions per", 500, ("list_distributions", {}, "DistributionList")
    ),
    "AWS::CloudFront::Function": _Quota("functions", "functions per", 100, ("list_functions", {}, "FunctionList")),
    "AWS::CloudFront::OriginAccessControl": _Quota(
        "origin access controls",
        "origin access controls per",
        100,
        ("list_origin_access_controls", {}, "OriginAccessControlList"),
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": _Quota(
        "response headers policies",
        "response headers policies per",
        20,
        ("list_response_headers_policies", {"Type": "custom"}, "ResponseHeadersPolicyList"),
    ),
}


def preflight(assembly: Assembly, aws: Aws, *, clients: Iterable[str] = ()) -> list[Problem]:
    """Return what is in the way of a deployment; nothing when the way is free.

    Looks at the CLI, the credentials, account, region, bootstrap and quotas. What the
    credentials may not look up is not held against them.
    """
    chosen = assembly.for_clients(tuple(clients))
    problems = list(_check_cli(assembly))
    account, refused = _caller(aws)
    if refused:
        return [*problems, refused]
    problems += _check_places(chosen, account, aws)
    if problems:
        return problems
    problems += _check_bootstrap(chosen, account, aws)
    new = _new_resources(chosen, aws)
    problems += _check_quotas(new, aws)
    problems += _check_concurrency(new, aws)
    return problems


def _check_cli(assembly: Assembly) -> Iterator[Problem]:
    if _version(assembly.cli) > _version(CDK_VERSION):
        what = f"this aws-cdk-lib needs the CDK CLI {assembly.cli}, and Platform brings {CDK_VERSION}."
        yield Problem("CDK CLI", what, "pip install --upgrade platform-core")


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _caller(aws: Aws) -> tuple[str, Problem | None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(aws.client("sts", region=_region(aws)).get_caller_identity()["Account"]), None
    except (BotoCoreError, ClientError) as error:
        hint = "Run `aws configure` or `aws sso login`, or set AWS_PROFILE."
        return "", Problem("credentials", f"AWS does not take them: {error}.", hint)


def _region(aws: Aws) -> str:
    """Return a region for calls that are the same in all of them."""
    return aws.region or _QUOTA_REGION


def _check_places(chosen: Iterable[StackRef], account: str, aws: Aws) -> Iterator[Problem]:
    others: dict[str, str] = {}
    for stack in chosen:
        if stack.account not in ("", account):
            others[stack.account] = others.get(stack.account) or stack.client
        if not stack.region and not aws.client("cloudformation").meta.region_name:
            yield Problem("region", f"no region is set for {stack.name}.", "Set [aws] region in site.toml.")
    for other, client in others.items():
        what = f"{client or 'the site'} belongs to account {other}, and the credentials are of {account}."
        yield Problem("account", what, "Choose another profile, or mend [aws] account in site.toml.")


def _check_bootstrap(chosen: Iterable[StackRef], account: str, aws: Aws) -> Iterator[Problem]:
    needed: dict[str, int] = {}
    for stack in chosen:
        needed[stack.region] = max(stack.bootstrap, needed.get(stack.region, 0))
    for region, version in needed.items():
        try:
            have = bootstrap_version(aws, region)
        except DeployError:
            continue  # may not look: the deployment will tell
        if have < version:
            what = (
                f"version {have} is too old; {version} is needed." if have else "it has not been bootstrapped for CDK."
            )
            yield Problem(f"account {account} in {region}", what, "Run `platform deploy --bootstrap` once.")


def _new_resources(chosen: Iterable[StackRef], aws: Aws) -> list[Any]:
    """Return the resources of the stacks that are not there yet."""
    found: list[Any] = []
    for stack in chosen:
        try:
            there = stack_exists(stack, aws)
        except DeployError:
            continue  # may not look: the deployment will tell
        if not there:
            found += json.loads(stack.template.read_text("utf-8"))["Resources"].values()
    return found


def _check_quotas(new: Iterable[Any], aws: Aws) -> Iterator[Problem]:
    wanted = Counter(item["Type"] for item in new if item["Type"] in _QUOTAS)
    if not wanted:
        return
    limits = _limits(aws)
    client = aws.client("cloudfront", region=_QUOTA_REGION)
    for kind, count in sorted(wanted.items()):
        quota = _QUOTAS[kind]
        there = _quietly(lambda quota=quota: _count(client, *quota.listing))  # type: ignore[misc]
        limit = next((value for name, value in limits.items() if quota.name in name), quota.default)
        if isinstance(there, int) and there + count > limit:
            what = f"{there} are there and {count} more are needed, but the account may have {limit}."
            yield Problem(f"CloudFront {quota.what}", what, "Ask for more in Service Quotas; see the guide for fleets.")


def _limits(aws: Aws) -> dict[str, int]:
    def ask() -> dict[str, int]:
        pages = aws.client("service-quotas", region=_QUOTA_REGION).get_paginator("list_service_quotas")
        found = [quota for page in pages.paginate(ServiceCode="cloudfront") for quota in page["Quotas"]]
        return {quota["QuotaName"].lower(): int(quota["Value"]) for quota in found}

    found = _quietly(ask)
    return found if isinstance(found, dict) else {}


def _count(client: Any, operation: str, arguments: Mapping[str, str], key: str) -> int:
    total, marker = 0, ""
    while True:
        found = getattr(client, operation)(**arguments, **({"Marker": marker} if marker else {}))[key]
        total += int(found["Quantity"])
        marker = found.get("NextMarker", "")
        if not marker:
            return total


def _check_concurrency(new: Iterable[Any], aws: Aws) -> Iterator[Problem]:
    reserved = sum(item.get("Properties", {}).get("ReservedConcurrentExecutions", 0) for item in new)
    if not reserved:
        return
    found = _quietly(lambda: aws.client("lambda").get_account_settings())
    if not isinstance(found, Mapping):
        return
    free = int(found["AccountLimit"]["UnreservedConcurrentExecutions"])
    if free - reserved < _UNRESERVED:
        what = f"{reserved} executions are to be reserved, {free} are left, and AWS keeps {_UNRESERVED} of them free."
        yield Problem("Lambda concurrency", what, "Ask for more concurrent executions in Service Quotas; it is free.")


def _quietly(call: Callable[[], Any]) -> Any:
    """Return what *call* returns, or AWS's error code when it may not or can't."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call()
    except ClientError as error:
        return error_code(error)
    except BotoCoreError:
        return ""
