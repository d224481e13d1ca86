"""Choosing: list, describe, why-not, schema and what the shell completes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_core.catalogue import Catalogue
from platform_core.discovery import discover
from platform_core.verified import Code

OFFERED = {
    "kind", "engine", "cms", "shop", "service", "status", "stack_type", "month", "setup", "reasons", "verified"
}  # fmt: skip


def offered(platform: Any, *arguments: str) -> list[dict[str, Any]]:
    """Return the rows of `list --json` on the reference engine."""
    return list(json.loads(platform("list", "--engine", "ssg-echo", "--json", *arguments).stdout))


def test_list_as_json_has_a_stable_shape(platform: Any) -> None:
    """Every row has every key, and prices are pairs or null."""
    found = json.loads(platform("list", "--all", "--json").stdout)
    assert all(set(row) == OFFERED for row in found)
    assert all(row["month"] is None or len(row["month"]) == 2 for row in found)
    assert {row["status"] for row in found} <= {"certified", "compatible", "impossible"}


def test_list_shows_what_is_certified(platform: Any) -> None:
    """Without options, only what is sold at a price is shown."""
    assert {row["stack_type"] for row in offered(platform)} >= {
        "ssg_echo_template", "cms_memory_tier", "shop_memory_ecommerce", "cms_ecommerce_composed"
    }  # fmt: skip
    assert {row["status"] for row in offered(platform)} == {"certified"}


def test_list_all_gives_reasons(platform: Any) -> None:
    """What is not certified says why."""
    others = [row for row in offered(platform, "--all") if row["status"] != "certified"]
    assert all(row["reasons"] for row in others)


@pytest.mark.parametrize(
    ("kind", "stack_type"),
    [
        ("ssg", "ssg_echo_template"),
        ("cms", "cms_memory_tier"),
        ("ecommerce", "shop_memory_ecommerce"),
        ("composed", "cms_ecommerce_composed"),
    ],
)
def test_list_is_filtered_by_kind(platform: Any, kind: str, stack_type: str) -> None:
    """Each kind of offering is listed on its own."""
    assert [row["stack_type"] for row in offered(platform, "--kind", kind)] == [stack_type]


def test_list_is_filtered_by_price(platform: Any) -> None:
    """Only what can cost so little is shown."""
    assert {row["stack_type"] for row in offered(platform, "--max-price", "10")} == {
        "ssg_echo_template", "cms_memory_tier"
    }  # fmt: skip


def test_list_of_nothing_says_so(platform: Any) -> None:
    """An empty answer is an empty array, and one line for people."""
    assert offered(platform, "--max-price", "0") == []
    assert "Nothing matches" in platform("list", "--engine", "ssg-echo", "--max-price", "0").stderr


@pytest.mark.parametrize(("kind", "left"), [("service", "ssg-echo"), ("composed", "ssg-echo,cms-memory")])
def test_a_kind_that_no_plugin_brings_is_named(platform: Any, kind: str, left: str) -> None:
    """What would help is a plugin, not another option."""
    names = {row["id"] for row in json.loads(platform("plugin", "list", "--json").stdout)} - set(left.split(","))
    said = platform("list", "--kind", kind, env={"PLATFORM_DISABLE": ",".join(names)}).stderr
    word = "service" if kind == "service" else "shop"
    assert said == f"No {word} is installed. Install one: pip install platform-plugin-<{word}>\n"


def test_all_is_proposed_only_when_it_shows_more(platform: Any) -> None:
    """A hint that leads to an empty list again is none."""
    call = ("list", "--engine", "ssg-echo", "--kind", "cms")
    assert "`platform list --all` shows" in platform(*call, env={"PLATFORM_DISABLE": "cms-memory"}).stderr
    assert platform(*call, "--max-price", "0").stderr == "Nothing matches.\n"


def test_an_unknown_engine_is_the_users_mistake(platform: Any) -> None:
    """The nearest id is proposed; the exit code is 2."""
    assert "Did you mean 'ssg-echo'?" in platform("list", "--engine", "ssg-ecko", code=2).stderr


def test_a_pipe_gets_plain_text(platform: Any) -> None:
    """No colour and no box reaches a pipe."""
    done = platform("list")
    assert "\x1b" not in done.stdout
    assert done.stdout.isascii()


def test_what_is_listed_is_counted(platform: Any) -> None:
    """By what it is; what is not certified is told apart."""
    said = platform("list", "--engine", "ssg-echo").stdout.splitlines()[-1]
    assert said == (
        "3 offerings (1 templates, 1 CMS tiers, 1 shop tiers, 0 bundles, 0 services) "
        "and 1 further certified combinations are installed; 0 of them verified as they are now."
    )


def test_what_was_verified_is_shown(platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its day and template; that its code has changed since, too, and then it is not counted."""
    package = platform.plugins / "platform_plugin_ssg_echo"
    # What a plugin builds on is read from the environment's own metadata, as in the command's process.
    monkeypatch.syspath_prepend(str(platform.plugins))
    found = Catalogue(discover([str(platform.plugins)], disabled=()).plugins)
    code = Code(found).of(("ssg-echo", "cms-memory"))
    row = {"cms": "cms-memory", "shop": None, "date": "2026-01-31", "template": "473647bffe7a", "code": code}
    row["versions"] = {"ssg-echo": "1.0", "cms-memory": "1.0"}
    (package / "verified.json").write_text(json.dumps({"schema": 1, "combinations": [row]}))
    for said, count in (
        ("2026-01-31 473647bffe7a", "1 of them"),
        ("2026-01-31 473647bffe7a, changed since", "0 of them"),
    ):
        lines = platform("list", "--engine", "ssg-echo").stdout.splitlines()
        (line,) = [line for line in lines if "cms_memory_tier" in line]
        assert line.endswith(f"  {said}")
        assert f"{count} verified" in lines[-1]
        (row,) = offered(platform, "--kind", "cms")
        assert row["verified"]["versions"] == {"ssg-echo": "1.0", "cms-memory": "1.0"}
        assert row["verified"]["current"] is (count == "1 of them")
        (package / "plugin.py").write_text((package / "plugin.py").read_text("utf-8") + "# changed", "utf-8")


