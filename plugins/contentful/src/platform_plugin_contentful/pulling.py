"""The source of a site: which space is asked, and what becomes of its entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from platform_core.content import Content
from platform_core.errors import Problem, SiteError
from platform_core.http import Http
from platform_core.site import Site
from platform_core.sources import Page, Source
from platform_plugin_contentful.entries import SOURCE, Rules, convert
from platform_plugin_contentful.model import site_collections
from platform_plugin_contentful.naming import collections_of_types, read_types
from platform_plugin_contentful.source import HOSTS, Delivery, asset_hosts
from platform_plugin_contentful.space import LOCALE_CODE

__all__ = ["APPROVED", "read_locale_names", "rules_of", "source_of", "without_space"]

APPROVED = "approved"
_SAMPLE = "sample"
# What the stand-in's sample holds, on a site that may have no such collections yet.
_SAMPLE_TYPES: Mapping[str, str | None] = {"posts": "posts", "products": "products", "people": None}


def source_of(
    site: Site, settings: Mapping[str, Any], content: Content, *, base: str, secrets: Mapping[str, str], label: str
) -> Source:
    """Return the source of a site.

    Args:
        site: Its language and shop count.
        settings: ``[settings.contentful]``.
        content: Its content model counts.
        base: Address of a stand-in; empty for Contentful itself.
        secrets: Label -> value.
        label: Of the token.
    """
    more = _SAMPLE_TYPES if base and not settings["offline_data"] else {}
    rules = rules_of(site, settings, content, scheme=urlsplit(base).scheme or "https", more=more)
    space, environment = settings["space"] or _SAMPLE, settings["environment"]

    def pull(cursor: str, http: Http) -> Iterator[Page]:
        # The token is asked for when it is needed: a build without a pull has none.
        delivery = Delivery(base or HOSTS[settings["region"]], space, environment, secrets[label])
        yield from delivery.pull(cursor, http)

    hosts = (urlsplit(base).netloc,) if base else asset_hosts(settings["region"])
    origin = f"{base or HOSTS[settings['region']]}/{space}/{environment}"
    return Source(SOURCE, origin, pull, partial(convert, rules=rules), hosts)


def rules_of(
    site: Site,
    settings: Mapping[str, Any],
    content: Content,
    *,
    scheme: str = "https",
    more: Mapping[str, str | None] | None = None,
) -> Rules:
    """Return what a site wants of its space.

    Args:
        site: Its language and shop count.
        settings: ``[settings.contentful]``.
        content: Its content model counts.
        scheme: Of files, whose addresses have none.
        more: Types that are mapped unless the settings say otherwise.

    Raises:
        SiteError: The settings ``types`` or ``locales`` are malformed.
    """
    types = {**(more or {}), **read_types(settings["types"] or ())}
    model = {item.name: item for item in site_collections(content, sells=bool(site.shop))}
    variant = settings["variant"]
    edit = (
        f"https://app.contentful.com/spaces/{settings['space']}/environments/{settings['environment']}/entries/{{id}}"
    )
    return Rules(
        collections=collections_of_types(types, model.values()),
        model=model,
        locale=site.locale,
        locales=read_locale_names(settings["locales"] or ()),
        every_locale=variant == "multi_language",
        left_out=frozenset(name for name, folder in types.items() if folder is None),
        approval_tag=settings["approval_tag"] or (APPROVED if variant == "enterprise_workflows" else ""),
        edit_url=edit if variant == "team_collaboration" and settings["space"] else "",
        scheme=scheme,
    )


def without_space() -> SiteError:
    """Return the error of a site that can't be deployed, since nobody knows where its content is."""
    problem = Problem(
        "site.toml [settings.contentful] space",
        "the space that holds the content is missing.",
        "Set it to the id that Contentful's general settings show.",
    )
    return SiteError("incomplete-cms", "Contentful can't be pulled yet", problems=[problem])


def read_locale_names(rows: Any) -> dict[str, str]:
    """Read the setting ``locales``, rows such as ``de-DE`` or ``de-DE=de``.

    Raises:
        SiteError: A row is malformed; every one.
    """
    found: dict[str, str] = {}
    problems = []
    for row in rows:
        code, mark, name = (part.strip() for part in row.partition("="))
        name = name if mark else code
        if not LOCALE_CODE.fullmatch(code) or not LOCALE_CODE.fullmatch(name):
            what = f"{row!r} is not a locale of the space."
            problems.append(Problem("site.toml [settings.contentful] locales", what, 'Write "de-DE" or "de-DE=de".'))
        found[code] = name
    if problems:
        raise SiteError("bad-locales", "locales can't be read", problems=problems)
    return found
