"""A site's content as a file for the program contentful-import, so that it can move into a space."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import mimetypes
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from platform_core.content import Content, Entry, render_entry
from platform_core.errors import PlatformError, Problem, UserError
from platform_core.files import write_atomically
from platform_core.front_matter import parse_front_matter
from platform_plugin_contentful.migration import migration_script
from platform_plugin_contentful.model import MORE, ContentType, TypeField, content_types

__all__ = ["Transfer", "default_locale", "import_file", "main"]

IMPORT_FILE = "contentful-import.json"
SCRIPT = "contentful-migration.js"
_LONGEST_SYMBOL = 256
_LONGEST_TEXT = 50_000
# Platform makes them anew, and a draft is not published.
_NOT_KEPT = ("draft", "locale", "translation", "source")


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a space would be given.

    Attributes:
        data: The file for contentful-import.
        assets: Path below the folder of assets -> the file that belongs there.
        problems: What stays behind, and why.
    """

    data: Mapping[str, Any]
    assets: Mapping[str, Path]
    problems: tuple[Problem, ...]


@dataclass
class _Export:
    """What is put together entry by entry."""

    root: Path
    domain: str
    locale: str
    assets: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def asset(self, address: str, alt: str) -> str:
        """Return the id of the picture at *address*, or an empty string when it is no file of the site."""
        path = PurePosixPath(address.lstrip("/"))
        file = self.root / "static" / path
        inside = file.resolve().is_relative_to((self.root / "static").resolve())
        if not address.startswith("/") or not inside or not file.is_file():
            return ""
        name = _short_id("asset", address)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.files[f"{self.domain}/{path}"] = file
        made = {"fileName": path.name, "contentType": kind, "url": f"//{self.domain}/{quote(str(path))}"}
        details = {"size": file.stat().st_size}
        row = self.assets.setdefault(
            name,
            {
                "sys": {"id": name, "type": "Asset", "publishedVersion": 1, "version": 2},
                "fields": {
                    "title": {self.locale: path.stem[:_LONGEST_SYMBOL]},
                    "description": {},
                    "file": {self.locale: {**made, "details": details}},
                },
            },
        )
        if alt:
            row["fields"]["description"].setdefault(self.locale, alt)
        return name


def default_locale(locale: str) -> str:
    """Return the locale that a space has by default for a site in *locale*; a new space is in en-US."""
    return "en-US" if locale == "en" else locale


def import_file(content: Content, types: Iterable[ContentType], *, locale: str, domain: str) -> Transfer:
    """Return the content of a site as contentful-import takes it.

    Args:
        content: Of the site.
        types: As `content_types` returns them.
        locale: The default locale of the space; entries without a locale are in it.
        domain: Of the site: pictures are fetched from there, or uploaded from a folder of that name.
    """
    export = _Export(content.root, domain, locale)
    known = {item.collection: item for item in types}
    groups = _groups(content.entries(), known, export)
    ids = {path: key for key, versions in groups.items() for path in _paths(versions)}
    entries = [_entry(key, versions, known, ids, export) for key, versions in groups.items()]
    others = sorted({code for versions in groups.values() for code in versions} - {""})
    data = {
        "contentTypes": [_type_row(item) for item in known.values()],
        "editorInterfaces": [_editor_row(item) for item in known.values()],
        "entries": entries,
        "assets": [export.assets[name] for name in sorted(export.assets)],
        "locales": [_locale_row(locale), *(_locale_row(code, locale) for code in others)],
    }
    return Transfer(data, export.files, tuple(export.problems))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the migration and the import file of one site; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m platform_plugin_contentful.model",
        description="Write a site's content types and content as Contentful's own programs take them.",
    )
    parser.add_argument("folder", type=Path, help="the site's folder, with site.toml and content.toml")
    parser.add_argument(
        "--out", type=Path, help="where to write; by default contentful/ in the site's .platform folder"
    )
    parser.add_argument("--locale", help="default locale of the space; by default the site's, en-US for en")
    given = parser.parse_args(arguments)
    try:
        return _write(given.folder.resolve(), given.out, given.locale)
    except PlatformError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is a program
        return error.exit_code


