"""Fixtures of the tests that cross distributions."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

import pytest

from platform_cli.local.processes import wait_until

ROOT = Path(__file__).parent.parent
PLATFORM = Path(sys.executable).with_name("platform")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# This machine, also by the names that a stand-in has for a vendor's subdomains.
LOCAL = r"(?:http|ws)s?://(?:127\.0\.0\.1|(?:[\w-]+\.)*localhost)[:/]|blob:|data:"
UP_SECONDS = 240.0


@dataclass
class Site:
    """A site that `platform up` runs."""

    folder: Path
    process: subprocess.Popen[str]
    log: Path

    @property
    def output(self) -> str:
        """What the command has printed so far."""
        return self.log.read_text("utf-8", errors="replace")

    def line(self, pattern: str) -> str:
        """Return the first group of *pattern* in the output."""
        found = re.search(pattern, self.output)
        assert found, self.output
        return found[1]

    @property
    def url(self) -> str:
        """The site's address."""
        return self.line(r"Site\s+(http://localhost:\d+)/")

    @property
    def aws(self) -> str:
        """The embedded AWS's address."""
        return self.line(r"Embedded AWS\s+(http://\S+)")

    def wait_for(self, text: str, *, after: int = 0, seconds: float = 60.0) -> None:
        """Wait until the command prints *text* beyond the first *after* characters."""
        assert wait_until(lambda: text in self.output[after:] or self.process.poll() is not None, seconds=seconds), (
            self.output
        )
        assert text in self.output[after:], self.output

    def client(self, service: str) -> Any:
        """Return a boto3 client of the embedded AWS."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.aws,
            region_name="us-east-1",
            aws_access_key_id="000000000000",
            aws_secret_access_key="local",
        )


def start_site(folder: Path, *arguments: str) -> Site:
    """Run `platform up` in *folder* and wait for its screen."""
    log = folder.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen([PLATFORM, "up", folder, *arguments], stdout=output, stderr=output, text=True)
    site = Site(folder, process, log)
    try:
        site.wait_for("Ctrl-C stops everything", seconds=UP_SECONDS)
    except BaseException:
        stop_site(site)
        raise
    return site


def stop_site(site: Site) -> None:
    """Press Ctrl-C and wait."""
    if site.process.poll() is None:
        site.process.send_signal(signal.SIGINT)
    try:
        site.process.wait(60)
    except subprocess.TimeoutExpired:
        site.process.kill()
        raise


@contextmanager
def up(folder: Path, *arguments: str) -> Iterator[Site]:
    """Run a site for as long as the block takes."""
    site = start_site(folder, *arguments)
    try:
        yield site
    finally:
        stop_site(site)


@pytest.fixture(scope="session")
def run_site() -> Callable[..., AbstractContextManager[Site]]:
    """Return the function that runs `platform up` for a block."""
    return up


@pytest.fixture(scope="session")
def platform_program() -> Path:
    """Return the command."""
    return PLATFORM


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@pytest.fixture(scope="session")
def ask() -> Callable[..., tuple[int, HTTPMessage, bytes]]:
    """Return a function that sends one request and follows nothing."""

    def send(
        url: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, HTTPMessage, bytes]:
        request = urllib.request.Request(url, data=body, headers=headers or {})
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    return send


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example store, up; one for all tests of a worker."""
    folder = tmp_path_factory.mktemp("store") / "site"
    shutil.copytree(ROOT / "examples" / "editorial-store", folder)
    with up(folder) as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    flags = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, channel=None if program else "chrome", args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page; what it loads from elsewhere is refused."""
    contexts = []

    def open_page(url: str, **options: Any) -> Any:
        context = chromium.new_context(**options)
        contexts.append(context)
        context.route(lambda address: not re.match(LOCAL, address), lambda route: route.abort())
        tab = context.new_page()
        tab.set_default_timeout(20_000)
        tab.goto(url)
        return tab

    yield open_page
    for context in contexts:
        context.close()
