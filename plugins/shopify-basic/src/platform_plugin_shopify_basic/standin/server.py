"""The stand-in as a server: GraphQL, cart links, checkout pages, logins, pictures."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from graphql import (
    EnumTypeDefinitionNode,
    EnumValueDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NameNode,
    OperationDefinitionNode,
    build_ast_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_directive_values, get_variable_values

from platform_plugin_shopify_basic.api import API_VERSION
from platform_plugin_shopify_basic.money import shown
from platform_plugin_shopify_basic.standin.accounts import Accounts, Reply
from platform_plugin_shopify_basic.standin.answers import Answers, Asked
from platform_plugin_shopify_basic.standin.carts import Carts
from platform_plugin_shopify_basic.standin.catalogue import BUYER, LOCATIONS, Catalogue, Context, codes
from platform_plugin_shopify_basic.standin.csv_products import read_products
from platform_plugin_shopify_basic.standin.pictures import picture

__all__ = ["StandIn", "sample", "schema", "serve"]

_API = re.compile(r"/api/([^/]+)/graphql(?:\.json)?")
_VERSION = re.compile(r"20[0-9]{2}-(?:01|04|07|10)")
_LINK = re.compile(r"/cart/([0-9]+:[0-9]+(?:,[0-9]+:[0-9]+)*)")
_PICTURE = re.compile(r"/pictures/([\w.-]{1,120})\.png")
_MAX_BYTES = 262_144
_PUBLIC, _PRIVATE = "X-Shopify-Storefront-Access-Token", "Shopify-Storefront-Private-Token"


def sample() -> Catalogue:
    """Return the stand-in's own products."""
    text = (files(__package__) / "sample.csv").read_text("utf-8")
    return Catalogue(read_products(text, "sample.csv"))


def schema() -> GraphQLSchema:
    """Return the schema, with the codes of countries, currencies and languages."""
    names = ("schema.graphql", "schema_cart.graphql")
    document = parse("\n".join((files(__package__) / name).read_text("utf-8") for name in names))
    values = codes()
    for definition in document.definitions:
        if isinstance(definition, EnumTypeDefinitionNode) and definition.name.value in values:
            definition.values = tuple(
                EnumValueDefinitionNode(name=NameNode(value=name), directives=())
                for name in values[definition.name.value]
            )
    # It is valid without its extensions, and with them.
    return build_ast_schema(document)


