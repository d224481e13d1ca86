"""Adopting: recognise what a repository is built with, and what its site.toml has to say.

It works from the ``[detect]`` tables of the installed manifests alone. Each clue has a
weight; what has enough of it is recognised, the heaviest engine wins, and two that
weigh the same are told rather than chosen between. A clue that is enough alone counts
for more than any number of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from platform_core.catalogue import Catalogue
from platform_core.errors import UserError
from platform_core.facts import ENOUGH, Clue, Reading
from platform_core.manifest import Kind, Manifest
from platform_core.repository import Repository, clean, commands, major

__all__ = ["Adoption", "Evidence", "Finding", "adopt", "is_built_with", "recognise"]

SCRIPT, FOLDER = "build_script", "build_output"
"""The settings of an engine that hold a repository's own build, when it has them."""
OPEN_POLICY: Mapping[str, tuple[str, ...]] = {
    "connect-src": ("https:", "wss:"),
    "font-src": ("https:", "data:"),
    "form-action": ("https:",),
    "frame-src": ("https:",),
    "img-src": ("https:", "data:", "blob:"),
    "media-src": ("https:", "data:", "blob:"),
    "script-src": ("https:", "'unsafe-inline'", "'unsafe-eval'", "blob:"),
    "style-src": ("https:", "'unsafe-inline'"),
    "worker-src": ("blob:",),
}
"""What pages may load that were written without a content security policy; still over TLS only."""
LOCKS: Mapping[str, str] = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "Yarn",
    "pnpm-lock.yaml": "pnpm",
    "bun.lock": "Bun",
    "bun.lockb": "Bun",
}
PUBLISHED = Reading(
    files=("{netlify.toml,vercel.json}",), keys=("publish", "outputDirectory"), pattern=r"[A-Za-z0-9_-][A-Za-z0-9_./-]*"
)
"""Where hosts are told which folder a build writes."""
_RESERVED = re.compile(r"(.+\.)?(example(\.(com|org|net|edu))?|localhost|test|invalid|local)")
_HOSTERS = re.compile(
    r".+\.(github\.io|gitlab\.io|netlify\.app|vercel\.app|pages\.dev|web\.app|firebaseapp\.com|herokuapp\.com"
    r"|surge\.sh|onrender\.com|amplifyapp\.com|cloudfront\.net|github\.com)|github\.com"
)
_HOST = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_COMPUTED = re.compile(r"\$\{|\{\{|process\.env|<%|\+ ")
_KEY = r"""(?:^\s{{0,40}}|[\s{{,(]){key}["']?\s{{0,8}}[:=]\s{{0,8}}(?:(?P<mark>["'`])(?P<quoted>.{{1,300}}?)(?P=mark)|(?P<bare>[^\s"'`{{\[(,#][^,#]{{0,300}}))"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clue that was found.

    Attributes:
        where: The file, relative to the repository.
        what: What it says.
        weight: What that counts.
    """

    where: str
    what: str
    weight: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A component that speaks from a repository.

    Attributes:
        state: ``recognised``; ``hinted`` when the clues do not suffice; ``refused`` when
            one says that it is something else, or too old: *why* has it.
    """

    manifest: Manifest
    state: Literal["recognised", "hinted", "refused"]
    evidence: tuple[Evidence, ...]
    why: str = ""

    @property
    def weight(self) -> int:
        """The sum of the evidence."""
        return sum(item.weight for item in self.evidence)

    @property
    def rank(self) -> tuple[int, int]:
        """What weighs enough alone, then all of it: no number of hints outweighs a proof."""
        return sum(item.weight for item in self.evidence if item.weight >= ENOUGH), self.weight


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting a repository means.

    Attributes:
        engine: What builds it; None when no installed engine was recognised, or several alike.
        others: Further engines that were recognised, refused or hinted at.
        cms: What was recognised as its CMS; the first one is the likeliest.
        shops: What was recognised as its shop.
        data: The keys of the ``site.toml``; empty without an engine.
        comments: Lines for people in that file.
        unknown: What could not be told, one sentence each.
        notes: What else matters, one sentence each.
        nested: Folder of the repository -> engine that is recognised there.
    """

    engine: Finding | None
    others: tuple[Finding, ...] = ()
    cms: tuple[Finding, ...] = ()
    shops: tuple[Finding, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    nested: Mapping[str, str] = field(default_factory=dict)


def adopt(
    root: Path, catalogue: Catalogue, *, engine: str = "", client: str = "", domain: str = "", title: str = ""
) -> Adoption:
    """Find out what *root* is built with, and what its ``site.toml`` has to say.

    Args:
        root: The repository; nothing in it is changed.
        catalogue: The components that can be recognised.
        engine: The engine, when it is known better.
        client: The short name, when the folder's own will not do.
        domain: The host name, when it is known.
        title: The site's name, when it is known.

    Raises:
        CombinationError: There is no such engine.
        UserError: *root* is not a folder.
    """
    if not root.is_dir():
        raise UserError("no-repository", f"{root} is not a folder", hint="Name the folder of a repository.")
    repository = Repository(root)
    found = recognise(repository, catalogue, "ssg")
    chosen = _forced(catalogue, engine, found) if engine else _winner(found)
    others = tuple(item for item in found if chosen is None or item.manifest.id != chosen.manifest.id)
    cms, shops = (
        tuple(item for item in recognise(repository, catalogue, kind) if item.state == "recognised")
        for kind in ("cms", "ecommerce")
    )
    if chosen is None:
        nested = dict(_nested(repository, catalogue))
        return Adoption(None, others, cms, shops, unknown=(_no_engine(found),), nested=nested)
    given = {"client": client, "domain": domain, "title": title}
    data, unknown = _site_data(repository, chosen.manifest, {key: value for key, value in given.items() if value})
    return Adoption(
        engine=chosen,
        others=others,
        cms=cms,
        shops=shops,
        data=data,
        comments=tuple(_comments(cms, shops)),
        unknown=tuple(unknown),
        notes=tuple(_notes(repository, chosen, data)),
    )


def is_built_with(root: Path, engine: Manifest) -> bool:
    """Tell whether *root* is a repository of *engine* already."""
    found = _look(Repository(root), engine)
    return bool(found and found.state == "recognised")


def recognise(repository: Repository, catalogue: Catalogue, kind: Kind) -> tuple[Finding, ...]:
    """Return the components of *kind* that have any clue in *repository*, the heaviest first."""
    found = [item for manifest in catalogue.of_kind(kind) if (item := _look(repository, manifest))]
    order = {"recognised": 0, "refused": 1, "hinted": 2}
    return tuple(sorted(found, key=lambda item: (order[item.state], *(-part for part in item.rank), item.manifest.id)))


def _look(repository: Repository, manifest: Manifest) -> Finding | None:
    """Weigh the clues of one component; None when there is none."""
    evidence: list[Evidence] = []
    refusals: list[str] = []
    for clue in manifest.detect.clues if manifest.detect else ():
        hit = _find(repository, clue)
        if hit is None or clue.says:
            continue
        where, what = hit
        version = major(repository.dependencies.get(what, "")) if clue.since else None
        if clue.excludes:
            refusals.append(f"{where} has {what}")
        elif version is not None and version < clue.since:
            asked = clean(repository.dependencies[what], 40)
            refusals.append(f"{where} asks for {what} {asked}, and {clue.since} is the oldest version that is built")
        else:
            evidence.append(Evidence(clean(where), clean(what), clue.weight))
    if not evidence:
        return None
    enough = sum(item.weight for item in evidence) >= ENOUGH
    if refusals:
        return Finding(manifest, "refused", tuple(evidence), "; ".join(refusals))
    return Finding(manifest, "recognised" if enough else "hinted", tuple(evidence))


def _find(repository: Repository, clue: Clue) -> tuple[str, str] | None:
    """Return where a clue was found, and what it was."""
    for path in repository.matching(clue.files):
        if not clue.text:
            return path, "is there"
        if word := repository.has_text(path, clue.text):
            return path, word
    for name in clue.packages:
        if name in repository.dependencies:
            return "package.json", name
    for name in clue.gems:
        if name in repository.gems:
            return "Gemfile", name
    wanted = [tuple(program.split()) for program in clue.scripts]
    for script in repository.scripts.values() if wanted else ():
        for command in commands(script):
            if any(command[: len(words)] == words for words in wanted):
                return "package.json", f"script `{' '.join(command[:3])}`"
    return None


def _winner(found: Iterable[Finding]) -> Finding | None:
    best = [item for item in found if item.state == "recognised"]
    if len(best) > 1 and best[0].rank == best[1].rank:
        return None
    return best[0] if best else None


def _forced(catalogue: Catalogue, engine: str, found: Iterable[Finding]) -> Finding:
    manifest = catalogue.get("ssg", engine)
    seen = next((item for item in found if item.manifest.id == engine), None)
    return seen or Finding(manifest, "hinted", ())


def _no_engine(found: Iterable[Finding]) -> str:
    best = [item for item in found if item.state == "recognised"]
    if best:
        names = " and ".join(item.manifest.name for item in best if item.rank == best[0].rank)
        return f"Which engine builds it: {names} weigh the same."
    return "Which engine builds it: it is not one of the installed engines, as far as files can tell."


def _nested(repository: Repository, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield sites in the usual places of a repository that holds several."""
    for path in repository.matching(("{apps,packages,sites}/*/", "{site,website,www,web,docs,frontend,blog}/")):
        inner = Repository(repository.root / path)
        if best := _winner(recognise(inner, catalogue, "ssg")):
            yield clean(path.rstrip("/")), best.manifest.id


def _site_data(repository: Repository, engine: Manifest, given: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the keys of the new ``site.toml``, and what could not be told."""
    unknown = []
    read = {name: _value(repository, item) for name, item in (engine.detect.reads if engine.detect else {}).items()}
    client = given.get("client") or slug(str(repository.package.get("name", "")).rpartition("/")[2] or "")
    client = client if len(client) > 1 else slug(repository.root.name) or "adopted-site"
    domain = given.get("domain") or host(read.get("domain", "")) or _cname(repository)
    if not domain:
        domain = f"{client}.example"
        unknown.append(f"The site's address: {domain} stands in for it; `--domain`, or edit the key.")
    data: dict[str, Any] = {"client": client, "domain": domain}
    if title := given.get("title") or clean(read.get("title", "")):
        data["title"] = title
    locale = read.get("locale", "").replace("_", "-")
    if _LOCALE.fullmatch(locale):
        data["locale"] = locale
    data |= {"engine": engine.id, "adopted": True, "csp": OPEN_POLICY, "settings": {}}
    settings = {name: read[name] for name in engine.settings if read.get(name)} | _own_build(repository, engine)
    if SCRIPT in engine.settings and not settings.get(SCRIPT):
        settings.pop(FOLDER, None)
    elif SCRIPT in engine.settings and (folder := _value(repository, PUBLISHED) or settings.get(FOLDER)):
        settings[FOLDER] = folder
    elif SCRIPT in engine.settings:
        unknown.append(f"Which folder its own build writes: {FOLDER}, when it is not the engine's usual one.")
    data["settings"] = {engine.id: settings} if settings else {}
    return data, unknown


def _own_build(repository: Repository, engine: Manifest) -> dict[str, str]:
    """Return the setting that runs the repository's own build, when it does more than the engine alone."""
    script = repository.scripts.get("build", "")
    usual = engine.detect.builds if engine.detect else ()
    if SCRIPT not in engine.settings or not script or " ".join(script.split()) in usual:
        return {}
    return {SCRIPT: "build"}


def _value(repository: Repository, reading: Reading) -> str:
    """Return the first value that a reading finds, without the marks of paths; computed ones are left out."""
    for path in repository.matching(reading.files):
        for key in reading.keys:
            pattern = re.compile(_KEY.format(key=rf"""["']?{re.escape(key)}"""), re.IGNORECASE)
            for line in repository.lines(path):
                if line.lstrip()[:2] in {"//", "/*"} or line.lstrip()[:1] in {"#", "*", ";"}:
                    continue
                found = pattern.search(line)
                value = (found["quoted"] or found["bare"] or "").strip() if found else ""
                value = value.removeprefix("./").rstrip("/") if reading.pattern else value
                if value and not _COMPUTED.search(value) and re.fullmatch(reading.pattern or r"(?s:.*)", value):
                    return value
    return ""


def _cname(repository: Repository) -> str:
    """Return the host name that GitHub Pages is told."""
    for path in repository.matching(("{CNAME,static/CNAME,public/CNAME,src/CNAME,docs/CNAME}",)):
        if found := host(next(repository.lines(path), "").strip()):
            return found
    return host(str(repository.package.get("homepage", "")))


def host(text: str) -> str:
    """Return the host name in an address, unless nobody has it, or its owner can't take it along."""
    try:
        name = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    if len(name) > 253 or not _HOST.fullmatch(name) or name.rpartition(".")[2].isdigit():
        return ""
    return "" if _RESERVED.fullmatch(name) or _HOSTERS.fullmatch(name) else name


def slug(name: str) -> str:
    """Return *name* as a client's short name, or an empty string."""
    short = re.sub(r"[^a-z0-9]+", "-", name[:200].lower()).strip("-")[:40].strip("-")
    return re.sub(r"^[0-9-]+", "", short)


def _comments(cms: Iterable[Finding], shops: Iterable[Finding]) -> Iterator[str]:
    """Yield what was recognised and is not switched on: the repository has its own, and goes on using it."""
    for key, found in (("cms", cms), ("shop", shops)):
        for item in found:
            before = item.manifest.detect.before_use if item.manifest.detect else ""
            yield f'{key} = "{item.manifest.id}": the repository has {item.manifest.name} of its own, which goes on working.'
            if before:
                yield f"To hand it to Platform: {before}"


def _other_node(repository: Repository, engine: Manifest) -> Iterator[str]:
    """Yield that the repository was made for another version of a program that the engine needs."""
    ours = next((major(item.version) for item in engine.runtimes if item.name == "Node"), None)
    engines = repository.package.get("engines")
    asked = {
        "package.json": str(engines.get("node", "")) if isinstance(engines, dict) else "",
        **{name: next(repository.lines(name), "") for name in (".nvmrc", ".node-version")},
    }
    for name, text in asked.items():
        wanted = major(text)
        if ours and wanted and wanted != ours and (wanted > ours or not text.lstrip().startswith(">")):
            yield f"{name} asks for Node {clean(text, 40)}; Platform builds with Node {ours}, which old packages may not run on."
            return


def _notes(repository: Repository, engine: Finding, data: Mapping[str, Any]) -> Iterator[str]:
    settings = data["settings"].get(engine.manifest.id, {})
    if settings.get(SCRIPT):
        command = clean(repository.scripts.get(settings[SCRIPT], ""), 120)
        yield f"Its own build is used: the script {settings[SCRIPT]} of package.json, `{command}`."
    own = [(name, LOCKS[name]) for name in repository.matching(tuple(LOCKS))]
    followed = {"npm", "pnpm"} | ({"Yarn"} if repository.has_text("yarn.lock", ("# yarn lockfile v1",)) else set())
    if own and followed.isdisjoint(manager for _, manager in own):
        name, manager = own[0]
        yield f"{name} is of {manager}; Platform installs with npm, so versions may differ until a package-lock.json is there."
    elif own and all(manager == "pnpm" for _, manager in own):
        yield "pnpm-lock.yaml is followed, but npm installs: where a package is there in several versions, they may differ."
    elif repository.dependencies and not own:
        yield "No lock file: versions of packages are chosen at the first build. Commit a package-lock.json to keep them."
    for clue in engine.manifest.detect.clues if engine.manifest.detect else ():
        if clue.says and (hit := _find(repository, clue)):
            yield f"{clean(hit[0])}: {clue.says}"
    yield from _other_node(repository, engine.manifest)
    if not repository.has_text(".gitignore", (".platform",)):
        yield "Platform keeps what it makes in .platform/; add that line to .gitignore."
    yield "Its pages may load what they load today, over TLS: the table [csp] says so. Take out what they do not need."
    if repository.cut_short:
        yield "The repository is larger than what was looked at, so something may have been overlooked."
