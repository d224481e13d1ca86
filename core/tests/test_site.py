"""The site file: everything wrong with it at once, with file, line, table and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.catalogue import Catalogue
from platform_core.discovery import discover
from platform_core.errors import SiteError
from platform_core.site import Site, as_json, host_name, load_site, parse_site, site_schema

GOOD = 'client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\n'


@pytest.fixture
def catalogue(fake_plugins: Path) -> Catalogue:
    """Return a catalogue of the reference fakes alone."""
    return Catalogue(discover([str(fake_plugins)], disabled=()).plugins)


def problems(text: str, catalogue: Catalogue) -> list[str]:
    """Return the problems of a site file, as they are shown."""
    with pytest.raises(SiteError) as caught:
        parse_site(text, catalogue)
    return [str(problem) for problem in caught.value.problems]


def test_the_smallest_site_is_valid(catalogue: Catalogue) -> None:
    """Client, domain and engine are enough; the rest has defaults."""
    site = parse_site(GOOD, catalogue)
    assert (site.variant, site.cms, site.shop, site.services) == ("plain", None, None, ())
    assert site.settings == {"ssg-echo": {"shout": False}}


def test_all_problems_come_at_once(catalogue: Catalogue) -> None:
    """Six mistakes in six places give six problems, each with its line."""
    text = (
        'client = "Acme Inc"\ndomain = "acme"\nengine = "ssg-ecko"\nmood = "direct"\n'
        '[aws]\nregon = "eu"\n[settings.shop-memory]\nendpoint = "x"\n'
    )
    found = problems(text, catalogue)
    assert len(found) == 6
    for place in ("site.toml:1 client", "site.toml:2 domain", "site.toml:3 engine", "site.toml:4 mood"):
        assert any(item.startswith(place) for item in found), place
    assert any(item.startswith("site.toml:6 [aws] regon") and "Did you mean 'region'?" in item for item in found)
    assert any("'shop-memory' is not part of this site" in item for item in found)


def test_an_unknown_component_says_how_to_get_it(catalogue: Catalogue) -> None:
    """A component that is not installed comes with the command that installs it."""
    (found,) = problems(GOOD.replace("ssg-echo", "zola"), catalogue)
    assert "pip install platform-plugin-zola" in found


def test_a_misspelt_component_gets_a_suggestion(catalogue: Catalogue) -> None:
    """A near miss is suggested instead."""
    (found,) = problems(GOOD.replace("ssg-echo", "ssg-ecko"), catalogue)
    assert "Did you mean 'ssg-echo'?" in found


def test_an_unknown_variant_lists_the_known_ones(catalogue: Catalogue) -> None:
    """The variants of the chosen engine are named."""
    (found,) = problems(GOOD + 'variant = "plane"\n', catalogue)
    assert "it has plain" in found


def test_settings_follow_the_plugins_own_schema(catalogue: Catalogue) -> None:
    """A wrong type and an unknown key of a plugin's settings are told with line and table."""
    found = problems(GOOD + '[settings.ssg-echo]\nshout = "loud"\nshoot = true\n', catalogue)
    assert any(item.startswith("site.toml:5 [settings.ssg-echo] shout") for item in found)
    assert any("unknown key 'shoot'. Did you mean 'shout'?" in item for item in found)


def test_a_pattern_is_told_in_words(catalogue: Catalogue) -> None:
    """A refused pattern says what is wanted, not its regular expression."""
    (found,) = problems(GOOD + 'shop = "shop-memory"\n[settings.shop-memory]\nendpoint = "ftp://x"\n', catalogue)
    assert "is not an https:// address" in found


def test_a_pattern_matches_the_whole_string(catalogue: Catalogue) -> None:
    """A trailing line break does not slip through."""
    text = GOOD + 'shop = "shop-memory"\n[settings.shop-memory]\nendpoint = "https://a.example/\\n"\n'
    assert problems(text, catalogue)


