"""What a build has to be told and nobody may read: tokens and signing keys.

A site names secrets; their values come from the environment. On the build machine
CodeBuild reads them from Secrets Manager, elsewhere whoever builds sets them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from platform_core.errors import UserError

__all__ = ["OFFLINE", "BuildSecrets", "is_label", "variable_of"]

OFFLINE = "offline"
"""The value of every secret when stand-ins answer for the providers."""
_LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BuildSecrets(Mapping[str, str]):
    """Label -> value, read when it is asked for.

    Args:
        names: Label -> name of the Secrets Manager entry.
        offline: Whether every secret has the value `OFFLINE`.
    """

    def __init__(self, names: Mapping[str, str], *, offline: bool = False) -> None:
        self._names = names
        self._offline = offline

    def __getitem__(self, label: str) -> str:
        """Return a value.

        Raises:
            UserError: It is not set.
            KeyError: There is no such label.
        """
        name = self._names[label]
        if self._offline:
            return OFFLINE
        variable = variable_of(label)
        if value := os.environ.get(variable, "").strip():
            return value
        raise UserError(
            "missing-secret",
            f"the build needs the secret {name!r}",
            hint=f"Set {variable} to its value; the build machine reads it from Secrets Manager by that name.",
        )

    def __contains__(self, label: object) -> bool:
        """Tell whether a value is there."""
        known = label in self._names
        return known and (self._offline or bool(os.environ.get(variable_of(str(label)), "").strip()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"BuildSecrets({', '.join(self._names)})"


def is_label(text: str) -> bool:
    """Tell whether *text* may name a secret or a source: lower-case words and digits with dashes between."""
    return bool(_LABEL.fullmatch(text))


def variable_of(label: str) -> str:
    """Return the variable of the environment that holds the value of *label*."""
    return f"PLATFORM_SECRET_{label.upper().replace('-', '_')}"
