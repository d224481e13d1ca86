"""The GitHub login, with a stand-in for GitHub at the HTTP boundary."""

from __future__ import annotations

import ast
import html
import json
import re
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.runtime import github_login as oauth

AUTH = "/_platform/decap/auth"
CALLBACK = "/_platform/decap/callback"
ORIGIN = "https://www.acme.example"
SECRET = "a client secret that only AWS and GitHub know"
TOKEN = "ghu_16C7e42F292c6912E7710c838347Ae178B4a"
ASKED = "provider=github&site_id=www.acme.example&scope=repo"
pytestmark = pytest.mark.usefixtures("github")


def get(path: str, query: str = "", *cookies: str, method: str = "GET") -> dict[str, Any]:
    """Call the function as an HTTP API does."""
    return oauth.handler(
        {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "cookies": list(cookies),
            "headers": {"host": "abc123.execute-api.us-east-1.amazonaws.com"},
            "requestContext": {"http": {"method": method, "path": path}},
        }
    )


def cookie_of(answer: dict[str, Any]) -> str:
    return answer["cookies"][0].partition(";")[0]


def begin(query: str = ASKED) -> tuple[str, str]:
    """Begin a login; return the cookie and where the browser is sent."""
    answer = get(AUTH, query)
    assert answer["statusCode"] == 302
    return cookie_of(answer), answer["headers"]["location"]


def way_back(github: Any) -> tuple[str, str]:
    """Go to GitHub and back; return the cookie and the query of the way back."""
    cookie, location = begin()
    return cookie, urllib.parse.urlsplit(github.authorize(location)).query


def message_of(answer: dict[str, Any]) -> str:
    """Return what the page hands to the editor."""
    found = re.search(r'data-answer="([^"]*)"', answer["body"])
    assert found
    return html.unescape(found[1])


