"""A composition isolates its plugins: what one does wrong is told and named."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.content import Content, Product
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.errors import CombinationError, PluginError, ToolError, UserError
from platform_core.pulling import pull_sources
from platform_core.site import parse_site
from platform_testing.distributions import add_distribution

STAGE = Stage("local", "http://localhost:8080")
Make = Callable[..., Composition]
_HOOK = "from platform_core.hookspecs import hookimpl\nfrom platform_core.contributions import *\n"


@pytest.fixture
def make(fake_plugins: Path, tmp_path: Path) -> Make:
    """Return a function that composes the echo engine with a service made of the given code."""

    def compose_with(code: str, *, kind: str = "service", name: str = "odd", full: bool = True) -> Composition:
        extra = "@hookimpl\ndef platform_assess(): return {}\n@hookimpl\ndef platform_plan(): return []\n@hookimpl\ndef platform_run(): return []\n"
        package = f"platform_plugin_{name}"
        sys.modules.pop(package, None)
        sys.modules.pop(f"{package}.plugin", None)
        add_distribution(
            fake_plugins,
            f"platform-plugin-{name}",
            entry_points=f"[platform.{kind}.v1]\n{name} = {package}.plugin\n",
            files={
                f"{package}/__init__.py": "",
                f"{package}/plugin.py": _HOOK + (extra if full else "") + code,
                f"{package}/plugin.toml": f'schema = 1\nid = "{name}"\nkind = "{kind}"\nname = "Odd"\nsummary = "Odd."\n',
            },
        )
        text = f'client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\nshop = "shop-memory"\nservices = ["{name}"]\n'
        catalogue = Catalogue(discover(disabled=()).plugins)
        return compose(parse_site(text, catalogue), tmp_path, catalogue)

    return compose_with


def test_only_the_chosen_plugins_are_imported(make: Make) -> None:
    """An installed CMS that the site did not choose stays unimported."""
    sys.modules.pop("platform_plugin_cms_memory.plugin", None)
    make("")
    assert "platform_plugin_cms_memory.plugin" not in sys.modules


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise ImportError('gone')", "ImportError: gone"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("class Odd(BaseException): pass\nraise Odd('odd')", "Odd: odd"),
        ("1 +", "SyntaxError"),
    ],
)
def test_a_plugin_that_fails_at_import_is_named(make: Make, code: str, why: str) -> None:
    """Whatever an import raises, SystemExit too, becomes an error that names the plugin."""
    with pytest.raises(PluginError) as caught:
        make(code)
    assert "platform-plugin-odd" in caught.value.what
    assert why in caught.value.why


def test_a_plugin_that_prints_at_import_is_refused(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    """Output belongs to the command; nothing of it gets through."""
    with pytest.raises(PluginError, match="prints when it is imported"):
        make("print('hello')")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("@hookimpl\ndef platform_fragmnts(): return []", "Did you mean 'platform_fragments'?"),
        ("@hookimpl\nasync def platform_files(): return []", "platform_files is asynchronous"),
    ],
)
def test_a_hook_that_does_not_fit_is_told(make: Make, code: str, told: str) -> None:
    """Misspelt and asynchronous hooks, which pluggy accepts in silence, are faults."""
    with pytest.raises(PluginError) as caught:
        make(code)
    assert told in str(caught.value)


def test_an_unknown_argument_is_told(make: Make) -> None:
    """An argument that the specification does not have names plugin and hook."""
    with pytest.raises(PluginError, match="platform-plugin-odd does not fit") as caught:
        make("@hookimpl\ndef platform_files(colour): return []")
    assert "platform_files" in caught.value.why


def test_a_missing_required_hook_is_told(make: Make) -> None:
    """A service without its three hooks is no service; all three are named."""
    with pytest.raises(PluginError) as caught:
        make("", full=False)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("'text'", "returned str"),
        ("[1]", "returned int"),
        ("[Fragment('sidebar', '')]", "no slot 'sidebar'"),
    ],
)
def test_a_wrong_result_names_plugin_and_hook(make: Make, returned: str, told: str) -> None:
    """A wrong type or an unknown slot never reaches a template."""
    composition = make(f"@hookimpl\ndef platform_fragments(): return {returned}")
    with pytest.raises(PluginError, match="platform-plugin-odd platform_fragments") as caught:
        composition.fragments(STAGE)
    assert told in caught.value.what


def test_none_adds_nothing(make: Make) -> None:
    """A hook may return None."""
    composition = make("@hookimpl\ndef platform_fragments(): return None")
    assert "Cart" in composition.fragments(STAGE)["navigation"]


def test_a_failing_contribution_does_not_hide_another_failure(make: Make) -> None:
    """Every failing plugin is told, not the first alone."""
    composition = make("@hookimpl\ndef platform_fragments(): raise SystemExit(1)")
    composition.members[1].settings.pop("endpoint")  # the shop fails too
    with pytest.raises(PluginError) as caught:
        composition.fragments(STAGE)
    assert {problem.where.split()[0] for problem in caught.value.problems} == {
        "platform-plugin-odd",
        "platform-plugin-shop-memory",
    }


def test_a_generator_that_fails_late_is_caught(make: Make) -> None:
    """A generator's error is the plugin's error too."""
    composition = make("@hookimpl\ndef platform_files():\n    yield File('a', b'')\n    raise RuntimeError('late')")
    with pytest.raises(PluginError, match="late"):
        composition.files(STAGE)


def test_files_may_depend_on_what_the_engine_provides(make: Make) -> None:
    """A plugin learns the engine's capabilities, not which engine it is."""
    composition = make("@hookimpl\ndef platform_files(provides): return [File(name, b'') for name in provides]")
    assert {item.value.path for item in composition.files(STAGE)} == set(composition.engine.manifest.provides)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a//b", "", "a\\b", "./a"])
