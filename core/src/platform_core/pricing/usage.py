"""How much of each thing that AWS charges for a month takes.

The figures that are not known, such as requests for each page, are assumptions; they
stand in ``prices.toml``, and every estimate names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from platform_core.facts import build_seconds
from platform_core.manifest import Manifest
from platform_core.pricing.table import PriceTable, Traffic

__all__ = ["Usage", "count_usage", "delivered"]

_MINUTE = Decimal(60)


@dataclass(frozen=True, slots=True)
class Usage:
    """What of a site its AWS bill depends on."""

    engine: Manifest
    secrets: int
    webhooks: bool
    events: bool
    server: bool


def delivered(month: Traffic, table: PriceTable) -> tuple[Decimal, Decimal]:
    """Return requests and gigabytes of a month."""
    take = table.assumptions
    pages = Decimal(month.visits) * take["pages_per_visit"]
    return pages * take["requests_per_page"], pages * take["kilobytes_per_page"] / Decimal(1_048_576)


def count_usage(site: Usage, month: Traffic, table: PriceTable) -> dict[str, Decimal]:
    """Return how many of each thing a month takes."""
    counts = {**_edge(month, table), **_releases(site, month, table)}
    if site.webhooks:
        counts |= _event_layer(site, month, table)
    if site.server:
        for name, more in _rendering(month, table).items():
            counts[name] = counts.get(name, Decimal(0)) + more
    return counts


def _edge(month: Traffic, table: PriceTable) -> dict[str, Decimal]:
    take = table.assumptions
    requests, gigabytes = delivered(month, table)
    return {
        "cloudfront.transfer": gigabytes,
        "cloudfront.requests": requests,
        "cloudfront.functions": requests,
        "kvs.reads": requests * take["reads_per_request"],
        "s3.get": requests * take["edge_miss_share"],
        "route53.zone": Decimal(1),
    }


def _releases(site: Usage, month: Traffic, table: PriceTable) -> dict[str, Decimal]:
    take = table.assumptions
    objects = month.pages * take["objects_per_page"]
    measured = build_seconds(site.engine.speed, month.pages)
    seconds = month.pages * take["seconds_per_page_not_measured"] if measured is None else Decimal(str(measured))
    minutes = month.builds * (take["build_minutes_besides_pages"] + seconds / _MINUTE)
    alarms = take["alarms"]
    alarms += take["alarms_with_webhooks"] if site.webhooks else 0
    alarms += take["alarms_with_server"] if site.server else 0
    return {
        "s3.storage": objects * take["kilobytes_per_object"] * take["releases_kept"] / Decimal(1_048_576),
        "s3.put": objects * month.builds,
        "kvs.api": month.builds * take["store_requests_per_release"],
        "codebuild.minutes": minutes,
        "cloudwatch.alarms": alarms,
        "cloudwatch.logs": month.builds * take["megabytes_logged_per_build"] / Decimal(1024),
    }


def _event_layer(site: Usage, month: Traffic, table: PriceTable) -> dict[str, Decimal]:
    take = table.assumptions
    webhooks = Decimal(month.webhooks)
    # One call of the router for each webhook, at most one of the batcher.
    calls = webhooks * 2
    stored = webhooks * take["events_kept_months"] * take["kilobytes_per_event"] / Decimal(1_048_576)
    megabytes = month.builds * take["megabytes_logged_per_build"] + calls * take["kilobytes_logged_per_call"] / 1024
    return {
        "apigateway.requests": webhooks,
        "lambda.requests": calls,
        "lambda.seconds": calls * take["function_seconds"] * take["function_gigabytes"],
        "dynamodb.writes": webhooks * take["writes_per_webhook"],
        "sqs.requests": take["empty_polls"] + webhooks * 3,
        "secrets.count": Decimal(site.secrets),
        "secrets.calls": webhooks,
        "cloudwatch.logs": megabytes / Decimal(1024),
        **({"eventbridge.events": webhooks, "dynamodb.storage": stored} if site.events else {}),
    }


def _rendering(month: Traffic, table: PriceTable) -> dict[str, Decimal]:
    """Count every page as rendered: what the edge may keep depends on the site."""
    take = table.assumptions
    pages = Decimal(month.visits) * take["pages_per_visit"]
    return {
        "lambda.requests": pages,
        "lambda.seconds": pages * take["server_seconds_per_page"] * take["server_gigabytes"],
        "cloudwatch.logs": pages * take["kilobytes_logged_per_call"] / Decimal(1_048_576),
    }
