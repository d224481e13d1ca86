"""The command lives through every trap that plugin systems are known to fall into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from platform_testing.distributions import add_distribution

MANIFEST = 'schema = 1\nid = "{id}"\nkind = "ssg"\nname = "Name"\nsummary = "A sentence."\n[variants.plain]\nsummary = "One."\n'
PLAN = "from platform_core.hookspecs import hookimpl\n"
GOOD = PLAN + "@hookimpl\ndef platform_build_plan(workspace):\n    raise RuntimeError('unused')\n"


def install(
    plugins: Path,
    component: str = "zola",
    *,
    name: str = "",
    code: str = GOOD,
    manifest: str | None = None,
    init: str = "",
    **given: Any,
) -> Path:
    """Install an engine that says nothing wrong unless *given* does."""
    name = name or f"platform-plugin-{component}"
    package = name.replace("-", "_")
    given.setdefault("entry_points", f"[platform.ssg.v1]\n{component} = {package}.plugin\n")
    files = {
        f"{package}/__init__.py": init,
        f"{package}/plugin.py": code,
        f"{package}/plugin.toml": MANIFEST.format(id=component) if manifest is None else manifest,
    }
    return add_distribution(plugins, name, files=files, **given)


def no_name(plugins: Path) -> None:
    """Damage the metadata, as a broken installation does."""
    (install(plugins) / "METADATA").write_text("", "utf-8")


def two_of_one_id(plugins: Path) -> None:
    """Install two distributions that claim one id."""
    install(plugins)
    install(plugins, name="acme-zola")


BROKEN = {
    "another contract": (
        lambda to: install(to, entry_points="[platform.ssg.v2]\nzola = platform_plugin_zola.plugin\n"),
        "incompatible",
    ),
    "an unknown kind": (
        lambda to: install(to, entry_points="[platform.forum.v1]\nzola = platform_plugin_zola.plugin\n"),
        "incompatible",
    ),
    "a core that is too old": (lambda to: install(to, requires=["platform-core>=99"]), "incompatible"),
    "a missing dependency": (lambda to: install(to, requires=["no-such-distribution"]), "missing-dependency"),
    "a manifest that is no TOML": (lambda to: install(to, manifest="= nonsense"), "broken"),
    "a manifest with a misspelt key": (
        lambda to: install(to, manifest=MANIFEST.format(id="zola").replace("summary", "sumary")),
        "broken",
    ),
    "a manifest of another id": (lambda to: install(to, manifest=MANIFEST.format(id="other")), "broken"),
    "a module that does not exist": (
        lambda to: install(to, entry_points="[platform.ssg.v1]\nzola = platform_plugin_zola.gone\n"),
        "broken",
    ),
    "a package that does not exist": (
        lambda to: install(to, entry_points="[platform.ssg.v1]\nzola = platform_plugin_gone.plugin\n"),
        "broken",
    ),
    "metadata without a name": (no_name, "broken"),
    "an id that is no id": (
        lambda to: install(to, entry_points="[platform.ssg.v1]\n../zola = platform_plugin_zola.plugin\n"),
        "broken",
    ),
    "one id in two distributions": (two_of_one_id, "shadowed"),
}


def rows(platform: Any, *arguments: str) -> list[dict[str, Any]]:
    """Return what `plugin list --json` says of the plugin that the test has installed."""
    found = json.loads(platform(*arguments, "plugin", "list", "--json").stdout)
    return [row for row in found if "zola" in row["id"] or "zola" in row["distribution"]]


@pytest.mark.parametrize("fault", BROKEN)
def test_list_keeps_working_beside_a_broken_plugin(platform: Any, fault: str) -> None:
    """The catalogue is shown, and the fault is one line on standard error."""
    BROKEN[fault][0](platform.plugins)
    done = platform("list", "--engine", "ssg-echo")
    assert "shop_memory_ecommerce" in done.stdout
    faults = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert len(faults) == len(rows(platform))
    assert len(done.stderr.splitlines()) == len(faults)


@pytest.mark.parametrize("fault", BROKEN)
def test_plugin_list_shows_state_cause_and_fix(platform: Any, fault: str) -> None:
    """Whatever is wrong, the plugin is listed and says what mends it."""
    make, state = BROKEN[fault]
    make(platform.plugins)
    found = rows(platform)
    assert {row["state"] for row in found} == {state}
    assert all(row["cause"] and row["fix"] for row in found)


@pytest.mark.parametrize("fault", BROKEN)
def test_strict_ends_with_one(platform: Any, fault: str) -> None:
    """In strict mode a fault of any plugin is a failure."""
    BROKEN[fault][0](platform.plugins)
    platform("--strict", "list", code=1)


@pytest.mark.parametrize("arguments", [("list",), ("plugin", "list"), ("describe", "ssg-echo")])
def test_strict_is_an_environment_variable_too(platform: Any, arguments: tuple[str, ...]) -> None:
    """CI turns it on for every command."""
    install(platform.plugins, manifest="= nonsense")
    platform(*arguments, env={"PLATFORM_STRICT": "1"}, code=1)


@pytest.mark.parametrize("fault", BROKEN)
def test_disabling_silences_a_fault(platform: Any, fault: str) -> None:
    """PLATFORM_DISABLE is the way out, also in strict mode."""
    BROKEN[fault][0](platform.plugins)
    found = rows(platform)
    names = ",".join(row["id"] for row in found)
    done = platform("--strict", "list", env={"PLATFORM_DISABLE": names})
    assert not done.stderr


def test_no_plugins_is_the_safe_mode(platform: Any) -> None:
    """Everything is listed as disabled and nothing of it is used."""
    install(platform.plugins, manifest="= nonsense")
    found = json.loads(platform("--no-plugins", "plugin", "list", "--json").stdout)
    assert {row["state"] for row in found} == {"disabled"}
    assert json.loads(platform("--no-plugins", "list", "--all", "--json").stdout) == []


@pytest.mark.parametrize("name", ["zola", "Platform_Plugin.Zola", " zola "])
def test_disabled_names_are_normalized(platform: Any, name: str) -> None:
    """Case, blanks, dashes, dots and underscores do not matter."""
    install(platform.plugins)
    platform.env["PLATFORM_DISABLE"] = name
    assert rows(platform)[0]["state"] == "disabled"


def test_disabling_what_is_not_there_is_told(platform: Any) -> None:
    """A typo is one line with the nearest name, and stops nothing."""
    done = platform("list", env={"PLATFORM_DISABLE": "ssg-ecko"})
    assert "Did you mean 'ssg-echo'?" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["[console_scripts]\nthis is no pair\n", "[platform.ssg.v1]\nthis is no pair\n"])
def test_a_malformed_entry_points_file_stops_nothing(platform: Any, text: str) -> None:
    """Another tool's damaged file is passed over, our own is told; nobody else suffers."""
    add_distribution(platform.plugins, "foreign", entry_points=text)
    done = platform("list")
    assert "ssg-echo" in done.stdout
    assert done.stderr.count("foreign") == ("platform." in text)


