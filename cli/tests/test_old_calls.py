"""Calls of the older factories are rewritten where they are understood, and told where they are not."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_cli import old_calls
from platform_cli.old_calls import Rewritten, mentions_old_calls, rewrite
from platform_core import factory
from platform_core.catalogue import Catalogue
from platform_core.discovery import discover
from platform_testing.distributions import install_fakes

IMPORT = "from shared.factories.cms_stack_factory import CMSStackFactory\n"
NEW_IMPORT = "from platform_core.factory import PlatformStackFactory\n"


@pytest.fixture(name="catalogue", scope="module")
def _catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    plugins = install_fakes(tmp_path_factory.mktemp("plugins"))
    return Catalogue(discover([str(plugins)], disabled=()).plugins)


def run(catalogue: Catalogue, text: str) -> Rewritten:
    """Rewrite *text*, which may be indented."""
    return rewrite(textwrap.dedent(text).encode(), catalogue)


def test_a_call_keeps_its_layout_and_comments(catalogue: Catalogue) -> None:
    """Only the names change."""
    found = run(
        catalogue,
        IMPORT
        + """
stack = CMSStackFactory.create_cms_stack(
    scope=app, client_id="client", domain="domain.com",
    cms_provider='cms-memory',    # Provider tier choice
    ssg_engine="ssg-echo"         # SSG engine choice within tier
)
""",
    )
    assert found.calls == 1
    assert found.notes == ()
    assert found.source.decode() == (
        NEW_IMPORT
        + """
stack = PlatformStackFactory.create_stack(
    scope=app, client_id="client", domain="domain.com",
    stack_type='cms_memory_tier',    # Provider tier choice
    ssg_engine="ssg-echo"         # SSG engine choice within tier
)
"""
    )


def test_positional_arguments_get_their_names(catalogue: Catalogue) -> None:
    """In the order that the older method had; what meant the default goes."""
    found = run(
        catalogue, IMPORT + 'CMSStackFactory.create_cms_stack(app, "a", "a.com", "cms-memory", None, "default")\n'
    )
    assert found.source.decode() == (
        f"{NEW_IMPORT}\n"
        'PlatformStackFactory.create_stack(scope=app, client_id="a", domain="a.com", stack_type="cms_memory_tier")\n'
    )


def test_what_is_rewritten_can_still_be_called() -> None:
    """The older methods take the positional arguments that are given names here, in that order."""
    for name, old in old_calls._FACTORIES.items():
        method = inspect.signature(getattr(getattr(factory, name), old.method))
        positional = [item.name for item in method.parameters.values() if item.kind is item.POSITIONAL_OR_KEYWORD]
        assert tuple(positional) == old.positional


def test_the_spelling_with_underscores_is_known(catalogue: Catalogue) -> None:
    """Older calls wrote a shop's id so."""
    found = run(
        catalogue,
        """
        from stacks import EcommerceStackFactory
        EcommerceStackFactory.create_ecommerce_stack(app, "a", "a.com", "shop_memory", engine)
        """,
    )
    assert b'stack_type="shop_memory_ecommerce", ssg_engine=engine)' in found.source


def test_a_stack_type_may_be_anything(catalogue: Catalogue) -> None:
    """The newer method takes the same one."""
    text = "from stacks import SSGStackFactory\nSSGStackFactory.create_ssg_stack(stack_type=chosen, scope=app)\n"
    assert b"PlatformStackFactory.create_stack(stack_type=chosen, scope=app)" in run(catalogue, text).source


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("from shared.factories import CMSStackFactory as Cms", "Cms"),
        ("import shared.factories as factories", "factories.CMSStackFactory"),
        ("import shared.factories", "shared.factories.CMSStackFactory"),
    ],
)
def test_aliases_are_followed(catalogue: Catalogue, statement: str, name: str) -> None:
    """However the factory was imported; the import goes with its last use."""
    found = run(catalogue, f'{statement}\n{name}.create_cms_stack(app, "a", "a.com", "cms-memory")\n')
    assert found.source.decode().startswith(f"{NEW_IMPORT}\nPlatformStackFactory.create_stack(scope=app")


