"""What the blog promises beside what all starters do: feed, archive, tags, pages of lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

Build = Callable[..., Any]
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
VARIANT = "performance_blog"


def _posts(built: Any) -> list[Path]:
    return [path for path in (built.root / "content" / "posts").glob("*.md") if path.name != "_index.md"]


def _items(built: Any) -> list[ET.Element]:
    return list(ET.fromstring(built.read("index.xml")).iter("item"))  # noqa: S314 - our own build wrote it


class TestFeed:
    """The RSS feed."""

    def test_holds_every_post(self, build: Build) -> None:
        """Each post is an item, the newest first."""
        items = _items(build(VARIANT))
        assert len(items) == len(_posts(build(VARIANT)))
        assert items[0].findtext("title") == "Twenty-three minutes without platforms"

    def test_holds_the_whole_text(self, build: Build) -> None:
        """The last sentence of a post is in the feed."""
        assert "The person who had written those six lines" in str(_items(build(VARIANT))[0].findtext(CONTENT))

    def test_addresses_are_absolute(self, build: Build) -> None:
        """A reader can follow every link and show every image."""
        for item in _items(build(VARIANT)):
            assert not re.findall(r'\s(?:src|href|srcset)="/', str(item.findtext(CONTENT)))
            assert str(item.findtext("link")).startswith("https://www.example.com/posts/")

    def test_is_announced(self, build: Build) -> None:
        """The home page names the feed in its head."""
        assert 'type="application/rss+xml" href="https://www.example.com/index.xml"' in build(VARIANT).read(
            "index.html"
        )

    def test_survives_awkward_text(self, hugo: Any, tmp_path: Path, cache: Path) -> None:
        """Markup and signs in titles and code leave the feed valid XML."""
        workspace = hugo.workspace_in(tmp_path, cache)
        hugo.scaffold(VARIANT, workspace.root, shop=False)
        text = "---\ntitle: 'a < b && c > d ]]>'\ndate: 2026-06-01\ntags: ['R&D']\n---\n`<![CDATA[` &copy; ]]> \u00e9\n"
        (workspace.root / "content" / "posts" / "odd.md").write_text(text, "utf-8")
        item = _items(hugo.run_plan(hugo.make_site(VARIANT), hugo.stage, workspace, hugo.settings))[0]
        assert item.findtext("title") == "a < b && c > d ]]>"
        assert item.findtext("category") == "R&D"


class TestLists:
    """Archive, topics and pages of lists."""

    def test_archive_holds_every_post(self, build: Build) -> None:
        """The archive links to all of them."""
        built = build(VARIANT)
        archive = built.read("archive/index.html")
        assert all(f'href="/posts/{path.stem}/"' in archive for path in _posts(built))

    def test_tag_pages_hold_their_posts(self, build: Build) -> None:
        """A post is on the page of each of its tags."""
        assert "/posts/the-hour-that-happens-twice/" in build(VARIANT).read("tags/timetables/index.html")

    def test_long_lists_have_pages(self, hugo: Any, tmp_path: Path, cache: Path) -> None:
        """Forty posts are shown twelve at a time; each page has its own title and canonical address."""
        workspace = hugo.workspace_in(tmp_path, cache)
        hugo.scaffold(VARIANT, workspace.root, shop=False)
        for number in range(40):
            day = date(2020, 1, 1) + timedelta(days=number)
            text = f"---\ntitle: Post {number}\ndate: {day}\n---\nText.\n"
            (workspace.root / "content" / "posts" / f"post-{number}.md").write_text(text, "utf-8")
        built = hugo.run_plan(hugo.make_site(VARIANT), hugo.stage, workspace, hugo.settings)
        second = built.read("posts/page/2/index.html")
        assert second.count('<article class="stop">') == 12
        assert '<link rel="canonical" href="https://www.example.com/posts/page/2/">' in second
        assert "<title>Posts, page 2 · Branchline Engineering</title>" in second
        assert not (built.output / "posts/page/1").exists()


class TestPost:
    """One post."""

    def test_describes_itself_as_an_article(self, build: Build) -> None:
        """Search engines read author, dates and image; social networks a picture of their size."""
        page = build(VARIANT).read("posts/sqlite-in-eleven-hundred-stations/index.html")
        assert '"@type":"BlogPosting"' in page
        assert '"name":"Callum Reid"' in page
        assert '"dateModified":"2026-03-03' in page
        assert '<meta property="og:image:width" content="1200">' in page

    def test_shows_what_is_related(self, build: Build) -> None:
        """Posts with a tag in common are offered at the end."""
        page = build(VARIANT).read("posts/the-hour-that-happens-twice/index.html")
        related = page[page.index('id="connections"') :]
        assert "/posts/a-timetable-is-a-graph-with-opinions/" in related

    def test_code_is_highlighted_by_classes(self, build: Build) -> None:
        """Colours come from the stylesheet, so that they can be dark or light."""
        page = build(VARIANT).read("posts/a-timetable-is-a-graph-with-opinions/index.html")
        assert '<span class="k">def</span>' in page

    def test_reading_time_is_shown(self, build: Build) -> None:
        """The reader is told how long it takes."""
        assert re.search(r"<dd>\d+ minutes</dd>", build(VARIANT).read("posts/what-a-p99-hides/index.html"))