def test_undecodable_entry_points_stop_nothing(platform: Any) -> None:
    """Bytes that are no text do not reach the user."""
    (add_distribution(platform.plugins, "binary") / "entry_points.txt").write_bytes(b"\xff\xfe[platform.ssg.v1]")
    assert "ssg-echo" in platform("list").stdout


IMPORTS = {
    "raises": ("raise ImportError('no luck')", "plugin-import"),
    "exits": ("raise SystemExit(3)", "plugin-import"),
    "raises a bare exception": ("class Odd(BaseException): pass\nraise Odd", "plugin-import"),
    "prints": (GOOD + "print('hello')\n", "plugin-prints"),
    "has no hook": ("", "plugin-hooks"),
    "misspells its hook": (GOOD.replace("build_plan", "build_plans"), "plugin-hooks"),
    "asks for an argument that no hook has": (GOOD.replace("(workspace)", "(workspace, moon)"), "plugin-hooks"),
    "has an asynchronous hook": (GOOD.replace("def ", "async def "), "plugin-hooks"),
}


@pytest.mark.parametrize("fault", IMPORTS)
def test_a_plugin_that_can_not_be_loaded_harms_only_the_sites_that_chose_it(platform: Any, fault: str) -> None:
    """Listing imports nothing; building with it fails in one message that names the distribution."""
    code, reference = IMPORTS[fault]
    install(platform.plugins, code=code)
    assert not platform("--strict", "list").stderr
    platform("describe", "zola")
    site = platform.folder / "site.toml"
    site.write_text('client = "acme"\ndomain = "www.acme.example"\nengine = "zola"\n', "utf-8")
    done = platform("build", code=1)
    assert done.stderr.startswith(f"error[{reference}]")
    assert "platform-plugin-zola" in done.stderr
    assert "hello" not in done.stdout