def _write(root: Path, out: Path | None, locale: str | None) -> int:
    site = _site(root)
    own = site.get("settings", {}).get("contentful", {}) if isinstance(site.get("settings"), dict) else {}
    content = Content(root)
    localized = own.get("variant") == "multi_language" or any(entry.locale for entry in content.entries())
    types = content_types(content, localized=localized, sells=bool(site.get("shop")))
    code = locale or default_locale(str(site.get("locale", "en")))
    done = import_file(content, types, locale=code, domain=str(site.get("domain", "localhost")))
    target = (out or root / ".platform" / "contentful").resolve()
    write_atomically(target / SCRIPT, migration_script(types))
    write_atomically(target / IMPORT_FILE, json.dumps(done.data, indent=2, ensure_ascii=False) + "\n")
    for path, file in done.assets.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / path)
    for problem in done.problems:
        print(f"stays in the repository: {problem}")  # noqa: T201
    rows = f"{len(types)} content types, {len(done.data['entries'])} entries, {len(done.data['assets'])} pictures"
    print(f"{rows} in {target}")  # noqa: T201
    return 0


def _site(root: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((root / "site.toml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError("no-site", f"{root / 'site.toml'} can't be read", why=str(error)) from None


def _groups(
    entries: Iterable[Entry], known: Mapping[str, ContentType], export: _Export
) -> dict[str, dict[str, tuple[str, Entry]]]:
    """Return id -> locale -> collection and entry; versions in several languages are one entry."""
    found: dict[str, dict[str, tuple[str, Entry]]] = {}
    for entry in entries:
        base = entry.collection
        if entry.locale:
            base = "" if base == entry.locale else base.removeprefix(f"{entry.locale}/")
        where = f"content/{entry.path}"
        if entry.slug.startswith("_"):
            export.problems.append(Problem(where, "it describes its folder."))
        elif base not in known:
            export.problems.append(Problem(where, f"content.toml has no collection {base!r}."))
        else:
            versions = found.setdefault(_short_id(base, entry.translation or entry.slug), {})
            code = "" if entry.locale == export.locale else entry.locale
            if code in versions:
                other = versions[code][1].path
                export.problems.append(Problem(where, f"content/{other} is the same entry in the same language."))
            else:
                versions[code] = (base, entry)
    alone = [key for key, versions in found.items() if "" not in versions]
    for key in alone:
        paths = ", ".join(entry.path for _, entry in found.pop(key).values())
        export.problems.append(Problem(f"content/{paths}", "it is not there in the site's own language."))
    return found


def _paths(versions: Mapping[str, tuple[str, Entry]]) -> Iterator[str]:
    for _, entry in versions.values():
        yield entry.path.removesuffix(".md")


def _entry(
    key: str,
    versions: Mapping[str, tuple[str, Entry]],
    known: Mapping[str, ContentType],
    ids: Mapping[str, str],
    export: _Export,
) -> dict[str, Any]:
    item = known[versions[""][0]]
    fields: dict[str, dict[str, Any]] = {}
    for code in sorted(versions):
        rest = _data(versions[code][1])
        for one in item.fields:
            value = _value(one, rest, ids, export)
            if value is None or (code and not one.definition["localized"]):
                continue
            fields.setdefault(one.id, {})[code or export.locale] = value
            _take(one, rest)
        if code:
            first = _data(versions[""][1])
            rest = {
                name: value for name, value in rest.items() if first.get(name) != value or name in {"url", "aliases"}
            }
        if rest:
            fields.setdefault(MORE, {})[code or export.locale] = _plain(rest)
    draft = versions[""][1].draft
    link = {"sys": {"type": "Link", "linkType": "ContentType", "id": item.id}}
    published = {} if draft else {"publishedVersion": 1, "version": 2}
    return {"sys": {"id": key, "type": "Entry", "contentType": link, **published}, "fields": fields}


def _data(entry: Entry) -> dict[str, Any]:
    """Return everything that an entry says, by the names of front matter."""
    data, body = parse_front_matter(render_entry(entry), entry.path)
    return {
        "slug": entry.slug,
        **{name: value for name, value in data.items() if name not in _NOT_KEPT},
        **({"body": body} if body else {}),
    }


def _value(one: TypeField, data: Mapping[str, Any], ids: Mapping[str, str], export: _Export) -> Any:
    """Return the value of a field as Contentful has it; None when there is none, or another kind of thing."""
    kind = one.definition["type"]
    if kind == "Array" and one.definition["items"]["type"] == "Link":
        targets = [ids.get(path) for path in (data.get("references") or {}).get(one.name, ())]
        return [_link("Entry", name) for name in targets if name] if targets and all(targets) else None
    value = data.get(one.name)
    if kind == "Link":
        name = export.asset(value, str(data.get("image_alt", ""))) if isinstance(value, str) else ""
        return _link("Asset", name) if name else None
    if kind == "Date":
        return _moment(value)
    return value if _fits(kind, one.definition["validations"], value) else None


def _fits(kind: str, rules: Iterable[Mapping[str, Any]], value: Any) -> bool:
    match kind:
        case "Symbol":
            choices = next((rule["in"] for rule in rules if "in" in rule), None)
            return isinstance(value, str) and len(value) <= _LONGEST_SYMBOL and (choices is None or value in choices)
        case "Text":
            return isinstance(value, str) and len(value) <= _LONGEST_TEXT
        case "Boolean":
            return isinstance(value, bool)
        case "Integer":
            return type(value) is int
        case "Number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Array":
            return isinstance(value, list) and all(
                isinstance(one, str) and len(one) <= _LONGEST_SYMBOL for one in value
            )
        case _:
            return False


def _take(one: TypeField, data: dict[str, Any]) -> None:
    """Remove what became a field."""
    references = data.get("references")
    if one.definition["type"] == "Array" and one.definition["items"]["type"] == "Link" and isinstance(references, dict):
        rest = {name: targets for name, targets in references.items() if name != one.name}
        data.pop("references")
        if rest:
            data["references"] = rest
    else:
        data.pop(one.name, None)


def _moment(value: Any) -> str | None:
    if isinstance(value, dt.datetime):
        # Contentful has times of a minute with an offset; it takes seconds too.
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, dt.date) else None


def _plain(value: Any) -> Any:
    """Return *value* as JSON has it."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return value


def _type_row(item: ContentType) -> dict[str, Any]:
    fields = [{"id": one.id, **one.definition, "disabled": False, "omitted": False} for one in item.fields]
    return {
        "sys": {"id": item.id, "type": "ContentType", "publishedVersion": 1, "version": 2},
        "name": item.name,
        "description": item.description,
        "displayField": "title",
        "fields": fields,
    }


def _editor_row(item: ContentType) -> dict[str, Any]:
    controls = [{"fieldId": one.id, "widgetId": one.widget, "widgetNamespace": "builtin"} for one in item.fields]
    link = {"sys": {"type": "Link", "linkType": "ContentType", "id": item.id}}
    return {"sys": {"id": "default", "type": "EditorInterface", "contentType": link}, "controls": controls}


def _locale_row(code: str, fallback: str | None = None) -> dict[str, Any]:
    return {
        "name": code,
        "code": code,
        "fallbackCode": fallback,
        "default": fallback is None,
        "contentManagementApi": True,
        "contentDeliveryApi": True,
        "optional": fallback is not None,
        "sys": {"type": "Locale", "id": code},
    }


def _link(kind: str, name: str) -> dict[str, Any]:
    return {"sys": {"type": "Link", "linkType": kind, "id": name}}


def _short_id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:22]
