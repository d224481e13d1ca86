"""The Lambda asset: deterministic, complete, and closed to what Lambda does not have."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from platform_core import runtime
from platform_core.contributions import WebhookAdapter
from platform_core.errors import OperationError, PluginError
from platform_core.runtime.bundle import BATCHER_HANDLER, ROUTER_HANDLER, adapters_json, bundle
from platform_core.runtime.router import Settings

GOOD = "def verify(request, secrets, config): ...\ndef normalize(request, payload, config): ...\n"


@pytest.fixture(name="adapter")
def _adapter(signed_file: Path) -> WebhookAdapter:
    return WebhookAdapter("signed", signed_file, secret="acme/signed", config={"branch": "main"})


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def adapter_of(folder: Path, text: str, provider: str = "test") -> WebhookAdapter:
    path = folder / f"plugin_{provider}.py"
    path.write_text(text, "utf-8")
    return WebhookAdapter(provider, path, secret="acme/test")


class TestFolder:
    """What is in the asset."""

    def test_holds_the_adapter_beside_the_router(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """The asset has the runtime's modules and the adapter under its provider's name."""
        folder = bundle(tmp_path / "asset", [adapter])
        found = content(folder)
        assert found["platform_core/runtime/adapters/signed.py"] == adapter.module.read_bytes()
        assert found["platform_core/__init__.py"] == b""
        assert "platform_core/runtime/router.py" in found
        assert "platform_core/runtime/bundle.py" not in found

    def test_equal_input_gives_equal_bytes(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """Two bundles, with the adapters in another order, are the same files."""
        other = adapter_of(tmp_path, GOOD)
        first = content(bundle(tmp_path / "a", [adapter, other]))
        second = content(bundle(tmp_path / "b", [other, adapter]))
        assert first == second

    def test_leaves_a_right_folder_alone(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """A second bundle of the same writes nothing."""
        folder = bundle(tmp_path / "asset", [adapter])
        before = folder.stat().st_ino
        assert bundle(folder, [adapter]).stat().st_ino == before

    def test_takes_away_what_is_no_longer_there(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """The adapter of a plugin that was removed does not stay behind."""
        folder = bundle(tmp_path / "asset", [adapter, adapter_of(tmp_path, GOOD)])
        bundle(folder, [adapter])
        assert "platform_core/runtime/adapters/test.py" not in content(folder)
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["asset"]

    def test_takes_away_compiled_files(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """What Python left in the folder when it ran does not get into the asset's hash."""
        folder = bundle(tmp_path / "asset", [adapter])
        right = content(folder)
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "router.pyc").write_bytes(b"x")
        assert content(bundle(folder, [adapter])) == right

    def test_mends_a_changed_file(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """A file of the asset that somebody changed is written again."""
        folder = bundle(tmp_path / "asset", [adapter])
        right = content(folder)
        (folder / "platform_core/runtime/router.py").write_text("broken")
        assert content(bundle(folder, [adapter])) == right

    def test_never_replaces_a_folder_of_something_else(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """A folder with other files in it is left alone."""
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "letter.txt").write_text("dear")
        with pytest.raises(OperationError, match="not an asset"):
            bundle(tmp_path / "home", [adapter])
        assert content(tmp_path / "home") == {"letter.txt": b"dear"}

    def test_uses_an_empty_folder(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """A folder that is there and empty is filled."""
        (tmp_path / "asset").mkdir()
        assert content(bundle(tmp_path / "asset", [adapter]))

    def test_brings_every_module_that_it_imports(self, tmp_path: Path) -> None:
        """Each import of platform_core in the asset leads to a file of the asset."""
        folder = bundle(tmp_path / "asset", [])
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("platform_core"):
                    base = folder.joinpath(*str(node.module).split("."))
                    assert base.with_suffix(".py").is_file() or all(
                        (base / f"{alias.name}.py").is_file() for alias in node.names
                    )

    def test_the_handlers_are_where_the_stack_says(self) -> None:
        """The addresses of the handlers are those of functions."""
        for handler in (ROUTER_HANDLER, BATCHER_HANDLER):
            module, _, name = handler.rpartition(".")
            path = Path(str(runtime.__file__)).with_name(f"{module.rpartition('.')[2]}.py")
            tree = ast.parse(path.read_text("utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


class TestRefused:
    """Adapters that could not run in Lambda."""

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("import requests", "imports 'requests'"),
            ("import boto3", "imports 'boto3'"),
            ("import os, yaml", "imports 'yaml'"),
            ("from . import helper", "imports '.'"),
            ("from .helper import x", "imports '.helper'"),
            ("from platform_core.errors import UserError", "imports 'platform_core.errors'"),
            ("from platform_core.runtime import router", "imports 'platform_core.runtime.router'"),
            ("import platform_core", "imports 'platform_core'"),
            ("import cgi", "imports 'cgi'"),
            ("def late():\n    import requests", "imports 'requests'"),
            ("try:\n    import yaml\nexcept ImportError:\n    pass", "imports 'yaml'"),
            ("x = __import__('requests')", "imports '__import__'"),
            ("REPLAY_WINDOW = 300", "defines no function 'signed_at'"),
            ("REPLAY_WINDOW: int = 300", "defines no function 'signed_at'"),
            ("def broken(:", "not Python"),
            ("x = '\0'", "not Python"),
        ],
    )
    def test_names_the_plugins_file(self, tmp_path: Path, line: str, problem: str) -> None:
        """An adapter that could not run is refused with its own file's name."""
        adapter = adapter_of(tmp_path, f"{GOOD}{line}\n")
        with pytest.raises(PluginError) as caught:
            bundle(tmp_path / "asset", [adapter])
        assert problem in str(caught.value)
        assert str(adapter.module) in str(caught.value)
        assert not (tmp_path / "asset").exists()

    def test_names_the_line(self, tmp_path: Path) -> None:
        """A refused import is named with its line."""
        adapter = adapter_of(tmp_path, f"{GOOD}\nimport requests\n")
        with pytest.raises(PluginError, match=r"plugin_test\.py:4: imports 'requests'"):
            bundle(tmp_path / "asset", [adapter])

    @pytest.mark.parametrize(
        "line",
        [
            "import hashlib, hmac",
            "import urllib.request",
            "from __future__ import annotations",
            "from platform_core.runtime.adapter import Event",
            "from platform_core.runtime import adapter",
            "REPLAY_WINDOW = None",
            "REPLAY_WINDOW = 0",
        ],
    )
    def test_lets_the_standard_library_through(self, tmp_path: Path, line: str) -> None:
        """The standard library and the contract's module may be imported."""
        assert bundle(tmp_path / "asset", [adapter_of(tmp_path, f"{line}\n{GOOD}")])

    def test_every_problem_at_once(self, tmp_path: Path) -> None:
        """Two bad adapters are reported together."""
        one = adapter_of(tmp_path, "import requests", "one")
        two = WebhookAdapter("two", tmp_path / "missing.py", secret="s")
        with pytest.raises(PluginError) as caught:
            bundle(tmp_path / "asset", [one, two])
        assert len(caught.value.problems) == 4

    @pytest.mark.parametrize("provider", ["", "Git", "../x", "a/b", "-a", "a.b", "x" * 40, "a\n"])
    def test_a_bad_name(self, tmp_path: Path, provider: str) -> None:
        """A provider's name that would not do as an address or a file is refused."""
        path = tmp_path / "a.py"
        path.write_text(GOOD)
        with pytest.raises(PluginError, match="not a provider's name"):
            bundle(tmp_path / "asset", [WebhookAdapter(provider, path, secret="s")])

    def test_two_adapters_for_one_provider(self, tmp_path: Path, adapter: WebhookAdapter) -> None:
        """Two plugins that serve one provider are refused."""
        path = tmp_path / "other.py"
        path.write_text(GOOD)
        with pytest.raises(PluginError, match="another adapter serves 'signed' already"):
            bundle(tmp_path / "asset", [adapter, WebhookAdapter("signed", path, secret="s")])

    def test_no_secret(self, tmp_path: Path, signed_file: Path) -> None:
        """An adapter without the name of a secret could verify nothing."""
        with pytest.raises(PluginError, match="names no secret"):
            bundle(tmp_path / "asset", [WebhookAdapter("signed", signed_file, secret="")])


def test_adapters_json_is_what_the_router_reads(adapter: WebhookAdapter) -> None:
    """The variable that synth writes is the one that the router understands."""
    environment = {"SITE": "a", "RECEIPTS_TABLE": "r", "QUEUE_URL": "q", "ADAPTERS": adapters_json([adapter])}
    settings = Settings.read(environment)
    assert settings.providers["signed"].secret == "acme/signed"
    assert settings.providers["signed"].config == {"branch": "main"}


ALONE = """
import json, sys
asset, packages, event = sys.argv[1:]
sys.path.insert(0, asset)
from platform_core.runtime import batcher, router
assert not {"boto3", "botocore"} & set(sys.modules), "boto3 was imported before it was needed"
unknown = router.handler(json.loads(event) | {"rawPath": "/_platform/webhooks/nobody"}, None)
assert unknown["statusCode"] == 404 and "boto3" not in sys.modules
sys.path.append(packages)
answer = router.handler(json.loads(event), None)
foreign = {
    name.partition(".")[0] for name, module in list(sys.modules.items())
    if (getattr(module, "__file__", None) or "").startswith(packages)
}
own = [module.__file__ for name, module in list(sys.modules.items()) if name.startswith("platform_core")]
sys.stdout.write(json.dumps({"answer": answer, "foreign": sorted(foreign), "own": own}) + "\\n")
"""


def test_the_asset_runs_from_its_own_folder_alone(
    tmp_path: Path,
    adapter: WebhookAdapter,
    make_world: Callable[..., Any],
    aws_environment: dict[str, str],
) -> None:
    """Without any installed package but boto3 the asset takes a signed request in."""
    world = make_world()
    folder = bundle(tmp_path / "asset", [adapter])
    event = json.dumps(world.signed_event(b'{"id": "alone"}', at=time.time()))
    settings = world.settings
    environment = aws_environment | {
        "SITE": settings.site,
        "RECEIPTS_TABLE": settings.receipts,
        "EVENTS_TABLE": settings.events,
        "BUS_NAME": settings.bus,
        "ADAPTERS": json.dumps({"signed": {"secret": f"{settings.site}/signed"}}),
    }
    packages = str(Path(str(boto3.__file__)).parents[1])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, str(folder), packages, event],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["answer"]["statusCode"] == 202
    assert all(path.startswith(f"{folder}{os.sep}") for path in result["own"])
    brought_by_boto3 = {
        "_awscrt",
        "awscrt",
        "boto3",
        "botocore",
        "s3transfer",
        "jmespath",
        "dateutil",
        "six",
        "urllib3",
    }
    assert set(result["foreign"]) <= brought_by_boto3
    assert [item["key"]["S"] for item in world.events] == ["alone"]
