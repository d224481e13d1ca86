"""Fixtures for plugin authors; loaded by pytest when the kit is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_testing.distributions import FAKES, install_fakes

__all__ = ["fake_plugins"]


@pytest.fixture
def fake_plugins(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the reference fakes for one test and return their folder."""
    site = install_fakes(tmp_path_factory.mktemp("fakes"))
    monkeypatch.syspath_prepend(str(site))
    yield site
    for component in FAKES:
        package = f"platform_plugin_{component.replace('-', '_')}"
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
