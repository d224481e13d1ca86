"""What a deployed site tells: the outputs of its stack, under names that stay.

The build machine gets the same values as environment variables, so that
`platform build --publish` runs there without asking CloudFormation.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "ADDRESS",
    "API_ID",
    "BUCKET",
    "BUILD_PROJECT",
    "BUS_NAME",
    "DEAD_LETTERS_URL",
    "DISTRIBUTION_DOMAIN",
    "DISTRIBUTION_ID",
    "EVENTS_TABLE",
    "HOST",
    "QUEUE_URL",
    "RECEIPTS_TABLE",
    "SERVER_FUNCTION",
    "SOURCE_KEY",
    "STORE_ARN",
    "WEBHOOK_BASE",
    "Outputs",
    "environment_name",
    "stack_name",
]

ADDRESS = "Address"
"""The site's address, without a slash at its end."""
API_ID = "ApiId"
"""The HTTP API behind ``/_platform/*``; absent when nothing needs one."""
BUCKET = "Bucket"
"""Releases, manifests and the uploaded source."""
BUILD_PROJECT = "BuildProject"
BUS_NAME = "BusName"
"""The site's event bus; in event-driven mode only."""
DEAD_LETTERS_URL = "DeadLettersUrl"
DISTRIBUTION_DOMAIN = "DistributionDomain"
DISTRIBUTION_ID = "DistributionId"
EVENTS_TABLE = "EventsTable"
"""In event-driven mode only."""
HOST = "Host"
"""The host name whose key in the store says which release is live."""
QUEUE_URL = "QueueUrl"
"""The build queue; absent when no provider sends webhooks."""
RECEIPTS_TABLE = "ReceiptsTable"
SERVER_FUNCTION = "ServerFunction"
"""The function that renders on request; with ``rendering = "server"`` only."""
STORE_ARN = "StoreArn"
"""The CloudFront KeyValueStore."""
WEBHOOK_BASE = "WebhookBase"
"""Below it each provider has its path: ``<base>/<provider>``."""

SOURCE_KEY = "source/site.zip"
"""Where the build machine finds the uploaded folder of the site, in the bucket."""

_PREFIX = "PLATFORM_"
_PUBLISHER = (ADDRESS, BUCKET, DISTRIBUTION_ID, HOST, SERVER_FUNCTION, STORE_ARN)


def stack_name(client: str) -> str:
    """Return the name of a client's stack; it stays the same when the site grows."""
    return f"platform-{client}"


def environment_name(output: str) -> str:
    """Return the variable of the build machine that holds *output*, ``PLATFORM_STORE_ARN``."""
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in output)
    return _PREFIX + words.lstrip("_").upper()


@dataclass(frozen=True)
class Outputs:
    """The outputs of one site.

    Attributes:
        values: Output name -> value; the names are the constants of this module.
    """

    values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return one output, empty when the site has none of that name."""
        return self.values.get(name, "")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Outputs:
        """Read what the build project put into the environment."""
        environ = os.environ if environ is None else environ
        named = {name: environ.get(environment_name(name), "") for name in _PUBLISHER}
        return cls({name: value for name, value in named.items() if value})