def test_a_file_outside_the_site_is_refused(make: Make, path: str) -> None:
    """Published paths stay below the site's root."""
    composition = make(f"@hookimpl\ndef platform_files(): return [File({path!r}, b'')]")
    with pytest.raises(PluginError, match="not a path below"):
        composition.files(STAGE)


@pytest.mark.parametrize("path", ["../x", "/x", "a//b"])
def test_an_extra_file_outside_the_site_is_refused(make: Make, path: str) -> None:
    """What `platform init` writes stays below the site's folder."""
    with pytest.raises(PluginError, match="platform_extra_files"):
        make(f"@hookimpl\ndef platform_extra_files(): return {{{path!r}: b''}}\n").extra_files()


@pytest.mark.parametrize(("returned", "expected"), [("'Push it.'", "Push it."), ("None", "")])
def test_a_plugin_says_that_the_site_is_hosted_elsewhere(make: Make, returned: str, expected: str) -> None:
    """Its sentence is returned; without one AWS publishes the site."""
    code = f"@hookimpl\ndef platform_hosted_elsewhere(): return {returned}\n"
    assert make(code).hosted_elsewhere() == expected


def test_a_missing_program_is_told_as_the_plugin_told_it(make: Make) -> None:
    """A ToolError of a hook reaches the user with its hint, not as a fault of the plugin."""
    code = "from platform_core.errors import ToolError\n@hookimpl\ndef platform_files(): raise ToolError('no-x', 'no x', hint='get x')\n"
    with pytest.raises(ToolError) as caught:
        make(code).files(STAGE)
    assert caught.value.hint == "get x"


def test_two_files_with_one_path_name_both_plugins(make: Make) -> None:
    """Neither wins by accident."""
    composition = make("@hookimpl\ndef platform_files(): return [File('a', b'1'), File('a', b'2')]")
    with pytest.raises(PluginError, match="published by 'odd' too"):
        composition.files(STAGE)


def test_sources_are_joined_and_start_from_self(make: Make) -> None:
    """The policy is the union of what the plugins need, on top of 'self'."""
    composition = make("@hookimpl\ndef platform_csp(): return {'img-src': ['https://i.example']}")
    assert composition.csp(STAGE) == {"default-src": ("'self'",), "img-src": ("'self'", "https://i.example")}


def test_each_plugin_gets_its_own_settings(make: Make) -> None:
    """*settings* is the component's own table."""
    composition = make("@hookimpl\ndef platform_fragments(settings): return [Fragment('head', str(sorted(settings)))]")
    assert composition.fragments(STAGE)["head"] == "[]"


