"""Recognising a repository, and what its site.toml says: from manifests made up here."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.adopting import Adoption, adopt, host, is_built_with, slug
from platform_core.catalogue import Catalogue
from platform_core.discovery import Plugin
from platform_core.errors import CombinationError, SiteError, UserError
from platform_core.manifest import Manifest, parse_manifest

HEAD = 'schema = 1\nid = "{id}"\nkind = "{kind}"\nname = "{name}"\nsummary = "For tests."\n'
BUILD = """
[settings.build_script]
type = "string"
description = "Its own build."
default = ""
[settings.build_output]
type = "string"
description = "Where that writes."
default = ""
"""
SPARK = f"""{BUILD}
[[runtimes]]
name = "Node"
version = "24"
source = "x"
date = "2026-11-01"
[detect]
builds = ["spark build"]
[[detect.clues]]
packages = ["spark"]
since = 3
[[detect.clues]]
files = ["spark.config.{{js,ts}}"]
weight = 6
[[detect.clues]]
scripts = ["spark"]
weight = 5
[[detect.clues]]
packages = ["sparkle"]
excludes = true
[[detect.clues]]
files = ["spark.config.{{js,ts}}"]
text = ["output: 'server'"]
says = "It renders on a server."
[detect.reads.domain]
files = ["spark.config.{{js,ts}}"]
keys = ["site", "url"]
[detect.reads.title]
files = ["spark.config.{{js,ts}}"]
keys = ["title"]
[detect.reads.locale]
files = ["spark.config.{{js,ts}}"]
keys = ["lang"]
[detect.reads.build_output]
files = ["spark.config.{{js,ts}}"]
keys = ["outDir"]
pattern = '[a-z./]+'
"""
AGATE = """
[detect]
[[detect.clues]]
gems = ["agate"]
[[detect.clues]]
files = ["_config.yml"]
weight = 4
[[detect.clues]]
files = ["_config.yml"]
text = ["agate:"]
weight = 6
[[detect.clues]]
files = ["_posts/"]
weight = 5
[[detect.clues]]
files = ["_layouts/"]
weight = 5
"""
DESK = """
[detect]
before_use = "take admin/ out."
[[detect.clues]]
files = ["**/admin/config.yml"]
text = ["backend:"]
"""


def manifest(component: str, kind: str, rest: str) -> Manifest:
    """Return a checked manifest."""
    return parse_manifest(HEAD.format(id=component, kind=kind, name=component.title()) + rest, "plugin.toml")


@pytest.fixture(name="catalogue")
def _catalogue() -> Catalogue:
    """Two engines and a CMS, with clues that can tie."""
    made = [manifest("spark", "ssg", SPARK), manifest("agate", "ssg", AGATE), manifest("desk", "cms", DESK)]
    return Catalogue(
        tuple(
            Plugin(id=item.id, kind=item.kind, contract=1, distribution=item.id, version="1", value="x", manifest=item)
            for item in made
        )
    )


def lay(root: Path, files: Mapping[str, str]) -> Path:
    """Write *files* below *root*."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def package(**more: Any) -> str:
    """Return a package.json that depends on spark."""
    return json.dumps({"name": "@acme/Site", "dependencies": {"spark": "^4.0.0"}} | more)


def engine(found: Adoption) -> str:
    """Return the recognised engine's id, or an empty string."""
    return found.engine.manifest.id if found.engine else ""


def test_a_dependency_is_enough(catalogue: Catalogue, tmp_path: Path) -> None:
    """What package.json builds with is recognised, with its evidence."""
    found = adopt(lay(tmp_path, {"package.json": package()}), catalogue)
    assert engine(found) == "spark"
    assert [(item.where, item.what) for item in found.engine.evidence] == [("package.json", "spark")]  # type: ignore[union-attr]


def test_hints_add_up(catalogue: Catalogue, tmp_path: Path) -> None:
    """One weak clue is not enough, three are."""
    assert engine(adopt(lay(tmp_path, {"_config.yml": "title: x"}), catalogue)) == ""
    assert engine(adopt(lay(tmp_path, {"_config.yml": "agate: 1", "_posts/x.md": ""}), catalogue)) == "agate"


def test_the_heavier_engine_wins_and_the_other_is_told(catalogue: Catalogue, tmp_path: Path) -> None:
    """A leftover of another engine is shown and changes nothing."""
    files = {"package.json": package(scripts={"build": "spark build"}), "_config.yml": "agate: 1"}
    found = adopt(lay(tmp_path, files), catalogue)
    assert engine(found) == "spark"
    assert [item.manifest.id for item in found.others] == ["agate"]


