"""Pulling a shop's products, a page at a time.

A shop in its own context is pulled by the time of change, and every pull compares the
identities of all products with those of the last one: Shopify tells of no deletions,
so a difference that the new products do not explain begins a whole round. Prices in
another context (a country, a collection) change without a trace at the product, so
such a shop is pulled whole each time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.errors import SourceError
from platform_core.sources import CursorExpired, Page, Source
from platform_plugin_shopify_basic import queries
from platform_plugin_shopify_basic.api import ApiError, Storefront
from platform_plugin_shopify_basic.products import SOURCE, convert

if TYPE_CHECKING:
    from platform_core.http import Http

__all__ = ["Wanted", "shop_source"]

PAGE = 50
_PRICES_AT_ONCE = 250
# Shopify's search index, which the query asks, is some seconds behind.
_OVERLAP = dt.timedelta(minutes=10)
_MODULUS = 1 << 128
_CDN = "cdn.shopify.com"


@dataclass(frozen=True)
class Wanted:
    """Which products are pulled, and in which context.

    Attributes:
        country: ISO 3166 code of the context; empty for the shop's own.
        language: Code of the context's language; empty for the shop's own.
        countries: Where else prices are wanted.
        collection: Handle of the one collection that is sold; empty for all products.
        stock: Whether numbers in stock are asked for.
        tags: Whether tags are; they need a token.
    """

    country: str = ""
    language: str = ""
    countries: tuple[str, ...] = ()
    collection: str = ""
    stock: bool = True
    tags: bool = True

    @property
    def incremental(self) -> bool:
        """Whether a product's own time of change tells everything."""
        return not (self.country or self.language or self.countries or self.collection)

    @property
    def context(self) -> dict[str, str | None]:
        """The variables of ``@inContext``."""
        return {"country": self.country or None, "language": self.language or None}


@dataclass(frozen=True)
class _State:
    """What a cursor holds.

    Attributes:
        after: The API's own cursor within a round or an increment; empty between them.
        since: Products that changed at this time or later are asked for; empty in a round.
        mark: The latest time of change that was seen.
        ids: Hash of the identities of all products, at the end of the last pull.
        fresh: Hash of those that this increment found to be new.
    """

    after: str = ""
    since: str = ""
    mark: str = ""
    ids: str = ""
    fresh: str = ""

    @classmethod
    def read(cls, cursor: str) -> _State:
        return cls(**json.loads(cursor)) if cursor else cls()

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})


