"""The editor's page is the site's own, pinned, and free of inline code."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import File, Stage
from platform_core.errors import ContentError, SiteError, ToolError
from platform_core.site import Site
from platform_plugin_tina import admin, cloud_files, plugin, schema

Settings = Callable[..., dict[str, Any]]
CLOUD = {"client_id": "11111111-2222-3333-4444-555555555555"}


def blob(file: File) -> bytes:
    return file.content if isinstance(file.content, bytes) else file.content.read_bytes()


def page_data(files: dict[str, File]) -> dict[str, Any]:
    found = re.search(r'id="platform-tina">(.*?)</script>', blob(files["admin/index.html"]).decode(), re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def publish(
    site: Site, settings: dict[str, Any], content: Content, stage: Stage, provides: Collection[str] = ()
) -> dict[str, File]:
    return {file.path: file for file in plugin.platform_files(site, settings, content, stage, provides)}


def commit_for_cloud(site: Site, settings: dict[str, Any], content: Content) -> None:
    """Write what the local server writes for TinaCloud."""
    spec = schema.build_spec(site, settings, content)
    folder = content.root / "tina"
    folder.mkdir()
    (folder / "config.js").write_text(cloud_files.render_config(spec["config"]), "utf-8")
    (folder / "tina-lock.json").write_text(json.dumps({"graphql": {"kind": "Document"}}), "utf-8")


@pytest.fixture
def files(site: Site, settings: Settings, content: Content, local: Stage) -> dict[str, File]:
    """The files of `platform up`."""
    return publish(site, settings(), content, local)


@pytest.fixture
def deployed(site: Site, settings: Settings, content: Content, aws: Stage) -> dict[str, File]:
    """The files of a deployment."""
    commit_for_cloud(site, settings(**CLOUD), content)
    return publish(site, settings(**CLOUD), content, aws)


def test_every_script_has_its_hash(files: dict[str, File]) -> None:
    """Script and style of the editor are files beside the page, and the browser checks them."""
    page = blob(files["admin/index.html"]).decode()
    found = re.findall(r'(?:src|href)="([a-z][^"]*\.(?:js|css))" integrity="sha384-([^"]+)"', page)
    assert len(found) == 3
    for name, digest in found:
        assert base64.b64encode(hashlib.sha384(blob(files[f"admin/{name}"])).digest()).decode() == digest


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(files: dict[str, File]) -> None:
    """The page holds data, and no code; the programs name no host that they would load code or letters from."""
    page = blob(files["admin/index.html"]).decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert [text == "" or 'type="application/json"' in attributes for attributes, text in scripts] == [True] * 3
    assert not re.search(r"<style|style=|\son\w+=|https?://", page)
    programs = [blob(file) for path, file in files.items() if path.startswith("admin/assets/")]
    for host in (b"cdn.jsdelivr.net", b"fonts.googleapis.com", b"unpkg.com", b"platform.invalid"):
        assert not any(b"https://" + host in text for text in programs)


def test_the_source_editor_is_published(files: dict[str, File]) -> None:
    """What the source editor loads is part of the site, without languages that nobody edits."""
    names = {path for path in files if path.startswith("admin/source/")}
    assert {"admin/source/loader.js", "admin/source/editor/editor.main.js"} <= names
    assert not any("ts.worker" in name or "messages.de" in name for name in names)


def test_the_page_is_announced(files: dict[str, File]) -> None:
    """The page, and nothing else, is an address for people."""
    assert [(file.path, file.route) for file in files.values() if file.route] == [("admin/index.html", "/admin/")]


def test_what_the_page_holds_is_data(settings: Settings, content: Content, local: Stage) -> None:
    """Whatever is in a title or in the model, it does not become markup."""
    site = Site(client="acme", domain="acme.example", engine="hugo", title="</title><script>alert(1)</script>")
    model = content.root / "content.toml"
    model.write_text(model.read_text("utf-8").replace("1 to 5", "</script><script>alert(2)</script>"), "utf-8")
    found = publish(site, settings(), Content(content.root), local)
    assert b"<script>alert" not in blob(found["admin/index.html"])
    assert "</script><script>alert(2)" in json.dumps(page_data(found))


def test_the_local_editor_speaks_to_this_machine(files: dict[str, File]) -> None:
    """In `platform up` the page names a path of its own origin, and its policy no host."""
    assert page_data(files)["local"] == "/_local/tina"
    assert "api" not in page_data(files)
    assert not any("://" in source for sources in files["admin/index.html"].csp.values() for source in sources)
    assert "connect-src" not in files["admin/index.html"].csp


def test_the_deployed_editor_speaks_to_tinacloud(deployed: dict[str, File]) -> None:
    """On AWS the page names the project and its branch, and the policy TinaCloud's hosts."""
    data = page_data(deployed)
    assert data["api"] == f"https://content.tinajs.io/3.0/content/{CLOUD['client_id']}/github/main"
    assert (data["config"]["clientId"], data["config"]["branch"]) == (CLOUD["client_id"], "main")
    assert data["schema"] == {"kind": "Document"}
    assert "https://content.tinajs.io" in deployed["admin/index.html"].csp["connect-src"]
    assert not hasattr(plugin, "platform_csp")


