"""Which AWS is meant: an account and an endpoint, from an environment."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_core.node import npm_env

__all__ = ["Aws", "error_code"]


@dataclass(frozen=True)
class Aws:
    """The AWS that an environment leads to: a profile, keys, or the endpoint of an emulator.

    Attributes:
        environ: Added to the environment of this process: ``AWS_PROFILE``,
            ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL`` and so on.
        region: For clients; the environment's own when empty.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    region: str = ""

    def client(self, service: str, *, region: str = "") -> Any:
        """Return a boto3 client; the same one for the same service and region."""
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._make(service, region)
        return self._clients[key]

    @functools.cached_property
    def _clients(self) -> dict[tuple[str, str], Any]:
        return {}

    @functools.cached_property
    def _session(self) -> Any:
        import boto3

        env = {**os.environ, **self.environ}
        return boto3.Session(
            profile_name=env.get("AWS_PROFILE") or None,
            aws_access_key_id=env.get("AWS_ACCESS_KEY_ID") or None,
            aws_secret_access_key=env.get("AWS_SECRET_ACCESS_KEY") or None,
            aws_session_token=env.get("AWS_SESSION_TOKEN") or None,
            region_name=self.region or env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or None,
        )

    def _make(self, service: str, region: str) -> Any:
        from botocore.config import Config

        env = {**os.environ, **self.environ}
        own = env.get(f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}")
        endpoint = own or env.get("AWS_ENDPOINT_URL") or None
        # An emulator has no name for each bucket.
        config = Config(retries={"mode": "standard"}, s3={"addressing_style": "path"} if endpoint else {})
        verify = env.get("AWS_CA_BUNDLE") or None
        return self._session.client(
            service, region_name=region or None, endpoint_url=endpoint, config=config, verify=verify
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of a program that Node runs, such as the CDK CLI."""
        env = npm_env({**os.environ, **self.environ})
        if self.region:
            env |= {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        if not env.get("AWS_PROFILE"):
            # Empty is not the same as absent to every SDK.
            env.pop("AWS_PROFILE", None)
        return env


def error_code(error: Exception) -> str:
    """Return AWS's code of a ``ClientError``, empty for anything else."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))
