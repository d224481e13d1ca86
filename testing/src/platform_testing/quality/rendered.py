"""What a browser shows: accessibility, small screens, no JavaScript, errors."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from platform_testing.quality.findings import Finding
from platform_testing.quality.live import LiveSite
from platform_testing.quality.pages import Page
from platform_testing.quality.tooling import axe_source, browser_flags, browser_program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, ViewportSize
    from playwright.sync_api import Page as Tab

__all__ = ["check_rendered", "choose_pages", "open_browser", "photograph", "wait_in_page"]

FEW = 6
CAP = 14
DESK: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
READABLE = 0.95
LOAD_MS = 20_000
_ABORTED = "net::ERR_ABORTED"
PICTURE_WIDTH = 640
PICTURE_BYTES = 40_000
# Nobody else's host is reached: a page that loads something from there shows it.
_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
# What moves or fades in is judged where it ends.
_SETTLE = """async () => {
    await document.fonts.ready;
    for (const animation of document.getAnimations()) {
        try { animation.finish(); } catch { animation.cancel(); }
    }
}"""
_AXE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => ({
        id, help, where: node.target.flat().join(' '),
        why: node.any.concat(node.all, node.none).map((check) => check.message)[0] ?? '',
    })));
}"""
# An author who hides what sticks out has not made room for it.
_STICKS_OUT = """() => {
    for (const element of [document.documentElement, document.body]) {
        if (['hidden', 'clip'].includes(getComputedStyle(element).overflowX)) element.style.overflowX = 'visible';
    }
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = (element) => {
        for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
            if (getComputedStyle(up).overflowX !== 'visible') return true;
        }
        return false;
    };
    const name = (element) => element.tagName.toLowerCase() + (element.id ? '#' + element.id : '')
        + [...element.classList].map((part) => '.' + part).join('');
    const out = [...document.body.querySelectorAll('*')]
        .map((element) => ({ element, right: element.getBoundingClientRect().right }))
        .filter(({ element, right }) => right > width + 1 && !scrolls(element));
    const first = out.filter(({ element }) => !out.some((other) => other.element !== element && element.contains(other.element)));
    return [document.documentElement.scrollWidth, ...first.slice(0, 3).map(({ element }) => name(element))];
}"""
# Text that is there and can't be seen has not been read. What controls of a script say is no content.
_READ = """() => {
    const main = document.querySelector('main') ?? document.body;
    const controls = 'form, label, button, output, [role=search], [role=status], [aria-live]';
    const around = [document.body, ...document.body.querySelectorAll('*')].filter((element) => element.contains(main));
    const hidden = [...around, ...main.querySelectorAll('*')].filter((element) => !element.closest('svg')
        && parseFloat(getComputedStyle(element).opacity) < 0.1 && element.innerText?.trim());
    return {
        words: (main.innerText ?? '').split(/\\s+/).filter(Boolean),
        controls: [...main.querySelectorAll(controls)].flatMap((element) => element.innerText.split(/\\s+/)),
        links: [...document.querySelectorAll('a[href]')].map((link) => new URL(link.getAttribute('href'), document.baseURI).href.split('#')[0]),
        hidden: hidden.map((element) => element.tagName.toLowerCase()
            + [...element.classList].map((part) => '.' + part).join('')),
    };
}"""


def choose_pages(pages: Sequence[Page], *, cap: int = CAP) -> list[Page]:
    """Return pages that have, between them, every kind of element and place of a site.

    Every page of a small site; otherwise home and error page, and then whichever page
    has the most that none before it has.
    """
    if len(pages) <= FEW:
        return list(pages)
    left = [page for page in pages if not page.refresh]
    first = [page for page in left if page.address in {"/", "/404.html"}]
    chosen, seen = list(first), {feature for page in first for feature in page.features}
    while len(chosen) < cap:
        best = max(left, key=lambda page: (len(page.features - seen), page.words), default=None)
        if best is None or not best.features - seen:
            break
        chosen.append(best)
        seen |= best.features
    return chosen


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Start a browser without a screen; use it in the thread that opened it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser_program(), args=[*browser_flags(), _ALONE])
        try:
            yield opened
        finally:
            opened.close()


