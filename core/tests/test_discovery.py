"""Discovery lives through every trap that plugin systems are known to fall into."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from platform_core.discovery import Discovery, Plugin, discover
from platform_testing.distributions import add_distribution

MANIFEST = 'schema = 1\nid = "{id}"\nkind = "{kind}"\nname = "Name"\nsummary = "A sentence."\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return an empty folder that stands for site-packages."""
    return tmp_path


def install(
    site: Path,
    component: str = "zola",
    *,
    kind: str = "ssg",
    contract: int = 1,
    name: str = "",
    manifest: str | None = None,
    **given,
) -> Path:
    """Install a plugin that says nothing wrong unless *given* does."""
    name = name or f"platform-plugin-{component}"
    package = name.replace("-", "_")
    files = {
        f"{package}/__init__.py": "",
        f"{package}/plugin.py": given.pop("code", ""),
        f"{package}/plugin.toml": MANIFEST.format(id=component, kind=kind) if manifest is None else manifest,
    }
    return add_distribution(
        site,
        name,
        entry_points=given.pop("entry_points", f"[platform.{kind}.v{contract}]\n{component} = {package}.plugin\n"),
        files={path: text for path, text in files.items() if text is not None},
        **given,
    )


def only(found: Discovery) -> Plugin:
    """Return the one plugin that was found."""
    (plugin,) = found.plugins
    return plugin


def look(site: Path, **given) -> Discovery:
    """Discover in *site* alone."""
    return discover([str(site)], disabled=given.pop("disabled", ()), **given)


def test_a_good_plugin_is_ok(site: Path) -> None:
    """An installed plugin with a manifest is usable."""
    install(site)
    plugin = only(look(site))
    assert (plugin.state, plugin.id, plugin.kind, plugin.version) == ("ok", "zola", "ssg", "1.0")
    assert plugin.manifest is not None


def test_nothing_is_imported(site: Path) -> None:
    """Discovery imports no plugin, not even a package's __init__."""
    install(site, code="raise SystemExit(3)")
    (site / "platform_plugin_zola" / "__init__.py").write_text("raise SystemExit(3)", "utf-8")
    assert only(look(site)).state == "ok"
    assert "platform_plugin_zola" not in sys.modules


def test_plugins_are_ordered_by_kind_and_id(site: Path) -> None:
    """Install order never shows."""
    for component, kind in (("zola", "ssg"), ("abc", "ssg"), ("mem", "cms")):
        install(site, component, kind=kind)
    assert [plugin.id for plugin in look(site).plugins] == ["abc", "zola", "mem"]


def test_a_foreign_malformed_entry_points_file_harms_nobody(site: Path) -> None:
    """Another tool's broken entry_points.txt does not hide our plugins."""
    add_distribution(site, "foreign", entry_points="[console_scripts]\nthis is no pair\n")
    install(site)
    assert only(look(site)).state == "ok"


def test_our_malformed_entry_points_file_is_told(site: Path) -> None:
    """A plugin whose entry_points.txt can't be parsed becomes a warning that names it."""
    install(site, "good")
    install(site, entry_points="[platform.ssg.v1]\nthis is no pair\n")
    found = look(site)
    assert [plugin.id for plugin in found.plugins] == ["good"]
    assert "platform_plugin_zola" in found.warnings[0]


def test_entry_points_that_are_not_text_are_passed_over(site: Path) -> None:
    """Undecodable bytes in one distribution do not stop discovery."""
    info = add_distribution(site, "binary")
    (info / "entry_points.txt").write_bytes(b"\xff\xfe[platform.ssg.v1]")
    install(site)
    assert only(look(site)).state == "ok"


def test_metadata_without_a_name_is_broken(site: Path) -> None:
    """A damaged installation is listed as broken and says so."""
    info = install(site)
    (info / "METADATA").write_text("", "utf-8")
    plugin = only(look(site))
    assert plugin.state == "broken"
    assert "METADATA" in plugin.cause


def test_another_contract_is_incompatible(site: Path) -> None:
    """A plugin of a later contract is told to want a later core."""
    install(site, contract=2)
    plugin = only(look(site))
    assert plugin.state == "incompatible"
    assert "contract v2" in plugin.cause
    assert plugin.fix == "pip install --upgrade platform-core"


