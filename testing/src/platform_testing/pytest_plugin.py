"""Fixtures for plugin authors; loaded by pytest when the kit is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_testing.distributions import FAKES, install_fakes

__all__ = ["fake_plugins"]


@pytest.fixture(scope="class")
def fake_plugins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the reference fakes for one test, or for the tests of one class, and return their folder."""
    site = install_fakes(tmp_path_factory.mktemp("fakes"))
    # Another test may have left those of a folder of its own.
    _forget_fakes()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(site))
        yield site
    _forget_fakes()


def _forget_fakes() -> None:
    for component in FAKES:
        package = f"platform_plugin_{component.replace('-', '_')}"
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
