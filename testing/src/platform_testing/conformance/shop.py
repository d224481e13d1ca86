"""What is asked of a shop."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from platform_core.build import build
from platform_core.composition import Composition
from platform_core.content import Product, ProductVariant, product_entry, render_entry
from platform_testing.conformance.base import AWS, HOSTILE, Conformance
from platform_testing.conformance.output import add_reference_content, problems_of_html, read_page

__all__ = ["ShopConformance"]


class ShopConformance(Conformance):
    """What is asked of a shop.

    Attributes:
        product: One without variants; a shop whose products need facts of their own adds them to ``extra``.
        tea: One whose variants differ in price and stock. One costs much more than the product, one is
            sold out, and not every choice goes with every other.
    """

    kind = "ecommerce"
    product: ClassVar[Product] = Product("mug", "Mug", Decimal("18.50"), "EUR", "/products/mug/", stock=3)
    tea: ClassVar[Product] = Product(
        "kit-tea",
        "Tea",
        Decimal("18.50"),
        "EUR",
        "/products/kit-tea/",
        options={"Pack": ("tin", "bag"), "Leaf": ("whole", "broken")},
        variants=(
            ProductVariant("kit-tin", {"Pack": "tin", "Leaf": "whole"}, Decimal("210.00"), 2),
            ProductVariant("kit-bag", {"Pack": "bag", "Leaf": "whole"}),
            ProductVariant("kit-dust", {"Pack": "bag", "Leaf": "broken"}, Decimal("7.10"), 0),
        ),
    )

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the shop on the reference engine."""
        return {"engine": "ssg-echo", "shop": cls.plugin}

    @classmethod
    def offers(cls, html: str) -> Mapping[str, Decimal]:
        """Return what *html*, a button or a whole page, sells: sku -> price, as the shop reads it.

        Needed of each subclass. It reads the page by the vendor's rules, without the plugin's code.
        """
        message = f"{cls.__name__} needs `offers`, which reads what a page sells."
        raise NotImplementedError(message)

    def test_the_button_has_the_exact_price(self, composed: Callable[..., Composition]) -> None:
        """The price is written as it is, never rounded through a float."""
        odd = dataclasses.replace(self.product, price=Decimal("1234567.10"))
        assert "1234567.10" in composed().buy_button(odd, AWS)

    def test_the_button_is_escaped(self, composed: Callable[..., Composition]) -> None:
        """Hostile text of a product never becomes markup."""
        hostile = dataclasses.replace(self.product, name=HOSTILE, description=HOSTILE, options={HOSTILE: (HOSTILE,)})
        html = composed().buy_button(hostile, AWS)
        assert "<script>" not in html
        assert problems_of_html(html) == []

    def test_products_reach_the_page(self, composed: Callable[..., Composition]) -> None:
        """A product of the site is on its page, with the button."""
        composition = composed()
        add_reference_content(composition.content.root)
        page = read_page(build(composition, AWS).output, "/products/kit-mug/")
        product = next(item for item in composition.content.products if item.sku == "kit-mug")
        assert composition.buy_button(product, AWS) in page

    def test_variants_are_sold_at_their_own_price(self, composed: Callable[..., Composition]) -> None:
        """No variant can be had for the price of another, and no choice that is none of the variants."""
        composition = composed()
        assert self.offers(composition.buy_button(self.tea, AWS)) == {
            "kit-tin": Decimal("210.00"),
            "kit-bag": Decimal("18.50"),
        }
        dearer = dataclasses.replace(self.tea, price=Decimal("400.00"))
        assert self.offers(composition.buy_button(dearer, AWS))["kit-tin"] == Decimal("210.00")

    def test_what_is_sold_out_can_not_be_bought(self, composed: Callable[..., Composition]) -> None:
        """Neither a product nor a variant of which none is left; nothing, when no variant is."""
        composition = composed()
        assert self.offers(composition.buy_button(dataclasses.replace(self.product, stock=0), AWS)) == {}
        gone = tuple(dataclasses.replace(one, stock=0) for one in self.tea.variants)
        assert self.offers(composition.buy_button(dataclasses.replace(self.tea, variants=gone), AWS)) == {}

    def test_the_page_sells_what_the_file_says(self, composed: Callable[..., Composition]) -> None:
        """From the file of a product with variants to its page, prices and what is sold out stay what they are."""
        composition = composed()
        path = composition.content.root / "content" / "products" / "kit-tea.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_entry(product_entry(self.tea, "kit-tea")), "utf-8")
        page = read_page(build(composition, AWS).output, "/products/kit-tea/")
        assert self.offers(page) == {"kit-tin": Decimal("210.00"), "kit-bag": Decimal("18.50")}
