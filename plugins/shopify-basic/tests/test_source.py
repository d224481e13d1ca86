"""Products of a shop become files of the site, and stay in step with it."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.errors import PlatformError, SourceError
from platform_core.http import Http
from platform_plugin_shopify_basic import source as source_module
from platform_plugin_shopify_basic.api import ApiError, Storefront
from platform_plugin_shopify_basic.source import Wanted
from platform_plugin_shopify_basic.standin.catalogue import Item, Sold

LATER = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def item(handle: str, price: str = "10") -> Item:
    return Item(handle, handle.title(), variants=[Sold({"Title": "Default Title"}, Decimal(price))])


def test_a_shop_becomes_products(shop: Any) -> None:
    """Variants, prices, stock, pictures and descriptions are those of the shop."""
    done = shop.pull()
    assert (done.documents, done.skipped) == (4, ())
    blend = shop.products()["harbour-blend"]
    assert (blend.name, blend.price, blend.currency, blend.stock) == ("Harbour Blend", Decimal("9.50"), "EUR", 35)
    assert blend.options == {"Bag": ("250 g", "1 kg"), "Grind": ("Whole beans", "Filter")}
    assert [(one.price, one.stock) for one in blend.variants] == [
        (None, 24),
        (None, 3),
        (Decimal("34.00"), 8),
        (Decimal("34.00"), 0),
    ]
    assert all(one.extra["shopify_variant"].isdecimal() for one in blend.variants)
    assert blend.image.startswith("/media/shopify/")
    assert (shop.root / "static" / blend.image.lstrip("/")).read_bytes()[:4] == b"\x89PNG"
    mug = shop.products()["enamel-mug"]
    assert (mug.sku, mug.variants, mug.stock, mug.weight) == ("MUG-1", (), 40, 190)
    assert mug.extra["shopify_variant"].isdecimal()
    body = next(entry for entry in Content(shop.root).entries() if entry.slug == "harbour-blend").body
    assert "**early ferries**" in body


def test_a_second_pull_asks_for_changes_alone(shop: Any) -> None:
    """What did not change is not written, and what did is."""
    shop.pull()
    mug = shop.standin.catalogue.by_handle("enamel-mug")
    mug.variants[0].price = Decimal("15.75")
    shop.standin.catalogue.touch(mug, LATER)
    done = shop.pull()
    assert done.written == ("content/products/enamel-mug.md",)
    assert shop.products()["enamel-mug"].price == Decimal("15.75")
    assert shop.pull().documents == 1  # the overlap holds the last change
    assert shop.standin.asked == ["Products", "Ids"]


def test_a_new_product_needs_no_whole_round(shop: Any) -> None:
    """What was made since the last pull explains that there are more products."""
    shop.pull()
    shop.standin.catalogue.add(item("kettle"), LATER)
    assert shop.pull().written == ("content/products/kettle.md",)
    assert shop.standin.asked == ["Products", "Ids"]


def test_a_deleted_product_goes_with_the_next_pull(shop: Any) -> None:
    """Shopify tells of no deletions; that one is missing begins a whole round."""
    shop.pull()
    catalogue = shop.standin.catalogue
    catalogue.remove(catalogue.by_handle("enamel-mug"))
    done = shop.pull()
    assert "content/products/enamel-mug.md" in done.removed
    assert shop.standin.asked == ["Products", "Ids", "Products", "Ids"]
    assert "enamel-mug" not in shop.products()


def test_one_came_and_one_went(shop: Any) -> None:
    """As many products as before are not taken for the same products."""
    shop.pull()
    catalogue = shop.standin.catalogue
    catalogue.remove(catalogue.by_handle("enamel-mug"))
    catalogue.add(item("kettle"), LATER)
    shop.pull()
    assert set(shop.products()) == {"brewing-evening", "harbour-blend", "kettle", "tide-table-poster"}


def test_pages_and_many_variants(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Products and variants come in pages, and all of them arrive."""
    monkeypatch.setattr(source_module, "PAGE", 2)
    big = Item("poster", "Poster", variants=[Sold({"Number": str(n)}, Decimal(5), sku=f"P-{n}") for n in range(230)])
    shop.standin.catalogue.add(big, LATER)
    shop.pull()
    assert shop.standin.asked == ["Products", "Products", "Products", "Variants", "Variants", "Ids"]
    assert len(shop.products()["poster"].variants) == 230


