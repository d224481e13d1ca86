"""What both Shopify plugins make of their settings."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import LocalService, Stage, WebhookAdapter
from platform_core.errors import Problem, SiteError

if TYPE_CHECKING:
    from platform_core.site import Site
    from platform_core.sources import Source

__all__ = ["PRIVATE_TOKEN", "adapter", "api_endpoint", "build_secrets", "check", "shop_address", "source", "stand_in"]

PRIVATE_TOKEN = "shopify-private-token"  # noqa: S105 - a label, not a token
_COUNTRY = re.compile(r"[A-Z]{2}")


def check(settings: Mapping[str, Any], component: str) -> None:
    """Refuse values that a manifest's pattern can't judge.

    Raises:
        SiteError: With every problem.
    """
    place = f"[settings.{component}]"
    problems = [
        Problem(f"{place} countries", f"{code!r} is not a country of two capitals such as CH.")
        for code in settings["countries"]
        if not _COUNTRY.fullmatch(code)
    ]
    if settings.get("fresh_seconds") is not None and not 5 <= settings["fresh_seconds"] <= 86_400:
        problems.append(Problem(f"{place} fresh_seconds", "it has to be between 5 and 86400."))
    if problems:
        raise SiteError("shopify-settings", "some settings of the shop are not usable", problems=problems)


def build_secrets(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Name the private token, when the shop has one."""
    return {PRIVATE_TOKEN: settings["private_token"]} if settings["private_token"] else {}


def api_endpoint(settings: Mapping[str, Any], stage: Stage) -> str:
    """Return where a page asks the Storefront API."""
    from platform_plugin_shopify_basic.api import endpoint

    return endpoint(settings["shop"], stage, browser=True)


def shop_address(settings: Mapping[str, Any], stage: Stage) -> str:
    """Return where carts and checkouts are, for a browser: the shop's host, or the stand-in."""
    from platform_plugin_shopify_basic.api import SERVICE

    if stage.offline and SERVICE in stage.services:
        return stage.services[SERVICE]
    return f"https://{settings['shop']}"


def source(settings: Mapping[str, Any], stage: Stage, secrets: Mapping[str, str], component: str) -> Source | None:
    """Return the source of the shop's products; None when the site does not pull them."""
    from platform_plugin_shopify_basic.api import SERVICE, Storefront, endpoint
    from platform_plugin_shopify_basic.source import Wanted, shop_source

    check(settings, component)
    if not settings["pull"] or (stage.offline and SERVICE not in stage.endpoints):
        return None
    private = secrets[PRIVATE_TOKEN] if settings["private_token"] else ""
    token = bool(private or settings["storefront_token"])
    api = Storefront.with_token(
        endpoint(settings["shop"], stage, browser=False), public=settings["storefront_token"], private=private
    )
    wanted = Wanted(
        country=settings["country"],
        language=settings["language"],
        countries=tuple(settings["countries"]),
        collection=settings["collection"],
        stock=token and settings["stock"],
        tags=token,
    )
    return shop_source(api, settings["shop"], wanted)


def stand_in(settings: Mapping[str, Any], stage: Stage) -> list[LocalService]:
    """Start the stand-in of the Storefront API when the stage is offline."""
    from platform_plugin_shopify_basic.api import SERVICE

    if not stage.offline:
        return []
    command = [sys.executable, "-m", "platform_plugin_shopify_basic.standin", "--port", "{port}"]
    if settings["storefront_token"]:
        command += ["--token", settings["storefront_token"]]
    return [LocalService(SERVICE, tuple(command))]


def adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Have Shopify's webhooks checked and read."""
    return WebhookAdapter(
        "shopify",
        Path(__file__).parent / "runtime" / "shopify.py",
        secret=settings["webhook_secret"] or f"platform/{site.client}/shopify-webhook",
        config={"shop": settings["shop"], "inventory": "true" if settings["build_on_inventory"] else "false"},
    )
