"""Log editors in with GitHub: the Lambda function behind ``/_platform/<name>/``, for a CMS that commits to a repository.

The editor opens ``auth`` in a small window. It leads to GitHub, which leads back to
``callback``; there the code is exchanged for a token, and a page hands the token
to the window that opened it. Nothing is stored on the server. What binds the way
back to the way there:

- a cookie with a random nonce and its end, signed, that scripts can't read;
- ``state`` and the PKCE verifier, both derived from that nonce and a key that only
  this function has, so neither needs to be kept, and neither can be made elsewhere;
- the one origin to which the token is ever posted.

Requests are events of an HTTP API (payload version 2.0). Environment:

- ``LOGIN_NAME``: the part of the address, and of the cookie's name, that is the CMS's.
- ``SITE_ORIGIN``: the site's own address, ``https://`` and a host, nothing more.
- ``CLIENT_ID``: of the GitHub App or OAuth App; its callback address is
  ``<SITE_ORIGIN>/_platform/<LOGIN_NAME>/callback``.
- ``CLIENT_SECRET_NAME``: the Secrets Manager entry that holds the client secret as
  a plain string.
- ``SCOPE``: ``repo`` (the default) or ``public_repo``: the most that may be asked for.
- ``GITHUB_URL``: ``https://github.com`` by default; a GitHub Enterprise Server.

The page's script is a file of the site, ``/admin/login.js``, so the page works under
its own strict policy and under the site's. No answer has the status 403 or 404, for
which CloudFront shows the site's error page. The page of the editor must not say
``Cross-Origin-Opener-Policy: same-origin``, which cuts the two windows apart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import http.client
import json
import os
import re
import secrets
import string
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["SCRIPT", "handler"]

SCRIPT = Path(__file__).with_suffix(".js")
"""What a site with this login publishes as ``/admin/login.js``."""

_LIFETIME = 600
_TIMEOUT = 8
_MOST_BYTES = 65_536
_SECRET_AGE = 300
_SCOPES = {"repo": ("repo", "public_repo"), "public_repo": ("public_repo",)}
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(?::\d{1,5})?")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,256}")
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,1024}")
_COOKIE_VALUE = re.compile(r"([A-Za-z0-9_-]{43})\.(\d{1,12})\.([A-Za-z0-9_-]{43})")

_SCRIPT = "/admin/login.js"
_PAGE = string.Template(
    "<!DOCTYPE html>\n"
    '<html lang="en"><head><meta charset="utf-8"><title>$title</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
    '<script defer src="$script"></script></head>\n'
    '<body><main id="login" data-origin="$origin" data-hello="authorizing:github" data-answer="$answer">'
    '<h1>$title</h1><p>$text</p><p><a href="$origin/admin/">Back to the editor</a></p></main></body></html>\n'
)


@dataclass(frozen=True)
class Config:
    """The environment, checked."""

    name: str
    origin: str
    client_id: str
    secret_name: str
    scope: str
    github: str

    @property
    def base(self) -> str:
        """Where the login answers, with a slash at the end."""
        return f"/_platform/{self.name}/"

    @property
    def callback(self) -> str:
        """The address to which GitHub sends the browser back."""
        return f"{self.origin}{self.base}callback"

    @property
    def cookie(self) -> str:
        """The name of the cookie."""
        return f"__Host-platform-{self.name}"


class LoginError(Exception):
    """A login can't go on.

    Attributes:
        status: Of the HTTP answer.
        reference: For the log; never holds what a request brought.
        text: What the person can do.
    """

    def __init__(self, status: int, reference: str, text: str) -> None:
        super().__init__(reference)
        self.status = status
        self.reference = reference
        self.text = text


_AGAIN = "Close this window and log in again."
_OPERATOR = "Tell whoever runs this site; the reference is"


def handler(event: Mapping[str, Any], _context: object = None) -> dict[str, Any]:
    """Answer one request."""
    try:
        config = _config()
    except ValueError as error:
        _log("error", f"configuration: {error}")
        return _plain(500, "The login of this site is not configured.\n")
    method = event.get("requestContext", {}).get("http", {}).get("method", "")
    route = {f"{config.base}auth": _auth, f"{config.base}callback": _callback}.get(event.get("rawPath", ""))
    if route is None:
        return _plain(400, "There is nothing here.\n")
    if method != "GET":
        return _plain(405, "Method not allowed.\n", {"allow": "GET"})
    try:
        return route(config, event)
    except LoginError as refused:
        _log("warning", refused.reference)
        answer = "authorization:github:error:" + json.dumps({"message": refused.text})
        return _page(config, refused.status, "You are not logged in", refused.text, answer)


def _auth(config: Config, event: Mapping[str, Any]) -> dict[str, Any]:
    """Send the browser to GitHub, with a cookie that it must bring back."""
    query = _query(event)
    host = urllib.parse.urlsplit(config.origin).hostname
    if query.get("provider") != "github":
        raise LoginError(400, "provider", "Only GitHub is a provider here. Open /admin/ and log in from there.")
    if query.get("site_id") != host:
        raise LoginError(
            400, "site-id", f"This login serves {host} only. Open {config.origin}/admin/ and log in from there."
        )
    scope = query.get("scope", config.scope)
    if scope not in _SCOPES[config.scope]:
        raise LoginError(400, "scope", "The editor asks for more rights than this site allows. Deploy the site again.")
    key = _key(config)
    nonce, end = secrets.token_urlsafe(32), int(time.time()) + _LIFETIME
    challenge = _base64(hashlib.sha256(_sign(key, "verifier", nonce, end).encode()).digest())
    parameters = {
        "client_id": config.client_id,
        "redirect_uri": config.callback,
        "scope": scope,
        "state": _sign(key, "state", nonce, end),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "allow_signup": "false",
    }
    location = f"{config.github}/login/oauth/authorize?{urllib.parse.urlencode(parameters)}"
    cookie = f"{nonce}.{end}.{_sign(key, 'cookie', nonce, end)}"
    return {
        "statusCode": 302,
        "headers": {"location": location, "cache-control": "no-store", "referrer-policy": "no-referrer"},
        "cookies": [_set_cookie(config, cookie, _LIFETIME)],
        "body": "",
    }


def _callback(config: Config, event: Mapping[str, Any]) -> dict[str, Any]:
    """Exchange GitHub's code for a token and hand that to the editor."""
    query = _query(event)
    key = _key(config)
    nonce, end = _opened_cookie(config, key, event)
    if not hmac.compare_digest(
        query.get("state", "").encode("utf-8", "replace"), _sign(key, "state", nonce, end).encode()
    ):
        raise LoginError(400, "state", f"This answer does not belong to the login that you began. {_AGAIN}")
    if "error" in query:
        text = {"access_denied": "You did not allow the editor to use your GitHub account."}
        raise LoginError(400, "github-refused", f"{text.get(query['error'], 'GitHub refused the login.')} {_AGAIN}")
    code = query.get("code", "")
    if not _CODE.fullmatch(code):
        raise LoginError(400, "code", f"GitHub's answer holds no code. {_AGAIN}")
    token = _exchange(config, code, _sign(key, "verifier", nonce, end))
    _log("info", "logged-in")
    answer = "authorization:github:success:" + json.dumps({"token": token, "provider": "github"})
    return _page(config, 200, "You are logged in", "This window closes by itself.", answer)


