"""The embedded AWS: MiniStack in a process of its own, on a loopback port.

MiniStack writes its state when it stops in good order and not before. A mark
tells whether that happened; without it the state is thrown away and the site is
deployed again, which costs seconds.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from platform_cli.local.processes import LOOPBACK, Process, start, wait_for_http
from platform_core.errors import ToolError
from platform_core.node import node

__all__ = ["ACCOUNT", "REGION", "EmbeddedAws", "client_environment", "start_embedded_aws"]

ACCOUNT = "000000000000"
REGION = "us-east-1"
_RUNNING = "running"


def client_environment(endpoint: str) -> dict[str, str]:
    """Return what leads an AWS client or the CDK CLI to the embedded AWS at *endpoint*."""
    return {
        # The CDK CLI caches the account of an access key, and this one names its own.
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@dataclass
class EmbeddedAws:
    """A running embedded AWS.

    Attributes:
        endpoint: Its address.
        fresh: Whether it started without the state of an earlier run.
    """

    endpoint: str
    fresh: bool
    process: Process
    state: Path

    @property
    def environment(self) -> dict[str, str]:
        """What an AWS client or the CDK CLI needs in its environment."""
        return client_environment(self.endpoint)

    def client(self, service: str) -> Any:
        """Return a boto3 client of one service of the embedded AWS."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="local",  # noqa: S106  the emulator takes anything
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, max_pool_connections=20),
        )

    def stop(self) -> None:
        """Stop it and keep its state, but no secret."""
        self.process.stop()
        (self.state / "services" / "secretsmanager.json").unlink(missing_ok=True)
        (self.state / _RUNNING).unlink(missing_ok=True)


def start_embedded_aws(state: Path, port: int, *, log: Path, env: Mapping[str, str] | None = None) -> EmbeddedAws:
    """Start the embedded AWS with the state of the last run, if that ended in good order.

    Raises:
        ToolError: It did not start.
    """
    program = Path(sys.executable).with_name("ministack")
    if find_spec("ministack") is None:
        raise ToolError("no-embedded-aws", "the embedded AWS is not installed", hint="pip install platform-cli")
    fresh = (state / _RUNNING).exists() or not (state / "services").is_dir()
    if fresh:
        shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True, exist_ok=True)
    (state / _RUNNING).touch()
    endpoint = f"http://{LOOPBACK}:{port}"
    settings: dict[str, str | None] = {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "TMPDIR": str(_temporary(state)),
        # It runs functions in the Node that it finds.
        "PATH": os.pathsep.join((str(node().parent), os.environ.get("PATH", os.defpath))),
        "AWS_PROFILE": None,
        # Variables of the caller's own AWS account must not reach the emulator.
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    process = start("the embedded AWS", [str(program)], log=log, env={**settings, **(env or {})})
    try:
        wait_for_http(process, f"{endpoint}/_ministack/health")
    except ToolError:
        process.stop()
        raise
    return EmbeddedAws(endpoint, fresh, process, state)


def _temporary(state: Path) -> Path:
    folder = state / "tmp"
    folder.mkdir(exist_ok=True)
    # The program that runs functions is written here, as CommonJS; a site's package.json above may say otherwise.
    (folder / "package.json").write_text('{"type": "commonjs"}\n', "utf-8")
    return folder
