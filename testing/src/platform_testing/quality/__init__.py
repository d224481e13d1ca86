"""What a client would buy, as checks of a live site; for every engine and every starter.

A site is built as for AWS, deployed into an embedded AWS with its real stack, published,
and then asked for over HTTP and opened in a browser.

    python -m platform_testing.quality FOLDER
    python -m platform_testing.quality --starter ENGINE/VARIANT --lighthouse

It needs platform-cli, playwright, and a Chromium of this machine.
"""

from platform_testing.quality.checks import Report, check_site, measure_site
from platform_testing.quality.findings import Finding, told
from platform_testing.quality.live import Fleet, LiveSite, Project, open_fleet, read_project, write_starter
from platform_testing.quality.rendered import open_browser, photograph, wait_in_page
from platform_testing.quality.served import check_server

__all__ = [
    "Finding",
    "Fleet",
    "LiveSite",
    "Project",
    "Report",
    "check_server",
    "check_site",
    "measure_site",
    "open_browser",
    "open_fleet",
    "photograph",
    "read_project",
    "told",
    "wait_in_page",
    "write_starter",
]
