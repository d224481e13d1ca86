"""Check site folders and starters from the command line."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from platform_core.errors import PlatformError
from platform_testing.quality.checks import Report, check_site, measure_site
from platform_testing.quality.findings import told
from platform_testing.quality.live import Project, open_fleet, read_project, write_starter
from platform_testing.quality.rendered import open_browser


def main(arguments: list[str]) -> int:
    """Check what was asked for; 1 when something was found."""
    parser = argparse.ArgumentParser(
        prog="python -m platform_testing.quality", description="Check sites as a client would."
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="of a site, with site.toml")
    parser.add_argument("--starter", action="append", default=[], metavar="ENGINE/VARIANT", help="may be repeated")
    parser.add_argument("--lighthouse", action="store_true", help="run Lighthouse too; takes a minute for each site")
    parser.add_argument("--no-browser", action="store_true", help="leave out what needs a browser")
    given = parser.parse_args(arguments)
    if not given.folders and not given.starter:
        parser.error("name a folder or a starter")
    try:
        return _run(given)
    except PlatformError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _run(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quality-")))
        roots = [folder.resolve() for folder in given.folders]
        for name in given.starter:
            engine, _, variant = name.partition("/")
            roots.append(scratch / name.replace("/", "-"))
            write_starter(roots[-1], engine, variant)
        projects = [read_project(root) for root in roots]
        built = [project.build() for project in projects]
        fleet = stack.enter_context(open_fleet())
        fleet.deploy(projects, scratch)
        browser = None if given.no_browser else stack.enter_context(open_browser())
        found = 0
        for project, output in zip(projects, built, strict=True):
            with fleet.serve(project, output) as site:
                report = check_site(site, browser)
                if given.lighthouse:
                    measure_site(site, report)
            sys.stdout.write("\n".join(_lines(project, report)) + "\n")
            sys.stdout.flush()
            found += len(report.findings)
    return 1 if found else 0


def _lines(project: Project, report: Report) -> Iterator[str]:
    yield (
        f"{project.client}: {report.pages} pages, {report.bytes / 1e6:.1f} MB, {len(report.opened)} opened; "
        f"{len(report.findings)} findings in {sum(report.seconds.values()):.1f} s "
        f"({', '.join(f'{name} {seconds:.1f}' for name, seconds in report.seconds.items())})"
    )
    for item in report.measured:
        yield f"  {item.page}: " + ", ".join(f"{name} {score}" for name, score in item.scores.items())
    yield from (f"  {line}" for line in told(report.findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
