"""Money keeps its digits on every way into the site, whatever else a reader makes of numbers."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.content import Product, parse_entry, read_product, render_entry
from platform_core.errors import Problem
from platform_core.exact import Exact, dump_json, load_json, read_number
from platform_core.front_matter import parse_front_matter, render_front_matter
from platform_core.sources import Documents, Page

AMOUNTS = st.builds("{}.{}".format, st.integers(0, 10**9 - 1), st.from_regex(r"[0-9]{1,4}", fullmatch=True))
YAML = """---
title: Tea
sku: tea
price: {0}
currency: EUR
prices: {{USD: {0}}}
options: {{Pack: [tin]}}
variants:
- {{sku: tin, options: {{Pack: tin}}, price: {0}}}
---
"""
TOML = """+++
title = "Tea"
sku = "tea"
price = {0}
currency = "EUR"
prices = {{USD = {0}}}
options = {{Pack = ["tin"]}}
variants = [{{sku = "tin", options = {{Pack = "tin"}}, price = {0}}}]
+++
"""


def product_of(text: str) -> Product:
    problems: list[Problem] = []
    product = read_product(parse_entry(text, PurePosixPath("products/tea.md")), "tea.md", problems)
    assert product, problems
    return product


@pytest.mark.parametrize("form", [YAML, TOML])
@given(amount=AMOUNTS)
def test_a_price_without_quotes_is_what_is_written(form: str, amount: str) -> None:
    """To the last digit, in YAML and TOML, of product, currency and variant, and after the file was written anew."""
    text = form.format(amount)
    again = render_entry(parse_entry(text, PurePosixPath("products/tea.md")))
    for product in (product_of(text), product_of(again)):
        prices = [product.price, product.prices["USD"], product.variants[0].price]
        assert [str(price) for price in prices] == [amount] * 3
        assert prices[0] == Decimal(amount)


@given(amount=AMOUNTS)
def test_an_answers_price_is_what_the_provider_sent(amount: str) -> None:
    """From its text over the copy that is kept to the front matter of a file."""
    sent = json.loads(f'{{"price": {amount}, "rows": [{{"amount": {amount}}}]}}', parse_float=read_number)
    with Documents.open(Path(":memory:"), "here") as documents:
        documents.take(Page({"tea": sent}, "", complete=True))
        kept = dict(documents)["tea"]
    assert kept == sent
    text = render_front_matter(kept)
    assert text == f"---\nprice: {amount}\nrows:\n- amount: {amount}\n---\n"
    assert str(parse_front_matter(text, "here")[0]["price"]) == amount


@pytest.mark.parametrize("price", ["0.30000000000000004", "18.10000000000000001", "0.00001", "1234567890.10"])
def test_what_is_no_amount_is_refused_rather_than_rounded(price: str) -> None:
    """Also where a float would have hidden it; the message shows what was written."""
    problems: list[Problem] = []
    entry = parse_entry(YAML.format(price), PurePosixPath("products/tea.md"))
    assert read_product(entry, "tea.md", problems) is None
    assert price in problems[0].what


@pytest.mark.parametrize("text", ["1e2", ".5", "5.", "-.5e-3", "+1.5", "007.5", ".inf", "-.inf"])
def test_other_numbers_are_floats_as_ever(text: str) -> None:
    """Only a plain decimal number has digits that matter."""
    (found,) = parse_front_matter(f"---\nx: {text}\n---\n", "here")[0].values()
    assert type(found) is float


def test_toml_has_numbers_of_its_own() -> None:
    """Underscores, infinity and exponents are read as before."""
    data, _ = parse_front_matter("+++\na = 1_0.5\nb = inf\nc = 1e3\n+++\n", "here")
    assert data == {"a": 10.5, "b": float("inf"), "c": 1000.0}


@given(
    value=st.recursive(
        st.none() | st.text() | st.integers() | AMOUNTS.map(Exact) | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=2), inner, max_size=3),
    )
)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    """Numbers keep their digits, everything else its value."""
    again = load_json(dump_json(value))
    assert again == value
    assert dump_json(again) == dump_json(load_json(dump_json(again)))


def test_who_does_not_know_of_it_sees_a_float() -> None:
    """It counts, compares, is copied and becomes JSON like one."""
    price = Exact("18.10")
    assert (price, f"{price}", repr(price), f"{price:.1f}") == (18.1, "18.10", "18.10", "18.1")
    assert json.dumps({"price": price}) == '{"price": 18.1}'
    assert [str(one) for one in (copy.deepcopy(price), pickle.loads(pickle.dumps(price)))] == ["18.10"] * 2  # noqa: S301
