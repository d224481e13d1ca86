"""What is asked of a CMS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import build
from platform_core.composition import Composition
from platform_core.manifest import Manifest
from platform_testing.conformance.base import AWS, LOCAL, Conformance

__all__ = ["CmsConformance"]


class CmsConformance(Conformance):
    """What is asked of a CMS."""

    kind = "cms"

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the CMS on the reference engine."""
        return {"engine": "ssg-echo", "cms": cls.plugin}

    def test_it_builds_on_the_reference_engine(self, composed: Callable[..., Composition]) -> None:
        """A site with the CMS builds for this machine and for AWS."""
        composition = composed()
        for stage in (LOCAL, AWS):
            assert (build(composition, stage).output / "index.html").is_file()

    def test_its_admin_page_is_published(self, composed: Callable[..., Composition], manifest: Manifest) -> None:
        """A CMS with a page of its own publishes and announces it."""
        if "admin.page" not in manifest.provides:
            pytest.skip("the CMS does not provide admin.page")
        composition = composed()
        routes = [item.value.route for item in composition.files(LOCAL) if item.value.route]
        assert routes
        assert all((build(composition, LOCAL).output / route.strip("/") / "index.html").is_file() for route in routes)

    def test_it_publishes_no_secret(self, composed: Callable[..., Composition], manifest: Manifest) -> None:
        """The names of secrets stay out of what is published; their values never get that far."""
        composition = composed()
        member = next(member for member in composition.members if member.id == self.plugin)
        names = [member.settings[name] for name, item in manifest.settings.items() if item.type == "secret"]
        blobs = [_bytes(item.value.content) for item in composition.files(AWS)]
        assert not any(name and name.encode() in blob for name in names for blob in blobs)


def _bytes(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content
