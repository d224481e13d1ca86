"""What a site with a backend of its own publishes, and what it needs before that."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.errors import SiteError
from platform_core.runtime import github_login, github_push
from platform_plugin_tina import plugin

OWN = {"backend": "aws", "repository": "acme/website", "oauth_client_id": "Iv1.0123456789abcdef"}
Settings = Callable[..., dict[str, Any]]


@pytest.fixture
def clone(tmp_path: Path, committed: Mapping[str, bytes]) -> Content:
    """The site's folder as it was committed."""
    for name, data in committed.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return Content(tmp_path)


@pytest.mark.slow
def test_the_page_asks_the_site_alone(site: Any, settings: Settings, clone: Content, aws: Stage) -> None:
    """Its data names no address of Tina's and no client id, its policy allows no other host, and the login is there."""
    files = {file.path: file for file in plugin.platform_files(site, settings(**OWN), clone, aws, ())}
    page = files["admin/index.html"]
    assert isinstance(page.content, bytes)
    text = page.content.decode()
    data = json.loads(text.partition('id="platform-tina">')[2].partition("</script>")[0])
    assert (data["service"], data["login"]) == ("/_platform/tina", {"scope": "repo"})
    assert "tinajs" not in text
    assert "clientId" not in data["config"]
    assert not [source for sources in page.csp.values() for source in sources if "://" in source]
    assert files["admin/login.js"].content == github_login.SCRIPT


@pytest.mark.slow
def test_without_the_committed_folder_the_page_says_so(
    site: Any, settings: Settings, content: Content, aws: Stage
) -> None:
    """A site whose tina/ is not committed gets a page that tells what to do."""
    (file,) = plugin.platform_files(site, settings(**OWN), content, aws, ())
    assert b"platform up" in (file.content if isinstance(file.content, bytes) else b"")


def test_what_is_missing_is_told_at_once(site: Any, settings: Settings, content: Content, aws: Stage) -> None:
    """Without a repository and without an app nothing is published, and both are named."""
    with pytest.raises(SiteError) as caught:
        plugin.platform_files(site, settings(backend="aws"), content, aws, ())
    assert [problem.where.rpartition(" ")[2] for problem in caught.value.problems] == ["repository", "oauth_client_id"]


def test_pushes_are_told_by_github(site: Any, settings: Settings) -> None:
    """The webhook is GitHub's signed one, for the repository, the branch and the folder."""
    adapter = plugin.platform_webhook_adapter(site, settings(**OWN, folder="sites/acme"))
    assert (adapter.provider, adapter.module) == ("github", Path(github_push.__file__))
    assert adapter.secret == "platform/acme/github-webhook"
    assert adapter.config == {"repository": "acme/website", "branch": "main", "folder": "sites/acme"}


def test_secrets_have_names(site: Any, settings: Settings) -> None:
    """Each secret is found under the client's name, or under the one that was chosen."""
    assert plugin.oauth_secret(site, settings(**OWN)) == "platform/acme/github-oauth"
    assert plugin.oauth_secret(site, settings(**OWN, oauth_secret="acme/app")) == "acme/app"
    assert plugin.webhook_secret(site, settings()) == "platform/acme/tinacloud-webhook"


def test_the_local_stage_has_no_backend(site: Any, settings: Settings, local: Stage) -> None:
    """On the developer's machine nothing is provisioned."""
    plugin.platform_provision(site, settings(**OWN), stack=None, stage=local)
