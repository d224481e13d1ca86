"""Installed distributions that a test makes up: real metadata in a folder on the path."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["FAKES", "add_distribution", "install_fakes"]

FAKES: Mapping[str, str] = {
    "ssg-echo": "ssg",
    "cms-memory": "cms",
    "shop-memory": "ecommerce",
    "service-note": "service",
}
"""The reference fakes: component id -> kind."""


def add_distribution(
    site: Path,
    name: str,
    *,
    version: str = "1.0",
    entry_points: str = "",
    requires: Iterable[str] = (),
    files: Mapping[str, str] | None = None,
) -> Path:
    """Write a distribution into *site*, a folder that is on the path.

    Args:
        site: Such as ``tmp_path``; put it on ``sys.path`` or ``PYTHONPATH``.
        name: The distribution's name.
        version: Its version.
        entry_points: The text of ``entry_points.txt``.
        requires: Lines of ``Requires-Dist``.
        files: Relative path -> text, for the package itself.

    Returns:
        The ``.dist-info`` folder.
    """
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *(f"Requires-Dist: {r}" for r in requires),
    ]
    (info / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")
    if entry_points:
        (info / "entry_points.txt").write_text(entry_points, "utf-8")
    for path, text in (files or {}).items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, "utf-8")
    return info


def install_fakes(site: Path, *components: str) -> Path:
    """Install reference fakes into *site*; all of them when none is named."""
    for component in components or FAKES:
        package = f"platform_plugin_{component.replace('-', '_')}"
        shutil.copytree(Path(__file__).parent / "fakes" / package, site / package, dirs_exist_ok=True)
        add_distribution(
            site,
            f"platform-plugin-{component}",
            entry_points=f"[platform.{FAKES[component]}.v1]\n{component} = {package}.plugin\n",
            requires=["platform-core"],
        )
    return site