def test_the_deployed_editor_has_the_committed_forms(
    site: Site, settings: Settings, content: Content, aws: Stage
) -> None:
    """TinaCloud knows the committed forms alone, so the page shows those until new ones are committed."""
    commit_for_cloud(site, settings(**CLOUD), content)
    model = content.root / "content.toml"
    model.write_text(model.read_text("utf-8").replace('"rating"', '"stars"'), "utf-8")
    text = json.dumps(page_data(publish(site, settings(**CLOUD), Content(content.root), aws))["config"])
    assert '"rating"' in text
    assert '"stars"' not in text


def test_without_the_committed_folder_the_page_says_what_to_do(
    site: Site, settings: Settings, content: Content, aws: Stage
) -> None:
    """A site that TinaCloud can't read yet is published, with a page that helps in the editor's place."""
    (page,) = plugin.platform_files(site, settings(**CLOUD), content, aws, ())
    assert (page.path, page.route, dict(page.csp)) == ("admin/index.html", "/admin/", {})
    assert b"tina/tina-lock.json" in blob(page)


def test_without_a_client_id_nothing_is_deployed(site: Site, settings: Settings, content: Content, aws: Stage) -> None:
    """The missing setting is named with the place where it belongs."""
    with pytest.raises(SiteError) as caught:
        plugin.platform_files(site, settings(), content, aws, ())
    assert "client_id" in str(caught.value.problems[0])


@pytest.mark.parametrize("broken", [("config.js", "export default {"), ("tina-lock.json", "[]")])
def test_a_broken_folder_is_told(
    site: Site, settings: Settings, content: Content, aws: Stage, broken: tuple[str, str]
) -> None:
    """A committed file that is not as Platform writes it is an error with a way out."""
    commit_for_cloud(site, settings(**CLOUD), content)
    (content.root / "tina" / broken[0]).write_text(broken[1], "utf-8")
    with pytest.raises(ContentError, match="tina/"):
        plugin.platform_files(site, settings(**CLOUD), content, aws, ())


MARKED = ("content.files", "html.fields")


def test_pages_are_edited_where_they_say_what_they_show(
    site: Site, settings: Settings, content: Content, local: Stage, aws: Stage
) -> None:
    """The editor knows where entries are shown, and brings one script of its own for the preview."""
    moved = content.root / "content" / "posts" / "moved.md"
    moved.write_text("---\ntitle: Moved\nurl: /elsewhere\n---\nText.\n", "utf-8")
    commit_for_cloud(site, settings(**CLOUD), content)
    here = publish(site, settings(), Content(content.root), local, MARKED)
    there = publish(site, settings(**CLOUD), Content(content.root), aws, MARKED)
    for found in (here, there):
        pages = page_data(found)["pages"]
        digest = base64.b64encode(hashlib.sha384(blob(found["admin/page.js"])).digest()).decode()
        assert pages["script"] == {"src": "/admin/page.js", "integrity": f"sha384-{digest}"}
        assert pages["addresses"] == {"posts/moved": "/elsewhere"}
    assert here["admin/index.html"].csp == admin.page_policy(cloud=False)
    assert there["admin/index.html"].csp == admin.page_policy(cloud=True)
    assert b'<script src="/_local/tina/schema.js"></script>' in blob(here["admin/index.html"])
    assert b"schema.js" not in blob(there["admin/index.html"])


