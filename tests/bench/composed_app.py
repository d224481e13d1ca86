"""Our side of the synth benchmark: ``python composed_app.py COUNT SITES OUTDIR [--start-only]``.

SITES holds a folder for each site. With ``--start-only`` everything is imported and
discovered that a synth without changes needs, and nothing is done with it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from platform_core.assembly import synth
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.files import cache_folder
from platform_core.site import load_site


def main(count: int, sites: Path, outdir: Path, *, start_only: bool) -> None:
    """Synthesize the first *count* sites."""
    catalogue = Catalogue(discover(cache=cache_folder() / "manifests.json").plugins)
    composed = []
    for folder in sorted(sites.iterdir())[: 1 if start_only else count]:
        site = load_site(folder, catalogue)
        composed.append((compose(site, folder, catalogue), Stage("aws", f"https://{site.domain}")))
    if not start_only:
        synth(composed, outdir)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), start_only="--start-only" in sys.argv)