@dataclass
class _Pull:
    """One pull of one shop."""

    api: Storefront
    http: Http
    wanted: Wanted
    state: _State = field(default_factory=_State)

    def pages(self) -> Iterator[Page]:
        """Yield pages from where the state is."""
        if not self.wanted.incremental:
            yield from self._rounds()
            return
        if self.state.mark and not self.state.after:
            since = _moment(self.state.mark) - _OVERLAP
            self.state = replace(self.state, since=since.strftime("%Y-%m-%dT%H:%M:%SZ"), fresh="")
        more = True
        while more:
            documents, more = self._page()
            self._note(documents.values())
            if more:
                yield Page(documents, cursor=str(self.state))
                continue
            ids = self._all_ids()
            if self.state.since and not self._explained(ids):
                raise CursorExpired
            self.state = _State(mark=self.state.mark, ids=_hash(ids))
            # An empty shop has no time to go on from.
            yield Page(documents, cursor=str(self.state) if self.state.mark else "", complete=True)

    def _rounds(self) -> Iterator[Page]:
        more = True
        while more:
            documents, more = self._page()
            yield Page(documents, cursor=str(self.state) if more else "", complete=not more)

    def _page(self) -> tuple[dict[str, Any], bool]:
        """Return the documents of the next page, and whether there are more."""
        found = self._ask_products()
        documents = {_number(node["id"]): self._whole(node) for node in found["nodes"]}
        self._add_prices(documents.values())
        info = found["pageInfo"]
        self.state = replace(self.state, after=str(info["endCursor"]) if info["hasNextPage"] else "")
        return documents, bool(info["hasNextPage"])

    def _ask_products(self) -> Mapping[str, Any]:
        wanted, after = self.wanted, self.state.after or None
        common = {"first": PAGE, "after": after, "stock": wanted.stock, "tags": wanted.tags, **wanted.context}
        try:
            if wanted.collection:
                return self._collected(self.api.ask(self.http, queries.COLLECTION, handle=wanted.collection, **common))
            query = f"updated_at:>='{self.state.since}'" if self.state.since else None
            found: Mapping[str, Any] = self.api.ask(self.http, queries.PRODUCTS, query=query, **common)["products"]
        except ApiError as error:
            if after and not error.codes & {"ACCESS_DENIED", "UNAUTHORIZED", "THROTTLED"}:
                raise CursorExpired from error
            raise
        return found

    def _collected(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if not data.get("collection"):
            what = f"the shop has no collection {self.wanted.collection!r}, or the token may not see it"
            raise SourceError("shopify-collection", what, hint="The setting `collection` is the end of its address.")
        found: Mapping[str, Any] = data["collection"]["products"]
        return found

    def _whole(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """Return a product with all of its variants."""
        variants, info = [*node["variants"]["nodes"]], node["variants"]["pageInfo"]
        while info["hasNextPage"]:
            given = {"id": node["id"], "after": info["endCursor"], "stock": self.wanted.stock, **self.wanted.context}
            product = self.api.ask(self.http, queries.VARIANTS, **given)["product"]
            if not product:  # it was deleted a moment ago
                break
            variants += product["variants"]["nodes"]
            info = product["variants"]["pageInfo"]
        return {**node, "variants": variants}

    def _add_prices(self, documents: Iterable[dict[str, Any]]) -> None:
        """Add to each variant its prices in other countries: currency -> amount."""
        by_id = {variant["id"]: variant for document in documents for variant in document["variants"]}
        ids = list(by_id)
        for country in self.wanted.countries:
            for first in range(0, len(ids), _PRICES_AT_ONCE):
                part = ids[first : first + _PRICES_AT_ONCE]
                for node in self.api.ask(self.http, queries.PRICES, ids=part, country=country)["nodes"]:
                    if node:
                        price = node["price"]
                        by_id[node["id"]].setdefault("prices", {})[price["currencyCode"]] = price["amount"]

    def _note(self, documents: Iterable[Mapping[str, Any]]) -> None:
        state = self.state
        # What was made within the overlap, the last pull has seen.
        seen = _moment(state.since) + _OVERLAP if state.since else None
        for document in documents:
            if seen and max(_moment(document["createdAt"]), _moment(document["publishedAt"])) > seen:
                state = replace(state, fresh=_sum(state.fresh, document["id"]))
            if not state.mark or _moment(document["updatedAt"]) > _moment(state.mark):
                state = replace(state, mark=document["updatedAt"])
        self.state = state

    def _all_ids(self) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            page = self.api.ask(self.http, queries.IDS, after=after, country=None)["products"]
            found += [node["id"] for node in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def _explained(self, ids: Iterable[str]) -> bool:
        """Tell whether the products are those of last time and the new ones."""
        now, before = _hash(ids), self.state.ids
        return now in {before, f"{(int(before or '0', 16) + int(self.state.fresh or '0', 16)) % _MODULUS:x}"}


def shop_source(api: Storefront, shop: str, wanted: Wanted) -> Source:
    """Return the source of a shop's products."""
    host = urlsplit(api.url).netloc
    return Source(
        SOURCE,
        origin=json.dumps({"shop": shop, "host": host, **asdict(wanted)}, sort_keys=True),
        pull=lambda cursor, http: _Pull(api, http, wanted, _State.read(cursor)).pages(),
        convert=partial(convert, shop=shop),
        hosts=tuple(dict.fromkeys((_CDN, shop, host))),
    )


def _number(gid: str) -> str:
    return gid.rpartition("/")[2]


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _hash(ids: Iterable[str]) -> str:
    """Return a hash of *ids* that does not depend on their order."""
    total = ""
    for one in ids:
        total = _sum(total, one)
    return total


def _sum(total: str, one: str) -> str:
    digest = int.from_bytes(hashlib.sha256(one.encode()).digest()[:16], "big")
    return f"{(int(total or '0', 16) + digest) % _MODULUS:x}"