@pytest.mark.parametrize(
    ("variant", "provides", "adopted"),
    [
        ("visual_editor", ("content.files",), False),
        ("react_based", MARKED, False),
        ("collaboration_focused", MARKED, False),
        ("visual_editor", MARKED, True),
    ],
)
def test_elsewhere_there_are_forms_alone(
    site: Site,
    settings: Settings,
    content: Content,
    local: Stage,
    *,
    variant: str,
    provides: tuple[str, ...],
    adopted: bool,
) -> None:
    """Without marks on the pages, or in another variant, nothing of the preview is published."""
    files = publish(site.model_copy(update={"adopted": adopted}), settings(variant=variant), content, local, provides)
    assert "pages" not in page_data(files)
    assert "admin/page.js" not in files
    assert b"schema.js" not in blob(files["admin/index.html"])


def test_the_preview_brings_no_style_element(site: Site, settings: Settings, content: Content, local: Stage) -> None:
    """The policy of the site's pages refuses one, so Tina's own is made by a script."""
    script = blob(publish(site, settings(), content, local, MARKED)["admin/page.js"])
    assert b"adoptedStyleSheets" in script
    assert b'createElement("style")' not in script


def test_no_secret_is_published(site: Site, settings: Settings, content: Content, aws: Stage) -> None:
    """The name of the webhook's secret stands in no file."""
    chosen = settings(**CLOUD, webhook_secret="platform/x/hook")
    commit_for_cloud(site, chosen, content)
    published = publish(site, chosen, content, aws)
    texts = [blob(file) for file in published.values() if not isinstance(file.content, Path)]
    assert not any(b"platform/x/" in text for text in texts)


def test_another_version_of_tina_is_noticed(tmp_path: Path) -> None:
    """An editor in which nothing could be redirected is not published."""
    (tmp_path / "index-1.js").write_text("const nothing = 1;", "utf-8")
    with pytest.raises(ToolError) as caught:
        admin._redirect(tmp_path)
    assert caught.value.reference == "tina-changed"


def test_the_local_server_gets_the_sites_folder(site: Site, settings: Settings, content: Content) -> None:
    """It is told where the files are, and keeps files for the cloud only when there is a project."""
    (service,) = plugin.platform_local_services(site, settings(), content)
    options = json.loads(service.command[-1])
    assert (options["root"], options["lock"], service.env) == (str(content.root), "", {"PORT": "{port}"})
    assert all(Path(part).is_file() for part in service.command[:-1])
    (service,) = plugin.platform_local_services(site, settings(**CLOUD), content)
    assert json.loads(service.command[-1])["lock"] == str(content.root / "tina")


def test_the_webhook_is_bound_to_project_and_branch(site: Site, settings: Settings) -> None:
    """The adapter gets what it filters by, and a file that is there."""
    adapter = plugin.platform_webhook_adapter(site, settings(**CLOUD, branch="live", webhook_header="X-Acme-Hook"))
    assert adapter.config == {"header": "x-acme-hook", "client_id": CLOUD["client_id"], "branch": "live"}
    assert (adapter.provider, adapter.secret) == ("tinacloud", "platform/acme/tinacloud-webhook")
    assert adapter.module.is_file()
    named = plugin.platform_webhook_adapter(site, settings(webhook_secret="team/hook"))
    assert named.secret == "team/hook"