def wait_in_page(page: Tab, expression: str, *, seconds: float = 30.0) -> None:
    """Wait until *expression* is true in a page that is open in a browser.

    Playwright's own wait compiles the expression in the page whenever it has to look
    again, and a policy without ``'unsafe-eval'`` refuses that.

    Raises:
        TimeoutError: It did not come true in time.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{page.url}: {expression} did not come true in {seconds:.0f} s")
        page.wait_for_timeout(50)


def check_rendered(site: LiveSite, pages: Iterable[Page], browser: Browser) -> Iterator[Finding]:
    """Open pages as different visitors do."""
    with _visitor(browser, site) as visitor, _visitor(browser, site, java_script_enabled=False) as bare:
        axe = axe_source()
        for page in pages:
            visitor.errors.clear()
            yield from _as_everybody(visitor, page, axe)
            if page.scripts:
                yield from _without_scripts(visitor, bare, page)


def _as_everybody(visitor: _Visitor, page: Page, axe: str) -> Iterator[Finding]:
    """Look at a page in light, in dark, and on a small screen."""
    for scheme in SCHEMES:
        visitor.tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if scheme == "light" or page.scripts:
            visitor.open(page)
            visitor.tab.evaluate(axe)
        visitor.tab.evaluate(_SETTLE)
        for item in visitor.tab.evaluate(_AXE):
            what = f"{item['id']}: {item['help']} at {item['where']} ({item['why']})"
            yield Finding(f"axe-{scheme}", page.address, what)
    yield from (Finding("console", page.address, error) for error in dict.fromkeys(visitor.errors))
    visitor.tab.set_viewport_size(NARROW)
    if out := visitor.tab.evaluate(_STICKS_OUT):
        yield Finding("320px", page.address, f"is {out[0]} px wide, by {', '.join(out[1:]) or 'its text'}")
    visitor.tab.set_viewport_size(DESK)


def _without_scripts(visitor: _Visitor, bare: _Visitor, page: Page) -> Iterator[Finding]:
    """Compare what can be read with what can be read without scripts."""
    seen = visitor.tab.evaluate(_READ)
    bare.open(page)
    read = bare.tab.evaluate(_READ)
    known = {*read["words"], *seen["controls"]}
    missing = [word for word in seen["words"] if word not in known]
    if len(missing) > (1 - READABLE) * len(seen["words"]):
        what = f"{len(missing)} of {len(seen['words'])} words need JavaScript, first {' '.join(missing[:6])!r}"
        yield Finding("no-script", page.address, what)
    for place in sorted(set(read["hidden"]) - set(seen["hidden"])):
        yield Finding("no-script", page.address, f"{place} can't be seen without JavaScript")
    for link in sorted(set(seen["links"]) - set(read["links"])):
        yield Finding("no-script", page.address, f"the link to {link.removeprefix(bare.address)} needs JavaScript")


@dataclass
class _Visitor:
    """A window, and what the pages in it complained about."""

    tab: Tab
    address: str
    scripts: bool
    errors: list[str] = field(default_factory=list)

    def open(self, page: Page) -> None:
        """Open a page and wait until it has come to rest."""
        url = self.address + quote(page.address)
        self.tab.goto(url, wait_until="networkidle" if page.scripts and self.scripts else "load")
        if self.tab.url != url:
            self.errors.append(f"leads to {self.tab.url}")

    def listen(self) -> None:
        """Note errors of scripts, of the console, and of what is loaded."""
        self.tab.on("pageerror", lambda error: self.errors.append(f"a script failed: {str(error).splitlines()[0]}"))
        self.tab.on("console", self._hear)
        # Prefetches, and leaving a page, end some requests.
        self.tab.on(
            "requestfailed",
            lambda lost: self.errors.append(f"{lost.url[:200]} was not loaded") if lost.failure != _ABORTED else None,
        )

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(f"the console says: {said.text[:300]}")


@contextlib.contextmanager
def _visitor(browser: Browser, site: LiveSite, **options: Any) -> Iterator[_Visitor]:
    """Open a window of a new visitor."""
    context = browser.new_context(viewport=DESK, **options)
    context.set_default_timeout(LOAD_MS)
    try:
        visitor = _Visitor(context.new_page(), site.address, options.get("java_script_enabled", True))
        visitor.listen()
        yield visitor
    finally:
        context.close()


def photograph(site: LiveSite, browser: Browser, target: Path, *, path: str = "/") -> None:
    """Write a small picture of a page, as WebP of at most forty kilobytes."""
    import io

    from PIL import Image

    with _visitor(browser, site, color_scheme="light", reduced_motion="reduce") as visitor:
        visitor.tab.goto(site.address + path, wait_until="networkidle")
        visitor.tab.evaluate(_SETTLE)
        taken = Image.open(io.BytesIO(visitor.tab.screenshot()))
    small = taken.convert("RGB").resize(
        (PICTURE_WIDTH, round(PICTURE_WIDTH * taken.height / taken.width)), Image.Resampling.LANCZOS
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(84, 20, -8):
        small.save(target, "WEBP", quality=quality, method=6)
        if target.stat().st_size <= PICTURE_BYTES:
            return
