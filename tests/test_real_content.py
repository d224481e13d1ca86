"""Real input: a public blog of 751 posts, imported, deployed and served at its old addresses."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("PLATFORM_DATA", ROOT.parent / "shared" / "data"))
ARCHIVE = DATA / "rust-blog-content.tar.gz"
SITE = """
client = "rust-blog"
domain = "blog.example.org"
title = "A public blog"
engine = "hugo"
variant = "performance_blog"
cms = "decap"
shop = "snipcart"
[settings.decap]
repository = "example/blog"
[settings.snipcart]
public_api_key = "ZXhhbXBsZS1rZXktZm9yLWEtc2hvcC10aGF0LWRvZXMtbm90LWV4aXN0"
"""

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.embedded,
    pytest.mark.slow,
    pytest.mark.skipif(not ARCHIVE.is_file(), reason=f"the public files are not in {DATA.name}/; set PLATFORM_DATA"),
]


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory, run_site: Any, platform_program: Path) -> Iterator[Any]:
    """The imported blog, up."""
    folder = tmp_path_factory.mktemp("blog") / "site"
    folder.mkdir()
    (folder / "site.toml").write_text(SITE, "utf-8")
    done = subprocess.run(
        [platform_program, "import", "markdown", ARCHIVE, folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "754 entries" in done.stdout
    with run_site(folder) as site:
        yield site


def test_every_old_path_and_alias_answers(blog: Any, ask: Any) -> None:
    """All addresses of the source answer 200, or one 301 that leads to a 200."""
    from platform_core.importing import import_markdown

    addresses = import_markdown(ARCHIVE, blog.folder.parent / "again").addresses

    def final(address: str) -> tuple[str, int, int]:
        status, headers, _ = ask(blog.url + quote(address))
        target = ask(urljoin(blog.url, headers["location"]))[0] if status == 301 else status
        return address, status, target

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(final, addresses))
    assert len(answers) > 1400
    assert [answer for answer in answers if answer[1] not in {200, 301} or answer[2] != 200] == []
