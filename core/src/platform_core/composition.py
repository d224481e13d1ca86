"""A composition: a site together with the loaded plugins that it chose.

This is the boundary at which code from outside runs. A composition registers the
chosen plugins and nobody else, calls each contribution on its own, and tags what
comes back with its plugin. Whatever a plugin does wrong becomes a `PluginError`
that names plugin and hook; the other contributions are not lost.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import importlib.metadata
import inspect
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pluggy

from platform_core.build_secrets import BuildSecrets, is_label
from platform_core.catalogue import Catalogue
from platform_core.content import Content, Entry, Product
from platform_core.contributions import BuildPlan, File, Fragment, LocalService, Stage, WebhookAdapter, Workspace
from platform_core.discovery import Plugin
from platform_core.errors import CombinationError, PluginError, Problem, ToolError, UserError, did_you_mean
from platform_core.hookspecs import PROJECT, REQUIRED, spec_modules
from platform_core.manifest import Manifest
from platform_core.site import Site
from platform_core.sources import PRODUCT_FILE, Converted, Page, Source

__all__ = ["Composition", "Member", "Tagged", "compose"]

T = TypeVar("T")


@dataclass(frozen=True)
class Member:
    """One chosen component, loaded."""

    plugin: Plugin
    manifest: Manifest
    settings: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The component's id."""
        return self.manifest.id

    @property
    def key(self) -> str:
        """Kind and id; ids are unique within a kind only."""
        return f"{self.manifest.kind}:{self.manifest.id}"


@dataclass(frozen=True)
class Tagged(Generic[T]):
    """A contribution and the component that it came from."""

    member: Member
    value: T