def _opened_cookie(config: Config, key: bytes, event: Mapping[str, Any]) -> tuple[str, int]:
    """Return nonce and end of the login that this browser began."""
    values = [
        cookie.partition("=")[2] for cookie in event.get("cookies") or () if cookie.startswith(f"{config.cookie}=")
    ]
    match = _COOKIE_VALUE.fullmatch(values[0]) if len(values) == 1 else None
    if not match:
        raise LoginError(
            400, "cookie-missing", f"This browser did not begin a login here, or it blocks cookies. {_AGAIN}"
        )
    nonce, end = match[1], int(match[2])
    if not hmac.compare_digest(match[3], _sign(key, "cookie", nonce, end)):
        raise LoginError(400, "cookie-forged", f"This browser did not begin a login here. {_AGAIN}")
    if end < time.time():
        raise LoginError(400, "expired", f"The login took longer than ten minutes. {_AGAIN}")
    return nonce, end


def _exchange(config: Config, code: str, verifier: str) -> str:
    """Ask GitHub for the token; only this function knows the client secret."""
    fields = {
        "client_id": config.client_id,
        "client_secret": _client_secret(config.secret_name),
        "code": code,
        "redirect_uri": config.callback,
        "code_verifier": verifier,
    }
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked with the configuration
        f"{config.github}/login/oauth/access_token",
        urllib.parse.urlencode(fields).encode(),
        {"accept": "application/json", "user-agent": f"platform-{config.name}-login"},
    )
    try:
        with _opener().open(request, timeout=_TIMEOUT) as response:
            answer = json.loads(response.read(_MOST_BYTES))
    except (OSError, ValueError, http.client.HTTPException) as error:
        # The text of the error may hold the address, never its fields; the type is enough.
        _log("error", f"exchange: {type(error).__name__}")
        raise LoginError(
            502, "github-unreachable", f"GitHub did not answer as it should. Wait a minute. {_AGAIN}"
        ) from None
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if isinstance(token, str) and _TOKEN.fullmatch(token):
        return token
    error_name = answer.get("error") if isinstance(answer, dict) else None
    if error_name in {"incorrect_client_credentials", "redirect_uri_mismatch"}:
        raise LoginError(502, str(error_name), f"GitHub does not accept this site's login. {_OPERATOR} {error_name}.")
    raise LoginError(400, "code-refused", f"GitHub does not accept this code; it serves once only. {_AGAIN}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the client secret to another address."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def _query(event: Mapping[str, Any]) -> dict[str, str]:
    try:
        pairs = urllib.parse.parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        pairs = [("", "")] * 2
    found = dict(pairs)
    if len(found) != len(pairs):
        raise LoginError(400, "query", f"The address is not one that the editor or GitHub makes. {_AGAIN}")
    return found


def _config() -> Config:
    env = os.environ
    config = Config(
        name=env.get("LOGIN_NAME", ""),
        origin=env.get("SITE_ORIGIN", ""),
        client_id=env.get("CLIENT_ID", ""),
        secret_name=env.get("CLIENT_SECRET_NAME", ""),
        scope=env.get("SCOPE", "repo"),
        github=env.get("GITHUB_URL", "https://github.com").rstrip("/"),
    )
    github = urllib.parse.urlsplit(config.github)
    if not _ORIGIN.fullmatch(config.origin):
        raise ValueError("SITE_ORIGIN is not an https origin")
    if not _NAME.fullmatch(config.name):
        raise ValueError("LOGIN_NAME is missing or wrong")
    if not config.client_id or not config.secret_name or config.scope not in _SCOPES:
        raise ValueError("CLIENT_ID, CLIENT_SECRET_NAME or SCOPE is missing or wrong")
    if github.scheme != "https" and (github.scheme, github.hostname) != ("http", "127.0.0.1"):
        raise ValueError("GITHUB_URL is not an https address")
    return config


_held: dict[str, tuple[float, str]] = {}


def _client_secret(name: str, clock: Callable[[], float] = time.monotonic) -> str:
    """Return the secret; it is asked for anew after a few minutes, so it can be rolled."""
    since, value = _held.get(name, (0.0, ""))
    if value and clock() - since < _SECRET_AGE:
        return value
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        value = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"].strip()
    except (BotoCoreError, ClientError, KeyError) as error:
        _log("error", f"secret {name}: {type(error).__name__}")
        value = ""
    if not value:
        raise LoginError(503, "no-client-secret", f"The login of this site is not ready. {_OPERATOR} no-client-secret.")
    _held[name] = (clock(), value)
    return value


def _key(config: Config) -> bytes:
    """Derive the signing key, so that one secret is enough to keep."""
    purpose = f"platform {config.name} login\0{config.origin}\0{config.client_id}".encode()
    return hmac.new(_client_secret(config.secret_name).encode(), purpose, hashlib.sha256).digest()


def _sign(key: bytes, purpose: str, nonce: str, end: int) -> str:
    return _base64(hmac.new(key, f"{purpose}\0{nonce}\0{end}".encode(), hashlib.sha256).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _set_cookie(config: Config, value: str, age: int) -> str:
    # GitHub's answer is a navigation from another site: Strict would hold the cookie back.
    return f"{config.cookie}={value}; Max-Age={age}; Path=/; Secure; HttpOnly; SameSite=Lax"


def _page(config: Config, status: int, title: str, text: str, answer: str) -> dict[str, Any]:
    """Return a page that hands *answer* to the window that opened it, and to no other."""
    values = {
        "title": title,
        "text": text,
        "origin": config.origin,
        "answer": answer,
        "script": config.origin + _SCRIPT,
    }
    policy = (
        f"default-src 'none'; script-src {config.origin}{_SCRIPT}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }
    body = _PAGE.substitute({name: html.escape(value) for name, value in values.items()})
    # Each login serves once: the cookie goes, whatever came of it.
    return {"statusCode": status, "headers": headers, "cookies": [_set_cookie(config, "", 0)], "body": body}


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    base = {
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return {"statusCode": status, "headers": base | dict(headers or {}), "body": text}


def _log(level: str, reference: str) -> None:
    """Write a line for CloudWatch; codes, tokens and addresses never come here."""
    print(json.dumps({"level": level, "login": reference}))  # noqa: T201 - Lambda's log is standard output
