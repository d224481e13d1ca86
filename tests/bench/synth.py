"""Synthesis of fleets, against an app that was written by hand."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from measure import Comparison, Figure, Section, in_turn, run, seconds

from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.discovery import discover
from platform_core.node import node
from platform_core.scaffold import starter_files
from platform_core.site import parse_site

HERE = Path(__file__).parent
VIEWER = HERE.parent.parent / "core" / "src" / "platform_core" / "cloud" / "viewer.js"
AIM = 1.15
AIM_UNCHANGED = 0.15
SITE = """\
client = "{client}"
domain = "{client}.example.com"
engine = "hugo"
variant = "performance_blog"
cms = "decap"
shop = "snipcart"
[settings.decap]
repository = "acme/website"
oauth_client_id = "Iv1.0123456789abcdef"
[settings.snipcart]
public_api_key = "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
"""


def measure(scratch: Path, *, reduced: bool) -> Section:
    """Compare whole processes, validation off in both, and time a synth without changes."""
    counts = (1, 3) if reduced else (1, 42, 100)
    sites = scratch / "sites"
    write_sites(sites, max(counts))
    comparisons = [fresh(scratch, sites, count, rounds=2 if reduced else 5 if count < 100 else 3) for count in counts]
    unchanged = Figure(*no_change(scratch, sites, count=counts[1], rounds=3 if reduced else 9))
    return Section(
        "Synthesis",
        "Whole processes that synthesize one App with a stack for each site: engine, CMS and shop, webhooks, alarms, everything "
        "that a deployment has. Validation is off in both. The app by hand makes the same types and numbers of resources; the "
        "bench refuses to measure when they differ.",
        comparisons=comparisons,
        figures=[unchanged],
    )


def write_sites(folder: Path, count: int) -> None:
    """Write the folders of *count* sites; of the starter only what a stack is made from."""
    catalogue = Catalogue(discover().plugins)
    site = parse_site(SITE.format(client="site-000"), catalogue)
    starter = starter_files(compose(site, folder, catalogue).engine, site.variant)
    top = {name: path for name, path in starter.items() if "/" not in name}
    for number in range(count):
        client = f"site-{number:03}"
        (folder / client).mkdir(parents=True)
        (folder / client / "site.toml").write_text(SITE.format(client=client), "utf-8")
        for name, path in top.items():
            shutil.copyfile(path, folder / client / name)


def fresh(scratch: Path, sites: Path, count: int, *, rounds: int) -> Comparison:
    """Measure the synthesis of *count* sites from nothing."""
    ours, theirs = scratch / f"ours-{count}", scratch / f"theirs-{count}"
    env = {"JSII_NODE": str(node()), "PLATFORM_CACHE": str(scratch / "cache")}
    composed = [sys.executable, HERE / "composed_app.py", str(count), sites, ours]
    run(composed, env=env)
    written = [sys.executable, HERE / "handwritten_app.py", str(count), theirs, VIEWER, *functions(ours)]
    run(written, env=env)
    if difference := counted(ours) - counted(theirs) or counted(theirs) - counted(ours):
        raise RuntimeError(f"the two apps make different resources, so they can't be compared: {dict(difference)}")
    found = in_turn(
        {"ours": again(composed, ours, env), "theirs": again(written, theirs, env)}, rounds=rounds, warm=False
    )
    resources = sum(counted(ours).values()) - counted(ours)["outputs"]
    word = "site" if count == 1 else "sites"
    return Comparison(f"{count} {word}, {resources} resources", "by hand", found["theirs"], found["ours"], AIM)


def again(command: list[object], outdir: Path, env: Mapping[str, str]) -> Callable[[], tuple[float, float]]:
    """Return what synthesizes into an empty folder and measures it."""

    def measured() -> tuple[float, float]:
        shutil.rmtree(outdir, ignore_errors=True)
        return run([str(part) for part in command], env=env)

    return measured


def functions(assembly: Path) -> list[Path]:
    """Return the folders with the code of the two Lambda assets: of webhooks, and of the login."""
    folders = sorted(assembly.glob("asset.*"))
    of_webhooks = next(folder for folder in folders if (folder / "platform_core").is_dir())
    return [of_webhooks, next(folder for folder in folders if folder != of_webhooks)]


def counted(assembly: Path) -> Counter[str]:
    """Count the resources of an assembly by type, and the outputs of its sites; what stacks export to each other is no output."""
    found: Counter[str] = Counter()
    for path in assembly.rglob("*.template.json"):
        template = json.loads(path.read_text("utf-8"))
        found.update(item["Type"] for item in template.get("Resources", {}).values())
        found["outputs"] += sum("Export" not in item for item in template.get("Outputs", {}).values())
    return found


def no_change(scratch: Path, sites: Path, *, count: int, rounds: int) -> tuple[str, str, str, bool]:
    """Measure what a synth without changes costs beyond the start of its process."""
    env = {"PLATFORM_CACHE": str(scratch / "cache")}
    command = [sys.executable, HERE / "composed_app.py", str(count), sites, scratch / f"ours-{count}"]
    found = in_turn(
        {"work": lambda: run(command, env=env), "start": lambda: run([*command, "--start-only"], env=env)},
        rounds=rounds,
    )
    work = max(0.0, found["work"].median - found["start"].median)
    return (
        f"No change since the last synth, {count} sites",
        f"{seconds(work) if work else 'nothing measurable'} beyond the {seconds(found['start'].median)} in which the process starts and composes one site",
        f"at most {seconds(AIM_UNCHANGED)} for 42 sites",
        work <= AIM_UNCHANGED,
    )