def test_a_pull_that_breaks_goes_on_where_it_was(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a break between two pages nothing is asked twice, and no file was touched before."""
    monkeypatch.setattr(source_module, "PAGE", 2)
    ask, left = Storefront.ask, iter([True, False])

    def break_off(self: Storefront, http: Http, query: str, /, **given: Any) -> Any:
        if not next(left, True):
            raise SourceError("source-unreachable", "the line went dead")
        return ask(self, http, query, **given)

    with monkeypatch.context() as patch:
        patch.setattr(Storefront, "ask", break_off)
        with pytest.raises(SourceError):
            shop.pull()
    assert not list((shop.root / "content").rglob("*.md"))
    shop.pull()
    assert shop.standin.asked == ["Products", "Ids"]
    assert len(shop.products()) == 4


def test_a_cursor_that_the_shop_forgot_begins_anew(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused cursor is no error; everything is asked for again."""
    shop.pull()
    state = json.dumps({"after": "bm90IGEgY3Vyc29y", "mark": "2026-01-05T09:00:00Z"})
    import sqlite3

    with sqlite3.connect(shop.root / ".platform/sources/shopify.sqlite") as connection:
        connection.execute("UPDATE facts SET value = ? WHERE name = 'cursor'", (state,))
    connection.close()
    assert shop.pull().documents == 4


def test_prices_of_other_countries(shop: Any) -> None:
    """Each product and variant has a price in each currency, and such a shop is pulled whole."""
    wanted = Wanted(countries=("CH", "US"))
    shop.pull(wanted)
    blend = shop.products()["harbour-blend"]
    assert blend.prices == {"CHF": Decimal("9.03"), "USD": Decimal("10.45")}
    assert blend.variants[2].extra["prices"] == {"CHF": "32.30", "USD": "37.40"}
    assert shop.standin.asked == ["Products", "Prices", "Prices"]
    assert shop.pull(wanted).documents == 4


def test_one_country_and_one_collection(shop: Any) -> None:
    """The context of the site gives its own prices; a collection gives its products alone."""
    shop.pull(Wanted(country="JP", collection="coffee"))
    blend = shop.products()["harbour-blend"]
    assert (set(shop.products()), blend.price, blend.currency) == ({"harbour-blend"}, Decimal(1568), "JPY")
    with pytest.raises(SourceError, match="no collection 'tea'"):
        shop.pull(Wanted(collection="tea"))


def test_without_a_token_less_is_read(shop: Any) -> None:
    """Stock and tags need one; asking for them without one is refused, with what to do."""
    shop.pull(Wanted(stock=False, tags=False), token="")
    blend = shop.products()["harbour-blend"]
    assert [one.stock for one in blend.variants] == [None, None, None, 0]
    with pytest.raises(ApiError) as caught:
        shop.pull(Wanted(), token="")
    assert "unauthenticated_read_product_inventory" in caught.value.hint


def test_a_wrong_token_is_told(shop: Any) -> None:
    """The message says what is wrong, and not what the token is."""
    with pytest.raises(PlatformError) as caught:
        shop.pull(token="a-wrong-token")
    assert "401" in str(caught.value)
    assert "a-wrong-token" not in str(caught.value)


class _Busy(Http):
    """Answers as a busy API does, and then as told."""

    def __init__(self, *answers: Any) -> None:
        self._answers = iter(answers)

    def json(self, url: str, **_: Any) -> Any:
        return next(self._answers)


def test_a_busy_api_is_asked_again() -> None:
    """Throttling comes with status 200; waiting helps, for a while."""
    busy = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
    waited: list[float] = []
    api = Storefront("https://acme.myshopify.com/api", wait=waited.append)
    assert api.ask(_Busy(busy, busy, {"data": {"shop": 1}}), "{ shop }") == {"shop": 1}
    assert waited == [1, 2]
    with pytest.raises(ApiError):
        api.ask(_Busy(*[busy] * 5), "{ shop }")


@pytest.mark.parametrize(
    "answer", [[], "no", {"errors": "Not Found"}, {"errors": [None]}, {"errors": [{"extensions": 3}]}]
)
def test_a_strange_answer_is_a_refusal(answer: Any) -> None:
    """Whatever the API says, it ends in an error that a person understands."""
    with pytest.raises(ApiError):
        Storefront("https://acme.myshopify.com/api").ask(_Busy(answer), "{ shop }")
