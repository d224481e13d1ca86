"""`platform up`: the composed site, live on this machine."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_cli.app import App, pass_app, site_argument

if TYPE_CHECKING:
    from platform_cli.local.lock import Lock
    from platform_cli.local.session import Session

IGNORED = frozenset({".platform", ".git", ".hg", "node_modules", "__pycache__"})
LOOK_MS = 400


@click.command("up")
@site_argument
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port of the site; by default the one of last time."
)
@click.option(
    "--offline",
    is_flag=True,
    help="Ask no provider: stand-ins with sample content answer for those that content comes from.",
)
@click.option("--once", is_flag=True, help="Bring the site up, show that it answers, and stop.")
@pass_app
def command(app: App, *, folder: Path, port: int, offline: bool, once: bool) -> None:
    """Run the composed site of FOLDER on this machine.

    Deploys the site's own stack into an embedded AWS, builds and publishes a
    release, serves it, runs the CMS's local backend, and publishes again when a
    file changes or a webhook asks for it. Content that lives elsewhere is pulled at
    the start and for each webhook. A new folder gets its starter first.
    Ctrl-C stops everything.
    """
    from platform_cli.local.lock import locked, running
    from platform_cli.local.session import Session
    from platform_cli.progress import Steps

    root = folder.resolve()
    state = root / ".platform" / "local"
    app.site(root)
    # SIGINT too: a shell that starts us in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    with locked(state) as lock:
        if lock is None:
            other = running(state)
            click.echo(
                f"This site is up already: {other.address if other and other.address else 'it is just starting'}."
            )
            return
        try:
            while _run(app, Session(lambda: app.compose(root), root, Steps(), port, offline=offline), lock, once=once):
                click.echo("site.toml has changed: starting again.", err=True)
        except KeyboardInterrupt:
            click.echo("\nStopping.", err=True)


def _run(app: App, session: Session, lock: Lock, *, once: bool) -> bool:
    """Bring a site up and look after it; tell whether it is to start again."""
    started = time.monotonic()
    with ExitStack() as stack:
        session.start(stack)
        lock.tell(session.address, session.aws.endpoint)
        click.echo("\n".join(_screen(app, session, time.monotonic() - started)))
        _look(session)
        return not once and _watch(session)


def _look(session: Session) -> None:
    """See that the site answers with its home page."""
    from urllib.request import urlopen

    from platform_core.errors import ToolError

    with urlopen(f"{session.edge.url}/", timeout=10) as answer:  # noqa: S310  our own loopback address
        if answer.status != 200:
            raise ToolError("no-answer", f"{session.address} answers {answer.status}")


def _screen(app: App, session: Session, seconds: float) -> Iterator[str]:
    """Yield what a person wants to know now: addresses, price, and what differs from AWS."""
    from platform_core.cloud.profile import LOCAL

    site = session.composition.site
    port = session.edge.port
    yield ""
    yield f"{site.name} is live after {seconds:.1f} s (release {session.live})"
    yield ""
    yield f"  Site          {session.address}/   http://{site.domain}.localhost:{port}/"
    for item in session.composition.files(session.stage):
        if item.value.route:
            yield f"  {item.member.manifest.name:<13} {session.address}{item.value.route}"
    for adapter in session.composition.adapters():
        path = f"/_platform/webhooks/{adapter.value.provider}"
        yield f"  Webhooks      {session.address}{path}   secret: {adapter.value.secret}"
    yield f"  Embedded AWS  {session.aws.endpoint}   account {session.aws.environment['AWS_ACCESS_KEY_ID']}, logs in .platform/local/"
    yield ""
    yield from _price(app, session)
    yield "  Different from AWS:"
    yield from (f"    - {what}: {why}." for what, why in LOCAL.omissions)
    yield ""
    yield "Edit content or templates and the change goes live by itself. Ctrl-C stops everything."


def _price(app: App, session: Session) -> Iterator[str]:
    site = session.composition.site
    found = app.catalogue.check(site.engine, site.cms, site.shop)
    if found.price:
        low, high = found.price.month
        yield f"  USD {low}-{high} a month ({found.stack_type}), before the providers' own fees"
    for member in session.composition.members:
        for plan in member.manifest.plans:
            name = plan.name if plan.name.startswith(member.manifest.name) else f"{member.manifest.name} {plan.name}"
            yield f"    {name}: USD {plan.month:g} a month{'; ' + plan.note if plan.note else ''}"
    yield ""


def _watch(session: Session) -> bool:
    """Publish again when a file changes or a webhook asks.

    Returns when site.toml composes another site; ends by Ctrl-C.

    Raises:
        ToolError: A process that the site needs has ended.
    """
    import watchfiles

    from platform_core.errors import PlatformError, ToolError

    root = session.root
    changes = watchfiles.watch(
        root, watch_filter=lambda _, path: _is_ours(root, path), debounce=300, step=50, rust_timeout=LOOK_MS,
        yield_on_timeout=True, raise_interrupt=True,
    )  # fmt: skip
    for found in changes:
        if ended := session.ended_process():
            raise ToolError("ended", f"{ended.name} has ended", why=ended.last_words(), hint=f"Its log: {ended.log}")
        for line in session.server_lines():
            click.echo(f"  server: {line}")
        names = sorted({Path(path).relative_to(root).as_posix() for _, path in found})
        requested = session.requested_builds()
        try:
            if "site.toml" in names and session.is_another_site():
                return True
            if names or requested:
                pull = bool(requested) or session.composition.site.products in names
                session.rebuild(_reason(names), pull=pull)
        except PlatformError as error:
            click.echo(f"{error}\nWhat was live stays live.", err=True)
    return False


def _is_ours(root: Path, path: str) -> bool:
    parts = Path(path).relative_to(root).parts
    return not IGNORED.intersection(parts) and not parts[-1].startswith((".", "#")) and not parts[-1].endswith("~")


def _reason(names: Sequence[str]) -> str:
    """Return what to call the change; without changed files a webhook asked."""
    if not names:
        return "webhook"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
