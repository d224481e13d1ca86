"""Publishing, switching and rolling back a release in the embedded AWS, and the addresses of a release."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from measure import Comparison, Figure, Section, Series, in_turn, seconds

from platform_core.runtime.publisher import Published, connect, publish, rollback
from platform_core.runtime.store import WORKERS, Store
from platform_testing.embedded import ACCOUNT, REGION, EmbeddedAws, Hosting, embedded_aws, local_edge, make_hosting
from platform_testing.urls import REDIRECTS, SHADOWED, STYLES, URLS, check_url, files_of_style

DOMAIN = "bench.example.com"
VIEWER = Path(__file__).parent.parent.parent / "core" / "src" / "platform_core" / "cloud" / "viewer.js"
RELEASE = "3f9c0a"
AIM_ROLLBACK = 1.0
# What tutorials give for pretty addresses: index.html is put behind what has no dot.
USUAL_VIEWER = f"""
async function handler(event) {{
    const request = event.request;
    if (request.uri.endsWith('/')) {{
        request.uri += 'index.html';
    }} else if (request.uri.indexOf('.') < 0) {{
        request.uri += '/index.html';
    }}
    request.uri = '/releases/{RELEASE}' + request.uri;
    return request;
}}
"""


def measure(scratch: Path, *, reduced: bool) -> Section:
    """Measure what happens to a finished build."""
    count, rounds = (50, 3) if reduced else (1_000, 7)
    output = scratch / "output"
    write_output(output, count)
    with embedded_aws() as aws:
        hosting = make_hosting(aws, domain=DOMAIN, name="bench", viewer=VIEWER.read_text("utf-8"))
        session = boto3.Session(ACCOUNT, "local", region_name=REGION)
        store = connect(
            bucket=hosting.bucket, store_arn=hosting.store, host=DOMAIN, session=session, endpoint=aws.endpoint
        )
        comparisons = [*of_publishing(store, output, count, rounds), of_rollback(store, aws, hosting, output, rounds)]
        figures = [served(store, aws, hosting, output), *(scores(aws))]
    return Section(
        "Releases",
        "Against the embedded AWS on this machine, so the times are those of the work and not of a network. "
        "A publication scans, hashes, uploads, verifies, writes the routing table and a manifest, switches and prunes.",
        comparisons=comparisons,
        figures=[rollback_figure(comparisons[-1]), *figures],
    )


def write_output(output: Path, count: int) -> None:
    """Write a build of *count* files of a few kilobytes."""
    for number in range(count - 2):
        page = output / f"section-{number % 20}" / f"page-{number}" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(
            f"<!doctype html><title>{number}</title>\n" + f"<p>Paragraph of page {number}.</p>\n" * 120, "utf-8"
        )
    for name in ("index.html", "404.html"):
        (output / name).write_text(f"<!doctype html><title>{name}</title>\n", "utf-8")


def of_publishing(store: Store, output: Path, count: int, rounds: int) -> Iterator[Comparison]:
    """Publish everything anew, then with one changed page, each against plain uploads."""
    files = [path for path in sorted(output.rglob("*")) if path.is_file()]
    stamps = itertools.count()

    def everything() -> float:
        for path in files:
            path.write_text(path.read_text("utf-8").partition("<!-- ")[0] + f"<!-- {next(stamps)} -->\n", "utf-8")
        return timed(store, output)[0]

    def one_page() -> float:
        (output / "index.html").write_text(f"<!doctype html><title>Home</title><!-- {next(stamps)} -->\n", "utf-8")
        return timed(store, output)[0]

    found = in_turn(
        {
            "plain": lambda: plain_upload(store, output, files, f"plain-{next(stamps)}"),
            "everything": everything,
            "one": one_page,
        },
        rounds,
    )
    baseline = f"put_object for each file, {WORKERS} at a time"
    yield Comparison(f"publish {count:,} new files", baseline, found["plain"], found["everything"])
    yield Comparison(f"publish {count:,} files, one changed", baseline, found["plain"], found["one"])


def timed(store: Store, output: Path) -> tuple[float, Published]:
    """Publish and return how long it took."""
    started = time.perf_counter()
    done = publish(store, output, started=time.time())
    return time.perf_counter() - started, done


def plain_upload(store: Store, output: Path, files: list[Path], prefix: str) -> float:
    """Upload the files and do nothing else."""

    def put(path: Path) -> None:
        name = path.relative_to(output).as_posix()
        store.s3.put_object(
            Bucket=store.bucket, Key=f"{prefix}/{name}", Body=path.read_bytes(), ContentType="text/html"
        )

    started = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(put, files))
    return time.perf_counter() - started


def of_rollback(store: Store, aws: EmbeddedAws, hosting: Hosting, output: Path, rounds: int) -> Comparison:
    """Roll back and forth between two releases, against one bare write to the store."""

    def back() -> float:
        started = time.perf_counter()
        rollback(store)
        return time.perf_counter() - started

    def bare() -> float:
        started = time.perf_counter()
        aws.write_keys(hosting.store, {"bench-key": hashlib.sha256(output.name.encode()).hexdigest()})
        return time.perf_counter() - started

    found = in_turn({"bare": bare, "rollback": back}, rounds * 3)
    return Comparison("rollback", "one bare write to the key value store", found["bare"], found["rollback"])


def rollback_figure(compared: Comparison) -> Figure:
    """Say whether a rollback is fast enough."""
    took = compared.ours.median
    return Figure(
        "Rollback, from the call to the return", seconds(took), f"under {seconds(AIM_ROLLBACK)}", took < AIM_ROLLBACK
    )


def served(store: Store, aws: EmbeddedAws, hosting: Hosting, output: Path) -> Figure:
    """Measure how long after the switch the edge serves the new release."""
    series = Series()
    with local_edge(aws, distribution=hosting.distribution, domain=DOMAIN) as edge:
        for number in range(5):
            (output / "index.html").write_text(f"<!doctype html><title>Served {number}</title>\n", "utf-8")
            done = timed(store, output)[1]
            series.wall.append(done.seconds["switch"])
            from platform_testing.urls import ask

            assert f"Served {number}".encode() in ask(edge["port"], "/").body
    return Figure(
        "The switch alone, within a publication", f"{seconds(series.median)}; the next request gets the new release"
    )


def scores(aws: EmbeddedAws) -> Iterator[Figure]:
    """Count the addresses of the conformance table that answer as they should, for both shapes of output."""
    for name, viewer in (("ours", VIEWER.read_text("utf-8")), ("the usual index.html rewrite", USUAL_VIEWER)):
        right = 0
        for style in STYLES:
            bucket = f"urls-{style}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
            hosting = make_hosting(aws, domain=DOMAIN, name=bucket, viewer=viewer)
            files = files_of_style(style)
            hosting.publish(RELEASE, files, (*REDIRECTS, *SHADOWED))
            with local_edge(aws, distribution=hosting.distribution, domain=DOMAIN) as edge:
                right += sum(answers(edge["port"], row, files) for row in URLS)
        of = len(URLS) * len(STYLES)
        yield Figure(
            f"Addresses of the conformance table, {name}",
            f"{right} of {of}",
            "all" if name == "ours" else "",
            right == of if name == "ours" else None,
        )


def answers(port: int, row: object, files: dict[str, bytes]) -> bool:
    """Tell whether one row of the table holds."""
    try:
        check_url(port, row, files)
    except (AssertionError, OSError):
        return False
    return True
