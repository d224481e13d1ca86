"""A site, the component's settings, a running stand-in, and Sanity's own packages."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.manifest import Manifest, parse_manifest
from platform_core.node import ensure_packages, node
from platform_core.site import Site, settings_model
from platform_plugin_sanity import plugin, standin

PACKAGE = Path(plugin.__file__).parent
HERE = Path(__file__).parent
MODEL = """
[[collections]]
name = "posts"
label = "Posts"
label_singular = "Post"
fields = [
  { name = "title", label = "Title" },
  { name = "date", label = "Date", type = "datetime" },
  { name = "description", label = "Description", type = "text", required = false },
  { name = "image", label = "Image", type = "image", required = false },
  { name = "tags", label = "Tags", type = "list", required = false },
  { name = "rating", label = "Rating", type = "number", required = false, hint = "1 to 5" },
  { name = "mood", label = "Mood", type = "select", choices = ["good", "bad"], required = false },
  { name = "seo-title", label = "Title for searches", required = false },
  { name = "summary", label = "Summary", type = "markdown", required = false },
  { name = "body", label = "Text", type = "markdown" },
]

[[collections]]
name = "docs/guides"
label = "Guides"
label_singular = "Guide"
slug = "{year}-{slug}"
fields = [
  { name = "title", label = "Title" },
  { name = "weight", label = "Position", type = "number", required = false },
  { name = "body", label = "Text", type = "markdown" },
]
"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f03000605"
    "02fea7d3a5bc0000000049454e44ae426082"
)


@pytest.fixture
def manifest() -> Manifest:
    """The component's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture
def settings(manifest: Manifest) -> Callable[..., dict[str, Any]]:
    """Give a function that fills the defaults of the settings in, as core does."""
    return lambda **given: settings_model(manifest).model_validate(given).model_dump()


@pytest.fixture
def site() -> Site:
    """A site of client ``acme``."""
    return Site(
        client="acme", domain="www.acme.example", engine="hugo", cms="sanity", shop="snipcart", title="Acme & Sons"
    )


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A site's folder with a content model and nothing else."""
    root = tmp_path / "site"
    root.mkdir()
    (root / "content.toml").write_text(MODEL, "utf-8")
    return Content(root)


@pytest.fixture
def offline() -> Stage:
    """The stage of `platform up --offline`, before there are ports."""
    return Stage("local", "http://localhost:8080", offline=True)


class StandIn:
    """A running stand-in.

    Attributes:
        host: Where it answers, as `Stage.endpoints` has it.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        for _ in range(600):
            said = log.read_text("utf-8")
            if "on port" in said or self.process.poll() is not None:
                break
            time.sleep(0.025)  # between two looks at a bounded condition
        if "on port" not in said:
            self.stop()
            raise AssertionError(said)
        self.host = f"http://127.0.0.1:{said.split()[-1]}"

    def stop(self) -> None:
        """Stop it and wait for that."""
        self.process.terminate()
        self.process.wait(10)

    def ask(self, path: str, body: Any = None, **headers: str) -> Any:
        """Return what the API answers, parsed."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.host + path, data, {"content-type": "application/json", **headers})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def query(self, groq: str, perspective: str = "raw") -> Any:
        """Return what a query finds."""
        text = urllib.parse.quote(groq, safe="")
        return self.ask(f"/v2025-03-01/data/query/production?query={text}&perspective={perspective}")["result"]

    def mutate(self, *mutations: dict[str, Any]) -> Any:
        """Change the dataset."""
        return self.ask("/v2025-03-01/data/mutate/production?returnIds=true", {"mutations": mutations})


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[Callable[..., StandIn]]:
    """Give a function that starts a stand-in with documents; all of them are stopped after the test."""
    running: list[StandIn] = []

    def start(*documents: dict[str, Any], state: Path | None = None, data: Path | None = None) -> StandIn:
        file = data or tmp_path / f"data-{len(running)}.ndjson"
        if data is None:
            file.write_text("".join(json.dumps(item) + "\n" for item in documents), "utf-8")
        options = ["--project", "abc12345", *(("--state", str(state)) if state else ())]
        command = standin.server_command([file], *options, port="0")
        running.append(StandIn(command, tmp_path / f"stand-in-{len(running)}.log"))
        return running[-1]

    yield start
    for item in running:
        item.stop()


@pytest.fixture
def run_node(tmp_path: Path) -> Callable[..., Any]:
    """Give a function that runs a script with Sanity's npm packages, and returns what it prints, parsed."""
    place = ensure_packages(HERE)

    def run(source: str, *arguments: str) -> Any:
        script = tmp_path / "script.mjs"
        script.write_text(source, "utf-8")
        modules = tmp_path / "node_modules"
        if not modules.exists():
            modules.symlink_to(place / "node_modules")
        command = [str(node()), str(script), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def png() -> bytes:
    """The smallest picture."""
    return PNG


@pytest.fixture
def realdata(request: pytest.FixtureRequest) -> Path:
    """The folder of public files; the test is skipped without it."""
    folder = Path(os.environ.get("PLATFORM_DATA") or request.config.rootpath.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the public files are not at {folder}; set PLATFORM_DATA")
    return folder
