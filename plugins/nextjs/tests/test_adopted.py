"""A Next site that Platform did not start: what is run, and what becomes of its configuration."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import workspace_for
from platform_core.contributions import BuildPlan, Stage
from platform_core.errors import SiteError
from platform_core.node import node
from platform_core.site import Site
from platform_plugin_nextjs import adopted
from platform_plugin_nextjs.adopted import adopted_plan

STAGE = Stage("aws", "https://www.theirs.shop")
SCRIPT = Path(adopted.__file__).with_name("export.mjs")
NEXT = """#!{node}
const {{ default: config }} = await import("file://" + process.cwd() + "/next.config.mjs");
console.log(JSON.stringify(typeof config === "function" ? await config("phase-production-build", {{}}) : config));
"""
"""Stands in for Next: reads its configuration as Next does, and prints it."""
TYPED = """\
type Own = { basePath: string };
const own: Own & object = { basePath: '/x', images: { qualities: [50] } };
export default own;
"""


def plan(root: Path, rendering: Any = "static", **settings: str) -> BuildPlan:
    """Return the plan of the site in *root*."""
    site = Site(client="theirs", domain="www.theirs.shop", engine="nextjs", adopted=True, rendering=rendering)
    return adopted_plan(
        site, {"build_script": "", "build_output": "", **settings}, workspace_for(root, STAGE), "16.0.0"
    )


def wrapped(work: Path) -> dict[str, Any]:
    """Run the script in *work* with a Next that prints its configuration."""
    programs = work / "node_modules" / ".bin"
    programs.mkdir(parents=True, exist_ok=True)
    (programs / "next").write_text(NEXT.format(node=node()))
    (programs / "package.json").write_text('{"type": "module"}')
    (programs / "next").chmod(0o755)
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{node().parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([node(), SCRIPT], cwd=work, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("next.config.mjs", "export default { basePath: '/x', images: { qualities: [50] } };"),
        ("next.config.js", "module.exports = { basePath: '/x', images: { qualities: [50] } };"),
        ("next.config.mjs", "export default async (phase) => ({ basePath: '/x', images: { qualities: [50] } });"),
        ("next.config.ts", TYPED),
    ],
    ids=["object", "commonjs", "function", "typescript"],
)
def test_a_configuration_is_wrapped(tmp_path: Path, name: str, text: str) -> None:
    """Everything in it stays, and files are asked for."""
    (tmp_path / name).write_text(text)
    assert wrapped(tmp_path) == {
        "basePath": "/x",
        "output": "export",
        "images": {"qualities": [50], "unoptimized": True},
    }


def test_a_site_without_configuration_is_exported(tmp_path: Path) -> None:
    """Next needs none; the wrapper is then all of it."""
    assert wrapped(tmp_path) == {"output": "export", "images": {"unoptimized": True}}


def test_a_changed_configuration_is_wrapped_again(tmp_path: Path) -> None:
    """The mirror brings the site's file anew; the old one is forgotten."""
    (tmp_path / "next.config.mjs").write_text("export default { basePath: '/old' };")
    wrapped(tmp_path)
    assert wrapped(tmp_path)["basePath"] == "/old"
    (tmp_path / "next.config.mjs").write_text("export default { basePath: '/new' };")
    assert wrapped(tmp_path)["basePath"] == "/new"


def test_a_site_that_exports_is_built_by_its_own_configuration(tmp_path: Path) -> None:
    """Nothing is wrapped that says already what is needed."""
    (tmp_path / "next.config.mjs").write_text("export default { output: 'export' };")
    found = plan(tmp_path)
    assert found.command == ("next", "build")
    assert found.files == {}


def test_any_other_site_is_wrapped(tmp_path: Path) -> None:
    """The script lies in the generated files, and runs in the mirror."""
    found = plan(tmp_path)
    assert found.command == ("node", ".platform/generated/export.mjs")
    assert found.files == {"export.mjs": SCRIPT.read_bytes()}
    assert found.staged
    assert found.written == "out"


def test_a_build_of_its_own_is_run_as_it_is(tmp_path: Path) -> None:
    """A script that the site names writes the folder that the site names."""
    found = plan(tmp_path, build_script="export", build_output="www")
    assert found.command[-2:] == ("run", "export")
    assert found.written == "www"


def test_an_adopted_site_has_no_server(tmp_path: Path) -> None:
    """What the server is made with comes with our starters."""
    with pytest.raises(SiteError, match="adopted-server"):
        plan(tmp_path, rendering="server")
