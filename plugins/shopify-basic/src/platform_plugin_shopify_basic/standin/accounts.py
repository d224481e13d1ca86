"""Accounts: the login of buyers and the part of the Customer Account API that says which companies they buy for.

Written after shopify.dev (Customer Account API, Authentication) and RFC 7636. At Shopify these
addresses belong to ``shopify.com``. The ID token here is not signed.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit

from graphql import GraphQLSchema, build_schema, graphql_sync

from platform_plugin_shopify_basic.standin.catalogue import BUYER, LOCATIONS

__all__ = ["Accounts", "Reply", "account_schema"]

_PATH = re.compile(r"/authentication/[0-9]+/(oauth/authorize|oauth/answer|oauth/token|logout)")
_API = re.compile(r"/[0-9]+/account/customer/api/20[0-9]{2}-(?:01|04|07|10)/graphql")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_SCOPE = "customer-account-api:full"
_SECONDS = 7_200


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        body: HTML, or what becomes JSON.
        place: Where a browser is sent.
    """

    status: int
    body: Any = ""
    place: str = ""


@dataclass
class Accounts:
    """The one buyer that there is, and the company's locations.

    Attributes:
        locations: Id -> name.
        seconds: How long a login lasts.
    """

    locations: dict[str, str] = field(default_factory=lambda: dict(LOCATIONS))
    seconds: int = _SECONDS
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def get(self, path: str, query: Mapping[str, str]) -> Reply | None:
        """Answer a browser; None when this is no address of an account."""
        found = _PATH.fullmatch(path)
        if not found:
            return None
        if found[1] == "logout":
            return self._leave(query)
        if problem := _problem(query):
            return Reply(400, f"<p>{html.escape(problem)}</p>")
        return _ask(query) if found[1] == "oauth/authorize" else self._answer(query)

    def post(self, path: str, body: bytes, form: Mapping[str, str], authorization: str) -> Reply | None:
        """Answer a script; None when this is no address of an account."""
        if _API.fullmatch(path):
            return self._api(body, authorization)
        found = _PATH.fullmatch(path)
        return self._token(form) if found and found[1] == "oauth/token" else None

    def _answer(self, query: Mapping[str, str]) -> Reply:
        if query.get("answer") != "yes":
            return _back(query, {"error": "access_denied"})
        code = secrets.token_urlsafe(24)
        self._codes[code] = dict(query)
        return _back(query, {"code": code})

    def _token(self, form: Mapping[str, str]) -> Reply:
        if form.get("grant_type") != "authorization_code":
            return Reply(400, {"error": "unsupported_grant_type"})
        # A code is for one use, whatever comes of it.
        begun = self._codes.pop(form.get("code", ""), None)
        same = begun and all(form.get(name) == begun[name] for name in ("client_id", "redirect_uri"))
        verifier = form.get("code_verifier", "")
        if not begun or not same or not _VERIFIER.fullmatch(verifier) or _hash(verifier) != begun["code_challenge"]:
            return Reply(400, {"error": "invalid_grant", "error_description": "The code is not valid."})
        claims = {"iss": "stand-in", "sub": "1", "aud": begun["client_id"], "nonce": begun.get("nonce", "")}
        return Reply(
            200,
            {
                "access_token": BUYER,
                "expires_in": self.seconds,
                "id_token": f"{_encode({'alg': 'none'})}.{_encode(claims)}.",
                "refresh_token": secrets.token_urlsafe(24),
            },
        )

    def _api(self, body: bytes, authorization: str) -> Reply:
        if authorization != BUYER:
            return Reply(401, {"errors": [{"message": "Invalid token, missing prefix shcat_."}]})
        try:
            query = json.loads(body)["query"]
        except (ValueError, KeyError, TypeError):
            return Reply(400, {"errors": [{"message": "Parameter Missing or Invalid: query"}]})
        places = [{"id": place, "name": name} for place, name in self.locations.items()]
        company = {"id": "gid://shopify/Company/1", "name": "Stand-in Ltd", "locations": {"nodes": places}}
        contacts = [{"company": company}] if places else []
        customer = {"id": "gid://shopify/Customer/1", "companyContacts": {"nodes": contacts}}
        return Reply(200, dict(graphql_sync(account_schema(), query, {"customer": customer}).formatted))

    def _leave(self, query: Mapping[str, str]) -> Reply:
        place = query.get("post_logout_redirect_uri", "")
        if not query.get("id_token_hint") or not _is_page(place):
            return Reply(400, "<p>id_token_hint or post_logout_redirect_uri is missing.</p>")
        return Reply(302, place=place)


def account_schema() -> GraphQLSchema:
    """Return the part of the Customer Account API's schema that is answered here."""
    return build_schema((files(__package__) / "schema_account.graphql").read_text("utf-8"))


def _problem(query: Mapping[str, str]) -> str:
    """Say what is wrong with a request for a code; empty when nothing is."""
    if not query.get("client_id") or not _is_page(query.get("redirect_uri", "")):
        return "client_id or redirect_uri is missing."
    if query.get("response_type") != "code" or _SCOPE not in query.get("scope", "").split():
        return f"response_type has to be code, and scope has to have {_SCOPE}."
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(query.get("code_challenge", "")):
        return "A public client needs a code_challenge by S256."
    return ""


def _ask(query: Mapping[str, str]) -> Reply:
    choices = {"yes": "Log in as a buyer of Stand-in Ltd", "no": "Refuse"}
    links = "".join(
        f'<p><a href="{html.escape("answer?" + urlencode({**query, "answer": answer}))}">{text}</a></p>'
        for answer, text in choices.items()
    )
    return Reply(200, f"<p>This is a stand-in for Shopify's login.</p>{links}")


def _back(query: Mapping[str, str], answer: Mapping[str, str]) -> Reply:
    return Reply(302, place=f"{query['redirect_uri']}?{urlencode({**answer, 'state': query.get('state', '')})}")


def _is_page(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _hash(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _encode(value: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
