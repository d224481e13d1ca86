"""Building and publishing: validate, build, import, and the source that is uploaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from platform_cli.source import find_source, pack

GIT = shutil.which("git") or ""


def test_validate_counts_what_is_there(platform: Any, new_site: Any) -> None:
    """A valid site is summed up in one line."""
    assert "acme (www.acme.example) is valid: ssg-echo, 1 entries, " in platform("validate", new_site()).stdout


def test_validate_tells_content_that_can_not_be_read(platform: Any, new_site: Any) -> None:
    """A broken entry is the user's mistake, named with its file."""
    site = new_site()
    (site / "content" / "posts" / "hello.md").write_text("---\ntitle: [\n---\n", "utf-8")
    assert "hello.md" in platform("validate", site, code=2).stderr


def test_validate_tells_references_that_lead_nowhere(platform: Any, new_site: Any) -> None:
    """Each with its entry; they are no error, since the other entry may be a draft of its CMS."""
    site = new_site()
    (site / "content" / "about.md").write_text("---\ntitle: About\nreferences: {author: [people/ada]}\n---\n")
    done = platform("validate", site)
    assert "content/about.md: author refers to 'people/ada', and there is no such entry." in done.stderr


def test_validate_tells_two_translations_into_one_language(platform: Any, new_site: Any) -> None:
    """Only one of them can be linked; it is no error, and nothing is told of the one that is."""
    site = new_site()
    for name, locale in (("a", "de"), ("b", "de"), ("c", "fr")):
        text = f"---\ntitle: {name}\ntranslation: hours\nlocale: {locale}\n---\nText.\n"
        (site / "content" / f"{name}.md").write_text(text, "utf-8")
    assert platform("validate", site).stderr == (
        "  content/b.md: content/a.md is the translation 'hours' in 'de' already. "
        "Set its locale, or another translation.\n"
    )


def test_validate_tells_colours_that_are_hard_to_read(platform: Any, new_site: Any) -> None:
    """Grey text on white is told with its contrast, and the site stays valid; a broken table is refused."""
    site = new_site()
    names = ("paper-2", "ink", "rule", "accent", "on-accent", "link")
    colours = "".join(f'{name} = "#111111"\n' for name in names)
    (site / "design.toml").write_text(f'[light]\npaper = "#ffffff"\nink-2 = "#aaaaaa"\n{colours}', "utf-8")
    done = platform("validate", site)
    assert "is valid" in done.stdout
    assert "ink-2 on paper has a contrast of 2.32:1" in done.stderr
    (site / "design.toml").write_text("[lihgt]\n", "utf-8")
    assert "Did you mean 'light'?" in platform("validate", site, code=2).stderr


def test_the_stylesheet_of_the_design_is_published(platform: Any, new_site: Any) -> None:
    """A page's head links the sheet, whatever the engine, and the file is there."""
    site = new_site()
    required = ("paper", "paper-2", "ink", "ink-2", "rule", "accent", "on-accent", "link")
    (site / "design.toml").write_text("[light]\n" + "".join(f'{name} = "#123456"\n' for name in required), "utf-8")
    platform("build", site)
    output = site / ".platform" / "aws" / "output"
    (sheet,) = output.glob("_design/style.*.css")
    assert f'<link rel="stylesheet" href="/_design/{sheet.name}">' in (output / "index.html").read_text("utf-8")
    assert "--paper: #123456" in sheet.read_text("utf-8")


def test_an_unchanged_site_is_not_built_again(platform: Any, new_site: Any) -> None:
    """The second build says so, and --force builds all the same."""
    site = new_site()
    assert "built in" in platform("build", site).stdout
    assert "unchanged since the last build" in platform("build", site).stdout
    assert "built in" in platform("build", site, "--force").stdout


def test_the_address_of_a_deployed_site_is_its_domain(platform: Any, new_site: Any) -> None:
    """Without a deployment, pages are built for the domain."""
    site = new_site()
    platform("build", site)
    data = (site / ".platform" / "aws" / "generated" / "data" / "platform.json").read_text("utf-8")
    assert '"base_url": "https://www.acme.example"' in data


def test_publish_needs_the_build_machine(platform: Any, new_site: Any) -> None:
    """The variables that are missing are named, and nothing is built."""
    site = new_site()
    done = platform("build", site, "--publish", code=2)
    for name in ("PLATFORM_BUCKET", "PLATFORM_HOST", "PLATFORM_STORE_ARN"):
        assert name in done.stderr
    assert not (site / ".platform").exists()


