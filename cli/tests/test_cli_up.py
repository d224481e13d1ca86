"""`platform up` and `down`: side by side, killed, interrupted, with a site file that breaks meanwhile."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from platform_cli.local.processes import wait_until
from platform_testing.distributions import add_distribution, install_fakes

pytestmark = pytest.mark.embedded

START_SECONDS = 180.0
STOP_SECONDS = 40.0
HELPER = {
    "platform_plugin_helper/__init__.py": "",
    "platform_plugin_helper/plugin.toml": (
        'schema = 1\nid = "helper"\nkind = "service"\nname = "Helper"\nsummary = "Runs a server beside the site."\n'
    ),
    "platform_plugin_helper/plugin.py": (
        "import sys\n"
        "from platform_core.contributions import LocalService\n"
        "from platform_core.hookspecs import hookimpl\n"
        "@hookimpl\ndef platform_assess():\n    return {}\n"
        "@hookimpl\ndef platform_plan():\n    return ()\n"
        "@hookimpl\ndef platform_run():\n    return ()\n"
        "@hookimpl\ndef platform_local_services():\n"
        "    return [LocalService('helper', (sys.executable, '-m', 'http.server', '--bind', '127.0.0.1', '{port}'))]\n"
    ),
}
"""A service that runs a process beside the site."""


@dataclass
class Up:
    """A running `platform up`."""

    platform: Any
    site: Path
    process: subprocess.Popen[bytes]

    @property
    def said(self) -> str:
        """What it has printed so far, errors too."""
        return self.site.with_suffix(".log").read_text("utf-8", errors="replace")

    @property
    def url(self) -> str:
        """The site's address."""
        found = re.search(r"Site +(http://localhost:\d+)/", self.said)
        assert found, self.said
        return found[1]

    def wait_for(self, text: str) -> None:
        """Wait until it has printed *text*."""
        wait_until(lambda: text in self.said or self.process.poll() is not None, seconds=START_SECONDS)
        assert text in self.said, self.said

    def page(self, path: str = "/posts/hello/") -> str:
        """Return a page of the site."""
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())

    def edit(self, text: str) -> None:
        """Change the starter's entry."""
        (self.site / "content" / "posts" / "hello.md").write_text(f"---\ntitle: Hello\n---\n{text}\n", "utf-8")

    def family(self) -> set[int]:
        """Return the processes that it has started, and theirs."""
        return descendants(self.process.pid)

    def stop(self, number: int) -> set[int]:
        """Send a signal, wait for the end, and return which of its processes are left after a moment."""
        family = self.family()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(STOP_SECONDS)
        wait_until(lambda: not alive(family), seconds=STOP_SECONDS)
        return alive(family)


