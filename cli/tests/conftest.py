"""What tests of this distribution share: one embedded AWS for each test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from platform_testing.embedded import EmbeddedAws, embedded_aws


@pytest.fixture(name="aws", scope="session")
def _aws() -> Iterator[EmbeddedAws]:
    with embedded_aws() as aws:
        yield aws
