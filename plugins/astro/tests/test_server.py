"""The same starter with a server in it: one page is rendered when it is asked for, all others are files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.node import node

_ASK = """
const { handler } = await import(process.argv[2]);
const answers = [];
for (const [path, query] of JSON.parse(process.argv[3])) {
  const requestContext = { domainName: 'www.example.com', http: { method: 'GET', path, sourceIp: '127.0.0.1' } };
  const headers = { host: 'www.example.com', 'x-forwarded-host': 'www.example.com' };
  answers.push(await handler({ version: '2.0', rawPath: path, rawQueryString: query, headers, requestContext, isBase64Encoded: false }, {}));
}
process.stdout.write('\\n' + JSON.stringify(answers));
"""


@pytest.fixture(scope="module", name="built")
def _built(starter: Callable[..., Any]) -> Any:
    """The observatory, with a server."""
    return starter("modern_interactive", "server")


@pytest.fixture(scope="module", name="ask")
def _ask(built: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Ask the function as Lambda does, for a path and a query."""
    script = tmp_path_factory.mktemp("ask") / "ask.mjs"
    script.write_text(_ASK, "utf-8")

    def ask(path: str, query: str = "") -> dict[str, Any]:
        handler = (built.plan.server.folder / "index.mjs").as_uri()
        command = [str(node()), str(script), handler, json.dumps([[path, query]])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])[0]
        return answer

    return ask


def test_one_page_is_no_file(built: Any) -> None:
    """What is rendered on demand is in the bundle; everything else is a file."""
    assert not (built.output / "tonight").exists()
    names = ["index.html", "404.html", "visit/index.html", "products/mug/index.html", "ledger/page/2/index.html"]
    for name in [*names, "rss.xml", "2014/old.html"]:
        assert (built.output / name).is_file(), name


def test_the_bundle_is_whole(built: Any) -> None:
    """Nothing in it leads out of the folder, and it is far from Lambda's limit."""
    files = [path for path in built.plan.server.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < 20_000_000


def test_the_night_of_the_query_is_rendered(ask: Callable[..., dict[str, Any]]) -> None:
    """The page is for the date that was asked for, with the slots of every page, and may be kept for ten minutes."""
    answer = ask("/tonight/", "date=2027-02-19")
    assert answer["statusCode"] == 200
    assert "Friday, 19 February 2027" in answer["body"]
    assert 'type="submit"' in answer["body"]
    assert '<a href="https://shop.example/buy">Cart</a>' in answer["body"]
    assert answer["headers"]["cache-control"] == "public, max-age=0, s-maxage=600"


@pytest.mark.parametrize("query", ["date=1899-01-01", "date=%3Cscript%3E", "date=2027-02-31x", "date="])
def test_a_date_that_is_none_is_tonight(ask: Callable[..., dict[str, Any]], query: str) -> None:
    """What is not a date that can be computed is not echoed."""
    answer = ask("/tonight/", query)
    assert answer["statusCode"] == 200
    assert "1899" not in answer["body"]


def test_an_address_without_its_slash_leads_to_the_page(ask: Callable[..., dict[str, Any]]) -> None:
    """Pages have one address; the query comes along."""
    answer = ask("/tonight", "date=2027-02-19")
    assert (answer["statusCode"], answer["headers"]["location"]) == (301, "/tonight/?date=2027-02-19")


@pytest.mark.parametrize("path", ["/nothing/", "/nothing", "//other.example/tonight", "/%E0%A4%A"])
def test_what_is_missing_is_the_sites_own_page(ask: Callable[..., dict[str, Any]], built: Any, path: str) -> None:
    """The function shows the page that the release shows, and never leads to another host."""
    answer = ask(path)
    assert answer["statusCode"] in {400, 404}
    assert "location" not in answer["headers"]
    if answer["statusCode"] == 404:
        assert "This page is not here" in answer["body"]
    assert Path(built.plan.server.folder / "404.html").is_file()
