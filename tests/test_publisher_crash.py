"""A publisher that is killed at any moment leaves one complete release live, and the next one finishes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import boto3
import pytest

from platform_core.runtime.publisher import prune, publish, releases, rollback
from platform_core.runtime.release import Manifest
from platform_core.runtime.store import Pointer, Store, connect
from platform_testing.embedded import ACCOUNT, EmbeddedAws, embedded_aws

pytestmark = pytest.mark.embedded

HOST = "www.acme.example"
FINGERPRINTED = r"assets/.*\.[0-9a-f]{8}\.css"
REDIRECTS = [("/old", "/about/", 301)]
KEEP = 2

# Publishes one site, and kills itself before or after its n-th write: no handler, no
# finally and no atexit runs, and requests of other threads are cut off where they are.
PUBLISHER = """
import json, os, pathlib, signal, sys, threading
import boto3
from platform_core.runtime.publisher import publish
from platform_core.runtime.store import connect

plan = json.loads(sys.argv[1])
store = connect(session=boto3.Session(), **plan["store"])
left, lock = [plan["at"]], threading.Lock()

def count(model, **_):
    if model.name in ("PutObject", "CopyObject", "DeleteObjects", "UpdateKeys"):
        with lock:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

for client, name in ((store.s3, "s3"), (store.kvs, "cloudfront-keyvaluestore")):
    client.meta.events.register(f"{plan['when']}-call.{name}", count)
publish(store, pathlib.Path(plan["output"]), **plan["arguments"])
"""


@dataclass
class Site:
    """A bucket and a store with a release that is live, and a newer build on disk."""

    store: Store
    endpoint: str
    output: Path

    def killed_at(self, write: int, when: str) -> bool:
        """Publish in a process of its own that is killed at its n-th write; False when it survived."""
        plan = {
            "at": write,
            "when": when,
            "output": str(self.output),
            "store": {
                "bucket": self.store.bucket,
                "store_arn": self.store.store_arn,
                "host": HOST,
                "endpoint": self.endpoint,
            },
            "arguments": {"redirects": REDIRECTS, "fingerprinted": FINGERPRINTED, "keep": KEEP},
        }
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        done = subprocess.run(
            [sys.executable, "-c", PUBLISHER, json.dumps(plan)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        return done.returncode != 0

    def check(self) -> str:
        """See that the pointer names one release that is complete to the last byte; return its id."""
        pointer = Pointer.parse(self.store.key(HOST))
        assert pointer
        data = self.store.read(f"manifests/{pointer.release}.json")
        assert data
        manifest = Manifest.from_json(data)
        for item in manifest.objects:
            answer = self.store.read(f"releases/{manifest.id}/{item.path}")
            assert answer is not None, item.path
            assert hashlib.sha256(answer).hexdigest() == item.sha256, item.path
        for number in range(json.loads(manifest.pointer)["n"]):
            assert self.store.key(f"{manifest.id}/{number}")
        return manifest.id

    def publish(self) -> str:
        """Publish what is on disk, in this process."""
        done = publish(self.store, self.output, redirects=REDIRECTS, fingerprinted=FINGERPRINTED, keep=KEEP)
        assert done.live
        assert done.notes == ()
        return done.id

    def write(self, build: str) -> None:
        """Put a build on disk; a letter of *build* changes some of its files."""
        files = {
            "index.html": f"<p>Home {build}",
            "404.html": f"<p>Missing {build}",
            "about/index.html": "<p>About",
            "flat.html": "<p>Flat",
            "feed.xml": "<rss/>",
        }
        for old in self.output.glob("assets/*"):
            old.unlink()
        for path, content in (files | {f"assets/app.{ord(build):08x}.css": build}).items():
            file = self.output / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")


@pytest.fixture(scope="module", name="aws")
def _aws() -> Iterator[EmbeddedAws]:
    with embedded_aws() as running:
        yield running


@pytest.fixture(scope="module", name="clients")
def _clients(aws: EmbeddedAws) -> Store:
    session = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="local", region_name="us-east-1")
    return connect(bucket="", store_arn="", host=HOST, session=session, endpoint=aws.endpoint)


def new_site(aws: EmbeddedAws, clients: Store, folder: Path) -> Site:
    """Return a site of which two releases were published; a third one is on disk."""
    name = f"site-{uuid.uuid4().hex[:12]}"
    aws.client("s3").create_bucket(Bucket=name)
    arn = aws.client("cloudfront").create_key_value_store(Name=name)["KeyValueStore"]["ARN"]
    site = Site(replace(clients, bucket=name, store_arn=arn), aws.endpoint, folder)
    for build in "ab":
        site.write(build)
        site.publish()
    site.write("c")
    return site


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_write(aws: EmbeddedAws, clients: Store, tmp_path: Path, when: str):
    """Killed before, or after, each of its writes, a publisher leaves one complete release live."""
    outcomes = []
    killed, write = True, 0
    while killed:
        write += 1
        site = new_site(aws, clients, tmp_path)
        before = site.check()

        killed = site.killed_at(write, when)
        live = site.check()
        outcomes.append(live == before)

        healed = site.publish()
        assert site.check() == healed
        assert live in {before, healed}
        assert site.store.read("_errors/404.html") == b"<p>Missing c"
        assert site.publish() == healed
        prune(site.store, keep=KEEP)
        assert [(row.id, row.live) for row in releases(site.store)] == [(healed, True), (before, False)]
        assert rollback(site.store).id == before
        assert site.check() == before

    # Every write of a publish was tried, and the switch is one moment among them.
    assert write > 15
    assert outcomes == sorted(outcomes, reverse=True)
    assert True in outcomes
    assert False in outcomes
