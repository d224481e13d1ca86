"""Lock files of other package managers: what becomes of them for npm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.locks import pin, yarn_lock

LOCK = """\
lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      "@scope/one":
        specifier: ^1.0.0
        version: 1.2.3(peer@4.0.0)
      alias:
        specifier: npm:real@^2
        version: real@2.0.1
      local:
        specifier: workspace:*
        version: link:../local
    devDependencies:
      tool:
        specifier: ^5
        version: 5.0.2
packages:
  '@scope/one@1.2.3': {}
  real@2.0.1: {}
  tool@5.0.2: {}
  below@3.0.0: {}
  twice@1.0.0: {}
  twice@2.0.0: {}
  archive@https://codeload.example/x.tgz: {}
"""


def pinned(root: Path, lock: str, **package: Any) -> dict[str, Any]:
    """Return package.json as npm gets it."""
    (root / "package.json").write_text(json.dumps(package), "utf-8")
    (root / "pnpm-lock.yaml").write_text(lock, "utf-8")
    found: dict[str, Any] = json.loads(pin(root))
    return found


def test_direct_dependencies_are_exact(tmp_path: Path) -> None:
    """Peers are left out, another name stays another name, and a link stays as it was wanted."""
    found = pinned(tmp_path, LOCK, dependencies={"@scope/one": "^1.0.0", "local": "workspace:*"})
    assert found["dependencies"] == {"@scope/one": "1.2.3", "alias": "npm:real@2.0.1", "local": "workspace:*"}
    assert found["devDependencies"] == {"tool": "5.0.2"}


def test_what_is_there_once_is_overridden(tmp_path: Path) -> None:
    """Of several versions none can stand for all, and an archive is no version; the site's own overrides win."""
    found = pinned(tmp_path, LOCK, overrides={"below": "3.1.0"})
    assert found["overrides"] == {"below": "3.1.0", "real": "2.0.1"}


def test_without_a_lock_nothing_changes(tmp_path: Path) -> None:
    """The bytes are those of the site."""
    (tmp_path / "package.json").write_text('{ "name":"x" }')
    assert pin(tmp_path) == b'{ "name":"x" }'


@pytest.mark.parametrize(("text", "used"), [("# yarn lockfile v1\n", True), ("__metadata:\n  version: 8\n", False)])
def test_only_the_first_yarn_is_read(tmp_path: Path, text: str, used: bool) -> None:
    """Later versions write a form that npm can not read."""
    (tmp_path / "yarn.lock").write_text(text)
    assert bool(yarn_lock(tmp_path)) is used


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=2_000)
@given(
    lock=st.text(max_size=200)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["importers", ".", "packages", "dependencies", "version", "x"]), inner)
        ),
    ).map(json.dumps)
)
def test_an_unknown_form_says_nothing(tmp_path: Path, lock: str) -> None:
    """Whatever stands in the lock file, npm gets a package.json."""
    (tmp_path / "package.json").write_text('{"dependencies": {"a": "1"}}', "utf-8")
    (tmp_path / "pnpm-lock.yaml").write_bytes(lock.encode("utf-8", "replace"))
    assert isinstance(json.loads(pin(tmp_path)), dict)
