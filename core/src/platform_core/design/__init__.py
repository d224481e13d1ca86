"""The visual system: one stylesheet for any engine, from the tokens of ``design.toml``.

The site's ``design.toml`` holds every colour, size and face. Core renders the
shared sheets with them, and publishes stylesheet and fonts under names that hold
their hash. A page gets them by a link in the ``head`` slot, which every engine's
templates have anyway. All of it stands in the cascade layer ``platform``, so the
few rules that a variant has of its own win whatever their order.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_core.contributions import File
from platform_core.errors import Problem, SiteError, did_you_mean

__all__ = ["DESIGN_FILE", "FOLDER", "Design", "contrast", "load_design"]

DESIGN_FILE = "design.toml"
FOLDER = "_design"
"""Published files lie here; all of them carry their hash in their name."""

_HERE = Path(__file__).parent
_SHEETS = ("base", "prose", "code", "parts", "sections", "shop", "print")
_TABLES = ("light", "dark", "type", "size")
_REQUIRED = ("paper", "paper-2", "ink", "ink-2", "rule", "accent", "on-accent", "link")
# Text colour, ground: what has to be readable.
_PAIRS = (
    ("ink", "paper"), ("ink-2", "paper"), ("link", "paper"), ("ink", "paper-2"), ("ink-2", "paper-2"), ("link", "paper-2"),
    ("on-accent", "accent"), ("on-button", "button"), ("on-panel", "panel"), ("panel-2", "panel"),
)  # fmt: skip
_READABLE = 4.5
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_VALUE = re.compile(r"[^;{}<>\\]{1,200}")
_FONT_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.woff2")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Face:
    """One font file and what it is for; the values are CSS."""

    family: str
    file: Path
    weight: str
    style: str
    range: str
    preload: bool


@dataclass(frozen=True)
class Design:
    """The tokens of one site, checked.

    Attributes:
        light: Colour token -> CSS colour.
        dark: The colours that differ where the reader's system is dark.
        tokens: All other tokens: faces, weights, sizes.
        faces: The fonts, in the order of the file.
        fallbacks: Name of a local stand-in -> names of installed fonts, size in percent.
    """

    light: Mapping[str, str]
    dark: Mapping[str, str]
    tokens: Mapping[str, str]
    faces: tuple[Face, ...] = ()
    fallbacks: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)

    @functools.cached_property
    def stylesheet(self) -> bytes:
        """The whole sheet; equal designs give equal bytes."""
        sheets = "\n".join((_HERE / "css" / f"{name}.css").read_text("utf-8") for name in _SHEETS)
        tokens = _rule(":root", {**self.tokens, **self.light})
        dark = f"@media (prefers-color-scheme: dark) {{\n{_rule(':root', self.dark)}\n}}" if self.dark else ""
        rules = (_face_rule(face, self._fonts[face.file]) for face in self.faces)
        faces = "\n".join((*rules, *(_fallback_rule(*item) for item in self.fallbacks.items())))
        text = f"{faces}\n@layer platform {{\n{tokens}\n{dark}\n{sheets}\n}}\n"
        return re.sub(r"\n\s*\n+", "\n", _COMMENT.sub("", text)).encode()

    @property
    def files(self) -> tuple[File, ...]:
        """What is published: the stylesheet and each font file."""
        return (File(self._sheet, self.stylesheet), *(File(name, path) for path, name in self._fonts.items()))

    @property
    def head(self) -> str:
        """The links of every page's head."""
        links = [
            f'<link rel="preload" href="/{self._fonts[face.file]}" as="font" type="font/woff2" crossorigin>'
            for face in self.faces
            if face.preload
        ]
        colours = [("light", self.light["paper"]), ("dark", self.dark.get("paper", ""))]
        links += [
            f'<meta name="theme-color" content="{colour}" media="(prefers-color-scheme: {scheme})">'
            for scheme, colour in colours
            if colour
        ]
        return "".join([*links, f'<link rel="stylesheet" href="/{self._sheet}">'])

    @functools.cached_property
    def _fonts(self) -> Mapping[Path, str]:
        """Each font file with the name under which it is published."""
        return {face.file: _published(face.file) for face in self.faces}

    @functools.cached_property
    def _sheet(self) -> str:
        return f"{FOLDER}/style.{_digest(self.stylesheet)}.css"

    def unreadable(self) -> Iterator[str]:
        """Yield a sentence for each pair of text and ground whose contrast is below 4.5:1 (WCAG 2.2, 1.4.3)."""
        for scheme, colours in (("light", self.light), ("dark", {**self.light, **self.dark})):
            for text, ground in _PAIRS:
                ratio = contrast(colours.get(text, ""), colours.get(ground, ""))
                if ratio and ratio < _READABLE:
                    yield f"{scheme}: {text} on {ground} has a contrast of {ratio:.2f}:1; 4.5:1 is the least for text."