@pytest.mark.parametrize("text", ["client = ", "[[[", "\x00", 'a = "\\q"'])
def test_what_is_not_toml_is_one_problem(catalogue: Catalogue, text: str) -> None:
    """A file that does not parse says where."""
    (found,) = problems(text, catalogue)
    assert "not TOML" in found


def test_a_missing_file_says_what_to_do(catalogue: Catalogue, tmp_path: Path) -> None:
    """No site.toml leads to `platform init`."""
    with pytest.raises(SiteError, match="platform init"):
        load_site(tmp_path, catalogue)


def test_a_file_that_is_not_text_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    """Bytes that are not UTF-8 give an error, not a traceback."""
    (tmp_path / "site.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SiteError, match="unreadable-site"):
        load_site(tmp_path, catalogue)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("ab.io", "ab.io"),
        ("WWW.Example.COM", "www.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("example.com.", "example.com"),
        ("a-b.c1.example", "a-b.c1.example"),
        ("例え.jp", "xn--r8jz45g.jp"),
    ],
)
def test_real_host_names_are_accepted(given_name: str, expected: str) -> None:
    """Short, upper-case and international names are host names."""
    assert host_name(given_name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "acme",
        "",
        ".",
        "https://a.example",
        "a.example/x",
        "a.example:80",
        "-a.example",
        "a-.example",
        "a..example",
        "1.2.3.4",
        "a_b.example",
        "a b.example",
        f"{'a' * 64}.example",
        ".".join(["a" * 60] * 5),
        "a.example\n.b",
    ],
)
def test_what_is_no_host_name_is_refused(name: str) -> None:
    """Single labels, addresses, schemes, ports and over-long names are refused."""
    with pytest.raises(ValueError, match=r"."):
        host_name(name)


@given(st.text(max_size=80))
def test_a_host_name_is_safe_or_refused(name: str) -> None:
    """Whatever comes in, what goes out has only letters, digits, dashes and dots."""
    try:
        result = host_name(name)
    except ValueError:
        return
    assert set(result) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert host_name(result) == result


@given(st.text(max_size=300))
def test_any_text_is_a_site_or_an_error(text: str) -> None:
    """No input gives anything but a site or a SiteError."""
    try:
        parse_site(text, Catalogue(()))
    except SiteError as error:
        assert error.problems


@given(
    st.dictionaries(
        st.sampled_from([*Site.model_fields, "other"]),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=2)
        ),
    )
)
def test_wrong_types_are_problems_not_tracebacks(data: dict[str, object]) -> None:
    """Any value of any type at any key is either right or told."""
    lines = [f"{key} = {_toml(value)}" for key, value in data.items() if value is not None]
    try:
        parse_site("\n".join(lines), Catalogue(()))
    except SiteError as error:
        assert error.problems


def _toml(value: object) -> str:
    import json

    return json.dumps(value)


def test_mode_follows_the_composition(catalogue: Catalogue) -> None:
    """CMS and shop together are event-driven; one alone is direct; a choice stands."""
    both = GOOD + 'cms = "cms-memory"\nshop = "shop-memory"\n'
    assert parse_site(both, catalogue).integration == "event-driven"
    assert parse_site(GOOD + 'cms = "cms-memory"\n', catalogue).integration == "direct"
    assert parse_site(both + 'mode = "direct"\n', catalogue).integration == "direct"


def test_the_schema_knows_the_installed_components(catalogue: Catalogue) -> None:
    """Editors are offered the installed ids and the plugins' settings."""
    schema = site_schema(catalogue)
    assert schema["properties"]["engine"]["enum"] == ["ssg-echo"]
    settings = schema["properties"]["settings"]["properties"]["shop-memory"]["properties"]
    assert settings["endpoint"]["type"] == "string"


def test_equal_sites_give_equal_json(catalogue: Catalogue) -> None:
    """The order of keys in the file does not show."""
    lines = GOOD.splitlines(keepends=True)
    assert as_json(parse_site("".join(lines), catalogue)) == as_json(parse_site("".join(reversed(lines)), catalogue))