def test_import_brings_markdown(platform: Any, new_site: Any, tmp_path: Path) -> None:
    """Entries come in, with the addresses that they had."""
    site = new_site()
    old = tmp_path / "old"
    old.mkdir()
    (old / "first.md").write_text('+++\ntitle = "First"\naliases = ["/2020/first.html"]\n+++\nText.\n', "utf-8")
    done = platform("import", "markdown", old, site)
    assert done.stdout.startswith("1 entries and 0 other files, ")
    assert platform("validate", site).stdout.count("2 entries")


def source_of(root: Path, files: dict[str, str]) -> list[str]:
    """Write *files* and return what would be uploaded."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(find_source(root).files)


SITE = {"site.toml": "", "content/a.md": "", "static/x.css": ""}


def test_the_source_leaves_tools_out(tmp_path: Path) -> None:
    """What can be made again is not uploaded, wherever it lies."""
    tools = dict.fromkeys(
        (".git/config", ".platform/local/up.json", "node_modules/x/y.js", "theme/node_modules/z.js"), ""
    )
    assert source_of(tmp_path, SITE | tools) == sorted(SITE)


def test_the_source_brings_wheels(tmp_path: Path) -> None:
    """A plugin that no index has comes with the site."""
    wheel = ".platform/wheels/acme-1.0-py3-none-any.whl"
    assert wheel in source_of(tmp_path, SITE | {wheel: ""})


@pytest.mark.parametrize(
    "name", [".env", ".env.production", "sub/.ENV", ".npmrc", "id_ed25519", "keys.p12", ".git-credentials"]
)
def test_the_source_leaves_secrets_out_and_tells(tmp_path: Path, name: str) -> None:
    """What looks like a secret stays here, and the user hears of it."""
    assert source_of(tmp_path, SITE | {name: "TOKEN=1"}) == sorted(SITE)
    assert find_source(tmp_path).secrets == (name,)


def test_a_private_key_is_known_by_its_text(tmp_path: Path) -> None:
    """A certificate may be published; a private key never is."""
    public, private = "static/public.pem", "static/private.pem"
    marker = "-----BEGIN " + "PRIVATE KEY-----"
    found = source_of(tmp_path, SITE | {public: "-----BEGIN CERTIFICATE-----", private: marker})
    assert public in found
    assert private not in found


def test_a_link_out_of_the_folder_is_left_out(tmp_path: Path) -> None:
    """A link can't carry a file from elsewhere into the archive."""
    (tmp_path / "secret.txt").write_text("mine", "utf-8")
    root = tmp_path / "site"
    source_of(root, SITE)
    (root / "static" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "static" / "inside.css").symlink_to(root / "static" / "x.css")
    found = find_source(root).files
    assert "static/link.txt" not in found
    assert "static/inside.css" in found


@pytest.mark.skipif(not GIT, reason="needs Git")
def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    """In a repository, the ignore files decide; what is new counts too."""
    git(tmp_path, "init", "-q")
    found = source_of(tmp_path, SITE | {".gitignore": "drafts/\n*.secret\n", "drafts/x.md": "", "a.secret": ""})
    assert found == sorted([*SITE, ".gitignore"])


@pytest.mark.skipif(not GIT, reason="needs Git")
def test_a_site_that_git_ignores_as_a_whole_is_uploaded(tmp_path: Path) -> None:
    """A copy below an ignored folder of a repository is still a site."""
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("copy/\n", "utf-8")
    assert source_of(tmp_path / "copy", SITE) == sorted(SITE)


def git(folder: Path, *arguments: str) -> None:
    """Run Git without the developer's own configuration."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run([GIT, *arguments], cwd=folder, env=env, check=True, timeout=30)


def test_the_same_source_gives_the_same_archive(tmp_path: Path) -> None:
    """Times do not matter, contents and permissions do."""
    source_of(tmp_path, SITE)
    (tmp_path / "build.sh").write_text("#!/bin/sh\n", "utf-8")
    (tmp_path / "build.sh").chmod(0o755)
    first, second = BytesIO(), BytesIO()
    pack(find_source(tmp_path), first)
    os.utime(tmp_path / "site.toml", (1, 1))
    pack(find_source(tmp_path), second)
    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert modes["build.sh"] == 0o755
    assert modes["site.toml"] == 0o644
