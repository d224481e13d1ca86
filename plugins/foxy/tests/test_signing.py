"""Signatures are those that Foxy's own SDK makes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.content import Product, ProductVariant
from platform_core.contributions import Stage
from platform_plugin_foxy.signing import Signer, cart_link, is_signed_name

# The SDK decodes the parameters of a link twice and parts them at "=", so links are compared without these.
_WORDS = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters='{}|:%&=#+?"<>'), min_size=1, max_size=8
)
NAMES = _WORDS.filter(
    lambda word: word.lower() not in {"code", "name", "price", "image", "url", "weight"} and is_signed_name(word)
)
PHRASES = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70)
SKUS = st.from_regex(r"[A-Za-z0-9._-]{1,20}", fullmatch=True)
AMOUNTS = st.decimals(min_value=0, max_value=99999, places=2)
_NOT_SIGNED = re.compile(r"^0:(?=template_set$)")


@st.composite
def sold(draw: st.DrawFn) -> Product:
    """Products with fixed fields, options, or forms of their own."""
    options = draw(
        st.dictionaries(NAMES, st.lists(PHRASES, min_size=1, max_size=3, unique=True).map(tuple), max_size=2)
    )
    product = Product(
        draw(SKUS),
        draw(PHRASES),
        draw(AMOUNTS),
        "EUR",
        "/products/x/",
        options={name.lower(): choices for name, choices in options.items()},
        weight=draw(st.none() | st.integers(0, 99999)),
        stock=draw(st.none() | st.integers(1, 99)),
        image=draw(st.sampled_from(["", "/images/a b.png"])),
        extra=draw(
            st.sampled_from([{}, {"sub_frequency": "1m"}, {"sub_frequency": ["1m", "1y"], "sub_startdate": "15"}])
        ),
    )
    if not product.options or not draw(st.booleans()):
        return product
    first = {name: choices[0] for name, choices in product.options.items()}
    forms = tuple(
        ProductVariant(f"{product.sku}-{number}", first, draw(st.none() | AMOUNTS), draw(st.none() | st.integers(0, 2)))
        for number in range(draw(st.integers(1, 3)))
    )
    return dataclasses.replace(product, variants=forms)


@pytest.mark.realdata
def test_links_are_those_of_the_vectors(vectors: list[dict[str, Any]]) -> None:
    """Names, values, spaces, empty values and what is not signed: to the letter."""
    rows = [row for row in vectors if row["provider"] == "foxy-cart-link" and row.get("signed_url")]
    assert len(rows) >= 3
    for row in rows:
        parts = urlsplit(row["url"])
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        assert cart_link(parts.netloc, Signer(row["secret"], dict(pairs)["code"]), pairs) == row["signed_url"]


@pytest.mark.realdata
def test_the_published_name_is_signed_alike(vectors: list[dict[str, Any]]) -> None:
    """The vector of Foxy's own tests, which has a parent's code."""
    (row,) = [row for row in vectors if row["id"] == "foxy-link-published"]
    name, code, parent, value = row["input"]["signName"]
    assert Signer(row["secret"], code, parent).name(name, value) == f"0:{row['signature']}"


@pytest.mark.realdata
def test_the_form_of_the_vectors_is_signed_alike(vectors: list[dict[str, Any]]) -> None:
    """Inputs sign their name, options their value, an empty value is the customer's."""
    (row,) = [row for row in vectors if row["id"] == "foxy-form-gen-0"]
    signer = Signer(row["secret"], "sku-1")
    for name, value in (("code", "sku-1"), ("name", "Blue Shirt"), ("price", "19.99"), ("quantity", "")):
        assert f'name="{signer.name(name, value)}" value="{value}"' in row["signed_html"]
    for value in ("S{p+0}", "L{p+2}"):
        assert f'value="{signer.value("size", value)}"' in row["signed_html"]


@given(sold(), KEYS)
@settings(max_examples=150)
def test_forms_are_signed_as_the_sdk_signs_them(
    sdk: Any, button: Callable[..., str], read_form: Callable[[str], Any], product: Product, key: str
) -> None:
    """The unsigned form, signed by the SDK, sends what our signed form sends."""
    unsigned = button(product, key="", stage=Stage("local", "https://www.acme.example"), template_set="look-2")
    ours = read_form(button(product, key=key, template_set="look-2"))
    theirs = read_form(sdk("html", key=key, html=unsigned))
    assert {_NOT_SIGNED.sub("", name): value for name, value in theirs.fields.items()} == ours.fields
    assert theirs.lists == ours.lists


@given(sold(), KEYS)
@settings(max_examples=100)
def test_links_are_signed_as_the_sdk_signs_them(sdk: Any, product: Product, key: str) -> None:
    """The same for addresses: names, signatures and values are equal."""
    fields = [
        ("name", product.name),
        ("price", str(product.price)),
        ("code", product.sku),
        ("cart", "add"),
        ("x:note", ""),
    ]
    fields += [(name, choices[0]) for name, choices in product.options.items()]
    theirs = sdk("url", key=key, url=cart_link("acme.foxycart.com", Signer("", product.sku), fields))
    ours = cart_link("acme.foxycart.com", Signer(key, product.sku), fields)
    assert parse_qsl(urlsplit(ours).query, keep_blank_values=True) == parse_qsl(
        urlsplit(theirs).query, keep_blank_values=True
    )


def test_a_key_is_not_shown() -> None:
    """Neither by the signer's own words nor in what it makes."""
    signer = Signer("very-secret", "mug")
    assert "very-secret" not in repr(signer) + signer.name("price", "1") + signer.value("size", "L")


def test_one_character_changes_everything() -> None:
    """Code, parent, name, value and key are all signed."""
    base = Signer("key", "mug").name("price", "18.50")
    others = {
        Signer("Key", "mug").name("price", "18.50"),
        Signer("key", "mug2").name("price", "18.50"),
        Signer("key", "mug", "set").name("price", "18.50"),
        Signer("key", "mug").name("price", "1.850"),
    }
    assert base not in others
    assert len(others) == 4
    assert Signer("key", "mug").name("price", "18.5") != base
