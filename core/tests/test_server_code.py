"""What can become a release's server, and what it is told by."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from platform_core.runtime.release import PublishError
from platform_core.runtime.server_code import GUARD, Server, read_server, write_zip


@pytest.fixture(name="server")
def _server(tmp_path: Path) -> Server:
    """A small server: a handler, a package, and a program."""
    folder = tmp_path / "server"
    files = {"index.mjs": "export const handler = 1;", "node_modules/one/index.js": "exports.one = 1;", "bin/run": "#!"}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")
    (folder / "bin" / "run").chmod(0o755)
    return Server(folder, "index.handler", "nodejs24.x", 512, 10, {"A": "1"}, ("/assets/",), ("/api/",), ("accept",))


def faults(server: Server) -> dict[str, str]:
    """Return what is wrong with a server."""
    with pytest.raises(PublishError) as caught:
        read_server(server)
    assert caught.value.reference == "bad-server"
    return dict(caught.value.problems)


def packed(server: Server) -> bytes:
    """Return what Lambda would get."""
    target = io.BytesIO()
    write_zip(target, "release", read_server(server), "token")
    return target.getvalue()


def test_every_file_is_taken(server: Server):
    """Packages too."""
    assert sorted(read_server(server).files) == ["bin/run", "index.mjs", "node_modules/one/index.js"]


def test_equal_servers_have_equal_digests_wherever_they_lie(server: Server, tmp_path: Path):
    """The place and the times of files don't matter."""
    import shutil

    copy = tmp_path / "elsewhere"
    shutil.copytree(server.folder, copy)
    (copy / "index.mjs").touch()
    assert read_server(replace(server, folder=copy)).digest == read_server(server).digest


@pytest.mark.parametrize(
    "change",
    [
        {"memory": 1024},
        {"timeout": 11},
        {"runtime": "nodejs22.x"},
        {"environment": {"A": "2"}},
        {"assets": ("/assets/", "/more/")},
        {"routes": ()},
        {"vary": ()},
    ],
)
def test_every_setting_is_part_of_the_digest(server: Server, change: dict[str, object]):
    """Another setting is another release."""
    assert read_server(replace(server, **change)).digest != read_server(server).digest  # type: ignore[arg-type]


def test_a_byte_or_a_mode_is_part_of_the_digest(server: Server):
    """So is each file."""
    before = read_server(server).digest
    (server.folder / "bin" / "run").chmod(0o644)
    second = read_server(server).digest
    (server.folder / "index.mjs").write_text("export const handler = 2;", "utf-8")
    assert len({before, second, read_server(server).digest}) == 3


def test_the_zip_is_the_same_each_time_and_holds_no_token(server: Server):
    """Lambda publishes no version for the same bytes; the token's hash is all that the code knows."""
    data = packed(server)
    (server.folder / "index.mjs").touch()
    assert packed(server) == data
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        modes = {row.filename: row.external_attr >> 16 & 0o777 for row in bundle.infolist()}
        settings = json.loads(bundle.read("_platform-release.json"))
    assert modes["bin/run"] == 0o755
    assert modes["index.mjs"] == modes[GUARD.name] == 0o644
    assert (settings["handler"], settings["environment"]) == ("index.handler", {"A": "1"})
    assert b"token" not in json.dumps(settings["token"]).encode()


def test_all_that_is_wrong_is_told_at_once(server: Server):
    """With the place of each fault."""
    wrong = replace(server, handler="main.handler", assets=("assets/",), vary=("Accept",), timeout=90)
    (server.folder / GUARD.name).write_text("", "utf-8")
    assert faults(wrong) == {
        "main.handler": "there is no main.mjs, .js or .cjs",
        GUARD.name: "is a name that the platform uses itself",
        "assets/": "a path begins with a slash",
        "Accept": "is no header's name in lower case",
        "timeout": "90 seconds, and CloudFront waits for 1 to 60",
    }


def test_more_than_the_edge_can_hold_is_refused(server: Server):
    """What the viewer function reads has a kilobyte."""
    assert "routing" in faults(replace(server, routes=tuple(f"/route-{number:03d}/" for number in range(90))))


def test_links_stay_inside(server: Server, tmp_path: Path):
    """A link to a file or a folder of the server is followed; one that leaves it, or one in a linked folder, is refused."""
    (server.folder / "one").symlink_to(server.folder / "node_modules" / "one")
    (server.folder / "also.mjs").symlink_to(server.folder / "index.mjs")
    assert {"one/index.js", "also.mjs"} <= set(read_server(server).files)
    (tmp_path / "secret").write_text("s", "utf-8")
    (server.folder / "leaves").symlink_to(tmp_path / "secret")
    (server.folder / "node_modules" / "one" / "self.mjs").symlink_to(server.folder / "index.mjs")
    found = faults(server)
    assert found["leaves"] == "is a link that leaves the folder"
    assert found["one/self.mjs"] == "is a link in a folder that is linked itself"


def test_a_folder_that_is_not_there(server: Server, tmp_path: Path):
    """The build that should have made it is to blame, and it is named."""
    assert "can't be read" in faults(replace(server, folder=tmp_path / "none"))[str(tmp_path / "none")]
