"""Many events over many sites, through the real event layer in the embedded AWS, next to "one hook = one build".

API Gateway, router functions, tables, buses, queues, batcher functions and CodeBuild's
API are the embedded AWS's; its builds take no time, so a proxy gives them some. The
result is that nothing was lost; times are written down and judged by nobody.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import hmac
import http.client
import io
import json
import os
import platform
import random
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent))

from build_clock import BuildClock, build_clock

from platform_core.contributions import WebhookAdapter
from platform_core.outputs import EVENTS_TABLE, RECEIPTS_TABLE
from platform_core.runtime import github_push as github
from platform_testing.embedded import EmbeddedAws, embedded_aws
from platform_testing.event_layer import EventLayer, Knobs, make_event_layer, zipped

ROOT = Path(__file__).parent.parent.parent
RECORD = ROOT / "docs" / "data" / "events.json"
PAGE = ROOT / "docs" / "explanation" / "events.md"
MARKS = ("<!-- soak -->\n", "<!-- end of soak -->")
SECRET = "a-signing-secret"
HOOK = """
import boto3, json
client = boto3.client("codebuild")
def handler(event, _):
    client.start_build(projectName=event["rawPath"].rpartition("/")[2])
    return {"statusCode": 202, "body": json.dumps({"status": "accepted"})}
"""
"""The usual way, at its shortest: a function that starts a build for each hook."""


@dataclass
class Tally:
    """What came back, from all threads."""

    codes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    last: dict[str, float] = field(default_factory=dict)
    accepted: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, code: int, took: float, site: str) -> None:
        """Note one answer."""
        with self.lock:
            self.codes[f"{kind} {code}"] += 1
            self.seconds.append(took)
            if code == 202 and kind != "hook":
                self.accepted[site] += 1
                self.last[site] = max(self.last.get(site, 0.0), time.time())

    def quantile(self, share: float) -> float:
        """Return the time in milliseconds that so many answers took at most."""
        ordered = sorted(self.seconds)
        return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1)


def main(arguments: list[str]) -> int:
    """Run it, print what was seen, and fail when anything was lost or built twice at once."""
    parser = argparse.ArgumentParser(prog="nox -s soak --", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--reduced", action="store_true", help="200 events over 4 sites, within a minute; no record")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--sites", type=int, default=42)
    parser.add_argument("--build-seconds", type=float, default=20.0, help="how long a build lasts")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--most-seconds", type=float, default=900.0, help="send no more events after that")
    given = parser.parse_args(arguments)
    if given.reduced:
        given.events, given.sites, given.build_seconds = 200, 4, 2.0
    knobs = {"visibility": 5} if given.reduced else {}
    load = os.getloadavg()[0]
    with embedded_aws({"LOG_LEVEL": "WARNING"}) as aws, build_clock(aws.endpoint, given.build_seconds) as clock:
        record = soak(aws, clock, given, knobs)
    record = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[2]:.1f} after",
        **record,
    }
    print(json.dumps(record, indent=1))
    if not given.reduced:
        RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
        PAGE.write_text(with_section(PAGE.read_text("utf-8"), record), "utf-8")
        print(f"wrote {RECORD.relative_to(ROOT)} and {PAGE.relative_to(ROOT)}")
    return 1 if record["lost"] or record["builds_together"] > 1 or record["dead_letters"] else 0


def with_section(page: str, record: dict[str, Any]) -> str:
    """Put what was measured between the marks of a page."""
    hooks = record["baseline"]
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    text = f"""
The run of {record["date"]} on {record["machine"]}, everything on this one machine:

| | here | one hook = one build |
| --- | --- | --- |
| events sent | {record["events"]:,} over {record["sites"]} sites, the busiest with {record["events_of_busiest_site"]:,} | {hooks["events"]:,} |
| builds | {record["builds"]:,}, {record["builds_per_event"]:.3f} for each event | {hooks["builds"]:,}, {hooks["builds"] / hooks["events"]:.3f} for each event |
| events lost | {record["lost"]} | |
| dead letters | {record["dead_letters"]} | |
| duplicates and forgeries refused | {record["duplicates_refused"]:,} of {record["duplicates"]:,} and {record["forged_refused"]:,} of {record["forged"]:,} | not looked for |
| builds of one site at once | {record["builds_together"]} at most | as many as there are |
| answer over HTTP, p50 and p95 | {record["router_p50_ms"]:.0f} and {record["router_p95_ms"]:.0f} ms | {hooks["p50_ms"]:.0f} and {hooks["p95_ms"]:.0f} ms |

That is {record["ratio_to_baseline"]} times fewer builds, with builds of {record["build_seconds"]:.0f} seconds; longer ones share more.
The answers take longer because each is given only after the event is stored; the times say more about this machine than about AWS.

