"""The kit can't be satisfied by taking its tests away."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_testing.conformance import CmsConformance, SsgConformance
from platform_testing.distributions import FAKES, install_fakes


@pytest.mark.parametrize("replacement", [None, lambda self: None])
def test_overriding_a_standard_test_in_silence_is_refused(replacement: object) -> None:
    """A class that replaces or deletes a standard test can't even be made."""
    with pytest.raises(TypeError, match="say why in `deviations`"):
        type("TestOdd", (SsgConformance,), {"plugin": "odd", "test_a_draft_is_not_published": replacement})


def test_a_blank_reason_is_no_reason() -> None:
    """The reason must have words."""
    name = "test_it_publishes_no_secret"
    with pytest.raises(TypeError):
        type("TestOdd", (CmsConformance,), {"plugin": "odd", name: None, "deviations": {name: " "}})


def test_a_reason_allows_the_deviation() -> None:
    """With a reason a standard test may be replaced."""
    name = "test_it_publishes_no_secret"
    made = type("TestOdd", (CmsConformance,), {"plugin": "odd", name: None, "deviations": {name: "It has no secrets."}})
    assert made.deviations


def test_own_tests_may_be_added() -> None:
    """A subclass adds tests of its own freely."""
    assert type("TestOdd", (SsgConformance,), {"plugin": "odd", "test_something_else": lambda self: None})


def test_there_is_a_fake_of_each_kind(tmp_path: Path) -> None:
    """The fakes are complete distributions of the four kinds."""
    install_fakes(tmp_path)
    assert set(FAKES.values()) == {"ssg", "cms", "ecommerce", "service"}
    assert len(list(tmp_path.glob("*.dist-info"))) == len(FAKES)


def test_a_plugin_that_breaks_a_rule_fails(pytester: pytest.Pytester, fake_plugins: Path) -> None:
    """The kit notices: a shop that writes names unescaped does not pass."""
    plugin = fake_plugins / "platform_plugin_shop_memory" / "plugin.py"
    plugin.write_text(plugin.read_text("utf-8").replace("Buy {escape(words)}", "Buy {words}"), "utf-8")
    pytester.makepyfile(
        test_shop=f"""
        import shutil, sys
        import pytest
        from platform_testing.conformance import ShopConformance

        @pytest.fixture(scope="class")
        def fake_plugins():
            with pytest.MonkeyPatch.context() as patch:
                patch.syspath_prepend({str(fake_plugins)!r})
                yield {str(fake_plugins)!r}

        class TestShop(ShopConformance):
            plugin = "shop-memory"
        """
    )
    result = pytester.runpytest_subprocess("-q", "-k", "escaped or exact", "-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["passed"]) == (1, 1)