class Composition:
    """A site, its content, and the loaded plugins that it chose.

    Attributes:
        site: The validated site.
        content: The content of the site's folder.
        members: The chosen components, the engine first.
    """

    def __init__(
        self, site: Site, content: Content, members: tuple[Member, ...], manager: pluggy.PluginManager
    ) -> None:
        self.site = site
        self.content = content
        self.members = members
        self._manager = manager

    @property
    def engine(self) -> Member:
        """The chosen engine."""
        return self.members[0]

    def fragments(self, stage: Stage) -> dict[str, str]:
        """Join the HTML of each slot, in the order of the members."""
        slots = dict.fromkeys(("head", "body-end", "navigation", "footer"), "")
        for item in self._each("platform_fragments", Fragment, stage=stage):
            if item.value.slot not in slots:
                raise _fault(item.member, "platform_fragments", f"there is no slot {item.value.slot!r}")
            slots[item.value.slot] += item.value.html
        return slots

    def files(self, stage: Stage) -> tuple[Tagged[File], ...]:
        """Return the published files of all plugins.

        Raises:
            PluginError: Two plugins publish one path, or a path leaves the site.
        """
        claimed: dict[str, Member] = {}
        found = self._each("platform_files", File, stage=stage, provides=frozenset(self.engine.manifest.provides))
        for item in found:
            path = item.value.path
            _check_inside(item.member, "platform_files", path)
            if other := claimed.get(path):
                raise _fault(item.member, "platform_files", f"{path} is published by {other.id!r} too")
            claimed[path] = item.member
        return found

    def csp(self, stage: Stage) -> dict[str, tuple[str, ...]]:
        """Join the content security sources of the site and of all plugins: directive -> sources."""
        policy: dict[str, dict[str, None]] = {"default-src": {"'self'": None}}
        wanted = [self.site.csp]
        for item in self._call("platform_csp", stage=stage):
            if not isinstance(item.value, Mapping):
                raise _wrong_type(item.member, "platform_csp", item.value, "a mapping")
            wanted.append(item.value)
        for given in wanted:
            for directive, sources in given.items():
                policy.setdefault(directive, {"'self'": None}).update(dict.fromkeys(sources))
        return {directive: tuple(sources) for directive, sources in sorted(policy.items())}

    def adapters(self) -> tuple[Tagged[WebhookAdapter], ...]:
        """Return the webhook adapters; a provider has one."""
        return self._each("platform_webhook_adapter", WebhookAdapter, single=True)

    def local_services(self, stage: Stage) -> tuple[Tagged[LocalService], ...]:
        """Return the processes that run beside the site locally."""
        return self._each("platform_local_services", LocalService, stage=stage)

    def build_secrets(self) -> dict[str, str]:
        """Return what a build has to be told: label -> name of the Secrets Manager entry."""
        return {label: name for names in self._secret_names.values() for label, name in names.items()}

    def sources(self, stage: Stage) -> tuple[Source, ...]:
        """Return where content comes from that is pulled before a build.

        Raises:
            PluginError: A name is malformed, or two sources have one.
        """
        found: dict[str, Source] = {}
        older = [Tagged(item.member, _source_of(item)) for item in self._call("platform_entries")]
        for item in (*self._each("platform_source", Source, single=True, stage=stage), *older):
            name = item.value.name
            if not is_label(name) or name in found or name == PRODUCT_FILE:
                raise _fault(item.member, "platform_source", f"the name {name!r} is malformed, or taken")
            found[name] = item.value
        return (*found.values(), *self._product_file())

    def reread(self) -> Composition:
        """Return this composition with its content to be read anew."""
        content = Content(self.content.root, adopted=self.content.adopted)
        return Composition(self.site, content, self.members, self._manager)

    def build_plan(self, stage: Stage, workspace: Workspace) -> BuildPlan:
        """Return the engine's build plan."""
        found = self._each("platform_build_plan", BuildPlan, single=True, stage=stage, workspace=workspace)
        if not found:
            raise _wrong_type(self.engine, "platform_build_plan", None, "BuildPlan")
        return found[0].value

    def extra_files(self) -> dict[str, bytes]:
        """Return files of the site's folder that its settings ask for: path -> content.

        Raises:
            PluginError: A path leaves the site's folder.
        """
        found: dict[str, bytes] = {}
        for item in self._call("platform_extra_files"):
            if not isinstance(item.value, Mapping):
                raise _wrong_type(item.member, "platform_extra_files", item.value, "a mapping")
            for path, content in item.value.items():
                _check_inside(item.member, "platform_extra_files", path)
                found[path] = content
        return found

    def hosted_elsewhere(self) -> str:
        """Return what publishes the site when AWS has no part in it; empty when it has."""
        found = self._each("platform_hosted_elsewhere", str, single=True)
        return found[0].value if found else ""

    def buy_button(self, product: Product, stage: Stage) -> str:
        """Return the HTML with which *product* is bought; empty without a shop."""
        found = self._each("platform_buy_button", str, single=True, product=product, stage=stage)
        return found[0].value if found else ""

    def provision(self, stack: Any, stage: Stage) -> None:
        """Let every plugin add its constructs to *stack*."""
        self._call("platform_provision", stack=stack, stage=stage)

    def assess(self, service: str) -> Mapping[str, Any]:
        """Let a service read what is there.

        Raises:
            PluginError: The service is not part of the site, or it failed.
        """
        return self._of_service(service, "platform_assess", Mapping)  # type: ignore[type-abstract]

    def plan(self, service: str, assessment: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the steps that a service would take; empty when nothing is left to do."""
        return tuple(self._of_service(service, "platform_plan", Iterable, assessment=assessment))  # type: ignore[type-abstract]

    def run(self, service: str, assessment: Mapping[str, Any]) -> tuple[str, ...]:
        """Let a service carry out its plan and return what it did."""
        return tuple(self._of_service(service, "platform_run", Iterable, assessment=assessment))  # type: ignore[type-abstract]

    def provenance(self) -> dict[str, str]:
        """Return component id -> ``distribution version (hash of its RECORD)``."""
        return {member.id: _provenance(member.plugin) for member in self.members}

    def _product_file(self) -> tuple[Source, ...]:
        """Return the site's own file of products as a source, when it names one."""
        site = self.site
        if not site.products:
            return ()
        from platform_core.product_file import product_source

        root = self.content.root
        return (product_source(root, site.products, currency=site.product_currency, hosts=site.product_image_hosts),)

    @functools.cached_property
    def _secret_names(self) -> dict[str, Mapping[str, str]]:
        """Key of a member -> the secrets that it asks for, label -> name."""
        found: dict[str, Mapping[str, str]] = {}
        taken: dict[str, str] = {}
        for item in self._call("platform_build_secrets"):
            if not isinstance(item.value, Mapping):
                raise _wrong_type(item.member, "platform_build_secrets", item.value, "a mapping")
            for label in item.value:
                if not is_label(label) or label in taken:
                    raise _fault(item.member, "platform_build_secrets", f"the label {label!r} is malformed, or taken")
                taken[label] = item.member.key
            found[item.member.key] = item.value
        return found

    def _of_service(self, service: str, hook: str, kind: type[T], **arguments: Any) -> T:
        for item in self._call(hook, only=service, **arguments):
            if not isinstance(item.value, kind):
                raise _wrong_type(item.member, hook, item.value, kind.__name__)
            return item.value
        raise PluginError("no-service", f"{service!r} is not a service of this site, or {hook} returned nothing")

    def _each(self, hook: str, kind: type[T], *, single: bool = False, **arguments: Any) -> tuple[Tagged[T], ...]:
        """Call *hook* and check that the values, or their items, are *kind*."""
        found: list[Tagged[T]] = []
        for item in self._call(hook, **arguments):
            if single and not isinstance(item.value, kind):
                raise _wrong_type(item.member, hook, item.value, kind.__name__)
            if not single and (isinstance(item.value, str | bytes) or not isinstance(item.value, Iterable)):
                raise _wrong_type(item.member, hook, item.value, f"an iterable of {kind.__name__}")
            values = [item.value] if single else list(item.value)
            for value in values:
                if not isinstance(value, kind):
                    raise _wrong_type(item.member, hook, value, kind.__name__)
                found.append(Tagged(item.member, value))
        return tuple(found)

    def _call(self, hook: str, *, only: str = "", **arguments: Any) -> tuple[Tagged[Any], ...]:
        """Call every implementation of *hook* on its own; None means nothing to add.

        Raises:
            UserError: The site or its content is wrong; as the plugin told it.
            ToolError: A program of the machine is missing; as the plugin told it.
            PluginError: With every implementation that failed.
        """
        by_name = {member.key: member for member in self.members}
        results: dict[str, Any] = {}
        problems: list[Problem] = []
        cause: BaseException | None = None
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            member = by_name[implementation.plugin_name]
            if only and member.id != only:
                continue
            given = {"site": self.site, "settings": member.settings, "content": self.content, **arguments}
            if "secrets" in implementation.argnames:
                stage = arguments.get("stage")
                names = self._secret_names.get(member.key, {})
                given["secrets"] = BuildSecrets(names, offline=bool(stage and stage.offline))
            try:
                value = implementation.function(*(given[name] for name in implementation.argnames))
                results[member.key] = list(value) if inspect.isgenerator(value) else value
            except (
                KeyboardInterrupt,
                GeneratorExit,
                UserError,
                ToolError,
            ):  # the user can mend the last two, no author need
                raise
            except BaseException as error:  # noqa: BLE001  a plugin may raise anything, SystemExit too
                cause = error
                problems.append(Problem(f"{member.plugin.distribution} {hook}", f"{type(error).__name__}: {error}."))
        if problems:
            raise PluginError(
                "plugin-failed",
                f"{hook} failed in {len(problems)} of the chosen plugins",
                problems=problems,
                hint="Run with --debug for the traceback, or tell the plugin's author.",
            ) from cause
        return tuple(Tagged(by_name[name], results[name]) for name in by_name if results.get(name) is not None)


def compose(site: Site, root: Path, catalogue: Catalogue) -> Composition:
    """Load the plugins that *site* chose, and nobody else.

    Args:
        site: A validated site.
        root: The site's folder.
        catalogue: Where the components are found.

    Raises:
        CombinationError: The components do not combine; every reason.
        PluginError: A chosen plugin can't be loaded, or breaks its contract.
    """
    found = catalogue.check(site.engine, site.cms, site.shop)
    if found.status == "impossible":
        problems = [Problem("combination", reason) for reason in found.reasons]
        raise CombinationError("impossible-combination", "these components do not combine", problems=problems)
    plugins = {(plugin.kind, plugin.id): plugin for plugin in catalogue.plugins if plugin.state == "ok"}
    members = [
        Member(plugins[kind, component], catalogue.get(kind, component), site.settings.get(component, {}))
        for kind, component in site.components
    ]
    return Composition(site, Content(root.resolve(), adopted=site.adopted), tuple(members), _manager(members))


_managers: dict[tuple[object, ...], pluggy.PluginManager] = {}


def _manager(members: list[Member]) -> pluggy.PluginManager:
    """Return a manager with the plugins of *members*, the same one for the same plugins.

    It holds nothing of a site, and making one takes milliseconds, which a fleet would notice.
    """
    loaded = [load(member.plugin) for member in members]
    key = tuple((member.key, id(plugin), *_hooks(plugin)) for member, plugin in zip(members, loaded, strict=True))
    if key not in _managers:
        manager = pluggy.PluginManager(PROJECT)
        for module in spec_modules().values():
            manager.add_hookspecs(module)
        for member, plugin in zip(members, loaded, strict=True):
            _register(manager, member, plugin)
        _check_hooks(manager, members)
        _managers[key] = manager
    return _managers[key]


def _hooks(plugin: object) -> tuple[int, ...]:
    return tuple(id(value) for name, value in getattr(plugin, "__dict__", {}).items() if name.startswith("platform_"))


def load(plugin: Plugin) -> object:
    """Import the code of *plugin*.

    Raises:
        PluginError: The import raised, exited, printed, or the attribute is missing.
    """
    module, _, attribute = plugin.value.partition(":")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            loaded: object = importlib.import_module(module.strip())
            for part in filter(None, attribute.strip().split(".")):
                loaded = getattr(loaded, part)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # importing foreign code may raise anything, SystemExit too
        raise PluginError(
            "plugin-import",
            f"{plugin.distribution} can't be imported",
            why=f"{type(error).__name__}: {error}",
            hint=f"pip install --force-reinstall {plugin.distribution}",
        ) from error
    if printed.getvalue():
        raise PluginError(
            "plugin-prints",
            f"{plugin.distribution} prints when it is imported",
            why=repr(printed.getvalue()[:80]),
            hint="Tell the plugin's author: output belongs to the command.",
        )
    return loaded


def _register(manager: pluggy.PluginManager, member: Member, loaded: object) -> None:
    try:
        manager.register(loaded, member.key)
    except (pluggy.PluginValidationError, ValueError, TypeError) as error:
        raise PluginError(
            "plugin-hooks", f"{member.plugin.distribution} does not fit the hooks of this core", why=str(error)
        ) from error


def _check_hooks(manager: pluggy.PluginManager, members: list[Member]) -> None:
    """Refuse misspelt, missing and asynchronous hooks; pluggy accepts all three."""
    problems: list[Problem] = []
    specified = {name for module in spec_modules().values() for name in vars(module) if name.startswith("platform_")}
    for member in members:
        plugin = manager.get_plugin(member.key)
        callers = {caller.name: caller for caller in manager.get_hookcallers(plugin) or ()}
        for name in sorted(callers.keys() - specified):
            what = f"there is no hook {name}."
            problems.append(Problem(member.plugin.distribution, what, did_you_mean(name, specified)))
        missing = [name for name in REQUIRED[member.manifest.kind] if name not in callers]
        waiting = [name for name in callers if inspect.iscoroutinefunction(getattr(plugin, name, None))]
        by = member.plugin.distribution
        problems += [Problem(by, f"it does not implement {name}, which its kind requires.") for name in missing]
        problems += [Problem(by, f"{name} is asynchronous; hooks are plain functions.") for name in waiting]
    if problems:
        raise PluginError("plugin-hooks", "a chosen plugin breaks its contract", problems=problems)


def _source_of(item: Tagged[Any]) -> Source:
    """Return entries that a plugin hands over at once as a source."""
    entries = list(item.value)
    for entry in entries:
        if not isinstance(entry, Entry):
            raise _wrong_type(item.member, "platform_entries", entry, "Entry")
    nothing = Page({}, cursor="", complete=True)
    converted = Converted({entry.path: entry for entry in entries})
    return Source(item.member.id, item.member.key, lambda _cursor, _http: iter([nothing]), lambda _documents: converted)


def _check_inside(member: Member, hook: str, path: str) -> None:
    if path.startswith("/") or "\\" in path or any(part in {"", ".", ".."} for part in path.split("/")):
        raise _fault(member, hook, f"{path!r} is not a path below the site's root")


def _wrong_type(member: Member, hook: str, value: object, expected: str) -> PluginError:
    return _fault(member, hook, f"it returned {type(value).__name__}, and {expected} is expected")


def _fault(member: Member, hook: str, what: str) -> PluginError:
    return PluginError(
        "plugin-result", f"{member.plugin.distribution} {hook}: {what}", hint="Tell the plugin's author."
    )


def _provenance(plugin: Plugin) -> str:
    distribution = importlib.metadata.distribution(plugin.distribution)
    record = distribution.read_text("RECORD") or ""
    digest = hashlib.sha256(record.encode()).hexdigest()[:12]
    return f"{plugin.distribution} {plugin.version} ({digest})"
