"""The main job on real input: the example store, composed of three plugins, live and edited."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest

from platform_cli.local.processes import wait_until
from platform_core.content import Content

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.xdist_group("store")]
REPOSITORY = "rinvarra-47/website"
Page = Callable[..., Any]


def push(
    site: Any, ask: Any, *, secret: str | None = None, delivery: str = "", padding: int = 0
) -> tuple[int, dict[str, str]]:
    """Deliver a push event as GitHub would; signed with the site's own secret unless one is given."""
    if secret is None:
        secrets = site.client("secretsmanager")
        secret = secrets.get_secret_value(SecretId="platform/rinvarra-47/github-webhook")["SecretString"]
    commit = {"id": "a" * 40, "added": [], "modified": ["content/posts/x.md"], "removed": [], "message": "x" * padding}
    payload = {"ref": "refs/heads/main", "after": "a" * 40, "deleted": False, "repository": {"full_name": REPOSITORY}}
    body = json.dumps({**payload, "commits": [commit], "head_commit": commit}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    status, _, answer = ask(f"{site.url}/_platform/webhooks/github", body, headers)
    return status, json.loads(answer)


def recorded(site: Any) -> int:
    """Return how many receipts and events the site has stored."""
    tables = site.client("dynamodb")
    names = [name for name in tables.list_tables()["TableNames"] if "rinvarra" in name.lower()]
    assert names
    return sum(tables.scan(TableName=name, Select="COUNT")["Count"] for name in names)


def live_release(site: Any, ask: Any) -> str:
    """Return the ETag of the home page, which changes with the release."""
    return str(ask(f"{site.url}/index.xml")[1]["etag"])


def test_the_screen_tells_what_a_person_needs(store: Any, ask: Any) -> None:
    """Addresses, price, and what differs from AWS are on one screen."""
    for word in ("/admin/", "/_platform/webhooks/github", "/_platform/webhooks/snipcart", "USD 150-225", "CodeBuild"):
        assert word in store.output


def test_it_answers_for_its_own_host_name(store: Any, ask: Any) -> None:
    """The site's name below .localhost, and the name itself as Host, lead to the site; others do not."""
    for host, status in (
        ("www.rinvarra47.example", 200),
        ("www.rinvarra47.example.localhost", 200),
        ("evil.example", 403),
    ):
        assert ask(store.url, headers={"Host": host})[0] == status


@pytest.mark.browser
def test_a_visitor_sees_products_with_the_shops_attributes(store: Any, ask: Any, page: Page) -> None:
    """Each card's button names the product, the price, and the file that proves the price."""
    tab = page(f"{store.url}/products/")
    products = {item.sku: item for item in Content(store.folder).products}
    buttons = tab.locator("button.snipcart-add-item")
    assert buttons.count() == len(products)
    for button in buttons.all():
        product = products[button.get_attribute("data-item-id")]
        assert button.get_attribute("data-item-price") == str(product.price)
        assert button.get_attribute("data-item-name") == product.name
        status, headers, body = ask(urljoin(store.url, button.get_attribute("data-item-url")))
        assert (status, headers["content-type"].partition(";")[0]) == (200, "application/json")
        rows = {row["id"]: row for row in json.loads(body)}
        assert str(rows[product.sku]["price"]) in {str(product.price), str(float(product.price))}


@pytest.mark.browser
def test_an_editor_publishes_a_post_and_sees_it_live(store: Any, ask: Any, page: Page) -> None:
    """Log in at /admin/, write, publish: the post is live without another command."""
    desk = page(f"{store.url}/admin/")
    desk.get_by_role("button", name="Login").click()
    desk.wait_for_selector('a[href="#/collections/posts"]')
    desk.goto(f"{store.url}/admin/#/collections/posts/new")
    desk.fill('[id^="title-field"]', "The phone rang twice")
    desk.fill('[id^="description-field"]', "Somebody called, and called again.")
    desk.locator('[id^="author-field"]').click()
    desk.keyboard.type("Nuala")
    desk.keyboard.press("Enter")
    desk.locator('[data-slate-editor="true"]').click()
    desk.keyboard.type("It was the same person both times.")
    desk.get_by_role("button", name="Publish", exact=True).click()
    desk.get_by_text("Publish now", exact=True).click()
    desk.wait_for_selector("text=Entry saved")
    (path,) = (store.folder / "content" / "posts").glob("*the-phone-rang-twice.md")
    url = f"{store.url}/posts/{path.stem}/"
    assert wait_until(lambda: ask(url)[0] == 200, seconds=60), store.output
    tab = page(url)
    assert tab.locator("h1").inner_text() == "The phone rang twice"
    assert "It was the same person both times." in tab.locator("main").inner_text()


def test_a_signed_webhook_builds_and_a_replay_does_not(store: Any, ask: Any) -> None:
    """A push that GitHub signed is accepted and leads to a build; the same delivery again is refused."""
    before, delivery = len(store.output), str(uuid.uuid4())
    assert push(store, ask, delivery=delivery)[0] == 202
    store.wait_for("webhook:", after=before)
    count = recorded(store)
    assert push(store, ask, delivery=delivery)[0] == 409
    assert recorded(store) == count


def test_forged_and_oversized_webhooks_change_nothing(store: Any, ask: Any) -> None:
    """A wrong signature is 401, a body that is too large is 413; nothing is stored or built."""
    count, release = recorded(store), live_release(store, ask)
    assert push(store, ask, secret="guessed") == (401, {"status": "refused", "reference": "signature-mismatch"})
    assert push(store, ask, padding=2_000_000)[0] == 413
    assert ask(f"{store.url}/_platform/webhooks/nobody", b"{}", {"Content-Type": "application/json"})[0] == 404
    assert (recorded(store), live_release(store, ask)) == (count, release)


def test_old_addresses_redirect_once(store: Any, ask: Any) -> None:
    """Every old path of the store answers 301 and leads to a page that answers 200."""
    redirects = Content(store.folder).redirects
    assert redirects
    for redirect in redirects:
        status, headers, _ = ask(f"{store.url}{redirect.path}")
        assert (status, redirect.path) == (redirect.status, redirect.path)
        target = urljoin(store.url, headers["location"])
        assert not target.startswith(store.url) or ask(target)[0] == 200


def test_a_broken_site_file_leaves_the_site_live(store: Any, ask: Any) -> None:
    """A mistake in site.toml is told with its line; what was live stays live."""
    file = store.folder / "site.toml"
    good, before = file.read_text("utf-8"), len(store.output)
    file.write_text(good.replace('engine = "hugo"', 'engine = "hugoo"'), "utf-8")
    try:
        store.wait_for("Did you mean 'hugo'?", after=before)
        assert ask(store.url)[0] == 200
    finally:
        file.write_text(good, "utf-8")


def test_a_changed_site_file_starts_the_site_again(store: Any, ask: Any) -> None:
    """A new title composes another site: it comes up at the same address by itself."""
    file = store.folder / "site.toml"
    good, url = file.read_text("utf-8"), store.url

    def shown(title: str) -> bool:
        try:
            return f"<title>{title}".encode() in ask(url)[2]
        except OSError:
            return False  # between two starts nothing listens

    for text, title in ((good.replace('title = "Rinvarra 47"', 'title = "Line 47"'), "Line 47"), (good, "Rinvarra 47")):
        before = len(store.output)
        file.write_text(text, "utf-8")
        store.wait_for("Ctrl-C stops everything", after=before, seconds=120)
        assert wait_until(lambda title=title: shown(title), seconds=20), store.output
