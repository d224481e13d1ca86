"""The hook specifications are a promise to plugins: they grow, and never break."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core import composition
from platform_core.catalogue import Catalogue
from platform_core.discovery import discover
from platform_core.hookspecs import CONTRACT_VERSION, PROJECT, REQUIRED, hookspec, spec_modules
from platform_core.site import parse_site

SNAPSHOT = Path(__file__).parent / "data" / f"hooks-v{CONTRACT_VERSION}.txt"
RULES = """
The rules of evolution (CONTRIBUTING.md, "Hooks evolve, they do not break"):
- An argument may be added at any time: plugins take only those that they name.
- An argument is never removed, renamed or given another meaning, and a hook is never removed, within one contract version.
  Mark it with `warn_on_impl_args` or `warn_on_impl`, and take it away in the next contract version.
- A return type may be widened, never narrowed.
When the change is allowed, write it into {snapshot} by hand and tell plugin authors in CHANGELOG.md.
"""


def signatures() -> Iterator[str]:
    """Yield one line for each hook: name, arguments, return type and options."""
    for word, module in spec_modules().items():
        for name in module.__all__:
            function = getattr(module, name)
            signature = inspect.signature(function)
            options = [key for key, value in getattr(function, f"{PROJECT}_spec").items() if value]
            required = any(name in names for names in REQUIRED.values())
            marks = " ".join([*(["required"] if required else []), *sorted(options)])
            given = ", ".join(signature.parameters)
            yield f"{word}: {name}({given}) -> {signature.return_annotation} {marks}".rstrip()


def arguments(line: str) -> set[str]:
    """Return the arguments in a line of the snapshot."""
    return set(line.partition("(")[2].partition(")")[0].split(", "))


def broken_promises(old: list[str], new: list[str]) -> list[str]:
    """Say what *new* takes away from plugins that were written for *old*."""
    current = {line.partition("(")[0]: line for line in new}
    said = []
    for line in old:
        name = line.partition("(")[0]
        if name not in current:
            said.append(f"{name} is gone.")
            continue
        said += [
            f"{name} has lost its argument {gone!r}." for gone in sorted(arguments(line) - arguments(current[name]))
        ]
        if "required" in current[name].split() and "required" not in line.split():
            said.append(f"{name} is required now, so plugins without it break.")
    return said


def test_the_signatures_are_those_of_the_snapshot() -> None:
    """A changed signature is noticed, and told with the rules that it has to keep."""
    old, new = SNAPSHOT.read_text("utf-8").splitlines(), list(signatures())
    changed = [f"- {line}" for line in old if line not in new] + [f"+ {line}" for line in new if line not in old]
    rules = RULES.format(snapshot=SNAPSHOT.name)
    assert not changed, "\n".join(["The hooks have changed:", *changed, *broken_promises(old, new), rules])


def test_a_removed_argument_is_a_broken_promise() -> None:
    """The comparison tells removal from growth."""
    old = ["common: platform_x(site, stage) -> None", "common: platform_y(site) -> None"]
    new = ["common: platform_x(site, content) -> None required"]
    assert broken_promises(old, new) == [
        "common: platform_x has lost its argument 'stage'.",
        "common: platform_x is required now, so plugins without it break.",
        "common: platform_y is gone.",
    ]


def test_an_added_argument_is_no_broken_promise() -> None:
    """Plugins that do not name a new argument go on working."""
    assert broken_promises(["common: platform_x(site) -> None"], ["common: platform_x(site, stage) -> None"]) == []


def test_every_hook_is_exported_and_every_export_is_a_hook() -> None:
    """`__all__` of a specification module lists its hooks, and nothing else."""
    for module in spec_modules().values():
        defined = {name for name, value in vars(module).items() if hasattr(value, f"{PROJECT}_spec")}
        assert set(module.__all__) == defined


def test_required_hooks_exist_for_their_kind() -> None:
    """What a kind requires is specified in the module of that kind."""
    modules = spec_modules()
    for kind, names in REQUIRED.items():
        assert set(names) <= set(modules[kind].__all__)


def test_an_argument_on_its_way_out_warns_the_plugin_that_takes_it(
    fake_plugins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deprecated argument reaches the plugin's author as a warning when a site is composed."""

    def platform_fragments(site, settings, content, stage):
        """Add HTML."""

    warning = DeprecationWarning("platform_fragments: settings goes away with contract v2")
    aged = types.ModuleType("common")
    vars(aged).update(vars(spec_modules()["common"]))
    aged.platform_fragments = hookspec(warn_on_impl_args={"settings": warning})(platform_fragments)
    monkeypatch.setattr(composition, "spec_modules", lambda: {**spec_modules(), "common": aged})
    catalogue = Catalogue(discover(disabled=()).plugins)
    text = 'client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\nshop = "shop-memory"\n'
    with pytest.warns(DeprecationWarning, match="settings goes away with contract v2"):
        composition.compose(parse_site(text, catalogue), tmp_path, catalogue)


def test_nothing_warns_while_nothing_is_deprecated(fake_plugins: Path, tmp_path: Path) -> None:
    """The reference plugins compose in silence; a warning would be an error here."""
    catalogue = Catalogue(discover(disabled=()).plugins)
    text = 'client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\ncms = "cms-memory"\nshop = "shop-memory"\n'
    composed = composition.compose(parse_site(text, catalogue), tmp_path, catalogue)
    assert [member.id for member in composed.members] == ["ssg-echo", "cms-memory", "shop-memory"]
