"""The registry: stack type -> class, filled from the manifests of what is installed."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from platform_core.catalogue import COMPOSED, Offering, installed_catalogue
from platform_core.errors import CombinationError, PluginError, did_you_mean

if TYPE_CHECKING:
    from platform_core.cloud.offerings import OfferingStack

__all__ = ["StackRegistry"]


class StackRegistry(Mapping[str, "type[OfferingStack]"]):
    """A read-only mapping from stack types to classes.

    Names and length cost nothing but reading manifests. A class is imported when it is
    taken out, and so is CDK.
    """

    def __init__(self) -> None:
        self._classes: dict[tuple[str, str], type[OfferingStack]] = {}

    def __getitem__(self, stack_type: str) -> type[OfferingStack]:
        """Return the class of *stack_type*.

        Raises:
            KeyError: Nothing that is installed is sold under that name.
            PluginError: The plugin names a class that can't be imported.
        """
        offering = self._offerings()[stack_type]
        source = offering.owner.stack if offering.owner and offering.kind != "composed" else ""
        key = (stack_type, source)
        if key not in self._classes:
            self._classes[key] = _load(offering, source)
        return self._classes[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the stack types that can be created."""
        return iter(self._offerings())

    def __len__(self) -> int:
        """Count them."""
        return len(self._offerings())

    def __contains__(self, stack_type: object) -> bool:
        """Tell whether it can be created, without importing its class."""
        return stack_type in self._offerings()

    def __repr__(self) -> str:
        """Name the stack types."""
        return f"<StackRegistry: {', '.join(self)}>"

    def offering(self, stack_type: str) -> Offering:
        """Return what the catalogue says of *stack_type*.

        Raises:
            CombinationError: Nothing that is installed is sold under that name.
        """
        known = self._offerings()
        if stack_type not in known:
            raise CombinationError(
                "unknown-stack-type",
                f"there is no stack type {stack_type!r}",
                hint=did_you_mean(str(stack_type), known) or f"Installed: {', '.join(known) or 'none'}.",
            )
        return known[stack_type]

    @staticmethod
    def _offerings() -> dict[str, Offering]:
        found = installed_catalogue().offerings()
        return {item.name: item for item in found if item.kind == "composed" or (item.owner and item.owner.stack)}


def _load(offering: Offering, source: str) -> type[OfferingStack]:
    from platform_core.cloud.offerings import BundleStack, ComposedStack

    if offering.name == COMPOSED:
        return ComposedStack
    if offering.kind == "composed":
        name = "".join(word.title() for word in re.findall(r"[A-Za-z0-9]+", offering.name)) + "Stack"
        facts: dict[str, Any] = {
            "__doc__": f"The bundle ``{offering.name}``.",
            "PARTS": (offering.cms, offering.shop),
            "ENGINE": offering.engine,
        }
        return type(name, (BundleStack,), facts)
    return _import(offering, source)


def _import(offering: Offering, source: str) -> type[OfferingStack]:
    """Import the class that a manifest names."""
    from platform_core.cloud.offerings import OfferingStack

    module, _, name = source.partition(":")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            found = getattr(importlib.import_module(module), name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # importing foreign code may raise anything, SystemExit too
        raise _fault(offering, source, f"{type(error).__name__}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, OfferingStack)):
        raise _fault(offering, source, f"{name} is not a subclass of OfferingStack")
    return found


def _fault(offering: Offering, source: str, why: str) -> PluginError:
    owner = offering.owner.name if offering.owner else offering.name
    return PluginError(
        "plugin-stack",
        f"the class of {offering.name} can't be used: {source}",
        why=why,
        hint=f"Tell the author of the plugin for {owner}.",
    )
