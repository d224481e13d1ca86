"""Releases with a server: files and code go live together, come back together, and survive a killed publisher."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from platform_core.runtime.publisher import Published, PublishError, Server, prune, publish, releases, rollback
from platform_core.runtime.release import Manifest
from platform_core.runtime.server_code import GUARD
from platform_core.runtime.store import Pointer, Store, connect
from platform_testing.embedded import ACCOUNT, EmbeddedAws, embedded_aws

pytestmark = pytest.mark.embedded

HOST = "www.acme.example"
KEEP = 2
WRITES = (
    *("PutObject", "CopyObject", "DeleteObjects", "UpdateKeys"),
    *("UpdateFunctionCode", "PublishVersion", "CreateAlias", "CreateFunctionUrlConfig", "AddPermission"),
    *("DeleteFunctionUrlConfig", "DeleteAlias", "DeleteFunction"),
)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/none"

# Publishes one site, and kills itself before its n-th write: no handler, no
# finally and no atexit runs.
PUBLISHER = """
import json, os, pathlib, signal, sys, threading
import boto3
from platform_core.runtime.publisher import Server, publish
from platform_core.runtime.store import connect

plan = json.loads(sys.argv[1])
store = connect(session=boto3.Session(), **plan["store"])
server = Server(**plan["server"] | {"folder": pathlib.Path(plan["server"]["folder"])})
left, lock = [plan["at"]], threading.Lock()

def count(model, **_):
    if model.name in plan["writes"]:
        with lock:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

for client, name in ((store.s3, "s3"), (store.kvs, "cloudfront-keyvaluestore"), (store.functions, "lambda")):
    client.meta.events.register(f"before-call.{name}", count)