def test_an_import_that_is_still_needed_stays(catalogue: Catalogue) -> None:
    """Other names of the statement, and other uses of the same name."""
    found = run(
        catalogue,
        """
        from shared import CMSStackFactory, helper
        CMSStackFactory.create_cms_stack(app, "a", "a.com", "cms-memory")
        CMSStackFactory.create_cms_stack(app, "a", "a.com", provider)
        """,
    )
    assert b"from shared import CMSStackFactory, helper" in found.source
    assert (found.calls, [note.line for note in found.notes]) == (1, [4])


def test_a_newer_import_is_used_under_its_name(catalogue: Catalogue) -> None:
    """There is no second import."""
    text = "from platform_core.factory import PlatformStackFactory as factory\n" + IMPORT
    found = run(catalogue, text + 'CMSStackFactory.create_cms_stack(app, "a", "a.com", "cms-memory")\n')
    assert b"factory.create_stack(" in found.source
    assert found.source.count(b"import") == 1


LEFT = {
    "unknown provider": (
        'CMSStackFactory.create_cms_stack(app, "a", "a.com", "nobody")',
        "no CMS 'nobody' is installed",
    ),
    "variable provider": ("CMSStackFactory.create_cms_stack(cms_provider=chosen)", "is no plain text"),
    "stars": ("CMSStackFactory.create_cms_stack(app, **options)", "what * and ** bring"),
    "too many": ('CMSStackFactory.create_cms_stack(1, 2, 3, "cms-memory", 5, "six", 7)', "more arguments"),
    "missing": ('CMSStackFactory.create_cms_stack(app, "a", "a.com")', "is not there once"),
    "twice": ('CMSStackFactory.create_cms_stack(app, scope=app, cms_provider="cms-memory")', "is not there once"),
    "variable variant": (
        'CMSStackFactory.create_cms_stack(app, cms_provider="cms-memory", template_variant=v)',
        "may be 'default'",
    ),
    "no call": ("make = CMSStackFactory.create_cms_stack", "used other than by calling"),
    "other use": ("print(CMSStackFactory.CMS_PROVIDERS)", "used other than by calling"),
    "configuration": ('from shared import StaticSiteConfig\nStaticSiteConfig(ssg_engine="a")', "write a mapping"),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_understood_stays_and_is_told(catalogue: Catalogue, name: str) -> None:
    """With its line and the reason."""
    code, reason = LEFT[name]
    found = run(catalogue, f"{IMPORT}{code}\n")
    assert found.source.decode() == f"{IMPORT}{code}\n"
    assert found.calls == 0
    assert any(reason in note.text for note in found.notes), found.notes
    assert {note.line for note in found.notes} <= {2, 3}


def test_a_factory_of_the_file_itself_is_nobodys_business(catalogue: Catalogue) -> None:
    """Its call is told and stays; so is one that a star import may have brought."""
    for text in ("class CMSStackFactory: ...\n", "from shared import *\n"):
        found = run(catalogue, text + 'CMSStackFactory.create_cms_stack(app, "a", "a.com", "cms-memory")\n')
        assert found.calls == 0
        assert "not imported here" in found.notes[0].text


def test_a_file_with_another_thing_of_the_new_name_stays(catalogue: Catalogue) -> None:
    """A second meaning of the name would be worse than an older call."""
    text = (
        f'{IMPORT}class PlatformStackFactory: ...\nCMSStackFactory.create_cms_stack(app, cms_provider="cms-memory")\n'
    )
    found = run(catalogue, text)
    assert (found.source.decode(), found.notes[0].line) == (text, 2)


def test_what_is_no_python_stays(catalogue: Catalogue) -> None:
    """A file for another Python, or none at all."""
    found = run(catalogue, "print 'CMSStackFactory'\n")
    assert found.source == b"print 'CMSStackFactory'\n"
    assert "no Python" in found.notes[0].text


def test_encoding_and_line_ends_stay(catalogue: Catalogue) -> None:
    """Byte for byte, apart from the call."""
    text = "# -*- coding: latin-1 -*-\r\n# caf\xe9\r\n" + IMPORT.replace("\n", "\r\n")
    source = (text + 'CMSStackFactory.create_cms_stack(app, "\xe9", "a.com", "cms-memory")\r\n').encode("latin-1")
    found = rewrite(source, catalogue)
    assert found.source.startswith(b"# -*- coding: latin-1 -*-\r\n# caf\xe9\r\n")
    assert b'client_id="\xe9"' in found.source
    assert found.source.count(b"\n") == found.source.count(b"\r\n")


STATEMENTS = [
    'CMSStackFactory.create_cms_stack(app, "a", "a.com", "cms-memory")',
    'x = CMSStackFactory.create_cms_stack(scope=app, cms_provider="cms-memory", ssg_engine="ssg-echo")  # why',
    'CMSStackFactory.create_cms_stack(app, "a", "a.com", provider)',
    "CMSStackFactory.create_cms_stack(**everything)",
    'Old.create_ssg_stack(app, stack_type="cms_memory_tier")',
    'Old.create_ssg_stack(stack_type=(lambda: "x")(), scope=Old.create_ssg_stack(stack_type="y"))',
    "factories.EcommerceStackFactory.create_ecommerce_stack(ecommerce_provider='shop-memory')",
    "make = CMSStackFactory.create_cms_stack",
    "def f():\n    from late import CMSStackFactory\n    return CMSStackFactory.create_cms_stack(cms_provider='cms-memory')",
    "for item in range(3):\n    print(item)  # untouched",
    "'''CMSStackFactory.create_cms_stack(app)'''",
]
HEADS = [
    IMPORT,
    "from old import SSGStackFactory as Old, other\n",
    "import shop.factories as factories\n",
    NEW_IMPORT,
    "from __future__ import annotations\n",
]


@settings(deadline=None, max_examples=60)
@given(heads=st.sets(st.sampled_from(HEADS)), body=st.lists(st.sampled_from(STATEMENTS), max_size=6))
def test_twice_is_once(catalogue: Catalogue, heads: set[str], body: list[str]) -> None:
    """The second run finds nothing to do, and what comes out is Python with the same number of calls."""
    text = "".join(sorted(heads, key=lambda head: "__future__" not in head)) + "\n".join(body) + "\n"
    once = rewrite(text.encode(), catalogue)
    twice = rewrite(once.source, catalogue)
    assert (twice.source, twice.calls) == (once.source, 0)
    assert _calls(once.source) == _calls(text.encode())


def _calls(source: bytes) -> int:
    return sum(isinstance(node, ast.Call) for node in ast.walk(ast.parse(source)))


def test_most_files_are_not_even_parsed() -> None:
    """They name none of the factories."""
    assert not mentions_old_calls(b"import os\n")
    assert mentions_old_calls(b"x = EcommerceStackFactory\n")


def test_the_command_shows_and_then_writes(platform: Any) -> None:
    """First the difference, with --write the files; the second time there is nothing to do."""
    folder = platform.folder / "stacks"
    (folder / "node_modules").mkdir(parents=True)
    text = IMPORT + 'CMSStackFactory.create_cms_stack(app, "a", "a.com", "cms-memory")\n'
    for name in ("app.py", "node_modules/other.py"):
        (folder / name).write_text(text)
    (folder / "app.py").chmod(0o755)
    shown = platform("migrate-config", "stacks")
    assert "-CMSStackFactory.create_cms_stack(app" in shown.stdout
    assert "1 call in 1 file can be rewritten" in shown.stderr
    assert (folder / "app.py").read_text() == text
    platform("migrate-config", "stacks", "--write")
    assert (folder / "app.py").read_text().startswith(NEW_IMPORT)
    assert (folder / "app.py").stat().st_mode & 0o777 == 0o755
    assert (folder / "node_modules" / "other.py").read_text() == text
    again = platform("migrate-config", "stacks", "--write")
    assert (again.stdout, "There is nothing to rewrite." in again.stderr) == ("", True)


def test_the_command_says_it_in_json(platform: Any) -> None:
    """One object for each file that names an older factory."""
    (platform.folder / "app.py").write_text(IMPORT + "CMSStackFactory.create_cms_stack(**all)\n")
    (row,) = json.loads(platform("migrate-config", "app.py", "--json").stdout)
    assert row["file"] == "app.py"
    assert (row["calls"], row["written"], row["diff"]) == (0, False, "")
    assert row["left"][0]["line"] == 2


def test_a_path_that_is_not_there_is_refused(platform: Any) -> None:
    """As by every command."""
    assert "does not exist" in platform("migrate-config", str(Path("nowhere")), code=2).stderr