def test_an_unknown_kind_is_incompatible(site: Path) -> None:
    """A group of a kind that core does not know is not silently dropped."""
    install(site, kind="forum", manifest="")
    assert only(look(site)).state == "incompatible"


def test_a_core_that_is_too_old_is_told_before_import(site: Path) -> None:
    """Requires-Dist of core decides, without importing anything."""
    install(site, requires=["platform-core>=99"])
    plugin = only(look(site))
    assert plugin.state == "incompatible"
    assert "platform-core>=99" in plugin.cause


def test_a_missing_dependency_is_named_with_its_command(site: Path) -> None:
    """The cause names the requirement, the fix installs it."""
    install(site, requires=["no-such-distribution>=1"])
    plugin = only(look(site))
    assert plugin.state == "missing-dependency"
    assert plugin.fix == "pip install 'no-such-distribution>=1'"


def test_requirements_of_extras_and_other_platforms_do_not_count(site: Path) -> None:
    """A requirement that does not apply here is not missing."""
    install(site, requires=["no-such; extra == 'dev'", "no-such; sys_platform == 'beos'"])
    assert only(look(site)).state == "ok"


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({"plugin.toml": None}, "no plugin.toml"),
        ({"plugin.toml": "= nonsense"}, "not TOML"),
        ({"plugin.toml": MANIFEST.format(id="other", kind="ssg")}, "its manifest says id = 'other'"),
        ({"plugin.toml": MANIFEST.format(id="zola", kind="cms")}, "its manifest says kind = 'cms'"),
        ({"plugin.toml": MANIFEST.format(id="zola", kind="ssg") + 'sumary = "x"\n'}, "Did you mean 'summary'?"),
        ({"plugin.toml": MANIFEST.format(id="zola", kind="ssg").replace("1", "7")}, "schema"),
        ({"plugin.py": None}, "which does not exist"),
    ],
)
def test_a_broken_package_is_listed_with_its_cause(site: Path, files: dict[str, str | None], cause: str) -> None:
    """Whatever is wrong with the package, the plugin is listed and says what."""
    install(site)
    for name, text in files.items():
        path = site / "platform_plugin_zola" / name
        path.unlink() if text is None else path.write_text(text, "utf-8")
    plugin = only(look(site))
    assert plugin.state == "broken"
    assert cause in plugin.cause
    assert plugin.fix


def test_a_package_that_is_gone_is_broken(site: Path) -> None:
    """Metadata without its package is told."""
    install(site, entry_points="[platform.ssg.v1]\nzola = platform_plugin_gone.plugin\n")
    assert "not there" in only(look(site)).cause


def test_a_hostile_id_is_broken(site: Path) -> None:
    """An id that could not be part of a path or a resource name is refused."""
    install(site, entry_points="[platform.ssg.v1]\n../x = platform_plugin_zola.plugin\n")
    assert "lower-case words" in only(look(site)).cause


def test_two_distributions_with_one_id_are_both_refused(site: Path) -> None:
    """Neither wins by accident; the cause names both."""
    install(site, name="platform-plugin-zola")
    install(site, name="acme-zola")
    found = look(site)
    assert [plugin.state for plugin in found.plugins] == ["shadowed", "shadowed"]
    assert "acme-zola 1.0 and platform-plugin-zola 1.0" in found.plugins[0].cause


def test_disabling_one_of_two_settles_the_collision(site: Path) -> None:
    """The proposed fix works."""
    install(site, name="platform-plugin-zola")
    install(site, name="acme-zola")
    states = {plugin.distribution: plugin.state for plugin in look(site, disabled=["acme_zola"]).plugins}
    assert states == {"acme-zola": "disabled", "platform-plugin-zola": "ok"}


def test_one_id_in_two_kinds_is_no_collision(site: Path) -> None:
    """Ids are unique within a kind."""
    install(site, "mem", kind="cms", name="mem-cms")
    install(site, "mem", kind="ecommerce", name="mem-shop")
    assert {plugin.state for plugin in look(site).plugins} == {"ok"}


def test_an_older_copy_later_on_the_path_is_shadowed(tmp_path: Path) -> None:
    """Python imports the first copy; the second one is shown as shadowed."""
    first, second = tmp_path / "a", tmp_path / "b"
    install(first, version="2.0")
    install(second, version="1.0")
    found = discover([str(first), str(second)], disabled=())
    assert sorted((plugin.version, plugin.state) for plugin in found.plugins) == [("1.0", "shadowed"), ("2.0", "ok")]


