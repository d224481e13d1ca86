"""The standard tests of a shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest

from platform_testing.conformance import ShopConformance


@pytest.fixture(autouse=True, scope="module")
def _signing_key() -> Iterator[None]:
    """Give builds the key that signs, as the build machine would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLATFORM_SECRET_FOXY_SIGNING", "key-of-the-tests")
        yield


class TestFoxy(ShopConformance):
    """Foxy does what every shop must."""

    plugin = "foxy"
    settings: ClassVar[Mapping[str, Any]] = {"store_domain": "acme.foxycart.com"}