def test_the_buy_button_is_the_shops(make: Make) -> None:
    """The one shop answers for the product."""
    html = make("").buy_button(Product("mug", "Mug", Decimal("9.50"), "EUR", "/mug/"), STAGE)
    assert "price=9.50" in html


def test_provenance_names_every_member(make: Make) -> None:
    """Each component is traced to a distribution and a version."""
    assert make("").provenance()["odd"].startswith("platform-plugin-odd 1.0 (")


def test_an_impossible_combination_is_refused(make: Make, fake_plugins: Path, tmp_path: Path) -> None:
    """Composing what can't work gives the reasons, before anything is imported."""
    make("")
    path = fake_plugins / "platform_plugin_shop_memory" / "plugin.toml"
    text = path.read_text("utf-8")
    catalogue = Catalogue(discover(disabled=()).plugins)
    site = parse_site(
        'client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\nshop = "shop-memory"\n', catalogue
    )
    path.write_text(text.replace("html.fragments", "runtime.client"), "utf-8")
    with pytest.raises(CombinationError, match="do not combine"):
        compose(site, tmp_path, Catalogue(discover(disabled=()).plugins))


_SECRET = "@hookimpl\ndef platform_build_secrets(): return {'odd-token': 'acme/odd'}\n"
_SHOWS = (
    _SECRET
    + "from platform_core.sources import Source\n@hookimpl\ndef platform_source(secrets): return Source('odd', secrets['odd-token'], None, None)\n"
)


def test_a_secret_comes_from_the_environment(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin gets the value of the secret that it named; nobody else needs to know where it was."""
    monkeypatch.setenv("PLATFORM_SECRET_ODD_TOKEN", "value\n")
    composition = make(_SHOWS)
    assert composition.sources(STAGE)[0].origin == "value"
    assert composition.build_secrets() == {"odd-token": "acme/odd"}


def test_a_missing_secret_is_the_users_to_mend(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the secret and the variable."""
    monkeypatch.delenv("PLATFORM_SECRET_ODD_TOKEN", raising=False)
    with pytest.raises(UserError, match="'acme/odd'") as caught:
        make(_SHOWS).sources(STAGE)
    assert "PLATFORM_SECRET_ODD_TOKEN" in caught.value.hint


def test_offline_every_secret_is_there(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins take any token, so none is asked for."""
    monkeypatch.delenv("PLATFORM_SECRET_ODD_TOKEN", raising=False)
    offline = Stage("local", "http://localhost", offline=True)
    assert make(_SHOWS).sources(offline)[0].origin == "offline"


@pytest.mark.parametrize("label", ["Odd", "a_b", "", "a--b", "a/b"])
def test_a_malformed_label_is_a_fault(make: Make, label: str) -> None:
    """A label becomes the name of a variable."""
    with pytest.raises(PluginError, match="malformed"):
        make(f"@hookimpl\ndef platform_build_secrets(): return {{{label!r}: 'x'}}\n").build_secrets()


def test_entries_that_are_handed_over_are_a_source(make: Make, tmp_path: Path) -> None:
    """The older hook goes on working, with a warning for its author."""
    code = "from platform_core.content import Entry\n@hookimpl\ndef platform_entries(): return [Entry('posts', 'a', title='A')]\n"
    with pytest.warns(DeprecationWarning, match="platform_source"):
        (source,) = make(code).sources(STAGE)
    pull_sources([source], tmp_path)
    assert [entry.title for entry in Content(tmp_path).entries()] == ["A"]


def test_content_is_read_anew(make: Make, tmp_path: Path) -> None:
    """A composition that lives for long sees a price that has changed."""
    file = tmp_path / "content" / "products" / "mug.md"
    file.parent.mkdir(parents=True)
    text = "---\ntitle: Mug\nsku: mug\nprice: '1.00'\ncurrency: EUR\n---\n"
    file.write_text(text, "utf-8")
    composition = make("")
    assert str(composition.content.products[0].price) == "1.00"
    file.write_text(text.replace("1.00", "2.00"), "utf-8")
    assert str(composition.reread().content.products[0].price) == "2.00"
