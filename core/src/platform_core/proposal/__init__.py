"""The proposal: what a site costs, as one page that a client can read, print and keep.

The page is whole in one file: its style is inside, and it loads nothing. Everything that
comes from elsewhere is escaped. Every figure has its source and its date at the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path

from platform_core.design import load_design
from platform_core.errors import SiteError
from platform_core.pricing.fees import plan_terms
from platform_core.pricing.records import CENT, NOTHING, Estimate, Level, Range, as_range
from platform_core.pricing.table import PriceTable, UnitPrice

__all__ = ["render_proposal"]

_HERE = Path(__file__).parent
_SURE = {"vendor": "read on AWS's page", "second-hand": "quoted by others", "no": "not confirmed"}


def render_proposal(estimate: Estimate, *, client: str = "", domain: str = "", variant: str = "", date: dt.date) -> str:
    """Return the page.

    Args:
        estimate: What it costs.
        client: For whom it is.
        domain: The site's host name.
        variant: The engine's variant.
        date: The day of the proposal.
    """
    title = f"Proposal for {client or domain or 'your site'}"
    body = "".join(
        _section(heading, parts)
        for heading, parts in (
            ("What you get", _offer(estimate, variant)),
            ("What you pay", _payment(estimate)),
            ("What AWS charges", _aws(estimate)),
            ("Flat rate or pay as you go", _flat(estimate)),
            ("What this takes for granted", _assumptions(estimate)),
            ("Sources and dates", _sources(estimate)),
        )
    )
    about = f"{domain + ', ' if domain else ''}{date.day} {date:%B %Y}. All amounts are US dollars, without taxes."
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n"
        f'<header class="head"><h1>{escape(title)}</h1><p>{escape(about)}</p></header>\n'
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _style() -> str:
    design = load_design(_HERE)
    if design is None:
        raise SiteError("no-design", f"there is no design.toml in {_HERE}", hint="Install platform-core again.")
    return design.stylesheet.decode() + (_HERE / "proposal.css").read_text("utf-8")


def _section(heading: str, parts: Iterable[str]) -> str:
    return f"<section>\n<h2>{escape(heading)}</h2>\n{''.join(parts)}</section>\n"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n"


def _list(items: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(item)}</li>\n" for item in items)
    return f"<ul>\n{rows}</ul>\n" if rows else ""


def _table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1, last_is_sum: bool = False
) -> str:
    """Return a table whose first *words* columns are text, and the others numbers.

    Args:
        caption: What it shows.
        columns: The heads.
        rows: The cells; the first one heads its row.
        words: How many columns are text.
        last_is_sum: Whether the last row stands out.
    """
    found = list(rows)
    head = "".join(
        f'<th scope="col"{_class(number >= words)}>{escape(name)}</th>' for number, name in enumerate(columns)
    )
    lines = []
    for position, row in enumerate(found):
        total = last_is_sum and position == len(found) - 1
        first = f'<th scope="row"{_class(False, total)}>{escape(row[0])}</th>'
        rest = "".join(
            f"<td{_class(number >= words, total)}>{escape(cell)}</td>" for number, cell in enumerate(row[1:], 1)
        )
        lines.append(f"<tr>{first}{rest}</tr>\n")
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(lines)}</tbody></table></div>\n"
    )


def _class(number: bool, total: bool = False) -> str:
    names = [name for name, is_so in (("number", number), ("sum", total)) if is_so]
    return f' class="{" ".join(names)}"' if names else ""


def _offer(estimate: Estimate, variant: str) -> Iterator[str]:
    made = "are made ahead of time" if estimate.rendering == "static" else "are made ahead of time or when asked for"
    yield _paragraph(f"A web site on AWS whose pages {made}, with releases that can be taken back, made of:")
    engine = estimate.parts[0].variants.get(variant)
    told = [f"{item.name}: {item.summary}" for item in estimate.parts]
    told[1:1] = [engine.summary] if engine else []
    yield _list(told)
    if estimate.combination.status == "certified":
        yield _paragraph("This combination is certified: it is sold at a fixed price, and tested as it is sold.")
    else:
        yield _paragraph(
            "This combination works, and is not in the price list: " + " ".join(estimate.combination.reasons)
        )


def _payment(estimate: Estimate) -> Iterator[str]:
    if estimate.agency and estimate.client:
        more = ", and what has no known price" if estimate.on_top else ""
        yield f'<p class="total">{escape(_amount(estimate.client) + " a month" + more)}</p>\n'
        rows = [("Agency: hosting, maintenance, care", _amount(as_range(estimate.agency.month)))]
    else:
        yield _paragraph("The agency's fee comes with an estimate of the work.")
        rows = [("Agency", "by estimate")]
    rows += [
        (f"{item.name}, plan {_plans(item.plans)}", _amount(item.month))
        if item.month
        else (item.name, "comes on top, price unknown")
        for item in estimate.providers
    ]
    if estimate.client:
        rows.append(("Together, a month", _amount(estimate.client)))
    yield _table("Each month", ("What", "USD a month"), rows, last_is_sum=bool(estimate.client))
    if estimate.on_top:
        yield _paragraph(f"On top, price unknown: {', '.join(estimate.on_top)}.")
    if estimate.agency:
        yield _paragraph(f"Once, to set it up: {_amount(as_range(estimate.agency.setup))}.")
        yield _paragraph(
            "The agency's fee includes what AWS charges while the agency hosts the site. "
            "If AWS bills an account of yours, its charges below come on top."
        )


def _plans(plans: Sequence[object]) -> str:
    names = [str(getattr(plan, "name", "")) for plan in plans]
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _aws(estimate: Estimate) -> Iterator[str]:
    rows = [
        (
            level.traffic.name,
            f"{level.traffic.visits:,}",
            f"{level.requests:,.0f}",
            f"{level.gigabytes:,.1f}",
            _amount(level.aws, cents=True),
            _amount(level.total) if level.total else "",
        )
        for level in estimate.levels
    ]
    columns = ("Traffic", "Visits", "Requests", "Gigabytes", "AWS", "With agency and providers")
    yield _table("A month, in USD", columns, rows)
    yield _paragraph(
        "The smaller amount is for a site that has an account's free allowances to itself, "
        "the larger one for an account whose allowances other sites use up."
    )
    if estimate.limit is not None:
        yield _paragraph(_limit(estimate))
    yield _lines(estimate)


def _limit(estimate: Estimate) -> str:
    rule = f"The agency keeps the AWS charges of such a site at USD {estimate.limit:,.0f} a month or less."
    until = estimate.limit_visits
    holds = f" With middle traffic's releases that holds below {until:,} visits, pay as you go." if until else ""
    return " ".join([rule + holds, *(_beyond(estimate, level) for level in estimate.levels if not level.within_limit)])


def _beyond(estimate: Estimate, level: Level) -> str:
    """Say what helps at a level that costs too much."""
    limit = estimate.limit or Decimal(0)
    plan = next((choice.plan.name for choice in level.flat if choice.fits and choice.usd.high <= limit), "")
    what = f"It does not hold at {level.traffic.name} traffic"
    if plan:
        return f"{what}; the flat-rate plan {plan} keeps it."
    if level.aws.low <= limit:
        return f"{what}, unless the site has the account's free allowances to itself."
    return f"{what}; such a site needs a price of its own."


def _lines(estimate: Estimate) -> str:
    """Return what AWS charges for, a column for each level; what costs less than a cent is added up."""
    costs = [{line.price.id: line.usd for line in level.lines} for level in estimate.levels]
    rows, small = [], [NOTHING] * len(costs)
    for price in _used(estimate):
        found = [level.get(price.id, NOTHING) for level in costs]
        if all(usd.high < CENT for usd in found):
            small = [before + usd for before, usd in zip(small, found, strict=True)]
            continue
        rows.append((price.service, price.what, *(_amount(usd, cents=True) for usd in found)))
    if any(usd.high for usd in small):
        rows.append(("Everything else", "", *(_amount(usd, cents=True) for usd in small)))
    rows.append(("Together", "", *(_amount(level.aws, cents=True) for level in estimate.levels)))
    columns = ("Service", "What", *(level.traffic.name for level in estimate.levels))
    return _table("What AWS charges for, USD a month", columns, rows, words=2, last_is_sum=True)


def _flat(estimate: Estimate) -> Iterator[str]:
    table = estimate.table
    yield _paragraph(
        "CloudFront can be paid for by use, or by a plan at one price for one site. "
        "Amounts are AWS as a whole, without any free allowance."
    )
    columns = ("Traffic", "Pay as you go", *(f"{plan.name} ({plan.usd:,.0f})" for plan in table.flat.plans), "Cheapest")
    yield _table(
        "AWS a month by plan, in USD",
        columns,
        (
            (
                level.traffic.name,
                f"{level.aws.high:,.2f}",
                *(f"{choice.usd.high:,.2f}" if choice.fits else "too small" for choice in level.flat),
                level.cheapest or "pay as you go",
            )
            for level in estimate.levels
        ),
    )
    yield _table(
        "From how many visits a month on a plan costs less",
        ("Plan", "Allowances to itself", "Without allowances", "Plan is used up at"),
        (
            (item.plan.name, _visits(item.alone), _visits(item.shared), f"{item.allowance:,}")
            for item in estimate.break_evens
        ),
    )
    yield _list(table.flat.notes)


def _visits(count: int | None) -> str:
    return "never" if count is None else f"{count:,}"


def _assumptions(estimate: Estimate) -> Iterator[str]:
    table, trade = estimate.table, estimate.trade
    if estimate.providers:
        counted = [("People who log in at each provider", f"{trade.seats:,}")]
        if estimate.combination.shop:
            counted += [
                ("Sales of the shop a month, USD", f"{trade.sales:,.2f}"),
                ("One order, USD", f"{trade.order:,.2f}"),
            ]
        yield _table("What the providers' plans are counted with", ("What", "Figure"), counted)
    levels = (
        (
            level.traffic.name,
            *(f"{value:,}" for value in (level.traffic.pages, level.traffic.builds, level.traffic.webhooks)),
        )
        for level in estimate.levels
    )
    yield _table("A month at each level", ("Traffic", "Pages of the site", "Releases", "Reports of providers"), levels)
    rows = ((name.replace("_", " "), f"{value:,}") for name, value in table.assumptions.items())
    yield _table("The same at every level; these are assumptions, not measurements", ("What", "Figure"), rows)
    yield _list(estimate.unknown)


def _sources(estimate: Estimate) -> Iterator[str]:
    table = estimate.table
    rows = [_source(price) for price in _used(estimate)]
    flat = table.flat
    rows.append(("CloudFront", "flat-rate plans", "", flat.source, f"{flat.date}, {_SURE[flat.confirmed]}"))
    rows += [
        (item.name, f"plan {plan.name}", plan_terms(plan), plan.source, plan.date)
        for item in estimate.providers
        for plan in (*item.plans, *(plan for plan, _ in item.left_out))
    ]
    columns = ("Whose", "What", "USD", "Source", "Read")
    caption = f"Prices in {table.region}; the table was last gone through on {table.date}"
    yield f'<div class="sources">{_table(caption, columns, rows, words=5)}</div>\n'
    notes = [f"{price.service}, {price.what.lower()}: {price.note}" for price in _used(estimate) if price.note]
    notes += [
        f"{item.name}, plan {plan.name}: {plan.note}" for item in estimate.providers for plan in item.plans if plan.note
    ]
    notes += [
        f"{item.name}, plan {plan.name}, is not counted: it {why}. {plan.note}".rstrip()
        for item in estimate.providers
        for plan, why in item.left_out
    ]
    yield _list(notes)


def _used(estimate: Estimate) -> list[UnitPrice]:
    """Return the prices of the lines, each once, in the order of the table."""
    names = {line.price.id for level in estimate.levels for line in level.lines}
    table: PriceTable = estimate.table
    return [price for name, price in table.prices.items() if name in names]


def _source(price: UnitPrice) -> tuple[str, str, str, str, str]:
    what = f"{price.usd} for each {price.unit}" if price.per == 1 else f"{price.usd} for {price.unit}"
    return price.service, price.what, what, price.source, f"{price.date}, {_SURE[price.confirmed]}"


def _amount(usd: Range, *, cents: bool = False) -> str:
    low, high = (f"{value:,.2f}" if cents else f"{value:,.0f}" for value in (usd.low, usd.high))
    return low if low == high else f"{low} to {high}"