@pytest.mark.parametrize("name", ["ssg-echo", "cms-memory", "shop-memory", "service-note"])
def test_describe_shows_a_component(platform: Any, name: str) -> None:
    """A component of each kind is described for people and as JSON."""
    assert name in platform("describe", name).stdout
    assert json.loads(platform("describe", name, "--json").stdout)["id"] == name


def test_describe_shows_an_offering(platform: Any) -> None:
    """An offering names its combinations."""
    assert "ssg-echo + shop-memory: certified" in platform("describe", "shop_memory_ecommerce").stdout
    found = json.loads(platform("describe", "shop_memory_ecommerce", "--json").stdout)
    assert found["stack_type"] == "shop_memory_ecommerce"
    assert found["combinations"]


def test_describe_proposes_the_nearest_id(platform: Any) -> None:
    """A typo is the user's mistake."""
    assert "Did you mean 'cms-memory'?" in platform("describe", "cms-memori", code=2).stderr


def test_why_not_of_a_certified_combination_tells_its_price(platform: Any) -> None:
    """There is no reason against it."""
    assert (
        "is certified: cms_ecommerce_composed, USD 35-60"
        in platform("why-not", "ssg-echo", "cms-memory", "shop-memory").stdout
    )


def test_why_not_as_json_has_a_stable_shape(platform: Any) -> None:
    """The object has every key."""
    found = json.loads(platform("why-not", "ssg-echo", "none", "shop-memory", "--json").stdout)
    assert set(found) == {"engine", "cms", "shop", "status", "stack_type", "month", "reasons", "nearest"}


def test_why_not_names_every_unknown_part(platform: Any) -> None:
    """All mistakes come at once."""
    done = platform("why-not", "nothing", "neither", "nor", code=2)
    assert all(word in done.stderr for word in ("nothing", "neither", "nor"))


def test_schema_knows_the_installed_components(platform: Any) -> None:
    """Editors complete ids and settings from it."""
    found = json.loads(platform("schema").stdout)
    assert "ssg-echo" in found["properties"]["engine"]["enum"]
    assert "shout" in found["properties"]["settings"]["properties"]["ssg-echo"]["properties"]


def completed(platform: Any, *words: str) -> set[str]:
    """Return what the shell would propose for the last word."""
    env = {
        "_PLATFORM_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("platform", *words)),
        "COMP_CWORD": str(len(words)),
    }
    return {line.partition(",")[2] for line in platform(env=env).stdout.splitlines() if line}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("des",), {"describe", "destroy"}),
        (("--no",), {"--no-plugins"}),
        (("describe", "ssg-e"), {"ssg-echo"}),
        (("describe", "shop_"), {"shop_memory_ecommerce"}),
        (("list", "--engine", "ssg-"), {"ssg-echo"}),
        (("why-not", "ssg-echo", "cms-"), {"cms-memory"}),
        (("why-not", "ssg-echo", "cms-memory", "no"), {"none"}),
        (("init", "--shop", "shop-"), {"shop-memory"}),
        (("init", "--service", "service-"), {"service-note"}),
        (("init", "--engine", "ssg-echo", "--variant", ""), {"plain"}),
        (("plugin", ""), {"list", "doctor"}),
        (("--no-plugins", "describe", ""), set()),
    ],
)
def test_the_shell_completes(platform: Any, words: tuple[str, ...], expected: set[str]) -> None:
    """Commands, options and the ids of what is installed are completed."""
    assert completed(platform, *words) == expected


def test_completion_is_silent_about_faults(platform: Any) -> None:
    """A broken plugin must not write into the line that is being typed."""
    (platform.plugins / "platform_plugin_ssg_echo" / "plugin.toml").write_text("= nonsense", "utf-8")
    env = {"_PLATFORM_COMPLETE": "bash_complete", "COMP_WORDS": "platform describe cms-m", "COMP_CWORD": "2"}
    done = platform(env=env)
    assert done.stdout == "plain,cms-memory\n"
    assert not done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_completion_script(platform: Any, shell: str) -> None:
    """The script that the help names is printed."""
    assert "_PLATFORM_COMPLETE" in platform(env={"_PLATFORM_COMPLETE": f"{shell}_source"}).stdout
