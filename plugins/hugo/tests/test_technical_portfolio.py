"""What the portfolio promises beside what all starters do: gallery, CV, publications with BibTeX."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Build = Callable[..., Any]
VARIANT = "technical_portfolio"


class TestGallery:
    """The project gallery."""

    def test_shows_every_project_in_order(self, build: Build) -> None:
        """The gallery has all projects, by their position."""
        built = build(VARIANT)
        found = re.findall(
            r'<h3><span class="plate-number">(\d)</span> <a href="/projects/([\w-]+)/">',
            built.read("projects/index.html"),
        )
        assert [number for number, _ in found] == list("123456")
        assert found[0][1] == "tidemark"

    def test_project_leads_to_its_paper(self, build: Build) -> None:
        """A project names the paper about it."""
        assert 'href="/publications/driftwood/"' in build(VARIANT).read("projects/driftwood/index.html")


class TestCv:
    """The curriculum vitae."""

    def test_comes_from_data(self, build: Build) -> None:
        """Each entry of data/cv.toml is a stop of the timeline."""
        built = build(VARIANT)
        page = built.read("cv/index.html")
        data = (built.root / "data" / "cv.toml").read_text("utf-8")
        assert page.count('class="timeline-when"') == data.count("[[sections.entries]]")

    def test_can_be_printed(self, build: Build) -> None:
        """The stylesheet has rules for paper, and drops what paper has no use for."""
        (sheet,) = build(VARIANT).output.glob("css/*.css")
        assert "@media print" in sheet.read_text("utf-8")


class TestPublications:
    """The list of publications and its BibTeX."""

    def test_are_listed_by_year(self, build: Build) -> None:
        """Years go down, and each paper stands in its own."""
        page = build(VARIANT).read("publications/index.html")
        assert re.findall(r'<h2 id="year-(\d{4})">', page) == ["2025", "2024", "2023", "2022", "2019"]

    def test_each_has_bibtex(self, build: Build) -> None:
        """A paper's BibTeX has the fields of its front matter, and is linked from the list."""
        built = build(VARIANT)
        text = built.read("publications/driftwood/cite.bib")
        assert text.startswith("@article{okafor2022placing,")
        assert "author = {Maren Okafor and Étienne Rochat and Wiebke Sommer}" in text
        assert "pages = {590--617}" in text
        assert 'href="/publications/driftwood/cite.bib"' in built.read("publications/index.html")

    def test_all_of_them_in_one_file(self, build: Build) -> None:
        """The section's BibTeX holds every paper, each key once."""
        keys = re.findall(r"^@\w+\{([^,]+),$", build(VARIANT).read("publications/cite.bib"), re.MULTILINE)
        assert len(keys) == len(set(keys)) == 6

    def test_special_signs_are_escaped(self, hugo: Any, tmp_path: Any, cache: Any) -> None:
        """Signs with a meaning in TeX do not break the file."""
        workspace = hugo.workspace_in(tmp_path, cache)
        hugo.scaffold(VARIANT, workspace.root, shop=False)
        text = "---\ntitle: Salt & light, 50% less\ndate: 2026-01-01\nauthors: [A. Writer]\nvenue: R&D\n---\nShort.\n"
        (workspace.root / "content" / "publications" / "salt.md").write_text(text, "utf-8")
        built = hugo.run_plan(hugo.make_site(VARIANT), hugo.stage, workspace, hugo.settings)
        assert r"title = {{Salt \& light, 50\% less}}" in built.read("publications/salt/cite.bib")

    def test_own_name_stands_out(self, build: Build) -> None:
        """The owner of the site is bold among the authors."""
        assert "<strong>Maren Okafor</strong>, Jonas Helle" in build(VARIANT).read("publications/index.html")