"""
    return f"{before}{MARKS[0]}{text}{MARKS[1]}{after}"


def soak(aws: EmbeddedAws, clock: BuildClock, given: argparse.Namespace, knobs: dict[str, Any]) -> dict[str, Any]:
    """Deploy, send, wait until everything is built, count; then the baseline."""
    started = time.monotonic()
    clients = once(aws.client)
    layers = deploy(aws, clients, clock, given.sites, Knobs(batcher={"AWS_ENDPOINT_URL_CODEBUILD": clock.url}, **knobs))
    say(f"{len(layers)} sites are up after {time.monotonic() - started:.0f} s")
    warm = Tally()
    send(warm, [(layer.url, layer.site, "warm", body()) for layer in layers], given.threads)
    tally = Tally()
    requests = plan(layers, given.events)
    began = time.monotonic()
    send(tally, requests, given.threads, until=began + given.most_seconds)
    sending = time.monotonic() - began
    say(f"events were sent in {sending:.0f} s: {dict(tally.codes)}")
    last = {**warm.last, **tally.last}
    settle(layers, clock, last)
    say(f"all is built after {time.monotonic() - began:.0f} s")
    accepted = warm.accepted + tally.accepted
    builds = sum(len(starts) for starts in clock.starts.values())
    stored = {layer.site: rows(layer) for layer in layers}
    hooks = baseline(aws, clients, requests, given)
    return {
        "sites": len(layers),
        "events": sum(count for kind, count in tally.codes.items() if kind.startswith("event")),
        "accepted": accepted.total(),
        "duplicates": sum(count for kind, count in tally.codes.items() if kind.startswith("again")),
        "duplicates_refused": tally.codes["again 409"],
        "forged": sum(count for kind, count in tally.codes.items() if kind.startswith("forged")),
        "forged_refused": tally.codes["forged 401"],
        "answers": dict(sorted(tally.codes.items())),
        "stored": sum(stored.values()),
        "lost": sum(abs(accepted[site] - count) for site, count in stored.items()) + unbuilt(clock, last),
        "dead_letters": sum(layer.waiting(dead=True) for layer in layers),
        "builds": builds,
        "builds_together": clock.together,
        "builds_of_busiest_site": max(len(starts) for starts in clock.starts.values()),
        "events_of_busiest_site": max(accepted.values()),
        "build_seconds": clock.seconds,
        "sending_seconds": round(sending, 1),
        "router_p50_ms": tally.quantile(0.5),
        "router_p95_ms": tally.quantile(0.95),
        "baseline": hooks,
        "builds_per_event": round(builds / accepted.total(), 4),
        "ratio_to_baseline": round(hooks["builds"] / hooks["events"] / (builds / accepted.total()), 1),
    }


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, flush=True)


def once(make: Callable[[str], Any]) -> Callable[[str], Any]:
    """Keep one client of each service; they may be used by many threads."""
    kept: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in kept:
            kept[service] = make(service)
        return kept[service]

    return client


def deploy(
    aws: EmbeddedAws, clients: Callable[[str], Any], clock: BuildClock, sites: int, knobs: Knobs
) -> list[EventLayer]:
    """Create the event layer of each site; all have one secret."""
    clients("secretsmanager").create_secret(Name="soak/github", SecretString=SECRET)
    adapter = WebhookAdapter("github", Path(str(github.__file__)), secret="soak/github", config={"branch": "main"})
    with tempfile.TemporaryDirectory() as folder:
        code = zipped(Path(folder, "asset"), [adapter])
    return [
        make_event_layer(
            clients,
            aws.endpoint,
            f"site-{number:02}",
            adapters=[adapter],
            code=code,
            # Half of them store and announce their events, half send them to the queue.
            knobs=replace(knobs, event_driven=number % 2 == 0),
        )
        for number in range(sites)
    ]


def body() -> bytes:
    """Return a push as GitHub sends it, one that was never sent before."""
    commit = uuid.uuid4().hex + "00000000"
    push = {"ref": "refs/heads/main", "after": commit, "commits": [], "repository": {"full_name": "acme/website"}}
    return json.dumps(push).encode()


Request = tuple[str, str, str, bytes]


def plan(layers: list[EventLayer], events: int) -> list[Request]:
    """Spread events over sites: a few are busy, most are quiet; one in twenty comes twice, one in fifty is forged."""
    chance = random.Random(0)  # noqa: S311  the same traffic each time
    weights = [1 / (number + 1) for number in range(len(layers))]
    requests: list[Request] = []
    for number in range(events):
        (layer,) = chance.choices(layers, weights)
        data = body()
        requests.append((layer.url, layer.site, "event", data))
        if number % 20 == 19:
            requests.append((layer.url, layer.site, "again", data))
        if number % 50 == 49:
            requests.append((layer.url, layer.site, "forged", body()))
    return requests


def send(
    tally: Tally, requests: Iterable[Request], threads: int, provider: str = "github", *, until: float = float("inf")
) -> None:
    """Send each request; a 503 or a broken connection is sent again, as providers do."""
    local = threading.local()

    def one(request: Request) -> None:
        url, site, kind, data = request
        secret = "forged" if kind == "forged" else SECRET
        headers = {
            "content-type": "application/json",
            "x-github-event": "push",
            "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), data, hashlib.sha256).hexdigest(),
        }
        for _ in range(5 if time.monotonic() < until else 0):
            began = time.perf_counter()
            code = post(local, f"{url}/{provider}", data, headers)
            tally.add(kind, code, time.perf_counter() - began, site)
            if code < 500:
                return

    # A duplicate follows its original, so requests of one site keep their order within a thread.
    lanes: list[list[Request]] = [[] for _ in range(threads)]
    for request in requests:
        lanes[hash(request[1]) % threads].append(request)
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(lambda lane=lane: [one(item) for item in lane]) for lane in lanes]:
            done.result()


def post(local: threading.local, url: str, data: bytes, headers: dict[str, str]) -> int:
    """Send one request over the thread's own connection and return the status; 599 when it broke."""
    parts = urlsplit(url)
    if not hasattr(local, "connection"):
        local.connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        local.connection.request("POST", parts.path, data, headers)
        answer = local.connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        local.connection.close()
        del local.connection
        return 599
    return int(answer.status)


