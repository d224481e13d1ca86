"""Choosing the parts of a site: what the answers mean, and the questions with their prices.

Questions go to standard error, so that standard output stays free for the result.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from platform_core.errors import Problem, SiteError

if TYPE_CHECKING:
    from platform_core.catalogue import Catalogue, Combination
    from platform_core.manifest import Kind, Manifest, Setting

__all__ = ["NONE", "Interview", "convert", "find_problems", "parse_settings", "price_line"]

NONE = "none"
_PLACE = re.compile(r"answers (?P<table>\[settings(?:\.(?P<id>[^\]]+))?\] )?(?P<key>\S+)")


def find_problems(data: Mapping[str, Any], catalogue: Catalogue, *, complete: bool = True) -> tuple[Problem, ...]:
    """Return what core finds wrong with *data*, each problem at the flag that answers it.

    Args:
        data: The keys of a ``site.toml``.
        catalogue: The installed components.
        complete: Whether missing settings are problems too.
    """
    from platform_core.site import check_site

    try:
        check_site(data, catalogue, where="answers", complete=complete)
    except SiteError as error:
        return tuple(Problem(_flag(item.where), item.what, item.hint) for item in error.problems)
    return ()


def _flag(place: str) -> str:
    found = _PLACE.fullmatch(place)
    if not found:
        return place
    component, key = found["id"], found["key"]
    if component:
        return f"--set {component}.{key}"
    if found["table"]:
        return f"--set {key}"
    return "--service" if key == "services" else f"--{key}"


def parse_settings(
    given: Iterable[str], data: Mapping[str, Any], catalogue: Catalogue
) -> tuple[dict[str, dict[str, Any]], tuple[Problem, ...]]:
    """Read ``id.key=value`` for each of *given*; a list takes one item from each.

    A setting that no component of *data* has stays a string: core tells what is wrong with it.
    """
    chosen = chosen_manifests(data, catalogue)
    known = {(item.id, name): setting for item in chosen for name, setting in item.settings.items()}
    settings: dict[str, dict[str, Any]] = {}
    problems = []
    for text in given:
        found = re.fullmatch(r"(?P<id>[^.=\s]+)\.(?P<key>[^.=\s]+)=(?P<value>.*)", text, re.DOTALL)
        if not found:
            problems.append(Problem(f"--set {text.partition('=')[0]}", "not of the form id.key=value."))
            continue
        table = settings.setdefault(found["id"], {})
        setting = known.get((found["id"], found["key"]))
        try:
            value = convert(setting, found["value"]) if setting else found["value"]
        except ValueError as error:
            problems.append(Problem(f"--set {found['id']}.{found['key']}", f"{error}."))
            continue
        table[found["key"]] = [*table.get(found["key"], ()), *value] if isinstance(value, list) else value
    return settings, tuple(problems)


def convert(setting: Setting, text: str) -> Any:
    """Return the value that *text* stands for.

    Raises:
        ValueError: It is not of the setting's type.
    """
    if setting.type == "strings":
        return [text] if text else []
    if setting.type == "boolean":
        if text not in {"true", "false"}:
            raise ValueError("the value is not true or false")
        return text == "true"
    if setting.type in {"integer", "number"}:
        try:
            return int(text) if setting.type == "integer" else float(text)
        except ValueError:
            raise ValueError("the value is not a number") from None
    return text


def price_line(found: Combination, *, setup: bool = False) -> str:
    """Return status and price of a combination, ``certified, USD 50-75 a month``."""
    if not found.price:
        return found.status
    once = f" and USD {_range(found.price.setup)} setup, before the providers' own fees" if setup else ""
    return f"{found.status}, USD {_range(found.price.month)} a month{once}"


def _range(pair: tuple[int, int]) -> str:
    return f"{pair[0]:,}-{pair[1]:,}"


@dataclass(frozen=True)
class _Option:
    """One possible answer: how it is listed, and why it can't be chosen, if it can't."""

    name: str
    label: str
    notes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass
class Interview:
    """Asks for what *data* does not hold yet, and puts the answers into it.

    Attributes:
        data: The keys of a ``site.toml``; what is there is not asked for.
        given: Settings as ``id.key=value``; their parts may be chosen only now.
        suggested: The client's name that is proposed.
    """

    catalogue: Catalogue
    data: dict[str, Any]
    given: Sequence[str] = ()
    suggested: str = ""

    def run(self) -> None:
        """Ask, in the order in which one answer narrows the next."""
        self._choose_engine()
        self._choose_variant()
        self._choose_part("cms", "cms", "CMS")
        self._choose_part("shop", "ecommerce", "Shop")
        self._ask_text("client", "Client, a short name for stacks and resources", self.suggested)
        self._ask_text("domain", "Domain, such as www.example.com")
        self._ask_text("title", "Title, for people", str(self.data["client"]).replace("-", " ").title())
        self._ask_settings()

    def _choose_engine(self) -> None:
        if "engine" in self.data:
            return
        options = []
        for item in self.catalogue.of_kind("ssg"):
            label, notes, refused = self._outlook(
                item.id, self.data.get("cms"), self.data.get("shop"), still_open=self._open("cms", "shop")
            )
            options.append(_Option(item.id, label, (item.summary, *notes), refused))
        self.data["engine"] = _choose("Engine", options)

    def _choose_variant(self) -> None:
        variants = self.catalogue.get("ssg", self.data["engine"]).variants
        if "variant" in self.data or not variants:
            return
        # What all of them have helps nobody choose.
        shared = set.intersection(*(set(item.features) for item in variants.values())) if len(variants) > 1 else set()
        words = {name: [word for word in item.features if word not in shared] for name, item in variants.items()}
        options = [
            _Option(name, ", ".join(words[name]).replace("_", " "), (item.summary,)) for name, item in variants.items()
        ]
        self.data["variant"] = _choose("Variant", options)

    def _choose_part(self, key: str, kind: Kind, title: str) -> None:
        if key in self.data:
            return
        options = []
        for item in (None, *self.catalogue.of_kind(kind)):
            parts = {"cms": self.data.get("cms"), "shop": self.data.get("shop"), key: item.id if item else None}
            label, notes, refused = self._outlook(
                self.data["engine"], parts["cms"], parts["shop"], still_open=self._open("shop") if key == "cms" else ()
            )
            summary = (item.summary,) if item else ()
            options.append(_Option(item.id if item else NONE, label, (*summary, *notes), refused))
        if len(options) > 1:
            chosen = _choose(title, options)
            self.data[key] = None if chosen == NONE else chosen
        found = self.catalogue.check(self.data["engine"], self.data.get("cms"), self.data.get("shop"))
        _say(f"So far: {' + '.join(part for part in found.parts if part)}, {price_line(found)}", "")

    def _outlook(
        self, engine: str, cms: str | None, shop: str | None, *, still_open: Sequence[str]
    ) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """Return label and notes of a choice, and why it is refused when nothing *still_open* can save it."""
        found = self.catalogue.check(engine, cms, shop)
        if found.status != "impossible":
            return price_line(found), found.reasons, ()
        cmss = [item.id for item in self.catalogue.of_kind("cms")] if "cms" in still_open else []
        shops = [item.id for item in self.catalogue.of_kind("ecommerce")] if "shop" in still_open else []
        wider = itertools.product([cms, *cmss], [shop, *shops])
        saved = [parts for parts in wider if self.catalogue.check(engine, *parts).status != "impossible"]
        if not saved:
            return "impossible", found.reasons, found.reasons
        names = sorted({" + ".join(part for part in parts if part and part not in {cms, shop}) for parts in saved})
        return f"possible with {' or '.join(names)} only", found.reasons, ()

    def _open(self, *keys: str) -> list[str]:
        return [key for key in keys if key not in self.data]

    def _ask_text(self, key: str, question: str, default: str = "") -> None:
        if key in self.data:
            return
        if default and self._complaints({key: default}, f"--{key}"):
            default = ""
        self.data[key] = _prompt(
            question, default or None, lambda text: self._checked({key: text}, f"--{key}", text.strip())
        )

    def _ask_settings(self) -> None:
        settings, _ = parse_settings(self.given, self.data, self.catalogue)
        self.data["settings"] = settings
        for item in chosen_manifests(self.data, self.catalogue):
            for name, setting in item.settings.items():
                if setting.required and name not in settings.get(item.id, {}):
                    self._ask_setting(item, name, setting)

    def _ask_setting(self, item: Manifest, name: str, setting: Setting) -> None:
        settings = self.data["settings"]
        _say(f"{item.name}: {setting.description}")
        if setting.type == "secret":
            _say("  The name of a Secrets Manager entry, never the value.")
        if setting.choices:
            _say(f"  One of {', '.join(map(repr, setting.choices))}.")

        def check(text: str) -> Any:
            try:
                value = convert(setting, text.strip())
            except ValueError as error:
                raise click.UsageError(f"{error}.") from None
            tables = {**settings, item.id: {**settings.get(item.id, {}), name: value}}
            return self._checked({"settings": tables}, f"--set {item.id}.{name}", value)

        settings.setdefault(item.id, {})[name] = _prompt(f"{item.id}.{name}", None, check)

    def _checked(self, more: Mapping[str, Any], place: str, value: Any) -> Any:
        if complaints := self._complaints(more, place):
            raise click.UsageError(" ".join(complaints))
        return value

    def _complaints(self, more: Mapping[str, Any], place: str) -> list[str]:
        found = find_problems({**self.data, **more}, self.catalogue, complete=False)
        return [f"{item.what} {item.hint}".strip() for item in found if item.where == place]


def chosen_manifests(data: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Manifest]:
    """Yield the manifests of the chosen components that are installed."""
    slots: tuple[tuple[str, Kind], ...] = (
        ("engine", "ssg"), ("cms", "cms"), ("shop", "ecommerce"), ("services", "service")
    )  # fmt: skip
    for key, kind in slots:
        value = data.get(key) or ()
        names = (value,) if isinstance(value, str) else value
        yield from (item for item in catalogue.of_kind(kind) if item.id in names)


def _choose(title: str, options: Sequence[_Option]) -> str:
    """List *options* and return the name of the chosen one."""
    _say(title)
    width = max(len(item.name) for item in options)
    for number, item in enumerate(options, 1):
        _say(f"  {number:>2}  {item.name:<{width}}  {item.label}".rstrip())
        for note in item.notes:
            _say(f"{'':{8 + width}}{note}")
    default = next((item.name for item in options if not item.refused), None)
    by_name = {item.name: item for item in options} | {str(number): item for number, item in enumerate(options, 1)}

    def check(text: str) -> str:
        found = by_name.get(text.strip())
        if found is None:
            raise click.UsageError(f"Type a number from 1 to {len(options)}, or a name.")
        if found.refused:
            raise click.UsageError(f"{found.name} is impossible here: {' '.join(found.refused)}")
        return found.name

    return str(_prompt(title, default, check))


def _prompt(text: str, default: str | None, check: Callable[[str], Any]) -> Any:
    answer = click.prompt(text, default=default, value_proc=check, err=True)
    _say("")
    return answer


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(line, err=True)
