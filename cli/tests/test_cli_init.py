"""`platform init`: by flags, by questions on a terminal, and what it writes."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.site_file import render_site, write_site
from platform_core.errors import UserError

FLAGS = ("--client", "acme", "--domain", "www.acme.example", "--engine", "ssg-echo")
REQUIRED = '\n[settings.key]\ntype = "string"\ndescription = "Its key."\nrequired = true\npattern = "[a-z]+"\n'


def site_file(platform: Any, name: str = "acme") -> dict[str, Any]:
    """Return what was written."""
    return tomllib.loads((platform.folder / name / "site.toml").read_text("utf-8"))


def ask_for_a_key(platform: Any) -> None:
    """Let the reference shop require a setting."""
    manifest = platform.plugins / "platform_plugin_shop_memory" / "plugin.toml"
    manifest.write_text(manifest.read_text("utf-8") + REQUIRED, "utf-8")


def test_flags_alone_make_a_site(platform: Any) -> None:
    """Nothing is asked, the file is valid, the starter is there and the next command is told."""
    done = platform("init", "acme", *FLAGS, "--cms", "cms-memory", "--shop", "shop-memory", "--title", "Acme & Söhne")
    assert "Next: platform up acme" in done.stdout
    assert "certified, USD 35-60 a month" in done.stdout
    assert site_file(platform) == {
        "client": "acme",
        "domain": "www.acme.example",
        "title": "Acme & Söhne",
        "engine": "ssg-echo",
        "variant": "plain",
        "cms": "cms-memory",
        "shop": "shop-memory",
    }
    assert (platform.folder / "acme" / "content" / "posts" / "hello.md").is_file()
    assert (platform.folder / "acme" / "README.md").read_text("utf-8").startswith("# Acme & Söhne\n")
    assert ".platform/" in (platform.folder / "acme" / ".gitignore").read_text("utf-8").splitlines()
    assert " is valid: " in platform("validate", "acme").stdout


def test_the_new_site_can_be_built(platform: Any) -> None:
    """What init writes is complete."""
    platform("init", "acme", *FLAGS, "--cms", "none", "--service", "service-note")
    assert "pages, built in" in platform("build", "acme").stdout


def test_without_a_terminal_every_missing_flag_is_named(platform: Any) -> None:
    """Nobody can be asked, so all that is missing comes at once, and nothing is written."""
    ask_for_a_key(platform)
    done = platform("init", "acme", "--shop", "shop-memory", code=2)
    for flag in ("--client", "--domain", "--engine", "--set shop-memory.key"):
        assert f"- {flag}: " in done.stderr
    assert not (platform.folder / "acme").exists()


def test_every_wrong_flag_is_told_at_once(platform: Any) -> None:
    """Mistakes of all flags come together, each at its flag."""
    done = platform(
        "init", "--client", "A", "--domain", "acme", "--engine", "ssg-echo", "--variant", "plane", "--cms", "cms-x",
        "--set", "ssg-echo.shout=perhaps", "--set", "nonsense", "--set", "other.x=1", code=2
    )  # fmt: skip
    for place in (
        "--client", "--domain", "--variant", "--cms", "--set ssg-echo.shout", "--set nonsense", "--set other"
    ):  # fmt: skip
        assert f"- {place}: " in done.stderr
    assert not (platform.folder / "site.toml").exists()


def test_settings_have_the_type_of_their_manifest(platform: Any) -> None:
    """Booleans are no strings, and a list takes one item from each flag."""
    settings = ("ssg-echo.shout=true", "cms-memory.titles=One, two", "cms-memory.titles=Three = 3")
    platform("init", "acme", *FLAGS, "--cms", "cms-memory", *(part for text in settings for part in ("--set", text)))
    assert site_file(platform)["settings"] == {
        "ssg-echo": {"shout": True},
        "cms-memory": {"titles": ["One, two", "Three = 3"]},
    }


def test_an_existing_site_is_never_overwritten(platform: Any) -> None:
    """The file stays byte by byte, whatever is in it."""
    file = platform.folder / "site.toml"
    file.write_text("# mine", "utf-8")
    assert "site-exists" in platform("init", *FLAGS, code=2).stderr
    assert file.read_text("utf-8") == "# mine"


def test_a_dangling_link_counts_as_a_site(platform: Any) -> None:
    """What the link leads to is not created."""
    (platform.folder / "site.toml").symlink_to(platform.folder / "elsewhere.toml")
    platform("init", *FLAGS, code=2)
    assert not (platform.folder / "elsewhere.toml").exists()


def test_content_and_design_that_are_there_stay(platform: Any) -> None:
    """A folder with content of its own gets the design, and keeps every file."""
    page = platform.folder / "content" / "mine.md"
    page.parent.mkdir()
    page.write_text("---\ntitle: Mine\n---\nText.\n", "utf-8")
    platform("init", *FLAGS)
    assert "Mine" in page.read_text("utf-8")
    assert (platform.folder / "echo" / "style.css").is_file()
    assert not (platform.folder / "content" / "posts").exists()


def test_a_plugin_that_can_not_be_loaded_leaves_nothing_behind(platform: Any) -> None:
    """Everything is checked before the first file is written."""
    (platform.plugins / "platform_plugin_ssg_echo" / "plugin.py").write_text("raise ImportError('gone')", "utf-8")
    platform("init", "acme", *FLAGS, code=1)
    assert not (platform.folder / "acme").exists()


def test_without_an_engine_the_hint_says_how_to_get_one(platform: Any) -> None:
    """The catalogue is empty, and that is told."""
    done = platform("--no-plugins", "init", code=2)
    assert "pip install platform-plugin-<engine>" in done.stderr


def test_what_is_no_text_is_refused(platform: Any) -> None:
    """Bytes that are not UTF-8 end in a message."""
    if os.uname().sysname != "Linux":
        pytest.skip("other systems refuse such an argument themselves")
    done = platform("init", "acme", *FLAGS, "--title", os.fsdecode(b"\xff"), code=2)
    assert "- --title: Input should be a valid string" in done.stderr


def listed(seen: str) -> str:
    """Return what was shown with one space between columns, which are as wide as the longest id that is installed."""
    return re.sub(r" +", " ", seen)


def test_questions_show_prices_and_make_a_site(platform: Any) -> None:
    """Each choice is listed with status and price, and the answers end in the file."""
    platform.env["PLATFORM_DISABLE"] = "hugo,decap,snipcart"
    answers = ("ssg-echo", "plain", "cms-memory", "shop-memory", "acme", "www.acme.example", "Acme")
    seen, code = platform.converse("init", "acme", answers=answers)
    assert code == 0, seen
    assert "ssg-echo certified, USD 10-20 a month" in listed(seen)
    assert "cms-memory certified, USD 5-10 a month" in listed(seen)
    assert "shop-memory certified, USD 35-60 a month" in listed(seen)
    assert "So far: ssg-echo + cms-memory, certified, USD 5-10 a month" in seen
    assert site_file(platform)["shop"] == "shop-memory"


def test_a_wrong_answer_is_asked_again(platform: Any) -> None:
    """The reason is told at once, and the next answer counts."""
    ask_for_a_key(platform)
    flags = ("--client", "acme", "--engine", "ssg-echo", "--variant", "plain", "--cms", "none", "--shop", "shop-memory")
    answers = ("acme", "www.acme.example", "", "UPPER", "lower")
    seen, code = platform.converse("init", "acme", *flags, answers=answers)
    assert code == 0, seen
    assert "is not a full host name" in seen
    assert "of the form [a-z]+" in seen
    assert site_file(platform)["domain"] == "www.acme.example"
    assert site_file(platform)["settings"]["shop-memory"]["key"] == "lower"


def test_an_impossible_choice_is_marked_and_refused(platform: Any) -> None:
    """The reason stands beside the choice, and choosing it asks again."""
    manifest = platform.plugins / "platform_plugin_shop_memory" / "plugin.toml"
    text = manifest.read_text("utf-8").replace("[needs]", '[needs]\n"runtime.client" = "It computes prices."')
    manifest.write_text(text, "utf-8")
    flags = ("--client", "acme", "--domain", "www.acme.example", "--title", "A", "--variant", "plain", "--cms", "none")
    seen, code = platform.converse("init", "acme", *flags, "--engine", "ssg-echo", answers=())
    assert code == 0, seen  # nothing that is required is missing, so nothing is asked
    seen, code = platform.converse("init", "beta", *flags, answers=("ssg-echo", "shop-memory", "none"))
    assert code == 0, seen
    assert "shop-memory impossible" in listed(seen)
    assert "Memory Shop needs runtime.client, which nothing here provides (Echo: Its pages have no scripts.)" in seen
    assert "shop-memory is impossible here" in seen


def test_a_choice_that_needs_a_later_one_says_which(platform: Any) -> None:
    """What only a certain shop makes possible can still be chosen."""
    cms = platform.plugins / "platform_plugin_cms_memory" / "plugin.toml"
    cms.write_text(cms.read_text("utf-8").replace("[needs]", '[needs]\n"shop.cart" = "It edits carts."'), "utf-8")
    platform.env["PLATFORM_DISABLE"] = "foxy,shopify-basic,shopify-advanced,snipcart"
    flags = ("--client", "acme", "--domain", "www.acme.example", "--title", "A", "--variant", "plain")
    seen, code = platform.converse("init", "acme", *flags, answers=("ssg-echo", "cms-memory", "none", "shop-memory"))
    assert code == 0, seen
    assert "cms-memory possible with shop-memory only" in listed(seen)
    assert "none is impossible here" in seen


def test_the_end_of_input_stops_without_a_file(platform: Any) -> None:
    """Ctrl-D writes nothing."""
    seen, code = platform.converse("init", "acme", answers=("\x04",))
    assert code == 130, seen
    assert not (platform.folder / "acme").exists()


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
VALUES = TEXT | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(KEYS, VALUES | st.lists(TEXT, max_size=4), max_size=5), TEXT)
def test_toml_reads_back_what_was_written(table: dict[str, Any], title: str) -> None:
    """Quotes, control characters and everything else of Unicode survive."""
    found = tomllib.loads(render_site({"title": title, "settings": {"x": table}}))
    assert found.get("title", "") == title
    assert found.get("settings", {}).get("x", {}) == table


def test_two_writers_can_not_both_succeed(tmp_path: Path) -> None:
    """The file of the first one stays, and no scratch file is left."""
    write_site(tmp_path, "first = 1\n")
    with pytest.raises(UserError, match="site-exists"):
        write_site(tmp_path, "second = 2\n")
    assert [path.name for path in tmp_path.iterdir()] == ["site.toml"]
    assert (tmp_path / "site.toml").read_text("utf-8") == "first = 1\n"


def test_a_file_system_without_links_is_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no link can be made, the file is renamed into place and still never replaced."""

    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    write_site(tmp_path, "first = 1\n")
    with pytest.raises(UserError, match="site-exists"):
        write_site(tmp_path, "second = 2\n")
    assert (tmp_path / "site.toml").read_text("utf-8") == "first = 1\n"
