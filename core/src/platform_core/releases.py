"""Releases of a composed site: publish, list, switch back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from platform_core.build import Built
from platform_core.composition import Composition
from platform_core.contributions import ServerBundle
from platform_core.errors import Problem, ReleaseError
from platform_core.outputs import BUCKET, HOST, SERVER_FUNCTION, STORE_ARN, Outputs

if TYPE_CHECKING:
    from platform_core.runtime.publisher import Progress, Published, ReleaseInfo, Server, Switched
    from platform_core.runtime.store import Store

__all__ = ["list_releases", "open_store", "publish_site", "roll_back"]


def open_store(outputs: Outputs, *, session: Any = None, endpoint: str | None = None) -> Store:
    """Return where the releases of a deployed site live.

    Args:
        outputs: The outputs of the site's stack.
        session: A boto3 session; by default what the environment says.
        endpoint: The address of an embedded AWS.

    Raises:
        ReleaseError: This machine can't sign for the key value store.
    """
    from platform_core.runtime.store import connect

    with _as_release_errors():
        return connect(
            bucket=outputs.get(BUCKET),
            store_arn=outputs.get(STORE_ARN),
            host=outputs.get(HOST),
            function=outputs.get(SERVER_FUNCTION),
            session=session,
            endpoint=endpoint,
        )


def publish_site(
    composition: Composition,
    built: Built,
    store: Store,
    *,
    started: float | None = None,
    progress: Progress | None = None,
) -> Published:
    """Publish a finished build and make it live.

    Args:
        composition: The site; its redirects become part of the release.
        built: The build.
        store: Where to.
        started: When the source was read, in seconds since the epoch. A build of
            an older source never replaces a newer one. Now, when None.
        progress: Called with step, done and total.

    Raises:
        ReleaseError: Nothing was switched; what is live stays live.
    """
    from platform_core.runtime.publisher import publish

    redirects = [(item.path, item.target, item.status) for item in composition.content.redirects]
    with _as_release_errors():
        return publish(
            store,
            built.output,
            server=_server(built.plan.server) if built.plan.server else None,
            redirects=redirects,
            fingerprinted=built.plan.fingerprinted,
            keep=composition.site.aws.releases_kept,
            provenance=composition.provenance(),
            started=time.time() if started is None else started,
            progress=progress,
        )


def list_releases(store: Store) -> list[ReleaseInfo]:
    """Return the complete releases, newest first.

    Raises:
        ReleaseError: The store can't be read.
    """
    from platform_core.runtime.publisher import releases

    with _as_release_errors():
        return releases(store)


def roll_back(store: Store, *, to: str | None = None) -> Switched:
    """Make an earlier release live again: the one before, or the one named.

    Raises:
        ReleaseError: There is no such complete release; what is live stays live.
    """
    from platform_core.runtime.publisher import rollback

    with _as_release_errors():
        return rollback(store, to=to)


def _server(bundle: ServerBundle) -> Server:
    from platform_core.runtime.publisher import Server

    return Server(**{item.name: getattr(bundle, item.name) for item in fields(bundle)})


@contextmanager
def _as_release_errors() -> Iterator[None]:
    from platform_core.runtime.release import PublishError

    try:
        yield
    except PublishError as error:
        problems = [Problem(where, what) for where, what in error.problems]
        raise ReleaseError(error.reference, error.what, why=error.why, hint=error.hint, problems=problems) from error