def descendants(root: int) -> set[int]:
    """Return the ids of all processes below *root*."""
    listing = subprocess.run(["/bin/ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listing.splitlines())}
    found: set[int] = set()
    fresh = {root}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def alive(pids: set[int]) -> set[int]:
    """Return which of *pids* still run; one that ended and was not waited for does not."""
    if not pids:
        return set()
    listing = subprocess.run(
        ["/bin/ps", "-o", "pid=,stat=", "-p", ",".join(map(str, pids))], capture_output=True, text=True, check=False
    ).stdout
    return {int(pid) for pid, state in (line.split() for line in listing.splitlines()) if not state.startswith("Z")}


def start(platform: Any, site: Path, *arguments: str) -> Up:
    """Start `platform up` and do not wait."""
    with site.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            platform.line("up", site, *arguments),
            cwd=platform.folder,
            env=platform.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return Up(platform, site, process)


@dataclass
class Story:
    """What was seen while two sites ran side by side; the tests look at it."""

    facts: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(name="story", scope="module")
def _story(make_command: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    plugins = install_fakes(tmp_path_factory.mktemp("plugins"))
    add_distribution(
        plugins,
        "platform-plugin-helper",
        entry_points="[platform.service.v1]\nhelper = platform_plugin_helper.plugin\n",
        files=HELPER,
    )
    folder = tmp_path_factory.mktemp("work")
    platform = make_command(folder, plugins)
    for name in ("acme", "beta"):
        flags = ("--client", name, "--domain", f"www.{name}.example", "--engine", "ssg-echo")
        platform("init", name, *flags, "--cms", "cms-memory", "--service", "helper")
    running = [start(platform, folder / name) for name in ("acme", "beta")]
    story = Story()
    try:
        _live(story.facts, *running)
        _ends(story.facts, *running)
        running.append(start(platform, folder / "acme"))
        _again(story.facts, running[-1])
        yield story
    finally:
        for up in running:
            up.stop(signal.SIGINT)


def _live(facts: dict[str, Any], acme: Up, beta: Up) -> None:
    """Look at both while they run."""
    for up in (acme, beta):
        up.wait_for("Ctrl-C stops everything")
    facts["addresses"] = {acme.url, beta.url}
    facts["pages"] = [acme.page(), beta.page()]
    facts["service"] = acme.page("/_local/helper/")
    facts["the same folder"] = acme.platform("up", acme.site)
    facts["address"] = acme.url
    acme.edit("Second text.")
    wait_until(lambda: "Second text." in acme.page(), seconds=START_SECONDS)
    facts["edited"] = acme.page()
    facts["releases"] = json.loads(acme.platform("releases", acme.site, "--local", "--json").stdout)
    facts["rollback"] = acme.platform("rollback", acme.site, "--local").stdout
    facts["rolled back"] = acme.page()
    good = (acme.site / "site.toml").read_text("utf-8")
    (acme.site / "site.toml").write_text(good + "nonsense", "utf-8")
    acme.wait_for("What was live stays live.")
    facts["broken site file"] = acme.page()
    facts["told"] = acme.said
    (acme.site / "site.toml").write_text(good, "utf-8")


def _ends(facts: dict[str, Any], acme: Up, beta: Up) -> None:
    """Kill the one, and end the other by `down`."""
    facts["family"] = len(acme.family())
    facts["left after a kill"] = acme.stop(signal.SIGKILL)
    facts["killed is not up"] = acme.platform("down", acme.site).stdout
    facts["beta after the kill"] = beta.page()
    family = beta.family()
    facts["down"] = beta.platform("down", beta.site, "--clean").stdout
    facts["exit code of down"] = beta.process.wait(STOP_SECONDS)
    wait_until(lambda: not alive(family), seconds=STOP_SECONDS)
    facts["left after down"] = alive(family)
    facts["cleaned"] = not (beta.site / ".platform").exists()
    facts["not up"] = beta.platform("releases", beta.site, "--local", code=2).stderr


def _again(facts: dict[str, Any], acme: Up) -> None:
    """Start the killed one again, and press Ctrl-C."""
    acme.wait_for("Ctrl-C stops everything")
    facts["after a kill"] = acme.page()
    facts["address after a kill"] = acme.url
    facts["left after an interrupt"] = acme.stop(signal.SIGINT)
    facts["exit code of an interrupt"] = acme.process.returncode


def test_two_sites_run_side_by_side(story: Story) -> None:
    """Started at the same moment, each gets ports of its own and answers."""
    assert len(story.facts["addresses"]) == 2
    assert all("Hello" in page for page in story.facts["pages"])


def test_a_local_service_is_behind_the_edge(story: Story) -> None:
    """What a plugin runs beside the site answers at the site's address."""
    assert "Directory listing" in story.facts["service"]


def test_the_same_folder_twice_tells_the_address(story: Story) -> None:
    """The second call starts nothing and is no failure."""
    assert f"This site is up already: {story.facts['address']}" in story.facts["the same folder"].stdout


def test_an_edit_goes_live(story: Story) -> None:
    """The page shows it without another command."""
    assert "Second text." in story.facts["edited"]


def test_the_running_site_lists_its_releases(story: Story) -> None:
    """`releases --local` finds the embedded AWS by the folder alone."""
    assert [row["live"] for row in story.facts["releases"]].count(True) == 1
    assert len(story.facts["releases"]) == 2
    keys = {"id", "live", "previous", "created", "objects", "bytes", "provenance", "server"}
    assert all(set(row) == keys for row in story.facts["releases"])


def test_the_running_site_is_rolled_back(story: Story) -> None:
    """`rollback --local` shows the earlier page at once."""
    assert re.search(r"is live again after \d+\.\d\d s", story.facts["rollback"])
    assert "Second text." not in story.facts["rolled back"]


def test_a_site_file_that_breaks_leaves_the_site_live(story: Story) -> None:
    """The problem is told, and the page still answers."""
    assert "error[bad-site]" in story.facts["told"]
    assert "Hello" in story.facts["broken site file"]


def test_a_killed_one_leaves_no_process(story: Story) -> None:
    """Everything that it had started ends by itself, and nobody else's does."""
    assert story.facts["family"] >= 5
    assert not story.facts["left after a kill"]
    assert "Nothing runs here." in story.facts["killed is not up"]
    assert "Hello" in story.facts["beta after the kill"]


def test_a_killed_one_starts_again(story: Story) -> None:
    """What is left on disk does not stop the next start, and the address is the same."""
    assert "Hello" in story.facts["after a kill"]
    assert story.facts["address after a kill"] == story.facts["address"]


def test_down_ends_it_from_another_terminal(story: Story) -> None:
    """No process is left, the command ended well, and --clean takes what can be made again."""
    assert story.facts["down"] == "Stopped.\nDeleted .platform.\n"
    assert story.facts["exit code of down"] == 0
    assert not story.facts["left after down"]
    assert story.facts["cleaned"]


def test_what_is_not_up_has_no_local_releases(story: Story) -> None:
    """The hint says what to run."""
    assert "error[not-up]" in story.facts["not up"]
    assert "platform up" in story.facts["not up"]


def test_an_interrupt_stops_every_process(story: Story) -> None:
    """Ctrl-C is the usual end, so it is no failure."""
    assert not story.facts["left after an interrupt"]
    assert story.facts["exit code of an interrupt"] == 0


def test_an_interrupt_while_it_builds_ends_the_build(platform: Any, new_site: Any) -> None:
    """Nobody waits for an engine whose pages are not wanted any more, and it does not go on alone."""
    del platform.env["PLATFORM_CACHE"]
    site = new_site()
    started = platform.folder / "started"
    renderer = f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(600)\n"
    (platform.plugins / "platform_plugin_ssg_echo" / "render.py").write_text(renderer, "utf-8")
    up = start(platform, site)
    assert wait_until(started.exists, seconds=START_SECONDS), up.said
    assert not up.stop(signal.SIGINT)
    assert up.process.returncode == 0
    assert "Stopping." in up.said


def test_once_shows_the_site_and_ends(platform: Any, new_site: Any) -> None:
    """For scripts: the second time nothing has to be made again."""
    del platform.env["PLATFORM_CACHE"]
    site = new_site()
    assert "acme is live after" in platform("up", site, "--once").stdout
    again = platform("up", site, "--once").stderr
    for step in ("synthesize the stack", "deploy the stack", "build the pages"):
        assert re.search(rf"{step} .* unchanged", again)


def test_an_adopted_site_is_served_unchanged(platform: Any) -> None:
    """A repository that Platform did not start gets no starter; its page, its policy and a 404 of its own answer."""
    del platform.env["PLATFORM_CACHE"]
    site = platform.folder / "theirs"
    for name, text in {
        "echo/style.css": "p { margin: 0 }",
        "content/about.md": "---\ntitle: Us\n---\nTheir text",
    }.items():
        (site / name).parent.mkdir(parents=True)
        (site / name).write_text(text, "utf-8")
    platform("adopt", "theirs")
    before = sorted(path.relative_to(site).as_posix() for path in site.rglob("*"))
    up = start(platform, site)
    try:
        up.wait_for("Ctrl-C stops everything")
        with urllib.request.urlopen(up.url + "/about/", timeout=20) as answer:
            page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    finally:
        up.stop(signal.SIGINT)
    after = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if ".platform" not in path.parts)
    assert "Their text" in page
    assert "script-src 'self' https: 'unsafe-inline'" in policy
    assert after == before


def test_a_folder_that_can_not_be_written_is_one_message(platform: Any, new_site: Any) -> None:
    """Nothing is started when the state has no place."""
    site = new_site()
    (site / ".platform").write_text("in the way", "utf-8")
    assert "error[system]" in platform("up", site, "--once", code=1).stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_message(platform: Any, new_site: Any) -> None:
    """The folder is named."""
    site = new_site()
    site.chmod(0o555)
    try:
        assert str(site) in platform("up", site, "--once", code=1).stderr
    finally:
        site.chmod(0o755)


def test_down_without_a_running_site_says_so(platform: Any, new_site: Any) -> None:
    """It is no failure: what was asked for is the case."""
    assert platform("down", new_site()).stdout == "Nothing runs here.\n"


def test_a_record_without_its_process_is_not_believed(platform: Any, new_site: Any) -> None:
    """After a power cut the record is still there; no stranger with that process id is stopped."""
    site = new_site()
    state = site / ".platform" / "local"
    state.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as stranger:
        (state / "up.lock").touch()
        (state / "up.json").write_text(json.dumps({"pid": stranger.pid, "address": "", "endpoint": ""}), "utf-8")
        assert platform("down", site).stdout == "Nothing runs here.\n"
        assert stranger.poll() is None