def refusal(answer: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    """Check that a login was refused on a page that says what to do; return the logged reference."""
    assert answer["statusCode"] >= 400
    assert answer["statusCode"] not in {403, 404}
    assert message_of(answer).startswith("authorization:github:error:{")
    assert TOKEN not in answer["body"]
    return str(json.loads(capsys.readouterr().out.splitlines()[-1])["login"])


def test_a_login_hands_over_the_token(github: Any) -> None:
    """The whole way: to GitHub, back, exchange, and the message that Decap waits for."""
    cookie, query = way_back(github)
    answer = get(CALLBACK, query, cookie)
    assert answer["statusCode"] == 200
    assert message_of(answer) == f'authorization:github:success:{{"token": "{TOKEN}", "provider": "github"}}'


def test_github_is_asked_as_it_wants() -> None:
    """The way there has client, way back, scope, state and an S256 challenge."""
    location = urllib.parse.urlsplit(begin()[1])
    query = dict(urllib.parse.parse_qsl(location.query))
    assert location.path == "/login/oauth/authorize"
    assert query["redirect_uri"] == f"{ORIGIN}/_platform/decap/callback"
    assert (query["scope"], query["code_challenge_method"]) == ("repo", "S256")
    assert len(query["state"]) == len(query["code_challenge"]) == 43


def test_the_verifier_goes_to_the_exchange_only(github: Any) -> None:
    """PKCE: what the browser sees is the challenge, and GitHub finds the verifier right."""
    cookie, query = way_back(github)
    answer = get(CALLBACK, query, cookie)
    (fields,) = github.exchanges
    assert len(fields["code_verifier"]) == 43
    assert fields["code_verifier"] not in cookie + query + answer["body"]


def test_the_cookie_is_out_of_reach() -> None:
    """Scripts, other hosts and plain HTTP never see the cookie, and it ends by itself."""
    header = get(AUTH, ASKED)["cookies"][0]
    assert header.startswith("__Host-platform-decap=")
    assert {part.strip() for part in header.split(";")[1:]} == {
        "Max-Age=600", "Path=/", "Secure", "HttpOnly", "SameSite=Lax",
    }  # fmt: skip


def test_each_login_has_its_own_state() -> None:
    """No two logins share cookie, state or challenge."""
    first, second = begin(), begin()
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_the_cookie_does_not_tell_the_state() -> None:
    """Who reads the cookie still knows neither state nor challenge."""
    cookie, location = begin()
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    assert query["state"] not in cookie
    assert query["code_challenge"] not in cookie


def test_the_cookie_goes_after_the_login(github: Any) -> None:
    """A login serves once: the answer takes the cookie away."""
    cookie, query = way_back(github)
    assert "Max-Age=0" in get(CALLBACK, query, cookie)["cookies"][0]


def test_a_code_serves_once(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who repeats the whole request, cookie included, gets no token."""
    cookie, query = way_back(github)
    assert get(CALLBACK, query, cookie)["statusCode"] == 200
    assert refusal(get(CALLBACK, query, cookie), capsys) == "code-refused"


def test_another_browser_is_refused(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The address of the way back is worth nothing without the cookie."""
    _, query = way_back(github)
    assert refusal(get(CALLBACK, query), capsys) == "cookie-missing"
    assert github.exchanges == []


def test_the_cookie_of_another_login_is_refused(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """An attacker's code and state can't be completed in somebody else's browser."""
    _, query = way_back(github)
    victim, _ = begin()
    assert refusal(get(CALLBACK, query, victim), capsys) == "state"
    assert github.exchanges == []


@pytest.mark.parametrize("change", ["missing", "empty", "other"])
def test_a_wrong_state_is_refused(github: Any, capsys: pytest.CaptureFixture[str], change: str) -> None:
    """Without the state of this login there is no exchange."""
    cookie, query = way_back(github)
    fields = dict(urllib.parse.parse_qsl(query))
    state = {"missing": {}, "empty": {"state": ""}, "other": {"state": "A" * 43}}[change]
    fields.pop("state")
    assert refusal(get(CALLBACK, urllib.parse.urlencode({**fields, **state}), cookie), capsys) == "state"
    assert github.exchanges == []


def test_an_old_login_is_refused(
    github: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ten minutes the login has to begin again."""
    cookie, query = way_back(github)
    now = time.time()
    monkeypatch.setattr(oauth.time, "time", lambda: now + 601)
    assert refusal(get(CALLBACK, query, cookie), capsys) == "expired"


def test_a_longer_life_can_not_be_written(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The end of a login is signed."""
    cookie, query = way_back(github)
    nonce, end, signature = cookie.split(".")
    forged = f"{nonce}.{int(end) + 600}.{signature}"
    assert refusal(get(CALLBACK, query, forged), capsys) == "cookie-forged"


def test_two_cookies_are_refused(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A second cookie of the name, which somebody else may have set, is not weighed against the first."""
    cookie, query = way_back(github)
    assert refusal(get(CALLBACK, query, cookie, begin()[0]), capsys) == "cookie-missing"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120))
def test_no_text_is_a_cookie(text: str) -> None:
    """Whatever a browser sends as the cookie, nobody is logged in and nothing breaks."""
    answer = get(CALLBACK, f"code=abc&state={'A' * 43}", f"__Host-platform-decap={text}")
    assert answer["statusCode"] == 400


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_no_query_breaks_it(query: str) -> None:
    """Any query ends in a refusal."""
    assert get(AUTH, query)["statusCode"] == 400
    assert get(CALLBACK, query)["statusCode"] == 400


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        ("provider=gitlab&site_id=www.acme.example&scope=repo", "provider"),
        ("site_id=www.acme.example", "provider"),
        ("provider=github&site_id=mallory.example&scope=repo", "site-id"),
        ("provider=github&scope=repo", "site-id"),
        ("provider=github&site_id=www.acme.example&scope=admin:org", "scope"),
        ("provider=github&site_id=www.acme.example&scope=repo,delete_repo", "scope"),
        ("provider=github&site_id=www.acme.example&scope=", "scope"),
        ("provider=github&provider=gitlab&site_id=www.acme.example", "query"),
        ("&".join(f"a{number}=1" for number in range(21)), "query"),
    ],
)
def test_what_is_not_this_sites_login_does_not_begin(
    capsys: pytest.CaptureFixture[str], query: str, reference: str
) -> None:
    """Other providers, other sites, and other rights are refused before GitHub hears of them."""
    answer = get(AUTH, query)
    assert refusal(answer, capsys) == reference
    assert "location" not in answer["headers"]


def test_a_public_site_asks_for_less(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """When public_repo is enough, more than that is refused."""
    monkeypatch.setenv("SCOPE", "public_repo")
    assert "scope=public_repo" in begin("provider=github&site_id=www.acme.example")[1]
    assert refusal(get(AUTH, ASKED), capsys) == "scope"


def test_somebody_who_says_no(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal at GitHub is told in words, and the editor hears of it."""
    github.denies = True
    cookie, query = way_back(github)
    answer = get(CALLBACK, query, cookie)
    assert refusal(answer, capsys) == "github-refused"
    assert "You did not allow" in message_of(answer)


def test_githubs_words_are_not_repeated(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Text from an address never reaches the page or the log."""
    cookie, query = way_back(github)
    state = dict(urllib.parse.parse_qsl(query))["state"]
    bad = urllib.parse.urlencode(
        {"error": "<script>alert(1)</script>", "error_description": "call 555", "state": state}
    )
    answer = get(CALLBACK, bad, cookie)
    assert "alert" not in answer["body"]
    assert "555" not in answer["body"]
    assert refusal(answer, capsys) == "github-refused"


@pytest.mark.parametrize("code", ["", "a b", "a" * 257, "a%00", "<b>"])
def test_a_code_that_is_none(github: Any, capsys: pytest.CaptureFixture[str], code: str) -> None:
    """What can't be a code is not sent to GitHub."""
    cookie, query = way_back(github)
    fields = dict(urllib.parse.parse_qsl(query)) | {"code": code}
    assert refusal(get(CALLBACK, urllib.parse.urlencode(fields), cookie), capsys) == "code"
    assert github.exchanges == []


@pytest.mark.parametrize(
    ("reply_of", "reference"),
    [
        ((500, b"oops", {}), "github-unreachable"),
        ((200, b"<html>", {}), "github-unreachable"),
        ((302, b"", {"location": "http://127.0.0.1:1/"}), "github-unreachable"),
        ((200, {"error": "incorrect_client_credentials"}, {}), "incorrect_client_credentials"),
        ((200, {"error": "bad_verification_code"}, {}), "code-refused"),
        ((200, {"access_token": ""}, {}), "code-refused"),
        ((200, {"access_token": '"</script><script>'}, {}), "code-refused"),
        ((200, {"access_token": ["a"]}, {}), "code-refused"),
        ((200, ["a"], {}), "code-refused"),
    ],
)
def test_a_bad_answer_of_github(
    request: pytest.FixtureRequest, reply: Any, reply_of: tuple[Any, ...], reference: str
) -> None:
    """Errors, redirects and nonsense from GitHub end on a page that says what to do."""
    github, capsys = request.getfixturevalue("github"), request.getfixturevalue("capsys")
    cookie, query = way_back(github)
    github.token_reply = reply(*reply_of)
    assert refusal(get(CALLBACK, query, cookie), capsys) == reference


def test_github_that_is_away(github: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody answers, the person is told to wait."""
    cookie, query = way_back(github)
    monkeypatch.setenv("GITHUB_URL", "http://127.0.0.1:9")
    assert refusal(get(CALLBACK, query, cookie), capsys) == "github-unreachable"


def test_the_page_is_strict(github: Any) -> None:
    """Only the site's own script runs, nothing is kept, and nobody may frame the page."""
    cookie, query = way_back(github)
    headers = get(CALLBACK, query, cookie)["headers"]
    policy = headers["content-security-policy"]
    assert f"default-src 'none'; script-src {ORIGIN}/admin/login.js;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_the_page_has_no_inline_code(github: Any) -> None:
    """The page works under the site's own policy too."""
    cookie, query = way_back(github)
    body = get(CALLBACK, query, cookie)["body"]
    assert re.findall(r"<script([^>]*)>(.*?)</script>", body) == [(f' defer src="{ORIGIN}/admin/login.js"', "")]
    assert "<style" not in body


def test_the_token_goes_to_one_origin(github: Any) -> None:
    """The page names the origin to which its script posts, and no star."""
    cookie, query = way_back(github)
    assert f'data-origin="{ORIGIN}"' in get(CALLBACK, query, cookie)["body"]
    script = oauth.SCRIPT.read_text("utf-8")
    assert re.findall(r"postMessage\([^,]+, ([^)]+)\)", script) == ["origin", "origin"]


def test_nothing_secret_is_logged(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither code, token, state, cookie nor secret reaches the log, whether it goes well or not."""
    cookie, query = way_back(github)
    for _ in range(2):
        get(CALLBACK, query, cookie)
    logged = capsys.readouterr().out
    words = [TOKEN, SECRET, cookie.partition("=")[2], *dict(urllib.parse.parse_qsl(query)).values()]
    assert logged
    assert not [word for word in words if word in logged]


def test_the_host_header_is_not_believed(github: Any) -> None:
    """The way back is the configured origin, whatever host the request names."""
    assert "amazonaws" not in begin()[1]


@pytest.mark.parametrize(("path", "status"), [("/_platform/decap/", 400), ("/_platform/decap/token", 400), ("", 400)])
def test_other_addresses(path: str, status: int) -> None:
    """There is nothing else."""
    assert get(path)["statusCode"] == status


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT"])
def test_other_methods(method: str) -> None:
    """Only GET is answered."""
    assert get(AUTH, ASKED, method=method)["statusCode"] == 405


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_ORIGIN", "http://www.acme.example"),
        ("SITE_ORIGIN", "https://www.acme.example/"),
        ("SITE_ORIGIN", "*"),
        ("SITE_ORIGIN", ""),
        ("LOGIN_NAME", "a/b"),
        ("CLIENT_ID", ""),
        ("CLIENT_SECRET_NAME", ""),
        ("SCOPE", "admin:org"),
        ("GITHUB_URL", "http://github.com"),
        ("GITHUB_URL", "http://127.0.0.1.mallory.example"),
        ("GITHUB_URL", "file:///etc"),
    ],
)
def test_a_wrong_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    """A function that was set up wrongly logs nobody in and says in its log what is wrong."""
    monkeypatch.setenv(name, value)
    assert get(AUTH, ASKED)["statusCode"] == 500
    assert "configuration" in capsys.readouterr().out


def test_another_secret_ends_what_was_begun(github: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What was signed with a former secret does not count."""
    cookie, query = way_back(github)
    oauth._held["platform/acme/github-oauth"] = (time.monotonic(), "another")
    assert refusal(get(CALLBACK, query, cookie), capsys) == "cookie-forged"


@pytest.fixture
def secrets_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """A real Secrets Manager, of the embedded AWS; gives a function that sets the secret."""
    emulator = pytest.importorskip("platform_cli.local.emulator")
    processes = pytest.importorskip("platform_cli.local.processes")
    aws = emulator.start_embedded_aws(tmp_path / "aws", processes.free_port(), log=tmp_path / "aws.log")
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(oauth, "_held", {})
    client = aws.client("secretsmanager")

    def put(value: str) -> None:
        try:
            client.put_secret_value(SecretId="platform/acme/github-oauth", SecretString=value)
        except client.exceptions.ResourceNotFoundException:
            client.create_secret(Name="platform/acme/github-oauth", SecretString=value)

    yield put
    client.close()
    aws.stop()


@pytest.mark.embedded
def test_the_secret_comes_from_secrets_manager(
    github: Any, secrets_manager: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the entry the login is not ready; with it, a login goes through; later the entry is read anew."""
    assert refusal(get(AUTH, ASKED), capsys) == "no-client-secret"
    secrets_manager(f"{SECRET}\n")
    cookie, query = way_back(github)
    assert get(CALLBACK, query, cookie)["statusCode"] == 200
    secrets_manager("another")
    name = "platform/acme/github-oauth"
    assert oauth._client_secret(name) == SECRET
    assert oauth._client_secret(name, clock=lambda: time.monotonic() + 301) == "another"


def test_it_needs_the_standard_library_and_boto3_only() -> None:
    """The module runs in Lambda with nothing beside it."""
    tree = ast.parse(Path(oauth.__file__).read_text("utf-8"))
    names = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"boto3", "botocore"}
