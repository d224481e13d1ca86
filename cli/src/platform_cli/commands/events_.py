"""`platform events`: what came in, what died on the way, and sending it again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json, show_table, site_argument
from platform_core.errors import UserError

if TYPE_CHECKING:
    from platform_core.events import EventInfo, Events

_SPAN = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _time(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.datetime | None:
    """Read a span up to now, or a date; one without an offset is of this machine's zone."""
    if value is None:
        return None
    if span := _SPAN.fullmatch(value):
        return dt.datetime.now(dt.UTC) - dt.timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        return dt.datetime.fromisoformat(value).astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{value!r} is not a time such as 90m, 24h, 7d or 2026-05-31T08:00.", ctx, param
        ) from None


_since = click.option(
    "--since", callback=_time, metavar="TIME", help="Only from then on: 90m, 24h, 7d, or a date and time."
)
_local = click.option("--local", is_flag=True, help="Of the site that `up` runs on this machine.")


@click.group("events")
def command() -> None:
    """Show the events that webhooks brought, and replay them.

    A site in event-driven mode keeps each event for ninety days. In direct mode there are
    only the dead letters: build requests that could not be served.
    """


@command.command("list")
@site_argument
@click.option("--dead", is_flag=True, help="The dead letters alone.")
@_since
@_local
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@pass_app
def list_events(app: App, *, folder: Path, dead: bool, since: dt.datetime | None, local: bool, as_json: bool) -> None:
    """List the events of the site of FOLDER, newest first; dead letters come before them."""
    from platform_cli.target import reported

    with reported():
        events = _events(app, folder, local=local)
        found = [info for info in events.dead() if since is None or info.received >= since]
        found += [] if dead else events.recorded(since=since)
    if as_json:
        show_json([_row(info) for info in found])
    elif found:
        columns = ("reference", "received", "provider", "type", "state", "replays", "subject")
        show_table(columns, (tuple(_cells(info)) for info in found))
    else:
        click.echo("There is no dead letter." if dead or not events.stored else "There is no event.", err=True)
    if not (dead or events.stored or as_json):
        click.echo("In direct mode no events are stored; these are the dead letters.", err=True)


@command.command("show")
@click.argument("reference")
@site_argument
@_local
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@pass_app
def show(app: App, *, reference: str, folder: Path, local: bool, as_json: bool) -> None:
    """Show all that is known of one event, by the REFERENCE of the router's answer and log."""
    from platform_cli.target import reported

    with reported():
        events = _events(app, folder, local=local)
        found = [info for info in (*events.dead(), *events.recorded()) if info.reference == reference]
    if not found:
        raise UserError("no-such-event", f"there is no event {reference!r}", hint="`platform events list` shows them.")
    if as_json:
        show_json(_row(found[0]))
        return
    for key, value in _row(found[0]).items():
        if value not in ("", {}, 0):
            click.echo(f"{key:10} {_plain(str(value))}")


@command.command("replay")
@site_argument
@click.option("--dead", is_flag=True, help="Every dead letter.")
@_since
@click.option("--event", "references", multiple=True, metavar="REFERENCE", help="This one; may be repeated.")
@click.option("--again", is_flag=True, help="Also events that were replayed before.")
@_local
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@pass_app
def replay(
    app: App,
    *,
    folder: Path,
    dead: bool,
    since: dt.datetime | None,
    references: tuple[str, ...],
    again: bool,
    local: bool,
    as_json: bool,
) -> None:
    """Put events of the site of FOLDER onto the build queue again, each of them once.

    Say which: --dead, --since, --event, or several of them. With --dead, --since and
    --event choose among the dead letters. One build serves all that is on the queue.
    """
    from platform_cli.target import reported

    if not (dead or since or references):
        hint = "Give --dead, --since 24h or --event REFERENCE."
        raise UserError("nothing-chosen", "it is not said what to replay", hint=hint)

    def chosen(info: EventInfo) -> bool:
        return (since is None or info.received >= since) and (not references or info.reference in references)

    def say(reference: str) -> None:
        if not as_json:
            click.echo(f"{reference} is on the queue again")

    with reported():
        events = _events(app, folder, local=local)
        done = [events.replay_dead(chosen, say=say)] if dead or references else []
        # An event that died has a letter and, in event-driven mode, a row: one message is enough.
        letters = {reference for item in done for reference in (*item.sent, *item.skipped)}
        if not dead:
            done.append(
                events.replay(lambda info: chosen(info) and info.reference not in letters, again=again, say=say)
            )
    sent = [reference for item in done for reference in item.sent]
    skipped = {reference: why for item in done for reference, why in item.skipped.items() if reference not in sent}
    if as_json:
        show_json({"sent": sent, "skipped": skipped})
    for reference, why in skipped.items() if not as_json else ():
        click.echo(f"{reference} is not: {why}", err=True)
    unknown = sorted(set(references) - set(sent) - skipped.keys())
    if unknown:
        raise UserError("no-such-event", f"there is no event {unknown[0]!r}", hint="`platform events list` shows them.")
    if not as_json and not (sent or skipped):
        click.echo("There was nothing to replay.", err=True)


def _events(app: App, folder: Path, *, local: bool) -> Events:
    from platform_cli.target import find_deployed
    from platform_core.events import Events

    root = folder.resolve()
    site = app.site(root)
    found, aws = find_deployed(site, root, local=local)
    return Events(site.client, found, aws.client)


def _row(info: EventInfo) -> dict[str, Any]:
    return {**dataclasses.asdict(info), "received": info.received.isoformat(timespec="seconds")}


def _cells(info: EventInfo) -> Iterator[str]:
    yield info.reference
    yield info.received.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    yield info.provider
    yield info.type
    yield info.state
    yield str(info.replays or "")
    yield _plain(info.why if info.state == "dead" else info.subject)


def _plain(text: str) -> str:
    """Take the control characters out of a text that came from outside, before a terminal sees it."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