def test_hints_do_not_outweigh_a_proof(catalogue: Catalogue, tmp_path: Path) -> None:
    """However many files look like another engine's, the dependency decides."""
    files = {"package.json": package(), "_config.yml": "agate: 1", "_posts/x.md": "", "_layouts/x.html": ""}
    found = adopt(lay(tmp_path, files), catalogue)
    assert engine(found) == "spark"
    assert found.others[0].weight > found.engine.weight  # type: ignore[union-attr]


def test_a_tie_is_told_and_not_guessed(catalogue: Catalogue, tmp_path: Path) -> None:
    """Two that weigh the same are for a person to choose between."""
    found = adopt(lay(tmp_path, {"package.json": package(), "Gemfile": "gem 'agate'"}), catalogue)
    assert found.engine is None
    assert "Agate and Spark weigh the same" in found.unknown[0]


def test_naming_the_engine_settles_a_tie(catalogue: Catalogue, tmp_path: Path) -> None:
    """What the caller says holds, and the evidence stays."""
    found = adopt(lay(tmp_path, {"package.json": package(), "Gemfile": "gem 'agate'"}), catalogue, engine="agate")
    assert engine(found) == "agate"
    assert found.data["engine"] == "agate"


def test_an_unknown_engine_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    """The nearest id is proposed."""
    with pytest.raises(CombinationError) as caught:
        adopt(tmp_path, catalogue, engine="sparc")
    assert "spark" in caught.value.hint


def test_something_built_on_the_engine_is_not_the_engine(catalogue: Catalogue, tmp_path: Path) -> None:
    """A clue that excludes wins over any weight, and says why."""
    found = adopt(lay(tmp_path, {"package.json": package(devDependencies={"sparkle": "1"})}), catalogue)
    assert found.engine is None
    assert [(item.state, item.why) for item in found.others] == [("refused", "package.json has sparkle")]


def test_too_old_a_version_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    """A version that the engine's plugin can't build is named."""
    found = adopt(
        lay(tmp_path, {"package.json": package(dependencies={"spark": "~2.9"}), "spark.config.js": ""}), catalogue
    )
    assert found.engine is None
    assert "asks for spark ~2.9, and 3 is the oldest" in found.others[0].why


def test_an_empty_folder_is_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    """No clue, no engine, no site."""
    found = adopt(tmp_path, catalogue)
    assert (found.engine, found.others, dict(found.data)) == (None, (), {})


def test_what_is_no_folder_is_the_users_mistake(catalogue: Catalogue, tmp_path: Path) -> None:
    """There is nothing to look at."""
    with pytest.raises(UserError, match="no-repository"):
        adopt(tmp_path / "missing", catalogue)


def test_keys_are_read_from_the_configuration(catalogue: Catalogue, tmp_path: Path) -> None:
    """Address, title and language come from where the manifest says they stand."""
    config = "export default define({\n  // site: 'https://no.shop',\n  site: 'https://www.acme.shop/x/', title: \"A 'B'\",\n  lang: `de_CH`\n})"
    found = adopt(lay(tmp_path, {"package.json": package(), "spark.config.js": config}), catalogue)
    assert {key: found.data[key] for key in ("client", "domain", "title", "locale")} == {
        "client": "site",
        "domain": "www.acme.shop",
        "title": "A 'B'",
        "locale": "de-CH",
    }
    assert found.unknown == ()


def test_a_computed_value_is_not_read(catalogue: Catalogue, tmp_path: Path) -> None:
    """What code works out is left to the code."""
    config = "export default { site: process.env.URL, title: `${name}` }"
    found = adopt(lay(tmp_path, {"package.json": package(), "spark.config.js": config}), catalogue)
    assert "title" not in found.data
    assert found.data["domain"] == "site.example"


def test_an_address_that_can_not_be_told_is_named(catalogue: Catalogue, tmp_path: Path) -> None:
    """A reserved name stands in, and the caller hears of it."""
    found = adopt(lay(tmp_path, {"package.json": package()}), catalogue)
    assert found.data["domain"] == "site.example"
    assert "`--domain`" in found.unknown[0]


def test_what_the_caller_says_comes_first(catalogue: Catalogue, tmp_path: Path) -> None:
    """Flags win over what the files say."""
    found = adopt(
        lay(tmp_path, {"package.json": package(), "CNAME": "old.acme.shop"}), catalogue, domain="new.acme.shop"
    )
    assert found.data["domain"] == "new.acme.shop"


