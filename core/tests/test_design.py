"""The visual system: tokens in, one stylesheet out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core import design
from platform_core.design import Design, contrast, load_design
from platform_core.errors import SiteError

LIBRARY = Path(design.__file__).parent / "fonts"
COLOURS = """
[light]
paper = "#ffffff"
paper-2 = "#eeeeee"
ink = "#111111"
ink-2 = "#444444"
rule = "#cccccc"
accent = "#ffcc00"
on-accent = "#111111"
link = "#0033aa"
"""


def made(folder: Path, text: str) -> Design:
    """Return the design of a site with this ``design.toml``."""
    (folder / "design.toml").write_text(text, "utf-8")
    found = load_design(folder)
    assert found
    return found


def test_a_site_without_tokens_has_no_design(tmp_path: Path) -> None:
    """An adopted site keeps its own styles."""
    assert load_design(tmp_path) is None


def test_tokens_become_variables_in_one_layer(tmp_path: Path) -> None:
    """Rules that a site has of its own stand in no layer, so they win."""
    sheet = made(tmp_path, COLOURS + '[dark]\npaper = "#000000"\n[size]\npage = "60rem"').stylesheet.decode()
    assert sheet.lstrip().startswith("@layer platform {")
    assert "--paper: #ffffff;" in sheet
    assert "--page: 60rem;" in sheet
    assert re.search(r"prefers-color-scheme: dark\) \{\s*:root \{\s*[^}]*--paper: #000000;", sheet)
    assert sheet.count("{") == sheet.count("}")


def test_every_variable_that_is_used_has_a_value(tmp_path: Path) -> None:
    """A design that names the required colours alone leaves nothing undefined."""
    sheet = made(tmp_path, COLOURS).stylesheet.decode()
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", sheet))
    assert used <= set(re.findall(r"(--[a-z0-9-]+):", sheet))


def test_published_names_hold_the_hash_of_their_bytes(tmp_path: Path) -> None:
    """Files may be cached for ever: other tokens make another name."""
    first = made(tmp_path, COLOURS + '[[fonts]]\nfamily = "IBM Plex Sans"\npreload = true')
    names = [file.path for file in first.files]
    assert all(re.fullmatch(r"_design/[\w.-]+\.[0-9a-f]{16}\.(css|woff2)", name) for name in names)
    assert all(f"/{name}" in first.head + first.stylesheet.decode() for name in names)
    other = made(tmp_path, COLOURS.replace("#ffcc00", "#ffdd00"))
    assert other.files[0].path != names[0]


def test_a_font_of_the_site_is_published(tmp_path: Path) -> None:
    """A client's own face lies in fonts/ and is named by its file."""
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "brand.woff2").write_bytes(b"wOF2")
    found = made(tmp_path, COLOURS + '[[fonts]]\nfamily = "Brand"\nfile = "brand.woff2"\nweight = "400 700"')
    assert "font-weight: 400 700" in found.stylesheet.decode()
    assert found.files[1].content == tmp_path / "fonts" / "brand.woff2"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Unknown tables, bad names, bad values, missing colours and unknown families, in one error."""
    text = (
        '[light]\npaper = "#fff; } body { x"\nPaper = "#fff"\n[colours]\n[[fonts]]\nfamily = "IBM Plex San"\n'
        '[[fonts]]\nfamily = "Own"\nfile = "../../etc/passwd"\n[[fallbacks]]\nfamily = "F"\n'
    )
    (tmp_path / "design.toml").write_text(text, "utf-8")
    with pytest.raises(SiteError) as caught:
        load_design(tmp_path)
    told = str(caught.value)
    for place in (
        "light.paper",
        "light.Paper",
        "colours",
        "fonts[1].family",
        "fonts[2].file",
        "fallbacks[1]",
        "light.ink",
    ):
        assert f"design.toml {place}" in told
    assert "IBM Plex Sans" in told


@given(st.text(max_size=60))
def test_no_value_leaves_its_declaration(value: str) -> None:
    """What a person writes as a value stays one value, or is refused."""
    problems: list[object] = []
    tokens = design._tokens({"light": {"paper": value}}, "light", problems)  # type: ignore[arg-type]
    assert bool(problems) != bool(tokens)
    assert not any(set(text) & set(";{}<>\\") for text in tokens.values())


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21:1, and a known pair is as published."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("red", "#ffffff") == 0


def test_unreadable_pairs_are_told(tmp_path: Path) -> None:
    """Grey on grey is named with its ratio, for the scheme in which it happens."""
    found = list(made(tmp_path, COLOURS + '[dark]\nink-2 = "#eeeeee"\n').unreadable())
    assert found
    assert all(text.startswith("dark: ink-2 on paper") for text in found)


def test_each_face_of_the_library_comes_with_its_licence() -> None:
    """Each family has files, and the text of the Open Font License lies beside them."""
    families = tomllib.loads((LIBRARY / "fonts.toml").read_text("utf-8"))["families"]
    licences = {path.stem.removeprefix("LICENSE-"): path.read_text("utf-8") for path in LIBRARY.glob("LICENSE-*.txt")}
    assert all("SIL OPEN FONT LICENSE" in text.upper() for text in licences.values())
    for name, family in families.items():
        assert list(LIBRARY.glob(f"{family['slug']}-latin-*.woff2")), name
        assert any(family["slug"].startswith(slug) for slug in licences), name
    slugs = tuple(f"{family['slug']}-latin" for family in families.values())
    assert all(path.name.startswith(slugs) for path in LIBRARY.glob("*.woff2"))
