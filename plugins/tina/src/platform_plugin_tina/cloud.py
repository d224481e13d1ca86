"""The stack that is sold as ``tina_cms_tier``, and the editor's own backend on AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb

from platform_core.cloud import ProviderStack, SiteStack
from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.functions import NodeFunction, NodeFunctionProps
from platform_core.cloud.github_login import add_github_login
from platform_core.cloud.grants import allow
from platform_plugin_tina import bundling

__all__ = ["TinaCMSTierStack", "add_backend"]

# An HTTP API and CloudFront both wait for 30.
_TIMEOUT = 29
# Parsing Markdown wants a processor; half a gigabyte comes with a third of one.
_MEMORY = 1024


class TinaCMSTierStack(ProviderStack):
    """A site with TinaCMS."""

    COMPONENT = ("cms", "tina")


def add_backend(stack: SiteStack, settings: Mapping[str, Any], repository: str, secret: str) -> None:
    """Add the login with GitHub, the index of the entries, and the function that answers the editor.

    Without the client id of a GitHub app nobody could log in, and nothing is made.

    Args:
        stack: The site's stack.
        settings: ``[settings.tina]``.
        repository: owner/name.
        secret: Name of the Secrets Manager entry with the app's client secret.
    """
    if not settings["oauth_client_id"]:
        return
    add_github_login(stack, "TinaLogin", "tina", settings, secret)
    table = _index(stack)
    function = NodeFunction(
        stack,
        "TinaBackend",
        NodeFunctionProps(
            asset=str(bundling.ensure_backend()),
            handler=bundling.HANDLER,
            runtime=bundling.RUNTIME,
            environment={
                "SITE_ORIGIN": stack.address,
                "REPOSITORY": repository,
                "BRANCH": settings["branch"],
                "FOLDER": settings["folder"],
                "MEDIA_FOLDER": settings["media_folder"],
                "TABLE": table.table_name,
            },
            statements=[
                allow(
                    "Index",
                    ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"],
                    [table.table_arn],
                )
            ],
            timeout=_TIMEOUT,
            memory=_MEMORY,
            description=f"Answers the editor of {stack.composition.site.client}; commits as the person who edits.",
        ),
    )
    stack.add_route("/_platform/tina/{proxy+}", ["GET", "POST", "PUT", "DELETE"], function.function)


def _index(stack: SiteStack) -> dynamodb.Table:
    table = dynamodb.Table(
        stack,
        "TinaIndex",
        partition_key=dynamodb.Attribute(name="space", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="key", type=dynamodb.AttributeType.BINARY),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.AWS_MANAGED,
        removal_policy=RemovalPolicy.DESTROY,
    )
    acknowledge(
        table,
        {
            "AwsSolutions-DDB3": "The table is an index of files in the repository and is made anew from them when it "
            "is empty; a restored copy would only be an older one."
        },
    )
    return table
