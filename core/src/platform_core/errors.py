"""Every error that Platform raises, and the one way it is shown.

PlatformError
    UserError                 the user can mend it; exit code 2
        SiteError             a site file has problems (all of them at once)
        CombinationError      engine, CMS and shop do not combine
        ContentError          an entry or a product can't be read
    OperationError            something failed while working; exit code 1
        PluginError           a plugin broke its contract
        BuildError            the engine's build failed
        SourceError           content that lives elsewhere can't be pulled
        ReleaseError          a release can't be published, found or switched
        ToolError             a program that we start is missing or failed
        DeployError           AWS refused or rolled back
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "BuildError",
    "CombinationError",
    "ContentError",
    "DeployError",
    "OperationError",
    "PlatformError",
    "PluginError",
    "Problem",
    "ReleaseError",
    "SiteError",
    "SourceError",
    "ToolError",
    "UserError",
    "did_you_mean",
    "render",
]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Suggest the nearest of *choices*, as a sentence, or an empty string."""
    import difflib

    near = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in one place of one file.

    Attributes:
        where: The place, for example ``site.toml:7 [settings.zola] variant``.
        what: What is wrong there.
        hint: What to do about it; empty when *what* says it already.
    """

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.hint}" if self.hint else "")


class PlatformError(Exception):
    """The root of the tree: a reference, what failed, why, and what to do."""

    exit_code = 1

    def __init__(
        self,
        reference: str,
        what: str,
        *,
        why: str = "",
        hint: str = "",
        problems: Iterable[Problem] = (),
    ) -> None:
        self.reference = reference
        self.what = what
        self.why = why
        self.hint = hint
        self.problems = tuple(problems)
        super().__init__(reference, what)

    def __str__(self) -> str:
        return render(self)


class UserError(PlatformError):
    """The user can mend it: a site file, an argument, a missing choice."""

    exit_code = 2


class SiteError(UserError):
    """A site file has problems; ``problems`` holds every one of them."""


class CombinationError(UserError):
    """The chosen engine, CMS, shop and services do not combine."""


class ContentError(UserError):
    """A content file can't be read, or would leave its folder."""


class OperationError(PlatformError):
    """Something failed while Platform was working."""


class PluginError(OperationError):
    """A plugin broke its contract: it names the plugin, and the hook if any."""


class BuildError(OperationError):
    """The engine's build failed; nothing was published."""


class SourceError(OperationError):
    """Content that lives elsewhere can't be pulled; the content of last time stays."""


class ReleaseError(OperationError):
    """A release can't be published, found or switched."""


class ToolError(OperationError):
    """A program that Platform starts is missing, or failed."""


class DeployError(OperationError):
    """AWS refused a deployment or rolled it back."""


def render(error: PlatformError) -> str:
    """Return *error* as the text that a person reads, without colour."""
    lines = [f"error[{error.reference}]: {error.what}"]
    lines += [f"  - {problem}" for problem in error.problems]
    for label, text in (("why", error.why), ("hint", error.hint)):
        if text:
            first, *rest = text.splitlines()
            lines.append(f"  {label}: {first}")
            lines += [f"        {line}" for line in rest]
    return "\n".join(lines)
