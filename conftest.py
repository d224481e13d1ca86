"""Settings that every test of the workspace shares."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from platform_core.errors import ToolError
from platform_core.node import node

# How long an example takes says more about the machine than about the code.
settings.register_profile("workspace", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("workspace")

# Tests that use CDK in their own process must not find out whether the machine has a Node.
os.environ["JSII_NODE"] = str(node())
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser, where there is one; closed with the module, since one process can drive only one at a time."""
    from platform_testing.quality.rendered import open_browser

    try:
        with open_browser() as opened:
            yield opened
    except ToolError as error:
        pytest.skip(str(error))