def unbuilt(clock: BuildClock, last: dict[str, float]) -> int:
    """Count the sites whose last event no later build serves; an event is accepted before its answer is here."""
    return sum(not any(start > at - 1 for start in clock.starts.get(site, [])) for site, at in last.items())


def settle(layers: list[EventLayer], clock: BuildClock, last: dict[str, float], seconds: float = 400) -> None:
    """Wait until no queue holds anything and every site has a build that began after its last event."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while any(layer.waiting() for layer in layers) or unbuilt(clock, last):
        if time.monotonic() > deadline:
            say("it did not settle in time")
            return
        pause.wait(1)


def rows(layer: EventLayer) -> int:
    """Count the events that a site has taken in: its receipts, which are as many as the events that it stores."""
    tables = [layer.outputs.get(RECEIPTS_TABLE), layer.outputs.get(EVENTS_TABLE)]
    pages = layer.clients("dynamodb").get_paginator("scan")
    counts = {
        sum(int(page["Count"]) for page in pages.paginate(TableName=table, Select="COUNT")) for table in tables if table
    }
    if len(counts) != 1:
        raise SystemExit(f"{layer.site}: {counts} receipts and events")
    return counts.pop()


def baseline(
    aws: EmbeddedAws, clients: Callable[[str], Any], requests: list[Request], given: argparse.Namespace
) -> dict[str, Any]:
    """Send a tenth of the same events to a function that starts a build for each."""
    chosen = [item for item in requests if item[2] == "event"][: max(given.events // 10, 20)]
    url = f"{aws.endpoint}/_aws/execute-api/{hook_api(clients)}/$default/hook"
    before = {site: len(layer_builds(clients, site)) for site in {item[1] for item in chosen}}
    tally = Tally()
    by_site: dict[str, list[Request]] = {}
    for _, site, _, payload in chosen:
        by_site.setdefault(site, []).append((url, site, "hook", payload))
    send(Tally(), [(url, chosen[0][1], "hook", b"{}")] * given.threads, given.threads, provider=chosen[0][1])
    before[chosen[0][1]] = len(layer_builds(clients, chosen[0][1]))
    for site, items in by_site.items():
        send(tally, items, given.threads, provider=site)
    builds = sum(len(layer_builds(clients, site)) - count for site, count in before.items())
    return {
        "events": len(chosen),
        "builds": builds,
        "p50_ms": tally.quantile(0.5),
        "p95_ms": tally.quantile(0.95),
        "answers": dict(tally.codes),
    }


def hook_api(clients: Callable[[str], Any]) -> str:
    """Create the function of the usual way behind an HTTP API, and return the API's id."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("hook.py", HOOK)
    made = clients("lambda").create_function(
        FunctionName="hook",
        Runtime="python3.13",
        Handler="hook.handler",
        Role="arn:aws:iam::000000000000:role/lambda",
        Code={"ZipFile": data.getvalue()},
        Timeout=30,
    )
    gateway = clients("apigatewayv2")
    api = str(gateway.create_api(Name="hook", ProtocolType="HTTP")["ApiId"])
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=made["FunctionArn"], PayloadFormatVersion="2.0"
    )["IntegrationId"]
    gateway.create_route(ApiId=api, RouteKey="POST /hook/{site}", Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    return api


def layer_builds(clients: Callable[[str], Any], project: str) -> list[str]:
    """Return the builds that the embedded CodeBuild has of a project."""
    found: list[str] = clients("codebuild").list_builds_for_project(projectName=project)["ids"]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
