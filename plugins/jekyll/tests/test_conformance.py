"""The standard tests of an engine."""

from __future__ import annotations

import pytest

from platform_testing.conformance import SsgConformance


@pytest.mark.usefixtures("jekyll")
class TestJekyll(SsgConformance):
    """Jekyll does what every engine must."""

    plugin = "jekyll"
