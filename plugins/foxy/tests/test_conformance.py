"""The standard tests of a shop."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
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

    @classmethod
    def offers(cls, html: str) -> Mapping[str, Decimal]:
        """Read form and modifiers as Foxy's cart does; what has no value can't be sent."""
        sent = dict(re.findall(r'<input type="hidden" name="0:(\w+)\|\|[^"]*" value="([^"]*)"', html))
        if not sent:
            return {}
        options = [value for value in re.findall(r'<option[^>]* value="([^"]*)"', html) if value]
        changes = [dict(re.findall(r"([pc]):([\w.-]+)", re.findall(r"\{(.*?)\}", value)[0])) for value in options]
        return {one.get("c", sent["code"]): Decimal(one.get("p", sent["price"])) for one in changes or [{}]}