def test_the_host_name_of_pages_counts(catalogue: Catalogue, tmp_path: Path) -> None:
    """A CNAME file is as good as a key."""
    found = adopt(lay(tmp_path, {"package.json": package(), "static/CNAME": "www.acme.shop\n"}), catalogue)
    assert found.data["domain"] == "www.acme.shop"


def test_the_engines_own_build_needs_no_setting(catalogue: Catalogue, tmp_path: Path) -> None:
    """A script that only starts the engine is what the engine's command does anyway."""
    files = {"package.json": package(scripts={"build": "spark  build"}), "spark.config.js": "outDir: 'www'"}
    assert adopt(lay(tmp_path, files), catalogue).data["settings"] == {}


def test_a_build_of_its_own_is_carried_over(catalogue: Catalogue, tmp_path: Path) -> None:
    """A script that does more is named, with the folder that it writes."""
    files = {"package.json": package(scripts={"build": "tsc && spark build"}), "spark.config.js": "outDir: './www/'"}
    found = adopt(lay(tmp_path, files), catalogue)
    assert found.data["settings"] == {"spark": {"build_script": "build", "build_output": "www"}}
    assert "`tsc && spark build`" in found.notes[0]


def test_what_a_host_is_told_names_the_folder(catalogue: Catalogue, tmp_path: Path) -> None:
    """Who published the site so far had to know it."""
    files = {"package.json": package(scripts={"build": "make"}), "netlify.toml": '[build]\n  publish = "dist"\n'}
    assert adopt(lay(tmp_path, files), catalogue).data["settings"]["spark"]["build_output"] == "dist"


def test_a_folder_that_can_not_be_told_is_named(catalogue: Catalogue, tmp_path: Path) -> None:
    """The engine's usual one is tried, and the caller hears of it."""
    found = adopt(lay(tmp_path, {"package.json": package(scripts={"build": "make"})}), catalogue)
    assert any("Which folder its own build writes" in text for text in found.unknown)


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        ("bun.lock", "", "bun.lock is of Bun; Platform installs with npm"),
        ("yarn.lock", "__metadata:", "yarn.lock is of Yarn; Platform installs with npm"),
        ("yarn.lock", "# yarn lockfile v1", ""),
        ("pnpm-lock.yaml", "", "pnpm-lock.yaml is followed"),
        ("package-lock.json", "{}", ""),
        ("README.md", "", "No lock file"),
    ],
)
def test_another_package_manager_is_told(catalogue: Catalogue, tmp_path: Path, name: str, text: str, note: str) -> None:
    """Where versions may differ, whoever adopts should know."""
    found = adopt(lay(tmp_path, {"package.json": package(), ".gitignore": ".platform", name: text}), catalogue)
    assert [said for said in found.notes if "lock" in said.lower()] == ([found.notes[0]] if note else [])
    assert found.notes[0].startswith(note)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({".nvmrc": "v16.3.0\n"}, ".nvmrc asks for Node v16.3.0; Platform builds with Node 24"),
        ({"package.json": package(engines={"node": "18.x"})}, "package.json asks for Node 18.x"),
        ({"package.json": package(engines={"node": ">=18"})}, ""),
        ({".node-version": "24.1.0"}, ""),
        ({".nvmrc": "lts/*"}, ""),
    ],
)
def test_another_node_is_told(catalogue: Catalogue, tmp_path: Path, files: Mapping[str, str], told: str) -> None:
    """A repository that was made for another version may not build with ours."""
    found = adopt(lay(tmp_path, {"package.json": package()} | dict(files)), catalogue)
    said = [note for note in found.notes if "asks for Node" in note]
    assert len(said) == bool(told)
    assert all(note.startswith(told) for note in said)


def test_what_a_clue_says_is_told(catalogue: Catalogue, tmp_path: Path) -> None:
    """Some finds are not about which engine it is, but about what will happen; they weigh nothing."""
    found = adopt(lay(tmp_path, {"package.json": package(), "spark.config.js": "output: 'server'"}), catalogue)
    assert "spark.config.js: It renders on a server." in found.notes
    assert found.engine
    assert found.engine.weight == 16


def test_a_cms_of_its_own_stays_a_comment(catalogue: Catalogue, tmp_path: Path) -> None:
    """The repository's editor goes on working; what hands it over stands beside it."""
    found = adopt(lay(tmp_path, {"package.json": package(), "public/admin/config.yml": "backend:\n"}), catalogue)
    assert [item.manifest.id for item in found.cms] == ["desk"]
    assert "cms" not in found.data
    assert 'cms = "desk"' in found.comments[0]
    assert "take admin/ out" in found.comments[1]