def test_the_same_folder_twice_on_the_path_is_one_plugin(site: Path) -> None:
    """A folder that is on the path twice does not double its plugins."""
    install(site)
    assert only(discover([str(site), str(site)], disabled=())).state == "ok"


@pytest.mark.parametrize("name", ["zola", "platform-plugin-zola", "Platform_Plugin.Zola", " zola "])
def test_a_plugin_is_disabled_by_id_or_distribution(site: Path, name: str) -> None:
    """Case, blanks, dashes, dots and underscores do not matter."""
    install(site, code="raise SystemExit")
    assert only(look(site, disabled=[name])).state == "disabled"


def test_the_variable_disables(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PLATFORM_DISABLE is read when nothing is passed; blanks and empty names are ignored."""
    install(site)
    monkeypatch.setenv("PLATFORM_DISABLE", " , zola ,")
    assert only(discover([str(site)])).state == "disabled"


def test_disabling_what_is_not_there_warns(site: Path) -> None:
    """A typo in the variable is told, with the nearest name."""
    install(site)
    assert "Did you mean 'zola'?" in look(site, disabled=["zolla"]).warnings[0]


def test_no_plugins_disables_all(site: Path) -> None:
    """The safe mode still lists what is installed."""
    install(site)
    install(site, "mem", kind="cms")
    assert {plugin.state for plugin in look(site, no_plugins=True).plugins} == {"disabled"}


def test_a_disabled_broken_plugin_stays_quiet(site: Path) -> None:
    """Disabling is the way out of a fault."""
    install(site, manifest="= nonsense")
    found = look(site, disabled=["zola"])
    assert only(found).state == "disabled"
    assert not found.faults


def test_checked_manifests_come_from_the_cache(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest that was checked once is not checked again, and is the same."""
    install(site)
    cache = tmp_path / "cache" / "manifests.json"
    first = only(look(site, cache=cache)).manifest
    monkeypatch.setattr("platform_core.discovery.parse_manifest", None)
    assert only(look(site, cache=cache)).manifest == first


def test_a_changed_manifest_is_read_again(site: Path, tmp_path: Path) -> None:
    """The cache follows the file."""
    install(site)
    cache = tmp_path / "manifests.json"
    look(site, cache=cache)
    path = site / "platform_plugin_zola" / "plugin.toml"
    path.write_text(MANIFEST.format(id="zola", kind="ssg").replace("A sentence.", "Another, longer sentence."), "utf-8")
    plugin = only(look(site, cache=cache))
    assert plugin.manifest
    assert plugin.manifest.summary == "Another, longer sentence."


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 1}', "null"])
def test_a_damaged_cache_is_ignored(site: Path, tmp_path: Path, text: str) -> None:
    """Whatever is in the cache file, discovery works."""
    install(site)
    cache = tmp_path / "manifests.json"
    cache.write_text(text, "utf-8")
    assert only(look(site, cache=cache)).state == "ok"


def test_plugins_that_are_gone_leave_the_cache(site: Path, tmp_path: Path) -> None:
    """The file does not grow with every environment that ever was."""
    install(site)
    cache = tmp_path / "manifests.json"
    look(site, cache=cache)
    data = json.loads(cache.read_text("utf-8"))
    gone = tmp_path / "gone" / "plugin.toml"
    ((known, row),) = data["manifests"].items()
    cache.write_text(json.dumps({**data, "manifests": {str(gone): row}}), "utf-8")
    look(site, cache=cache)
    assert list(json.loads(cache.read_text("utf-8"))["manifests"]) == [known]


def test_a_cache_that_can_not_be_written_is_ignored(site: Path, tmp_path: Path) -> None:
    """A read-only home only costs time."""
    install(site)
    blocker = tmp_path / "file"
    blocker.write_text("", "utf-8")
    assert only(look(site, cache=blocker / "manifests.json")).state == "ok"


def test_two_hundred_distributions_are_all_walked(site: Path) -> None:
    """A full environment is walked to its end; only ours is parsed."""
    for number in range(200):
        add_distribution(site, f"dist-{number}", entry_points=f"[console_scripts]\nx{number} = a:b\n")
    install(site)
    assert only(look(site)).state == "ok"
