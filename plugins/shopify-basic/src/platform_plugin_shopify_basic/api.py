"""The Storefront API: its version, its address, and how it is asked.

The version stands here and nowhere else: pages and pulls of both Shopify plugins take
it from `API_VERSION`. Shopify supports a version for a year, then answers with the
oldest one that it still has.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from platform_core.errors import SourceError

if TYPE_CHECKING:
    from platform_core.contributions import Stage
    from platform_core.http import Http

__all__ = ["API_VERSION", "SERVICE", "ApiError", "Storefront", "endpoint", "path"]

API_VERSION = "2026-10"
SERVICE = "shopify-stand-in"
"""The local service that answers in Shopify's place when the stage is offline."""

PUBLIC_HEADER = "X-Shopify-Storefront-Access-Token"
PRIVATE_HEADER = "Shopify-Storefront-Private-Token"
_BUSY = frozenset({"THROTTLED", "INTERNAL_SERVER_ERROR"})
_TRIES = 5
_HINTS = {
    "ACCESS_DENIED": "The token lacks a scope: unauthenticated_read_product_listings, unauthenticated_read_product_inventory "
    "(or set stock = false) and unauthenticated_read_product_tags are needed.",
    "UNAUTHORIZED": "The token is not one of this shop's.",
}


class ApiError(SourceError):
    """The API answered, and refused.

    Attributes:
        codes: The machine-readable codes of its errors.
    """

    def __init__(self, codes: frozenset[str], why: str) -> None:
        hint = next((text for code, text in _HINTS.items() if code in codes), "")
        super().__init__("shopify-refused", "Shopify's Storefront API refuses a query", why=why, hint=hint)
        self.codes = codes


def path() -> str:
    """Return the path of the API on a shop's host."""
    return f"/api/{API_VERSION}/graphql.json"


def endpoint(shop: str, stage: Stage, *, browser: bool) -> str:
    """Return the address of the API.

    Args:
        shop: The shop's own host, ``<name>.myshopify.com``.
        stage: Where the site runs; offline, the stand-in answers.
        browser: Whether a page asks, which offline goes through the local edge.
    """
    known = stage.services if browser else stage.endpoints
    if stage.offline and SERVICE in known:
        return known[SERVICE] + path()
    return f"https://{shop}{path()}"


@dataclass(frozen=True)
class Storefront:
    """The API of one shop, as a build asks it.

    Attributes:
        url: See `endpoint`.
        headers: Those with the token; none for access without one.
        wait: Pauses; another one in tests.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: Callable[[float], None] = time.sleep

    @classmethod
    def with_token(cls, url: str, *, public: str = "", private: str = "") -> Storefront:
        """Return the API with the token that is there; the private one counts."""
        if private:
            return cls(url, {PRIVATE_HEADER: private})
        return cls(url, {PUBLIC_HEADER: public} if public else {})

    def ask(self, http: Http, query: str, /, **variables: Any) -> Mapping[str, Any]:
        """Return the ``data`` of an answer.

        Raises:
            ApiError: The answer has errors, also after some waiting.
            SourceError: There is no answer.
        """
        for attempt in range(_TRIES):
            answer = http.json(self.url, headers=self.headers, body={"query": query, "variables": variables})
            if not isinstance(answer, dict):
                raise ApiError(frozenset(), "The answer is no object.")
            if not answer.get("errors"):
                return answer.get("data") or {}
            codes, why = _read_errors(answer["errors"])
            if not codes & _BUSY or attempt == _TRIES - 1:
                raise ApiError(codes, why)
            self.wait(2.0**attempt)
        raise AssertionError("unreachable")


def _read_errors(errors: Any) -> tuple[frozenset[str], str]:
    rows: list[dict[str, Any]] = [row if isinstance(row, dict) else {"message": str(row)} for row in _listed(errors)]
    codes = {str(row["extensions"].get("code", "")) for row in rows if isinstance(row.get("extensions"), dict)}
    return frozenset(codes - {""}), "; ".join(str(row.get("message", "no message"))[:200] for row in rows[:3])


def _listed(errors: Any) -> list[Any]:
    return errors if isinstance(errors, list) else [errors]
