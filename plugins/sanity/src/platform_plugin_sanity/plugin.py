"""The hooks of Sanity."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import File, LocalService, Stage, WebhookAdapter
from platform_core.errors import Problem, SiteError
from platform_core.hookspecs import hookimpl

if TYPE_CHECKING:
    from platform_core.content import Content
    from platform_core.site import Site
    from platform_core.sources import Source

__all__ = [
    "platform_build_secrets",
    "platform_files",
    "platform_local_services",
    "platform_source",
    "platform_webhook_adapter",
    "webhook_secret",
]

TOKEN = "sanity-token"  # noqa: S105  a label
STATE = Path(".platform") / "sanity"
_NOBODY = "standin0"


@hookimpl
def platform_build_secrets(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Ask for the token, when the dataset needs one."""
    return {TOKEN: settings["token_secret"]} if settings["token_secret"] else {}


@hookimpl
def platform_source(
    site: Site, settings: Mapping[str, Any], content: Content, stage: Stage, secrets: Mapping[str, str]
) -> Source | None:
    """Pull the dataset; a site without a project has nothing to pull on the developer's machine."""
    from platform_plugin_sanity import model, source, standin

    host = stage.endpoints.get(standin.SERVICE, "") if stage.offline else ""
    if not host and not _has_project(settings, stage):
        return None
    _check(settings)
    kinds = model.kinds_of(site, settings, content)
    dataset = source.Dataset(
        project=settings["project_id"] or _NOBODY,
        name=settings["dataset"],
        version=settings["api_version"],
        perspective=settings["perspective"],
        types=source.pulled_types(kinds, settings["reference_types"]),
        token=secrets[TOKEN] if settings["token_secret"] else "",
        host=host,
    )
    return source.make_source(dataset, kinds, site.locale)


@hookimpl
def platform_local_services(
    site: Site, settings: Mapping[str, Any], content: Content, stage: Stage
) -> Iterable[LocalService]:
    """Start the stand-in for Sanity's API, offline."""
    if not stage.offline:
        return []
    from platform_plugin_sanity import model, sample, standin

    folder = content.root / STATE
    data = settings["offline_data"]
    path = (
        content.root / data
        if data
        else sample.write_sample(model.collections_of(site, content), folder / "sample", content)
    )
    if not path.is_file():
        problem = Problem("site.toml [settings.sanity] offline_data", f"there is no file {data}.")
        raise SiteError("bad-settings", "the stand-in has no content", problems=[problem])
    project = settings["project_id"] or _NOBODY
    options = {
        "--project": project,
        "--dataset": settings["dataset"],
        "--state": str(folder / "state.ndjson"),
        "--webhook": f"{stage.base_url}/_platform/webhooks/sanity",
    }
    command = (
        sys.executable,
        "-m",
        standin.__name__,
        "--port",
        "{port}",
        "--data",
        str(path),
        *(part for row in options.items() for part in row),
    )
    return [LocalService(standin.SERVICE, command)]


@hookimpl
def platform_files(site: Site, settings: Mapping[str, Any], content: Content, stage: Stage) -> Iterable[File]:
    """Publish the studio of a site that has a project."""
    if not settings["project_id"] or not settings["studio_path"]:
        return []
    from platform_plugin_sanity import model, schema, standin, studio

    configuration = studio.Studio(
        path=settings["studio_path"],
        title=site.name,
        project=settings["project_id"],
        dataset=settings["dataset"],
        types=schema.build_schema(model.collections_of(site, content)),
        host=stage.endpoints.get(standin.SERVICE, "") if stage.offline else "",
    )
    return list(studio.studio_files(configuration))


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Have Sanity's webhooks checked and read."""
    return WebhookAdapter(
        "sanity",
        Path(__file__).parent / "runtime" / "sanity.py",
        secret=webhook_secret(site, settings),
        config={
            "project": settings["project_id"],
            "dataset": settings["dataset"],
            "window": str(settings["webhook_window"]),
        },
    )


def webhook_secret(site: Site, settings: Mapping[str, Any]) -> str:
    """Return the name of the entry that holds the webhook's secret."""
    return settings["webhook_secret"] or f"platform/{site.client}/sanity-webhook"


def _has_project(settings: Mapping[str, Any], stage: Stage) -> bool:
    if settings["project_id"]:
        return True
    if stage.name == "local":
        return False
    problem = Problem(
        "site.toml [settings.sanity] project_id",
        "the project whose content is published is missing.",
        "Copy it from sanity.io/manage.",
    )
    raise SiteError("incomplete-cms", "Sanity's content can't be pulled yet", problems=[problem])


def _check(settings: Mapping[str, Any]) -> None:
    if settings["perspective"] != "published" and not settings["token_secret"]:
        problem = Problem(
            "site.toml [settings.sanity] token_secret",
            f"the perspective {settings['perspective']!r} needs a token.",
            "Make a token that may read, and name its secret.",
        )
        raise SiteError("incomplete-cms", "Sanity's drafts can't be pulled", problems=[problem])
