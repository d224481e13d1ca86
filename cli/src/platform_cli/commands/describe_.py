"""`platform describe`: everything known about one component or offering."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import click

from platform_cli.app import App, pass_app, show_json
from platform_cli.completion import complete_components
from platform_core.catalogue import Combination
from platform_core.errors import CombinationError, did_you_mean
from platform_core.manifest import KINDS, Manifest


@click.command("describe")
@click.argument("name", metavar="ID", shell_complete=complete_components(offerings=True))
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@pass_app
def command(app: App, *, name: str, as_json: bool) -> None:
    """Show everything known about the component or offering ID."""
    manifests = [item for kind in KINDS for item in app.catalogue.of_kind(kind)]
    for manifest in manifests:
        if manifest.id == name:
            show_json(dataclasses.asdict(manifest)) if as_json else _echo(_component(manifest))
            return
    offered = [item for item in app.catalogue.combinations() if item.stack_type == name]
    if not offered:
        known = {item.id for item in manifests} | {item.stack_type for item in app.catalogue.combinations()}
        raise CombinationError(
            "unknown-id",
            f"there is no component or offering {name!r}",
            hint=did_you_mean(name, known) or f"Known: {', '.join(sorted(known)) or 'none; install a plugin'}.",
        )
    if as_json:
        show_json({"stack_type": name, "combinations": [dataclasses.asdict(item) for item in offered]})
    else:
        _echo(_offering(name, offered))


def _echo(lines: Iterable[str]) -> None:
    click.echo("\n".join(lines))


def _component(item: Manifest) -> Iterator[str]:
    from platform_core.pricing import plan_terms

    yield f"{item.name} ({item.kind} {item.id})"
    yield f"  {item.summary}"
    if item.price:
        yield f"  USD {_range(item.price.month)} a month, {_range(item.price.setup)} setup ({item.stack_type})"
    if item.certified_engines:
        yield f"  certified on {', '.join(item.certified_engines)}"
    yield from _section("variants", {name: _variant(v.summary, v.features) for name, v in item.variants.items()})
    yield from _section("provides", item.provides)
    yield from _section("needs", item.needs)
    yield from _section("lacks", item.lacks)
    yield from _section("facts", dict(_facts(item)) | item.facts)
    fees = {plan.name: f"{plan_terms(plan)}. {plan.note} ({plan.source}, {plan.date})" for plan in item.plans}
    yield from _section("provider fees", fees)
    settings = {f"{name} ({value.type})": value.description for name, value in item.settings.items()}
    yield from _section(f"settings, in [settings.{item.id}]", settings)


def _facts(item: Manifest) -> Iterator[tuple[str, str]]:
    """Yield what has a type of its own: label, text."""
    if item.licence:
        yield "licence", item.licence
    if item.skills:
        yield "skills", ", ".join(item.skills)
    if item.maintenance:
        kept = item.maintenance
        yield "maintenance", f"{kept.state}. {kept.summary} ({kept.source}, {kept.date})"
    for runtime in item.runtimes:
        end = f"security fixes until {runtime.end_of_life}" if runtime.end_of_life else "no end of life is announced"
        yield f"needs to {runtime.use}", f"{runtime.name} {runtime.version}; {end} ({runtime.source}, {runtime.date})"
    for speed in item.speed:
        rate = f" ({speed.per_second:,.0f} a second)" if speed.per_second else ""
        text = f"{speed.seconds:,.2f} s{rate}, at most {speed.peak_mb:,} MB"
        machine = f" on {speed.machine}" if speed.machine else ""
        yield (
            f"builds {speed.pages:,} {'entry' if speed.pages == 1 else 'entries'}",
            f"{text}; measured {speed.date}{machine}",
        )


def _variant(summary: str, features: tuple[str, ...]) -> str:
    return f"{summary} ({', '.join(features)})" if features else summary


def _section(title: str, rows: dict[str, str]) -> Iterator[str]:
    if rows:
        yield f"  {title}:"
        yield from (f"    {name}: {text}" for name, text in rows.items())


def _offering(name: str, offered: list[Combination]) -> Iterator[str]:
    yield f"{name} (offering)"
    for item in offered:
        price = f", USD {_range(item.price.month)} a month" if item.price else ""
        yield f"  {' + '.join(part for part in item.parts if part)}: {item.status}{price}"
        yield from (f"    - {reason}" for reason in item.reasons)


def _range(pair: tuple[int, int]) -> str:
    return f"{pair[0]:,}-{pair[1]:,}"
