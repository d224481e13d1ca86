"""What is asked of a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from platform_core.composition import Composition
from platform_testing.conformance.base import Conformance
from platform_testing.conformance.output import list_files

__all__ = ["ServiceConformance"]


class ServiceConformance(Conformance):
    """What is asked of a service."""

    kind = "service"

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the service on the reference engine."""
        return {"engine": "ssg-echo", "services": [cls.plugin]}

    def test_nothing_changes_before_it_runs(self, composed: Callable[..., Composition]) -> None:
        """Assessing and planning only read."""
        composition = composed()
        before = list_files(composition.content.root)
        assessment = composition.assess(self.plugin)
        composition.plan(self.plugin, assessment)
        assert list_files(composition.content.root) == before

    def test_what_was_done_is_not_done_again(self, composed: Callable[..., Composition]) -> None:
        """After a run the plan is empty."""
        composition = composed()
        assessment = composition.assess(self.plugin)
        assert composition.plan(self.plugin, assessment)
        assert composition.run(self.plugin, assessment)
        assert composition.plan(self.plugin, composition.assess(self.plugin)) == ()