RESULTS = {
    "None": "None",
    "another type": "['no plan']",
    "an exception": "(_ for _ in ()).throw(KeyError('x'))",
    "an exit": "exit(3)",
}


@pytest.mark.parametrize("result", RESULTS)
def test_a_hook_that_fails_is_told_with_its_plugin(platform: Any, result: str) -> None:
    """A wrong result, an exception and an exit end in one message that names plugin and hook."""
    body = f"    return {RESULTS[result]}\n"
    install(platform.plugins, code=PLAN + "@hookimpl\ndef platform_build_plan(workspace):\n" + body)
    (platform.folder / "site.toml").write_text(
        'client = "acme"\ndomain = "www.acme.example"\nengine = "zola"\n', "utf-8"
    )
    done = platform("build", code=1)
    assert "platform-plugin-zola" in done.stderr
    assert "platform_build_plan" in done.stderr


DOCTOR = {
    "raises": ("raise ImportError('no luck')", "no luck"),
    "exits": ("raise SystemExit(3)", "exit code 3"),
    "prints": ("print('hello')", "prints at import"),
}


@pytest.mark.parametrize("fault", DOCTOR)
def test_plugin_doctor_imports_each_plugin_on_its_own(platform: Any, fault: str) -> None:
    """What a plugin does at import is a row of the report, and the exit code is 1."""
    code, cause = DOCTOR[fault]
    install(platform.plugins, code=code)
    found = {row["id"]: row for row in json.loads(platform("plugin", "doctor", "--json", code=1).stdout)}
    assert cause in found["zola"]["cause"]
    assert found["ssg-echo"]["state"] == "ok"


def test_plugin_doctor_tells_of_heavy_imports(platform: Any) -> None:
    """An import that pulls in what every command would wait for is told, and is no failure."""
    install(platform.plugins, code="import jinja2" if _has("jinja2") else "import boto3")
    found = {row["id"]: row for row in json.loads(platform("plugin", "doctor", "--json").stdout)}
    assert "its import pulls in" in found["zola"]["cause"]


def _has(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


def test_a_second_copy_on_the_path_is_shadowed(platform: Any, tmp_path: Path) -> None:
    """The copy that Python would import counts; the other one is shown and told."""
    second = tmp_path / "second"
    install(platform.plugins, version="2.0")
    install(second, version="1.0")
    found = rows(type(platform)(platform.folder, f"{platform.plugins}:{second}", platform.env))
    assert {(row["version"], row["state"]) for row in found} == {("2.0", "ok"), ("1.0", "shadowed")}


def test_two_hundred_plugins_are_listed(platform: Any) -> None:
    """Discovery of many distributions ends with all of them, in the order of their ids."""
    for number in range(200):
        install(platform.plugins, f"zola-{number:03}")
    found = [row["id"] for row in rows(platform)]
    assert found == [f"zola-{number:03}" for number in range(200)]


def test_a_cache_that_can_not_be_written_only_costs_time(platform: Any, tmp_path: Path) -> None:
    """A read-only home does not stop the command."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", "utf-8")
    assert "ssg-echo" in platform("list", env={"PLATFORM_CACHE": str(blocked)}).stdout


def test_a_damaged_cache_is_made_anew(platform: Any) -> None:
    """Whatever is in the cache file, the catalogue is right."""
    expected = platform("list", "--json").stdout
    (cache,) = Path(platform.env["PLATFORM_CACHE"], "manifests").glob("*.json")
    for text in ("", "[]", '{"x": 1}', cache.read_text("utf-8").replace('"name"', '"nome"')):
        cache.write_text(text, "utf-8")
        assert platform("list", "--json").stdout == expected
