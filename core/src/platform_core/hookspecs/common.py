"""Hooks that a plugin of any kind may implement.

Arguments that most hooks share:

- *site*: the validated `Site`.
- *settings*: this component's own ``[settings.<id>]``, defaults filled in, as a
  mapping of name -> value. Each plugin is handed its own.
- *content*: the `Content` of the site's folder.
- *stage*: the `Stage`: where the site is going to run.
- *provides*: names of the capabilities that the site's engine provides.
- *secrets*: the values of the plugin's own `platform_build_secrets`, label -> value.
  One that is not there is the user's to mend; ``in`` asks without an error.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_core.hookspecs import hookspec

if TYPE_CHECKING:
    from platform_core.content import Content
    from platform_core.contributions import File, Fragment, LocalService, Stage, WebhookAdapter
    from platform_core.site import Site
    from platform_core.sources import Source

__all__ = [
    "platform_build_secrets",
    "platform_csp",
    "platform_files",
    "platform_fragments",
    "platform_local_services",
    "platform_provision",
    "platform_source",
    "platform_webhook_adapter",
]


@hookspec
def platform_fragments(site: Site, settings: Mapping[str, Any], content: Content, stage: Stage) -> Iterable[Fragment]:
    """Add HTML to the named slots of every page.

    Values that come from settings or content must be escaped.

    Example:
        >>> from html import escape
        >>> from platform_core.contributions import Fragment
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_fragments(settings):
        ...     key = escape(settings["public_key"])
        ...     return [Fragment("body-end", f'<div hidden data-key="{key}"></div>')]
        >>> platform_fragments({"public_key": 'a"b'})[0].html
        '<div hidden data-key="a&quot;b"></div>'
    """


@hookspec
def platform_files(
    site: Site, settings: Mapping[str, Any], content: Content, stage: Stage, provides: Collection[str]
) -> Iterable[File]:
    """Publish files beside the engine's output, whatever the engine.

    A path that the engine or another plugin publishes too is a fault.

    Example:
        >>> from platform_core.contributions import File
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_files(site):
        ...     return [File("humans.txt", b"Made by hand.", route="")]
        >>> platform_files(site=None)[0].path
        'humans.txt'
    """


@hookspec
def platform_csp(site: Site, settings: Mapping[str, Any], stage: Stage) -> Mapping[str, Sequence[str]]:
    """Name what the plugin's fragments load: directive -> sources.

    Core starts from ``default-src 'self'`` and adds these; a browser refuses
    everything else.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_csp():
        ...     return {"script-src": ["https://cdn.shop.example"]}
        >>> platform_csp()
        {'script-src': ['https://cdn.shop.example']}
    """


@hookspec
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter | None:
    """Say how the provider's events are verified, or None when it sends none.

    Example:
        >>> from pathlib import Path
        >>> from platform_core.contributions import WebhookAdapter
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_webhook_adapter(settings):
        ...     return WebhookAdapter("github", Path("github.py"), secret=settings["webhook_secret"])
        >>> platform_webhook_adapter({"webhook_secret": "acme/github"}).provider
        'github'
    """


@hookspec
def platform_build_secrets(site: Site, settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Name the secrets that a build needs: label -> name of the Secrets Manager entry.

    Elsewhere the value comes from the variable ``PLATFORM_SECRET_<LABEL>``. Hooks that
    take *secrets* get the values by their labels; nothing else sees them.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_build_secrets(settings):
        ...     return {"memory-token": settings["token"]}
        >>> platform_build_secrets({"token": "acme/memory"})
        {'memory-token': 'acme/memory'}
    """


@hookspec
def platform_source(
    site: Site, settings: Mapping[str, Any], content: Content, stage: Stage, secrets: Mapping[str, str]
) -> Source | None:
    """Say where content comes from that is not in the site's files yet, or None.

    It is pulled before a build, and its files are like any other afterwards. A CMS that
    edits the site's files in place does not implement this.

    Example:
        >>> from platform_core.content import Entry
        >>> from platform_core.hookspecs import hookimpl
        >>> from platform_core.sources import Converted, Page, Source
        >>> def pull(cursor, http):
        ...     yield Page({"1": {"title": "Hello"}}, cursor="", complete=True)
        >>> def convert(documents):
        ...     return Converted({key: Entry("posts", key, item["title"]) for key, item in documents.items()})
        >>> @hookimpl
        ... def platform_source(settings):
        ...     return Source("memory", settings["space"], pull, convert)
        >>> platform_source({"space": "main"}).origin
        'main'
    """


@hookspec
def platform_local_services(
    site: Site, settings: Mapping[str, Any], content: Content, stage: Stage
) -> Iterable[LocalService]:
    """Start processes beside the site during `platform up`.

    Their ports are not known yet: *stage* names no services and no endpoints.

    Example:
        >>> import sys
        >>> from platform_core.contributions import LocalService
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_local_services():
        ...     return [LocalService("echo", (sys.executable, "-m", "http.server", "{port}"))]
        >>> platform_local_services()[0].name
        'echo'
    """


@hookspec
def platform_provision(site: Site, settings: Mapping[str, Any], stack: Any, stage: Stage) -> None:
    """Add constructs to the site's stack.

    Import ``aws_cdk`` inside the function. *stack* is the
    `platform_core.cloud.SiteStack`; its public attributes are what a plugin may
    connect to.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_provision(stack):
        ...     stack.add_environment("GREETING", "hello")
        >>> class Stack:
        ...     def add_environment(self, name, value):
        ...         print(name, value)
        >>> platform_provision(Stack())
        GREETING hello
    """
