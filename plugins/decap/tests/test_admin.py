"""The editor's page is the site's own, pinned, and free of inline code."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import File, Stage
from platform_core.site import Site
from platform_plugin_decap import admin, plugin

Settings = Callable[..., dict[str, Any]]
GITHUB = {"repository": "acme/website", "oauth_client_id": "Iv1.0123456789abcdef"}


def blob(file: File) -> bytes:
    return file.content if isinstance(file.content, bytes) else file.content.read_bytes()


def sha384(data: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


@pytest.fixture
def files(site: Site, settings: Settings, content: Content, local: Stage) -> dict[str, File]:
    """The files of `platform up`."""
    return {file.path: file for file in plugin.platform_files(site, settings(), content, local)}


@pytest.fixture
def deployed(site: Site, settings: Settings, content: Content, aws: Stage) -> dict[str, File]:
    """The files of a deployment."""
    return {file.path: file for file in plugin.platform_files(site, settings(**GITHUB), content, aws)}


def test_decap_is_the_pinned_one(files: dict[str, File]) -> None:
    """The program that is published has the hash in the page, which the browser checks."""
    assert sha384(blob(files["admin/decap-cms.js"])) == admin.DECAP_INTEGRITY
    assert f'src="decap-cms.js" integrity="{admin.DECAP_INTEGRITY}"' in blob(files["admin/index.html"]).decode()


def test_our_script_has_its_hash(files: dict[str, File]) -> None:
    """The script that starts the editor is checked by the browser too."""
    assert (
        f'src="admin.js" integrity="{sha384(blob(files["admin/admin.js"]))}"'
        in blob(files["admin/index.html"]).decode()
    )


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(files: dict[str, File]) -> None:
    """Every script is a file beside the page."""
    page = blob(files["admin/index.html"]).decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [re.search(r'src="([^"]+)"', attributes)[1] for attributes, _ in scripts] == ["admin.js", "decap-cms.js"]  # type: ignore[index]
    assert [text for _, text in scripts] == ["", ""]
    assert not re.search(r"<style|style=|\son\w+=|https?://", page)


def test_the_parts_that_are_loaded_later_are_there(files: dict[str, File]) -> None:
    """Decap asks for more of itself when a code block gets a language; licences come along."""
    assert sum(bool(re.fullmatch(r"admin/\d+\.decap-cms\.js", path)) for path in files) == 94
    assert "admin/decap-cms.js.LICENSE.txt" in files


def test_the_page_is_announced(files: dict[str, File]) -> None:
    """The page, and nothing else, is an address for people."""
    assert [(file.path, file.route) for file in files.values() if file.route] == [("admin/index.html", "/admin/")]


def test_the_title_is_escaped(settings: Settings, content: Content, local: Stage) -> None:
    """A site's name is text, whatever is in it."""
    site = Site(client="acme", domain="acme.example", engine="hugo", title="</title><script>alert(1)</script>")
    page = blob(next(iter(plugin.platform_files(site, settings(), content, local)))).decode()
    assert "<script>alert" not in page


def test_the_page_knows_the_optional_fields(files: dict[str, File]) -> None:
    """The list is in the page as data."""
    page = blob(files["admin/index.html"]).decode()
    found = re.search(r'name="platform-optional" content="([^"]*)"', page)
    assert found
    assert "tags" in json.loads(html.unescape(found[1]))["posts"]


def test_the_policy_is_for_the_editor_only(files: dict[str, File], deployed: dict[str, File]) -> None:
    """What loosens the policy hangs on the page, and GitHub's hosts are there on AWS only."""
    here, there = (found["admin/index.html"].csp for found in (files, deployed))
    assert here["script-src"] == ("'unsafe-eval'",)
    assert here["connect-src"] == ("blob:",)
    assert "https://api.github.com" in there["connect-src"]
    assert not hasattr(plugin, "platform_csp")


def test_the_login_has_its_script_on_aws(files: dict[str, File], deployed: dict[str, File]) -> None:
    """The script of the login's page belongs to the site, where there is a login."""
    assert "admin/login.js" in deployed
    assert "admin/login.js" not in files


def test_no_secret_is_published(site: Site, settings: Settings, content: Content, aws: Stage) -> None:
    """Neither names nor client id of the login stand in a file."""
    chosen = settings(**GITHUB, oauth_secret="platform/x/oauth", webhook_secret="platform/x/hook")
    texts = [
        blob(file) for file in plugin.platform_files(site, chosen, content, aws) if not isinstance(file.content, Path)
    ]
    assert not any(word in text for text in texts for word in (b"platform/x/", GITHUB["oauth_client_id"].encode()))


def test_the_local_server_stays_on_this_machine(content: Content) -> None:
    """It binds loopback, writes below the site's folder, and lets no other origin in."""
    (service,) = plugin.platform_local_services(content)
    assert (service.name, service.env["BIND_HOST"], service.env["PORT"]) == ("decap", "127.0.0.1", "{port}")
    assert service.env["GIT_REPO_DIRECTORY"] == str(content.root)
    assert service.env["ORIGIN"].endswith(".invalid")
    assert all(Path(part).is_file() for part in service.command)


def test_secrets_have_names_of_the_client(site: Site, settings: Settings) -> None:
    """Without settings the names are made from the client, and settings win."""
    assert plugin.webhook_secret(site, settings()) == "platform/acme/github-webhook"
    assert plugin.oauth_secret(site, settings()) == "platform/acme/github-oauth"
    assert plugin.oauth_secret(site, settings(oauth_secret="team/oauth")) == "team/oauth"


def test_the_webhook_is_bound_to_repository_and_branch(site: Site, settings: Settings) -> None:
    """The adapter gets what it filters by, and a file that is there."""
    adapter = plugin.platform_webhook_adapter(site, settings(repository="acme/website", branch="live", folder="a"))
    assert adapter.config == {"repository": "acme/website", "branch": "live", "folder": "a"}
    assert (adapter.provider, adapter.module.is_file()) == ("github", True)
