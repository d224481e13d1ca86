"""The workflow that builds the site with Platform and publishes the very files on GitHub Pages."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence

__all__ = ["WORKFLOW", "workflow"]

WORKFLOW = ".github/workflows/pages.yml"
# Debian 12 has Python 3.11 and Jekyll 4.3.1.
_IMAGE = "debian:bookworm-slim"
_TEMPLATE = """\
# Publishes this site on GitHub Pages. Written by `platform init`; change it as you like.
# In the repository's settings: Pages, source "GitHub Actions", custom domain as in site.toml.
# The actions are named by their commits, so that nobody can put others in their place.
name: Pages

on:
  push:
    branches: ["{branch}"]
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: pages
  cancel-in-progress: false

jobs:
  build:
    runs-on: ubuntu-24.04
    container: {image}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      - name: Tools
        run: |
          apt-get update -qq
          apt-get install -y -qq --no-install-recommends ca-certificates python3-venv {packages}
          python3 -m venv /opt/platform
          /opt/platform/bin/pip install --quiet --disable-pip-version-check {distributions}
          echo /opt/platform/bin >> "$GITHUB_PATH"
{more}      - name: Build
        run: platform build
      # Version 3 takes hidden files along; later ones leave .well-known out.
      - uses: actions/upload-pages-artifact@56afc609e74202658d3ffba0e8f6dda462b719fa # v3.0.1
        with:
          path: .platform/aws/output

  publish:
    needs: build
    runs-on: ubuntu-24.04
    permissions:
      pages: write
      id-token: write
    environment:
      name: github-pages
      url: ${{{{ steps.publish.outputs.page_url }}}}
    steps:
      - id: publish
        uses: actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e # v4.0.5
"""
_BUNDLE = """\
      - name: Gems
        run: bundle install --quiet
"""


def workflow(branch: str, components: Sequence[str], packages: Sequence[str], *, bundler: bool) -> str:
    """Return the text of the workflow.

    Args:
        branch: Pushes to it are published.
        components: The parts of the site; each is installed in the version that is here.
        packages: What Debian has to bring.
        bundler: Whether the gems of the site's Gemfile are installed.
    """
    names = ["platform-core", "platform-cli", *(f"platform-plugin-{component}" for component in components)]
    pinned = [f"{name}=={importlib.metadata.version(name)}" for name in names]
    return _TEMPLATE.format(
        branch=branch,
        image=_IMAGE,
        packages=" ".join(packages),
        distributions=" ".join(pinned),
        more=_BUNDLE if bundler else "",
    )
