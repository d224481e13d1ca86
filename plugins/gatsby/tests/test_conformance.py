"""The standard tests of an engine."""

from __future__ import annotations

import pytest

from platform_testing.conformance import SsgConformance

pytestmark = pytest.mark.slow


class TestGatsby(SsgConformance):
    """Gatsby does what every engine must."""

    plugin = "gatsby"