def load_design(root: Path) -> Design | None:
    """Read ``design.toml`` of the site's folder; None when there is none.

    Raises:
        SiteError: With every problem of the file, reference ``bad-design``.
    """
    path = root / DESIGN_FILE
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _refused([Problem(DESIGN_FILE, f"can't be read: {error}.")]) from None
    problems: list[Problem] = []
    tables = {name: _tokens(data, name, problems) for name in _TABLES}
    faces = tuple(_faces(data.get("fonts", []), root, problems))
    fallbacks = _fallbacks(data.get("fallbacks", []), problems)
    for key in data.keys() - {*_TABLES, "fonts", "fallbacks"}:
        known = (*_TABLES, "fonts", "fallbacks")
        problems.append(Problem(f"{DESIGN_FILE} {key}", "unknown table.", did_you_mean(key, known)))
    problems += [
        Problem(f"{DESIGN_FILE} light.{key}", "is missing.") for key in _REQUIRED if key not in tables["light"]
    ]
    if problems:
        raise _refused(problems)
    usual = _usual()
    light = {**usual["light"], **tables["light"]}
    return Design(
        light=light,
        dark={**usual["dark"], **tables["dark"]},
        tokens={**usual["type"], **usual["size"], **tables["type"], **tables["size"]},
        faces=faces,
        fallbacks=fallbacks,
    )


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours as WCAG 2.2 defines it; 0 when one is written otherwise."""
    lights = [_luminance(colour) for colour in (first, second)]
    if None in lights:
        return 0.0
    low, high = sorted(value for value in lights if value is not None)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float | None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return None
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@functools.cache
def _usual() -> dict[str, dict[str, str]]:
    data = tomllib.loads((_HERE / "usual.toml").read_text("utf-8"))
    return {name: data.get(name, {}) for name in _TABLES}


@functools.cache
def _library() -> dict[str, Any]:
    return tomllib.loads((_HERE / "fonts" / "fonts.toml").read_text("utf-8"))


def _tokens(data: Mapping[str, Any], table: str, problems: list[Problem]) -> dict[str, str]:
    found = data.get(table, {})
    if not isinstance(found, dict):
        problems.append(Problem(f"{DESIGN_FILE} {table}", "is not a table."))
        return {}
    tokens: dict[str, str] = {}
    for name, value in found.items():
        if not _NAME.fullmatch(name):
            problems.append(Problem(f"{DESIGN_FILE} {table}.{name}", "is not a token's name: a-z, 0-9 and dashes."))
        elif isinstance(value, bool) or not isinstance(value, str | int | float) or not _VALUE.fullmatch(str(value)):
            problems.append(Problem(f"{DESIGN_FILE} {table}.{name}", "is not one CSS value."))
        else:
            tokens[name] = str(value)
    return tokens


def _faces(rows: Any, root: Path, problems: list[Problem]) -> Iterator[Face]:
    """Yield the files of each ``[[fonts]]``: of the site's own ``fonts/``, or of the library."""
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        place = f"{DESIGN_FILE} fonts[{number}]"
        if not isinstance(row, dict) or not isinstance(row.get("family"), str):
            problems.append(Problem(place, "needs a family."))
        elif not _VALUE.fullmatch(row["family"]) or '"' in row["family"]:
            problems.append(Problem(f"{place}.family", "is not a family's name."))
        elif "file" in row:
            yield from _own_face(row, root, place, problems)
        elif row["family"] not in _library()["families"]:
            hint = did_you_mean(row["family"], _library()["families"])
            problems.append(
                Problem(f"{place}.family", "is not in the library; name a `file` of the site's fonts/.", hint)
            )
        else:
            found = list(_library_faces(row))
            if not found:
                problems.append(Problem(place, "no file of the library has these weights and styles."))
            yield from found