publish(store, pathlib.Path(plan["output"]), server=server, keep=plan["keep"])
"""


@dataclass
class Site:
    """A bucket, a store and a function, and a build on disk."""

    store: Store
    aws: EmbeddedAws
    folder: Path

    @property
    def output(self) -> Path:
        """The files of the build."""
        return self.folder / "output"

    @property
    def server(self) -> Server:
        """The server of the build."""
        return Server(self.folder / "server", "index.handler", "nodejs24.x", 128, 5, {"LETTER": "x"}, ("/assets/",))

    def write(self, build: str) -> None:
        """Put a build on disk; its letter stands in a page and in the server's answers."""
        files = {
            "output/index.html": f"<p>Home {build}",
            "output/404.html": "<p>Missing",
            "output/about.html": "<p>About",
            "server/index.mjs": "import { build } from './lib/build.mjs';\n"
            "export const handler = async (event) => ({ statusCode: 200, body: `${build} ${event.rawPath}` });",
            "server/lib/build.mjs": f"export const build = '{build}';",
        }
        for path, content in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")

    def publish(self) -> Published:
        """Publish what is on disk, in this process."""
        done = publish(self.store, self.output, server=self.server, keep=KEEP)
        assert done.notes == ()
        return done

    def killed_at(self, write: int) -> bool:
        """Publish in a process of its own that is killed before its n-th write; False when it survived."""
        plan = {
            "at": write,
            "writes": WRITES,
            "keep": KEEP,
            "output": str(self.output),
            "server": asdict(self.server) | {"folder": str(self.server.folder)},
            "store": {
                "bucket": self.store.bucket,
                "store_arn": self.store.store_arn,
                "host": HOST,
                "function": self.store.function,
                "endpoint": self.aws.endpoint,
            },
        }
        keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}
        done = subprocess.run(
            [sys.executable, "-c", PUBLISHER, json.dumps(plan)],
            env=os.environ | keys,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        return done.returncode != 0

    def check(self) -> tuple[str, str]:
        """See that the live release is whole; return its id and the letter of its build."""
        pointer = Pointer.parse(self.store.key(HOST))
        assert pointer
        data = self.store.read(f"manifests/{pointer.release}.json")
        assert data
        manifest = Manifest.from_json(data)
        home = self.store.read(f"releases/{manifest.id}/index.html")
        assert home
        letter = home.decode()[-1]
        assert self.ask(manifest.id) == f"{letter} /x"
        return manifest.id, letter

    def ask(self, release: str, *, token: str = "") -> str:
        """Ask the server of a release at its own address."""
        key = json.loads(self.store.key(f"{release}/server") or "{}")
        place = f"{self.aws.endpoint}/_aws/lambda-url/{key['o'].partition('.')[0]}/x"
        request = urllib.request.Request(place, headers={"x-platform-token": token or key["k"], "x-platform-key": "k"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    def aliases(self) -> set[str]:
        """Return the releases that have an alias, and see that each has an address and a version of its own."""
        functions = self.store.functions
        found = {
            row["Name"]: row["FunctionVersion"]
            for row in functions.list_aliases(FunctionName=self.store.function)["Aliases"]
        }
        for name in found:
            assert (
                functions.get_function_url_config(FunctionName=self.store.function, Qualifier=name)["AuthType"]
                == "NONE"
            )
        assert len(set(found.values())) == len(found)
        return {name.removeprefix("r-") for name in found}

    def versions(self) -> int:
        """Return how many versions the function has."""
        found = self.store.functions.list_versions_by_function(FunctionName=self.store.function)["Versions"]
        return len(found) - 1


@pytest.fixture(scope="module", name="aws")
def _aws() -> Iterator[EmbeddedAws]:
    with embedded_aws() as running:
        yield running


@pytest.fixture(scope="module", name="clients")
def _clients(aws: EmbeddedAws) -> Store:
    session = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="local", region_name="us-east-1")
    return connect(bucket="", store_arn="", host=HOST, function="-", session=session, endpoint=aws.endpoint)


@pytest.fixture(name="site")
def _site(aws: EmbeddedAws, clients: Store, tmp_path: Path) -> Site:
    return new_site(aws, clients, tmp_path)


def new_site(aws: EmbeddedAws, clients: Store, folder: Path) -> Site:
    """Return a site with nothing published and a first build on disk."""
    name = f"site-{uuid.uuid4().hex[:12]}"
    aws.client("s3").create_bucket(Bucket=name)
    arn = aws.client("cloudfront").create_key_value_store(Name=name)["KeyValueStore"]["ARN"]
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.write(GUARD, GUARD.name)
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="nodejs24.x",
        Handler="_platform.handler",
        Role=ROLE,
        Code={"ZipFile": bundle.getvalue()},
        Timeout=5,
    )
    site = Site(replace(clients, bucket=name, store_arn=arn, function=name), aws, folder)
    site.write("a")
    return site


def test_files_and_server_go_live_and_come_back_together(site: Site):
    """One key decides for both."""
    first = site.publish().id
    site.write("b")
    second = site.publish().id
    assert site.check() == (second, "b")
    assert [(row.id, row.live, row.server) for row in releases(site.store)] == [
        (second, True, True),
        (first, False, True),
    ]
    assert rollback(site.store).id == first
    assert site.check() == (first, "a")
    assert rollback(site.store).id == second
    assert site.check() == (second, "b")


def test_code_alone_makes_another_release(site: Site):
    """The same files with another server, or another setting of it, are another release."""
    first = site.publish().id
    (site.server.folder / "lib" / "build.mjs").write_text("export const build = 'z';", "utf-8")
    second = site.publish().id
    assert second != first
    assert site.ask(second) == "z /x"
    assert site.ask(first) == "a /x"
    bigger = replace(site.server, memory=256)
    assert publish(site.store, site.output, server=bigger).id not in {first, second}


def test_the_same_build_is_not_written_again(site: Site):
    """Published a second time, nothing of it is."""
    site.publish()
    calls: list[str] = []

    def count(model: Any, **_: Any) -> None:
        calls.append(model.name)

    clients = [(site.store.s3, "s3"), (site.store.kvs, "cloudfront-keyvaluestore"), (site.store.functions, "lambda")]
    for client, name in clients:
        client.meta.events.register(f"before-call.{name}", count)
    try:
        done = site.publish()
    finally:
        for client, name in clients:
            client.meta.events.unregister(f"before-call.{name}", count)
    assert done.previous == done.id
    assert not set(calls) & set(WRITES)


def test_an_old_release_goes_with_its_server(site: Site):
    """What is pruned leaves no alias, no address, no version and no code behind."""
    ids = []
    for letter in "abcd":
        site.write(letter)
        ids.append(site.publish().id)
    assert site.aliases() == set(ids[-2:])
    assert site.versions() == 2
    assert set(site.store.objects("server/")) == {f"{id_}.zip" for id_ in ids[-2:]}
    assert site.check() == (ids[-1], "d")


def test_a_version_without_a_release_is_swept(site: Site):
    """A publisher that died before it named its version leaves one, which a later prune removes."""
    live = site.publish().id
    functions = site.store.functions
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.mjs", "export const handler = async () => 1;")
    functions.update_function_code(FunctionName=site.store.function, ZipFile=code.getvalue(), Publish=True)
    assert site.versions() == 2
    prune(site.store, keep=KEEP)
    assert site.versions() == 2, "it may belong to a publisher that is at work"
    prune(site.store, keep=KEEP, incomplete_after=-60)
    assert site.versions() == 1
    assert site.check() == (live, "a")


def test_a_server_that_does_not_start_does_not_go_live(site: Site):
    """What is live stays live, and the reason is told."""
    before = site.publish().id
    site.write("b")
    (site.server.folder / "index.mjs").write_text("throw new Error('no such planet');", "utf-8")
    with pytest.raises(PublishError) as caught:
        site.publish()
    assert caught.value.reference == "server-not-ready"
    assert "no such planet" in caught.value.why
    assert site.check() == (before, "a")


def test_a_release_whose_server_is_gone_is_not_switched_to(site: Site):
    """Half a release never goes live, whatever happened to the other half."""
    first = site.publish().id
    site.write("b")
    second = site.publish().id
    site.store.functions.delete_alias(FunctionName=site.store.function, Name=f"r-{first}")
    with pytest.raises(PublishError) as caught:
        rollback(site.store)
    assert (caught.value.reference, dict(caught.value.problems)["server"]) == (
        "incomplete-release",
        "its version of the function is gone",
    )
    with pytest.raises(PublishError):
        rollback(replace(site.store, function=""), to=first)
    assert site.check() == (second, "b")


def test_a_static_release_follows_and_is_followed(site: Site):
    """A site may lose its server and get it back; each release knows what it has."""
    first = site.publish().id
    static = publish(site.store, site.output).id
    assert static != first
    assert "x" not in json.loads(site.store.key(HOST) or "{}")
    assert rollback(site.store).id == first
    assert site.check() == (first, "a")


def test_without_a_function_there_is_no_server(site: Site):
    """A stack of before says what to do."""
    with pytest.raises(PublishError, match="no function to render with"):
        publish(replace(site.store, function=""), site.output, server=site.server)


def test_the_token_is_in_the_store_alone(site: Site):
    """Neither the code nor the bucket nor the function's settings hold it."""
    release = site.publish().id
    token = json.loads(site.store.key(f"{release}/server") or "{}")["k"]
    with zipfile.ZipFile(io.BytesIO(site.store.read(f"server/{release}.zip") or b"")) as bundle:
        assert all(token.encode() not in bundle.read(name) for name in bundle.namelist())
    manifest = site.store.read(f"manifests/{release}.json") or b""
    assert token.encode() not in manifest
    function = site.store.functions.get_function_configuration(
        FunctionName=site.store.function, Qualifier=f"r-{release}"
    )
    assert token not in json.dumps(function, default=str)
    with pytest.raises(urllib.error.HTTPError) as caught:
        site.ask(release, token="0" * 48)
    with caught.value as refused:
        assert refused.code == 403


@pytest.mark.slow
def test_killed_at_each_write(aws: EmbeddedAws, clients: Store, tmp_path: Path):
    """Killed before each of its writes, which is after the one before, a publisher leaves one whole release live."""
    outcomes = []
    killed, write = True, 0
    while killed:
        write += 1
        site = new_site(aws, clients, tmp_path)
        for letter in "ab":
            site.write(letter)
            site.publish()
        site.write("c")
        before, _ = site.check()

        killed = site.killed_at(write)
        live, _ = site.check()
        outcomes.append(live == before)

        healed = site.publish().id
        assert site.check() == (healed, "c")
        prune(site.store, keep=KEEP)
        assert [row.id for row in releases(site.store)] == [healed, before]
        assert site.aliases() == {healed, before}
        assert rollback(site.store).id == before
        assert site.check() == (before, "b")

    # Every write of a publish was tried, and the switch is one moment among them.
    assert write > 20
    assert outcomes == sorted(outcomes, reverse=True)
    assert {True, False} == set(outcomes)
