"""A site that is rendered on a server too, on this machine: the real function, behind the real viewer function.

The reference engine has one dynamic page, a form, and a page of its own for what is
missing. Everything goes over HTTP to the local edge of `platform up`.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from platform_testing.distributions import install_fakes

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

SITE = 'client = "acme"\ndomain = "www.acme.example"\ntitle = "First"\nengine = "ssg-echo"\nrendering = "server"\n'
FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    """What came back for one request; nothing is followed."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def facts(self) -> dict[str, Any]:
        """What the dynamic page tells of the request."""
        found: dict[str, Any] = json.loads(self.body)
        return found


Fetch = Callable[..., Answer]


@dataclass
class Running:
    """The site, up.

    Attributes:
        site: From the fixture `run_site`.
        environment: In which the command finds the reference fakes.
        program: The command.
    """

    site: Any
    environment: Mapping[str, str]
    program: Path

    def fetch(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send one request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection(urlsplit(self.site.url).netloc, timeout=30)) as connection:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def run(self, *arguments: str) -> str:
        """Run the command on the site."""
        done = subprocess.run(
            [self.program, *arguments, self.site.folder],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def edit(self, title: str) -> None:
        """Change the title of the one entry, and wait until that is live."""
        seen = len(self.site.output)
        (self.site.folder / "content" / "posts" / "hello.md").write_text(f"---\ntitle: {title}\n---\nText.\n", "utf-8")
        self.site.wait_for("is live after", after=seen)

    def titles(self) -> tuple[str, list[str]]:
        """Return the title of the entry as its page has it, and as the server knows it."""
        page = self.fetch("/posts/hello/").body.decode()
        found = re.search("<h1>(.*?)</h1>", page)
        assert found
        return found[1], self.fetch("/echo/x").facts["entries"]


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A site of the reference engine, with the reference fakes on the path of what it starts."""
    base = tmp_path_factory.mktemp("server")
    folder = base / "site"
    folder.mkdir()
    (folder / "site.toml").write_text(SITE, "utf-8")
    (folder / "static").mkdir()
    (folder / "static" / "plain.txt").write_text("as it is", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(install_fakes(base / "plugins")))
        yield folder


@pytest.fixture(scope="module", name="running")
def _running(
    folder: Path, run_site: Callable[..., AbstractContextManager[Any]], platform_program: Path
) -> Iterator[Running]:
    with run_site(folder) as site:
        yield Running(site, dict(os.environ), platform_program)


@pytest.fixture(scope="module", name="fetch")
def _fetch(running: Running) -> Fetch:
    return running.fetch


def test_what_has_a_file_is_served_as_a_file(fetch: Fetch):
    """Pages, assets and plain files come from the bucket, as on a static site."""
    page = fetch("/posts/hello/")
    assert (page.status, b"<h1>Hello" in page.body) == (200, True)
    assert "s-maxage=31536000" in page.headers["cache-control"]
    assert fetch("/posts/hello").headers["location"] == "/posts/hello/"
    assert fetch("/plain.txt").body == b"as it is"
    style = re.search(rb'href="(/assets/style\.[0-9a-f]+\.css)"', page.body)
    assert style
    assert "immutable" in fetch(style[1].decode()).headers["cache-control"]


def test_what_has_no_file_is_asked_from_the_server(fetch: Fetch):
    """The server sees path, query, headers and cookies as they were sent, under the site's own host."""
    facts = fetch("/echo/a%20b/", x_test="1 2", Cookie="a=1; b=2").facts
    assert facts["path"] in {"/echo/a%20b/", "/echo/a b/"}
    assert (facts["title"], facts["method"], facts["header"]) == ("First", "GET", "1 2")
    assert facts["cookies"] == ["a=1", "b=2"]
    assert facts["host"] == "www.acme.example"
    assert facts["mode"] == "on"
    assert fetch("/echo/x?b=2&a=1&b=3").facts["query"].split("&") == ["b=2", "b=3", "a=1"]


def test_our_own_headers_stay_between_us(fetch: Fetch):
    """A visitor can't set what the viewer function tells the server, and the server does not see it."""
    answer = fetch("/echo/x", x_platform_viewer="203.0.113.9", x_platform_token="guess", x_platform_key="other")
    assert answer.status == 200
    assert answer.facts["ours"] == []
    assert answer.facts["ip"] == "127.0.0.1"


def test_a_form_is_posted_to_the_server(fetch: Fetch):
    """The body arrives, and each cookie of the answer is one header."""
    answer = fetch("/form", "POST", b"name=Ada+L", content_type=FORM)
    assert (answer.status, answer.headers["location"]) == (303, "/echo/thanks")
    assert answer.headers.get_all("set-cookie") == ["name=Ada%20L; Path=/; HttpOnly", "sent=1; Path=/"]
    assert b"<form" in fetch("/form").body


def test_bytes_go_both_ways(fetch: Fetch):
    """What is not text is not changed on its way."""
    sent = bytes(range(256))
    answer = fetch("/echo/x", "PUT", sent, content_type="application/octet-stream")
    assert answer.facts["body"].encode("latin1") == sent
    picture = fetch("/picture")
    assert (picture.headers["content-type"], picture.body) == ("image/png", b"\x89PNG\x00\xff")


def test_a_missing_page_is_the_servers_own(fetch: Fetch):
    """Its 404 page arrives with its status, and says nothing of how it came through."""
    answer = fetch("/nowhere")
    assert (answer.status, b"First has no page /nowhere" in answer.body) == (404, True)
    assert answer.headers["x-platform-status"] is None
    assert answer.headers["content-security-policy"]


def test_a_missing_asset_is_not_asked_from_the_server(fetch: Fetch):
    """Below the folder of assets there are files only: what is missing shows the 404 page of the release."""
    answer = fetch("/assets/gone.css")
    assert (answer.status, b"There is nothing here" in answer.body) == (404, True)


@pytest.mark.parametrize("path", ["/posts/hello/", "/posts/hello", "/plain.txt", "/assets/x.css"])
def test_nothing_is_posted_to_a_file(fetch: Fetch, path: str):
    """Files answer GET and HEAD."""
    answer = fetch(path, "POST", b"x")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_route_is_asked_though_there_is_a_file(fetch: Fetch):
    """What the engine keeps for its server goes there."""
    assert fetch("/api/x").facts["path"] == "/api/x"


def test_a_query_never_reaches_the_bucket(fetch: Fetch):
    """The bucket would take it for an order: to answer with another type, for one."""
    answer = fetch("/plain.txt?response-content-type=text/html", x_amz_meta_x="1")
    assert answer.headers["content-type"].startswith("text/plain")


def test_what_may_be_kept_is_said_by_the_server_alone(fetch: Fetch):
    """Without a word of the server nothing is kept; nor is an answer with cookies."""
    assert fetch("/echo/x").headers["cache-control"] == "private, no-store"
    assert fetch("/kept").headers["cache-control"] == "public, s-maxage=60"
    assert fetch("/form", "POST", b"name=x", content_type=FORM).headers["cache-control"] == "private, no-store"


def test_a_server_that_fails_tells_its_author_and_no_visitor(running: Running):
    """Visitors get 500 and a sentence; where the site runs, the reason is shown."""
    answer = running.fetch("/breaks")
    assert (answer.status, b"on purpose" in answer.body) == (500, False)
    running.site.wait_for("server: Error: on purpose")


def test_nobody_gets_past_the_edge(running: Running, ask: Callable[..., Any]):
    """The function's own address answers only who has the token of the release."""
    functions = running.site.client("lambda")
    (function,) = [
        row["FunctionName"] for row in functions.list_functions()["Functions"] if "Server" in row["FunctionName"]
    ]
    (url,) = functions.list_function_url_configs(FunctionName=function)["FunctionUrlConfigs"]
    place = f"{running.site.aws}/_aws/lambda-url/{urlsplit(url['FunctionUrl']).hostname.partition('.')[0]}"
    for headers in ({}, {"x-platform-token": "0" * 48}, {"x-platform-key": "x"}):
        assert ask(f"{place}/echo/x", headers=headers)[0] == 403
        assert ask(f"{place}/_platform/ready", headers=headers)[0] == 403


def test_files_and_server_change_and_come_back_together(running: Running):
    """An edit is live in both; a rollback takes both back, a second one forward, and `releases` tells."""
    running.edit("Second")
    assert running.titles() == ("Second", ["Second"])
    running.run("rollback", "--local")
    assert running.titles() == ("Hello", ["Hello"])
    running.run("rollback", "--local")
    assert running.titles() == ("Second", ["Second"])
    rows = json.loads(running.run("releases", "--local", "--json"))
    assert [(row["live"], row["server"]) for row in rows] == [(True, True), (False, True)]


def test_what_this_machine_can_not_do_is_said(running: Running):
    """Among them what a server would meet on AWS."""
    assert "A server's limits" in running.site.output


def test_the_server_is_there_after_a_pause(
    tmp_path: Path, run_site: Callable[..., AbstractContextManager[Any]], platform_program: Path
):
    """Started again, the site has its server at once: nothing is built and nothing is published."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.toml").write_text(SITE, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(install_fakes(tmp_path / "plugins")))
        with run_site(folder) as site:
            first = Running(site, dict(os.environ), platform_program).fetch("/echo/x").facts["title"]
        with run_site(folder) as site:
            assert re.search(r"start the embedded AWS .* with the state of last time", site.output)
            assert Running(site, dict(os.environ), platform_program).fetch("/echo/x").facts["title"] == first == "First"