def _own_face(row: Mapping[str, Any], root: Path, place: str, problems: list[Problem]) -> Iterator[Face]:
    name, weight, style = str(row["file"]), str(row.get("weight", "400")), str(row.get("style", "normal"))
    path = root / "fonts" / name
    if not _FONT_FILE.fullmatch(name) or not path.is_file() or path.is_symlink():
        problems.append(Problem(f"{place}.file", f"there is no WOFF2 file fonts/{name}."))
    elif not re.fullmatch(r"\d{1,4}( \d{1,4})?", weight) or style not in {"normal", "italic"}:
        problems.append(Problem(place, 'weight is like "400" or "200 900", style is normal or italic.'))
    else:
        yield Face(row["family"], path, weight, style, "", bool(row.get("preload")))


def _library_faces(row: Mapping[str, Any]) -> Iterator[Face]:
    library = _library()
    family = library["families"][row["family"]]
    for span, points in library["ranges"].items():
        for weight in row.get("weights", ["wght"]):
            for style in row.get("styles", ["normal"]):
                path = _HERE / "fonts" / f"{family['slug']}-{span}-{weight}-{style}.woff2"
                if path.is_file():
                    preload = bool(row.get("preload")) and (span, style) == ("latin", "normal")
                    number = family.get("wght", "400") if weight == "wght" else str(weight)
                    yield Face(row["family"], path, number, style, points, preload)


def _fallbacks(rows: Any, problems: list[Problem]) -> dict[str, tuple[tuple[str, ...], str]]:
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        try:
            names, adjust = (row["family"], *row["local"]), str(row["adjust"])
        except (KeyError, TypeError):
            names, adjust = (), ""
        if not names or any('"' in str(name) or not _VALUE.fullmatch(str(name)) for name in names):
            problems.append(Problem(f"{DESIGN_FILE} fallbacks[{number}]", "needs family, local and adjust."))
        elif not re.fullmatch(r"\d{2,3}(\.\d+)?%", adjust):
            problems.append(Problem(f"{DESIGN_FILE} fallbacks[{number}].adjust", 'is like "96%".'))
        else:
            found[names[0]] = (tuple(names[1:]), adjust)
    return found


def _refused(problems: list[Problem]) -> SiteError:
    return SiteError("bad-design", f"{DESIGN_FILE} is not valid", problems=problems)


def _rule(selector: str, tokens: Mapping[str, str]) -> str:
    lines = "".join(f"  --{name}: {value};\n" for name, value in tokens.items())
    return f"{selector} {{\n{lines}}}"


def _face_rule(face: Face, published: str) -> str:
    span = f" unicode-range: {face.range};" if face.range else ""
    return (
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; font-style: {face.style}; '
        f'font-display: swap; src: url("/{published}") format("woff2");{span} }}'
    )


def _fallback_rule(family: str, stand_in: tuple[tuple[str, ...], str]) -> str:
    names, adjust = stand_in
    sources = ", ".join(f'local("{name}")' for name in names)
    return f'@font-face {{ font-family: "{family}"; src: {sources}; size-adjust: {adjust}; }}'


def _published(path: Path) -> str:
    return f"{FOLDER}/{path.stem}.{_digest(path.read_bytes())}.woff2"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