class StandIn:
    """The shop that the server shows.

    Attributes:
        catalogue: What it sells; may change while it answers.
        tokens: Tokens that it takes; without one it answers too, and says less.
        asked: Operation names of what was asked, in order.
        accounts: Who may log in.
    """

    def __init__(
        self, catalogue: Catalogue, *, tokens: tuple[str, ...] = ("offline",), name: str = "Stand-in Shop"
    ) -> None:
        self.catalogue = catalogue
        self.carts = Carts(catalogue)
        self.accounts = Accounts()
        self.tokens = tokens
        self.asked: list[str] = []
        self.name = name
        self._schema = schema()
        self._directive = next(one for one in self._schema.directives if one.name == "inContext")
        self._answers = Answers(catalogue, self.carts, name)

    def version(self, wanted: str) -> str:
        """Return the version that answers; empty when there is none.

        A version that is no longer supported falls forward to the oldest one that is.
        """
        year, month = (int(part) for part in API_VERSION.split("-"))
        known = [API_VERSION]
        for _ in range(3):
            year, month = (year, month - 3) if month > 3 else (year - 1, 10)
            known.append(f"{year}-{month:02}")
        if wanted in {*known, "unstable"}:
            return wanted
        return min(known) if _VERSION.fullmatch(wanted) and wanted < min(known) else ""

    def graphql(self, body: bytes, *, base: str, token: bool) -> dict[str, Any]:
        """Answer one operation."""
        try:
            given = json.loads(body)
            query, variables = given["query"], given.get("variables") or {}
            document = parse(query)
        except (ValueError, KeyError, TypeError):
            return _failed("Parameter Missing or Invalid: query")
        except GraphQLError as error:
            return {"errors": [error.formatted]}
        if errors := validate(self._schema, document):
            return {"errors": [error.formatted for error in errors[:10]]}
        operation = get_operation_ast(document, given.get("operationName"))
        if operation is None:
            return _failed("An operation name is required")
        self.asked.append(operation.name.value if operation.name else "")
        try:
            context = self._context(operation, variables)
        except GraphQLError as error:
            return {"errors": [error.formatted]}
        done = execute_sync(
            self._schema,
            document,
            self._answers,
            Asked(base, context, token),
            variables,
            given.get("operationName"),
        )
        return dict(done.formatted) | {"extensions": {"cost": {"requestedQueryCost": 1}}}

    def _context(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Context:
        known = get_variable_values(self._schema, operation.variable_definitions or (), dict(variables))
        if isinstance(known, list):
            return Context()  # execution says what is wrong with them
        given = get_directive_values(self._directive, operation, known) or {}
        buyer = given.get("buyer")
        if buyer and buyer["customerAccessToken"] != BUYER:
            raise GraphQLError("Invalid customer access token", extensions={"code": "UNAUTHORIZED"})
        location = buyer and buyer.get("companyLocationId")
        company = location if location in LOCATIONS else ""
        return Context(given.get("country") or "", given.get("language") or "EN", company)


def serve(standin: StandIn, port: int = 0) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1; whoever calls starts and stops it."""

    class Handler(_Handler):
        shop = standin

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    shop: StandIn
    protocol_version = "HTTP/1.1"

    def do_OPTIONS(self) -> None:
        """Allow pages of any site to ask, as Shopify does."""
        self._answer(204, b"", "text/plain")

    def do_POST(self) -> None:
        """Answer the API."""
        size = int(self.headers.get("Content-Length") or 0)
        if size > _MAX_BYTES:
            self.close_connection = True
            self._json(413, _failed("The request is too large"))
            return
        body = self.rfile.read(size)
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        account = self.shop.accounts.post(urlsplit(self.path).path, body, form, self.headers.get("Authorization") or "")
        if account:
            self._json(account.status, account.body)
            return
        found = _API.fullmatch(urlsplit(self.path).path)
        version = self.shop.version(found[1]) if found else ""
        if not version:
            self._json(404, {"errors": "Not Found"})
            return
        token = self.headers.get(_PRIVATE) or self.headers.get(_PUBLIC) or ""
        if token and token not in self.shop.tokens:
            self._json(401, _failed("", "UNAUTHORIZED"))
            return
        answer = self.shop.graphql(body, base=self._base(), token=bool(token))
        self._json(200, answer, {"X-Shopify-API-Version": version})

    def do_GET(self) -> None:
        """Answer cart links, checkouts, logins and pictures."""
        parts = urlsplit(self.path)
        if account := self.shop.accounts.get(parts.path, dict(parse_qsl(parts.query))):
            self._account(account)
        elif found := _LINK.fullmatch(unquote(parts.path)):
            self._link(found[1], parse_qs(parts.query))
        elif parts.path.startswith("/cart/c/"):
            self._checkout(parts.path.removeprefix("/cart/c/"))
        elif found := _PICTURE.fullmatch(parts.path):
            self._answer(200, picture(found[1]), "image/png")
        elif parts.path in {"/", "/cart"}:
            self._page(200, self.shop.name, "<p>This is a stand-in. A real shop has its pages here.</p>")
        else:
            self._page(404, "Not found", "<p>There is nothing at this address.</p>")

    def _link(self, lines: str, query: Mapping[str, list[str]]) -> None:
        """Make a cart of a link and lead to its checkout, or to the cart when the link asks for it."""
        wanted = [
            {"merchandiseId": f"gid://shopify/ProductVariant/{variant}", "quantity": int(quantity)}
            for variant, quantity in (line.split(":") for line in lines.split(","))
        ]
        made = self.shop.carts.create({"lines": wanted}, Context())
        if not made["cart"]:
            self._page(404, "Not found", f"<p>{html.escape(made['userErrors'][0]['message'])}</p>")
            return
        if query.get("storefront") == ["true"]:
            self._show(made["cart"].token, "Cart")
            return
        self._redirect(f"{self._base()}{made['cart'].path}")

    def _account(self, reply: Reply) -> None:
        if reply.place:
            self._redirect(reply.place)
        else:
            self._page(reply.status, "Log in", reply.body)

    def _redirect(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self._common()
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _checkout(self, token: str) -> None:
        self._show(token, "Checkout")

    def _show(self, token: str, title: str) -> None:
        cart = self.shop.carts.get(token)
        if cart is None:
            self._page(404, "Not found", "<p>There is no such cart.</p>")
            return
        catalogue, context = self.shop.catalogue, cart.context
        currency = catalogue.currency_in(context)
        rows, total = [], Decimal(0)
        for line in cart.lines:
            cost = catalogue.price_of(line.sold, line.quantity, context) * line.quantity
            total += cost
            name = line.sold.item.title if line.sold.item else ""
            choice = "" if line.sold.title == "Default Title" else f" ({line.sold.title})"
            rows.append(f"<li>{line.quantity} x {html.escape(name + choice)}: {shown(cost, currency, 'en')}</li>")
        text = "".join(rows) or "<li>Nothing</li>"
        note = "<p>This is a stand-in for Shopify's checkout: nothing can be paid here.</p>"
        self._page(200, title, f"{note}<ul>{text}</ul><p>Total: {shown(total, currency, 'en')}</p>")

    def _page(self, status: int, title: str, body: str) -> None:
        text = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
            f"<main><h1>{html.escape(title)}</h1>{body}</main></html>"
        )
        self._answer(status, text.encode(), "text/html; charset=utf-8")

    def _json(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json; charset=utf-8", headers)

    def _answer(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self._common()
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _common(self) -> None:
        self.send_header("X-Platform-Stand-In", "shopify")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        self.send_header(
            "Access-Control-Allow-Headers",
            "*, Authorization, Content-Type, X-Shopify-Storefront-Access-Token, X-SDK-Variant, X-SDK-Version",
        )

    def _base(self) -> str:
        return f"http://{self.headers.get('Host') or '127.0.0.1'}"

    def log_message(self, *_: object) -> None:
        """Stay silent: what is asked is in `StandIn.asked`."""


def _failed(message: str, code: str = "BAD_REQUEST") -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}
