"""The stand-in's logins: they insist on what Shopify and RFC 7636 insist on."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from graphql import find_breaking_changes
from hypothesis import given
from hypothesis import strategies as st

from platform_plugin_shopify_basic.standin.accounts import Accounts, Reply, account_schema
from platform_plugin_shopify_basic.standin.catalogue import BUYER, LOCATIONS

LOGIN = "/authentication/55145660472"
API = "/55145660472/account/customer/api/2026-10/graphql"
QUERY = "{ customer { companyContacts(first: 1) { nodes { company { name locations(first: 9) { nodes { id name } } } } } } }"
VERIFIER = "v" * 43
ASKED = {
    "client_id": "0f1e2d3c-0000-4000-8000-0123456789ab",
    "response_type": "code",
    "redirect_uri": "https://www.acme.example/shopify/login/",
    "scope": "openid email customer-account-api:full",
    "state": "a &= state",
    "nonce": "n",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("="),
    "code_challenge_method": "S256",
}


def code_of(accounts: Accounts) -> str:
    """Log in, and return the code that the browser brings back."""
    reply = accounts.get(f"{LOGIN}/oauth/answer", ASKED | {"answer": "yes"})
    assert reply
    assert reply.place.startswith(f"{ASKED['redirect_uri']}?")
    back = dict(parse_qsl(urlsplit(reply.place).query))
    assert back["state"] == ASKED["state"]
    return back["code"]


def exchange(accounts: Accounts, given: str, **changed: str) -> Reply:
    """Ask for a token."""
    form = {name: ASKED[name] for name in ("client_id", "redirect_uri")}
    form |= {"grant_type": "authorization_code", "code": given, "code_verifier": VERIFIER, **changed}
    reply = accounts.post(f"{LOGIN}/oauth/token", b"", form, "")
    assert reply
    return reply


def test_its_schema_is_a_part_of_shopifys(published_account_schema: Any) -> None:
    """Whatever the stand-in's schema allows, the Customer Account API's allows too, in the same types."""
    found = find_breaking_changes(account_schema(), published_account_schema)
    assert [one.description for one in found if "directive" not in one.description.lower()] == []


def test_a_code_becomes_a_token_once() -> None:
    """The token is the one that the Storefront API takes, and answers for a company's locations; the code is used up."""
    accounts = Accounts()
    code = code_of(accounts)
    token = exchange(accounts, code).body
    assert (token["access_token"], token["expires_in"]) == (BUYER, 7_200)
    assert json.loads(base64.urlsafe_b64decode(token["id_token"].split(".")[1] + "==="))["nonce"] == "n"
    reply = accounts.post(API, json.dumps({"query": QUERY}).encode(), {}, token["access_token"])
    assert reply
    ((contact,), errors) = reply.body["data"]["customer"]["companyContacts"]["nodes"], reply.body.get("errors")
    assert {item["id"]: item["name"] for item in contact["company"]["locations"]["nodes"]} == LOCATIONS
    assert errors is None
    assert exchange(accounts, code).status == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/"},
        {"grant_type": "password"},
        {"code": "guessed"},
    ],
)
def test_a_wrong_exchange_is_refused(changed: dict[str, str]) -> None:
    """As RFC 6749 and RFC 7636 say, with an error and no token."""
    accounts = Accounts()
    reply = exchange(accounts, code_of(accounts), **changed)
    assert (reply.status, "access_token" in reply.body) == (400, False)


@pytest.mark.parametrize(
    "left_out", ["client_id", "redirect_uri", "response_type", "scope", "code_challenge", "code_challenge_method"]
)
def test_a_login_needs_all_of_it(left_out: str) -> None:
    """No code for a request that is not whole: nobody is sent anywhere."""
    asked = {name: value for name, value in ASKED.items() if name != left_out}
    for page in ("authorize", "answer"):
        reply = Accounts().get(f"{LOGIN}/oauth/{page}", asked | {"answer": "yes"})
        assert reply
        assert (reply.status, reply.place) == (400, "")


@given(st.text(), st.binary(), st.dictionaries(st.sampled_from([*ASKED, "code", "answer"]), st.text()), st.text())
def test_anything_may_be_sent(path: str, body: bytes, form: dict[str, str], authorization: str) -> None:
    """Whatever comes is answered, and only a login gives a token."""
    accounts = Accounts()
    for place in (path, f"{LOGIN}/oauth/authorize", f"{LOGIN}/oauth/answer", f"{LOGIN}/logout"):
        accounts.get(place, form)
    for place in (path, f"{LOGIN}/oauth/token", API):
        reply = accounts.post(place, body, form, authorization)
        assert reply is None or reply.status != 200 or authorization == BUYER
