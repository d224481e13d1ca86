"""What Foxy adds to a composition: signed forms and links, the cart, and webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import Fragment, WebhookAdapter
from platform_core.errors import Problem, SiteError
from platform_core.hookspecs import hookimpl
from platform_plugin_foxy import markup, sales

if TYPE_CHECKING:
    from platform_core.content import Content, Product
    from platform_core.contributions import Stage
    from platform_core.site import Site

__all__ = [
    "SIGNING",
    "platform_build_secrets",
    "platform_buy_button",
    "platform_csp",
    "platform_fragments",
    "platform_webhook_adapter",
]

SIGNING = "foxy-signing"
"""The label of the key that signs links and forms."""
_HERE = Path(__file__).parent


@hookimpl
def platform_build_secrets(site: Site, settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Ask for the key that signs links and forms."""
    return {SIGNING: settings["signing_key"] or f"platform/{site.client}/foxy-signing"}


@hookimpl
def platform_fragments(settings: Mapping[str, Any], content: Content) -> Iterable[Fragment]:
    """Put the way to the cart into the navigation, and the sidecart's script at the end of the page.

    All products are checked here, so that one build tells every problem.
    """
    if settings["variant"] == "custom_checkout" and not settings["template_set"]:
        what = "the variant custom_checkout needs the template set of that checkout."
        problem = Problem("[settings.foxy] template_set", what, "Its code stands in the store's admin.")
        raise SiteError("bad-site", "site.toml has 1 problem", problems=[problem])
    sales.check_products(content.products, settings)
    fragments = [Fragment("navigation", markup.cart_button(settings))]
    if settings["cart"] == "sidecart":
        fragments.append(Fragment("body-end", markup.loader(settings)))
    return fragments


@hookimpl
def platform_buy_button(
    site: Site, settings: Mapping[str, Any], product: Product, stage: Stage, secrets: Mapping[str, str]
) -> str:
    """Return the form or link with which *product* goes into the cart.

    Everywhere but on the developer's machine it is signed, or the build ends.
    """
    sale = sales.sale_of(product, settings, base_url=stage.base_url, locale=site.locale)
    if not sale.available:
        return markup.sold_out(sale, settings)
    local = stage.name == "local" and (stage.offline or SIGNING not in secrets)
    return markup.buy(sale, settings, "" if local else secrets[SIGNING])


@hookimpl
def platform_csp(settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Let forms go to the store; with the sidecart, also load its script, styles and frame.

    Foxy documents no policy. These are the hosts that its script is documented to use.
    """
    store = f"https://{settings['store_domain']}"
    if settings["cart"] != "sidecart":
        return {"form-action": [store]}
    return {
        "form-action": [store],
        "script-src": [markup.CDN, store],
        "style-src": [markup.CDN, store],
        "img-src": [markup.CDN, store],
        "font-src": [markup.CDN],
        "connect-src": [markup.CDN, store],
        "frame-src": [store],
    }


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Verify JSON webhooks with their encryption key."""
    return WebhookAdapter(
        provider="foxy",
        module=_HERE / "runtime" / "foxy.py",
        secret=settings["webhook_key"] or f"platform/{site.client}/foxy",
        config={"rebuild_on_order": "true" if settings["rebuild_on_order"] else "false"},
    )