def test_sites_in_their_usual_places_are_named(catalogue: Catalogue, tmp_path: Path) -> None:
    """A repository of several packages is told where its site lies."""
    found = adopt(lay(tmp_path, {"package.json": "{}", "apps/web/package.json": package()}), catalogue)
    assert dict(found.nested) == {"apps/web": "spark"}


def test_an_adopted_folder_is_built_with_its_engine(catalogue: Catalogue, tmp_path: Path) -> None:
    """Who would lay a starter over a repository can ask first."""
    spark = catalogue.get("ssg", "spark")
    assert not is_built_with(tmp_path, spark)
    assert is_built_with(lay(tmp_path, {"package.json": package()}), spark)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://www.acme.shop/path/", "www.acme.shop"),
        ("acme.shop", "acme.shop"),
        ("http://localhost:4000", ""),
        ("http://example.org/", ""),
        ("https://acme.github.io/site", ""),
        ("https://github.com/acme/site", ""),
        ("https://acme.vercel.app", ""),
        ("https://127.0.0.1", ""),
        ("/", ""),
        ("http://[", ""),
    ],
)
def test_only_an_address_of_ones_own_is_a_domain(text: str, name: str) -> None:
    """Placeholders and the names of hosting companies are none."""
    assert host(text) == name


@pytest.mark.parametrize(("name", "short"), [("Acme Site!", "acme-site"), ("2024-blog", "blog"), ("--", ""), ("é", "")])
def test_a_name_becomes_short(name: str, short: str) -> None:
    """What is left is allowed in resource names."""
    assert slug(name) == short


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[[detect.clues]]\nfiles = ['a']\ngems = ['b']", "exactly one of"),
        ("[[detect.clues]]\nweight = 3", "exactly one of"),
        ("[[detect.clues]]\ngems = ['b']\ntext = ['x']", "looked for in files"),
        ("[[detect.clues]]\ngems = ['b']\nsince = 2", "version of a package"),
        ("[[detect.clues]]\ngems = ['b']\nweight = 11", "not between 1 and 10"),
        ("[[detect.clues]]\nfiles = ['../up']", "leaves the repository"),
        ("[[detect.clues]]\nfiles = ['a.{b']", "without its other half"),
        ("[[detect.clues]]\nfile = ['a']", "Did you mean 'files'?"),
        ("clues = []\n[detect.reads.colour]\nfiles = ['a']\nkeys = ['b']", "nor a setting"),
        ("clues = []\n[detect.reads.title]\nfiles = ['a']\nkeys = ['b']\npattern = '('", "not a regular expression"),
    ],
)
def test_a_wrong_clue_is_refused(table: str, message: str) -> None:
    """The manifest's author hears of it, with the place."""
    with pytest.raises(SiteError) as caught:
        manifest("wrong", "ssg", f"[detect]\n{table}\n")
    assert message in str(caught.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=4_000, max_examples=60)
@given(
    config=st.binary(max_size=2_000)
    | st.lists(
        st.sampled_from(["site", ":", "'", '"', "`", "x" * 40, "\n", " ", "{", "outDir", "="]), max_size=300
    ).map(lambda parts: "".join(parts).encode())
)
def test_no_configuration_is_a_crash(catalogue: Catalogue, tmp_path: Path, config: bytes) -> None:
    """Whatever a configuration holds, what is read from it is one printable line, and the domain a host name."""
    lay(tmp_path, {"package.json": package(scripts={"build": "x && spark build"})})
    (tmp_path / "spark.config.js").write_bytes(config)
    found = adopt(tmp_path, catalogue)
    assert engine(found) == "spark"
    assert found.data.get("title", "").isprintable()
    assert host(found.data["domain"]) == found.data["domain"] or found.data["domain"] == "site.example"


@pytest.mark.parametrize(
    "line", ["site: '" + "a" * 1_900, "site:'" * 300, "{" * 2_000, " " * 1_990 + "site", "'" * 2_000]
)
def test_a_hostile_configuration_is_read_in_time(catalogue: Catalogue, tmp_path: Path, line: str) -> None:
    """A file of the largest size, all of lines that nearly match, takes a moment."""
    lay(tmp_path, {"package.json": package(), "spark.config.js": (line + "\n") * 200})
    started = time.process_time()
    adopt(tmp_path, catalogue)
    assert time.process_time() - started < 5
