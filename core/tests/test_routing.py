"""The routing table, and the viewer function that reads it, against each other."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import platform_core.cloud
from platform_core.node import node
from platform_core.runtime.routing import (
    ERROR_PAGE,
    MAX_BUCKET_BYTES,
    MAX_TABLE_BYTES,
    Routing,
    Unroutable,
    fallback_file,
    fnv1a,
    plan_routing,
    pointer_value,
    table_entries,
)

VIEWER = Path(platform_core.cloud.__file__).with_name("viewer.js")
HOST = "example.org"
RELEASE = "3f9c0a"


class Viewer:
    """The real viewer.js in a bare JavaScript context, fed with requests in batches."""

    def __init__(self) -> None:
        runner = Path(__file__).with_name("viewer_runner.mjs")
        self.process = subprocess.Popen(
            [node(), runner, VIEWER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, store: dict[str, str], requests: Iterable[dict[str, Any] | str]) -> list[dict[str, Any]]:
        """Return what the function returns for each request."""
        assert self.process.stdin
        assert self.process.stdout
        rows = [{"uri": request} if isinstance(request, str) else request for request in requests]
        self.process.stdin.write(json.dumps({"store": store, "requests": rows}) + "\n")
        self.process.stdin.flush()
        answers: list[dict[str, Any]] = json.loads(self.process.stdout.readline())
        return answers

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture(name="viewer", scope="module")
def _viewer() -> Iterator[Viewer]:
    viewer = Viewer()
    yield viewer
    viewer.stop()


def store_of(routing: Routing) -> dict[str, str]:
    """Return the key value store with one live release."""
    return {HOST: pointer_value(RELEASE, routing), **table_entries(RELEASE, routing)}


def said(answer: dict[str, Any]) -> str:
    """Return an answer in one line: the file of the release, or status and target."""
    if "statusCode" in answer:
        return f"{answer['statusCode']} {answer['headers'].get('location', {}).get('value', '')}".strip()
    return str(answer["uri"]).removeprefix(f"/releases/{RELEASE}/")


def address(path: str) -> str:
    """Return the address that a browser asks for."""
    return quote("/" + path.lstrip("/"))


def landings(viewer: Viewer, routing: Routing, addresses: list[str]) -> list[str]:
    """Return the encoded file that each address ends at, after one canonical redirect at most."""
    store = store_of(routing)
    first = [said(answer) for answer in viewer.ask(store, addresses)]
    hops = [one.removeprefix("301 ") for one in first]
    second = [said(answer) for answer in viewer.ask(store, hops)]
    return [two if one.startswith("301 ") else one for one, two in zip(first, second, strict=True)]


SITE = ["index.html", "404.html", "about/index.html", "docs/v1.2/index.html", "contact.html", "LICENSE", "a/feed.xml"]


class TestTable:
    """What goes into the table, and what does not."""

    def test_style_is_the_majority_of_pages(self) -> None:
        """The form that most pages have is the release's; a tie and no page make directories."""
        assert plan_routing(["index.html", "a/index.html", "b/index.html", "c.html"], []).style == "/"
        assert plan_routing(["index.html", "a.html", "b.html", "c/index.html"], []).style == ""
        assert plan_routing(["index.html", "a.html", "b/index.html"], []).style == "/"
        assert plan_routing([], []).style == "/"

    def test_only_exceptions_have_rules(self) -> None:
        """A path whose address tells its file has no rule."""
        routing = plan_routing(SITE, [])
        rules = {path: rule for bucket in routing.buckets for path, rule in json.loads(bucket).items()}
        assert rules == {"/docs/v1.2": "d", "/contact": "p", "/LICENSE": "f"}

    def test_a_plain_site_needs_no_table(self) -> None:
        """No exception, no bucket."""
        assert plan_routing(["index.html", "a/index.html", "a.css"], []).buckets == ()

    def test_redirects_have_rules(self) -> None:
        """A redirect is its status and its target, which is brought to canonical form."""
        routing = plan_routing(SITE, [("/2019/11/01/foo.html", "/about", 301), ("releases/1.88.0", "/contact/", 308)])
        rules = {path: rule for bucket in routing.buckets for path, rule in json.loads(bucket).items()}
        assert rules["/2019/11/01/foo.html"] == "301 /about/"
        assert rules["/releases/1.88.0"] == "308 /contact"

    @pytest.mark.parametrize(
        "path", ["/about", "/about/", "/about/index.html", "/contact.html", "/LICENSE", "/a/feed.xml"]
    )
    def test_a_file_wins_over_a_redirect(self, path: str) -> None:
        """A redirect from the address of a page or a file is reported and left out."""
        assert plan_routing(SITE, [(path, "/", 301)]).shadowed == ((path, "/", 301),)

    def test_the_first_of_two_redirects_wins(self) -> None:
        """A second redirect from one path is reported."""
        routing = plan_routing(SITE, [("/old", "/about", 301), ("/old/", "/contact", 302)])
        assert routing.shadowed == (("/old/", "/contact", 302),)

    def test_chains_become_one_hop(self) -> None:
        """A redirect to a redirect leads to the end, and is permanent only if each is."""
        routing = plan_routing(SITE, [("/a", "/b?x=1", 301), ("/b", "/c", 302), ("/c", "/about/index.html#top", 301)])
        rules = {path: rule for bucket in routing.buckets for path, rule in json.loads(bucket).items()}
        assert rules["/a"] == "302 /about/#top"
        assert rules["/b"] == "302 /about/#top"
        assert rules["/c"] == "301 /about/#top"

    def test_loops_are_reported(self) -> None:
        """Redirects that lead back are left out."""
        redirects = [("/a", "/b", 301), ("/b", "/a/", 301), ("/c", "/c/", 301), ("/d", "/about", 301)]
        routing = plan_routing(SITE, redirects)
        assert {redirect[0] for redirect in routing.looping} == {"/a", "/b", "/c"}
        assert "301 /about/" in "".join(routing.buckets)

    @pytest.mark.parametrize(
        ("target", "written"),
        [
            ("/Größe?q=a b", "/Gr%C3%B6%C3%9Fe?q=a%20b"),
            ("/100%", "/100%25"),
            ("/a%20b", "/a%20b"),
            ("https://example.com/a?b=1&c=%2F#d", "https://example.com/a?b=1&c=%2F#d"),
        ],
    )
    def test_targets_are_fit_for_a_header(self, target: str, written: str) -> None:
        """What a URL can't hold is encoded, what is encoded stays."""
        (bucket,) = plan_routing([], [("/old", target, 301)]).buckets
        assert json.loads(bucket) == {"/old": f"301 {written}"}

    @pytest.mark.parametrize(
        "target",
        ["//evil.example", "/\\evil.example", "javascript:alert(1)", "", "evil", "http://", "http://[", "/a\r\nb"],
    )
    def test_targets_that_are_no_address_are_refused(self, target: str) -> None:
        """A target is a path of this site, or an http(s) address."""
        with pytest.raises(Unroutable, match="leads to"):
            plan_routing([], [("/old", target, 301)])

    def test_all_problems_at_once(self) -> None:
        """Each path and each redirect that can't be served is named."""
        files = ["a//b", "../x", "x/./y", "tab\there", "x" * 901, "ok.txt", "bad\udcff", ERROR_PAGE]
        with pytest.raises(Unroutable) as caught:
            plan_routing(files, [("/old", "/a", 303), ("/a\x00", "/b", 301)])
        assert len(caught.value.problems) == 9

    def test_a_rule_too_big_for_a_bucket_overflows(self) -> None:
        """It comes back as it has to be answered; the others stay."""
        long = "https://example.com/" + "x" * 1_000
        routing = plan_routing(SITE, [("/long", long, 302), ("/short", "/about/", 301)])
        assert routing.overflow == (("/long", long, 302),)
        assert "/short" in "".join(routing.buckets)

    def test_redirects_beyond_the_table_overflow(self) -> None:
        """The table stays below its size; what came first stays in it."""
        redirects = [(f"/old/{number:05d}", f"/new/{'x' * 200}/{number}", 301) for number in range(6_000)]
        routing = plan_routing(SITE, redirects)
        size = sum(len(bucket.encode()) for bucket in routing.buckets)
        assert 0.99 * MAX_TABLE_BYTES < size <= MAX_TABLE_BYTES + 2 * len(routing.buckets)
        assert routing.overflow == tuple(redirects[-len(routing.overflow) :])
        assert routing.overflow

    def test_page_rules_that_do_not_fit_are_an_error(self) -> None:
        """A site that is half flat and half directories, and huge, can't be published."""
        files = [f"{'x' * 100}/{number}{form}" for number in range(11_000) for form in (".html", "d/index.html")]
        with pytest.raises(Unroutable, match="rule of their own"):
            plan_routing(files, [])

    def test_buckets_are_as_few_as_possible(self) -> None:
        """With one bucket less, one of them would be over 1,024 bytes."""
        redirects = [(f"/old/{number}", f"/new/{number}/", 301) for number in range(400)]
        routing = plan_routing([], redirects)
        assert max(len(bucket.encode()) for bucket in routing.buckets) <= MAX_BUCKET_BYTES
        for fewer in range(1, len(routing.buckets)):
            sizes = [1] * fewer
            for path, target, status in redirects:
                sizes[fnv1a(path) % fewer] += len(f'"{path}":"{status} {target}",')
            assert max(sizes) > MAX_BUCKET_BYTES

    def test_hash_is_fnv1a(self) -> None:
        """The published vectors of FNV-1a 32."""
        assert fnv1a("") == 0x811C9DC5
        assert fnv1a("a") == 0xE40C292C
        assert fnv1a("foobar") == 0xBF9CF968


class TestViewer:
    """What the function answers."""

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("/", "index.html"),
            ("/index.html", "index.html"),
            ("/about/", "about/index.html"),
            ("/about", "301 /about/"),
            ("/about/index.html", "301 /about/"),
            ("/docs/v1.2/", "docs/v1.2/index.html"),
            ("/docs/v1.2", "301 /docs/v1.2/"),
            ("/contact", "contact.html"),
            ("/contact/", "301 /contact"),
            ("/contact.html", "301 /contact"),
            ("/LICENSE", "LICENSE"),
            ("/LICENSE/", "LICENSE/"),
            ("/a/feed.xml", "a/feed.xml"),
            ("/404.html", "404.html"),
            ("/missing.html", "missing.html"),
            ("/.well-known/security.txt", ".well-known/security.txt"),
            ("/.well-known/apple-app-site-association", ".well-known/apple-app-site-association"),
        ],
    )
    def test_directory_style(self, viewer: Viewer, asked: str, expected: str) -> None:
        """One file or one redirect for each address of a site of directories."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), [asked])
        assert said(answer) == expected

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("/", "index.html"),
            ("/index", "301 /"),
            ("/about", "about.html"),
            ("/about/", "301 /about"),
            ("/about.html", "301 /about"),
            ("/blog/release-1.2", "blog/release-1.2.html"),
            ("/blog/release-1.2/", "301 /blog/release-1.2"),
            ("/blog", "301 /blog/"),
            ("/blog/", "blog/index.html"),
            ("/blog/index", "301 /blog/"),
            ("/blog/index.html", "301 /blog/"),
        ],
    )
    def test_flat_style(self, viewer: Viewer, asked: str, expected: str) -> None:
        """One file or one redirect for each address of a site of flat files."""
        files = ["index.html", "404.html", "about.html", "blog/index.html", "blog/release-1.2.html", "blog/post.html"]
        (answer,) = viewer.ask(store_of(plan_routing(files, [])), [asked])
        assert said(answer) == expected

    @pytest.mark.parametrize(
        ("asked", "key"),
        [
            ("/caf%C3%A9/", "caf%C3%A9/index.html"),
            ("/caf%c3%a9/", "caf%C3%A9/index.html"),
            ("/a%20b.txt", "a%20b.txt"),
            ("/a+b.txt", "a%2Bb.txt"),
            ("/a%2Bb.txt", "a%2Bb.txt"),
            ("/100%25.txt", "100%25.txt"),
            ("/%2541.txt", "%2541.txt"),
            ("/a%3Fb.txt", "a%3Fb.txt"),
            ("/x%2Fy.txt", "x/y.txt"),
            ("/(1)!'*.txt", "%281%29%21%27%2A.txt"),
        ],
    )
    def test_keys_are_encoded_once(self, viewer: Viewer, asked: str, key: str) -> None:
        """What goes to the bucket decodes once to the file's name, however it was asked for."""
        (answer,) = viewer.ask(store_of(plan_routing([], [])), [asked])
        assert said(answer) == key

    def test_quotes_and_backslashes_in_names(self, viewer: Viewer) -> None:
        """No name needs an escape in a bucket: Node 24 takes a key for another one that it has seen."""
        files = ["first.html", "\\.html", 'say "yes".html', "50%.html", "%22.html"]
        for name in [*files, '".html']:
            routing = plan_routing(["index.html", "first.html", name, "a/index.html", "b/index.html"], [])
            assert "\\" not in "".join(routing.buckets)
            assert landings(viewer, routing, [address(name)]) == [expected_key(name)]

    def test_addresses_stay_readable_in_redirects(self, viewer: Viewer) -> None:
        """A redirect encodes no more than a URL needs."""
        (answer,) = viewer.ask(store_of(plan_routing([], [])), ["/@me+you/caf%C3%A9"])
        assert said(answer) == "301 /@me+you/caf%C3%A9/"

    @pytest.mark.parametrize(
        ("search", "expected"),
        [
            ("a=1&b=2&a=3", "301 /about/?a=1&b=2&a=3"),
            ("q=%C3%A9+b&x=%26", "301 /about/?q=%C3%A9+b&x=%26"),
            ("flag", "301 /about/?flag"),
            ("", "301 /about/"),
        ],
    )
    def test_query_strings_are_kept(self, viewer: Viewer, search: str, expected: str) -> None:
        """Order, repetition and encoding of a query string survive a redirect."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), [{"uri": "/about", "search": search}])
        assert said(answer) == expected

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            ("/about/?a=1", "/about/?a=1&b=2"),
            ("/about/#top", "/about/?b=2#top"),
            ("https://example.com/?a=1#top", "https://example.com/?a=1&b=2#top"),
        ],
    )
    def test_query_strings_join_the_target(self, viewer: Viewer, target: str, expected: str) -> None:
        """A target's own query and fragment stay in their places."""
        routing = plan_routing(SITE, [("/old", target, 307)])
        (answer,) = viewer.ask(store_of(routing), [{"uri": "/old", "search": "b=2"}])
        assert said(answer) == f"307 {expected}"

    def test_redirects_are_not_kept_for_ever(self, viewer: Viewer) -> None:
        """A browser asks again, because the next release may answer differently."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), ["/about"])
        assert answer["headers"]["cache-control"]["value"] == "max-age=0, must-revalidate"

    @pytest.mark.parametrize(
        "uri", ["//evil.example", "//evil", "/%2Fevil", "/%2f%2fevil/", "/\\evil", "/%5Cevil", "///", "/a//b"]
    )
    def test_never_an_open_redirect(self, viewer: Viewer, uri: str) -> None:
        """No spelling of a second slash makes a browser leave the site."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), [uri])
        location = answer.get("headers", {}).get("location", {}).get("value", "/")
        assert re.match(r"/(?![/\\])", location) or location == "/"

    @pytest.mark.parametrize(
        "uri",
        ["/%", "/%zz", "/%C3", "/%ff%fe", "/a%00b", "/%0d%0aSet-Cookie:x", "/../x", "/a/%2e%2e/b", "/.", "*", "", "x"],
    )
    def test_malformed_addresses_are_refused(self, viewer: Viewer, uri: str) -> None:
        """What is no path gets 400, and nothing throws."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), [uri])
        assert answer["statusCode"] == 400

    @pytest.mark.parametrize("uri", ["/releases/3f9c0a/a.txt", "/manifests/3f9c0a.json", "/releases/other/x.txt"])
    def test_raw_keys_are_out_of_reach(self, viewer: Viewer, uri: str) -> None:
        """An address of the bucket's own layout is looked for inside the release."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), [uri])
        assert answer["uri"] == f"/releases/{RELEASE}{uri}"

    def test_the_error_page_is_fetched_by_its_own_key(self, viewer: Viewer) -> None:
        """CloudFront's request for it goes through, even where nothing is published."""
        (answer,) = viewer.ask({}, [f"/{ERROR_PAGE}"])
        assert answer["uri"] == f"/{ERROR_PAGE}"

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
    def test_other_methods_are_refused(self, viewer: Viewer, method: str) -> None:
        """405 names the methods that are allowed."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), [{"uri": "/", "method": method}])
        assert (answer["statusCode"], answer["headers"]["allow"]["value"]) == (405, "GET, HEAD")

    def test_nothing_published(self, viewer: Viewer) -> None:
        """Without a pointer the answer is 503, in plain text, and is not kept."""
        (answer,) = viewer.ask({HOST: "not json"}, ["/"])
        assert answer["statusCode"] == 503
        assert answer["headers"]["content-type"]["value"] == "text/plain; charset=utf-8"
        assert answer["headers"]["cache-control"]["value"] == "no-store"

    def test_too_long_an_address(self, viewer: Viewer) -> None:
        """No object can have it, so the bucket is not asked."""
        (answer,) = viewer.ask(store_of(plan_routing(SITE, [])), ["/" + "%C3%A9" * 460])
        assert answer["statusCode"] == 414

    @pytest.mark.parametrize(
        ("host", "release"),
        [
            ("example.org", "live"),
            ("EXAMPLE.org:8443", "live"),
            ("preview.example.org", "preview"),
            ("d111111abcdef8.cloudfront.net", "live"),
            ("live/0", "live"),
            (None, "live"),
        ],
    )
    def test_hosts(self, viewer: Viewer, host: str | None, release: str) -> None:
        """A host has its own release, or the one of the site's domain."""
        routing = plan_routing(["index.html", "LICENSE"], [])
        store = {
            HOST: pointer_value("live", routing),
            "preview.example.org": pointer_value("preview", routing),
            **table_entries("live", routing),
        }
        (answer,) = viewer.ask(store, [{"uri": "/", "host": host}])
        assert answer["uri"] == f"/releases/{release}/index.html"

    def test_size_and_language(self) -> None:
        """It fits into 10 KB with the longest domain, and uses nothing newer than the runtime has."""
        source = VIEWER.read_text("utf-8")
        assert len(source.replace("__DEFAULT_HOST__", "x" * 253).encode()) <= 10_240
        assert source.count("__DEFAULT_HOST__") == 1
        code = re.sub(r"//[^\n]*", "", source)
        newer = r"\?\.|\?\?|\.\.\.|\bclass\b|for \(\w+ \w+ of|\byield\b|\brequire\b|\beval\b|catch \{|async \(|async function \("
        assert not re.findall(newer, code)


PART = st.sampled_from(
    ["a", "b", "index", "index.html", "404.html", "v1.2", "a.html", "a.html.html", "index.html.html", ".html", "é", "a b",
     "+", "100%", "%2F", "?", "#", "\\", "'", '"', ".well-known", "x.y.html", "...", "feed.xml", "日本", "🦊", "A",
     "_errors", "releases"]
)  # fmt: skip
NAMES = st.lists(PART, min_size=1, max_size=4).map("/".join).filter(lambda name: name != ERROR_PAGE)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=12)
WILD_NAMES = st.lists(TEXT.filter(lambda part: part not in {".", ".."}), min_size=1, max_size=3).map("/".join)


def tree(names: set[str]) -> set[str]:
    """Return those of *names* that can stand in one file system: no file is a folder as well."""
    return {name for name in names if not any(other.startswith(f"{name}/") for other in names)}


FILES = st.sets(NAMES, max_size=25).map(tree)
WILD = st.sets(WILD_NAMES, max_size=8).map(tree)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestTogether:
    """The table and the function agree, whatever an engine writes."""

    @QUICK
    @given(files=FILES)
    def test_every_file_is_reached_by_its_name(self, viewer: Viewer, files: set[str]) -> None:
        """A file's full name leads to it, after one redirect at most."""
        names = sorted(files)
        found = landings(viewer, plan_routing(names, []), [address(name) for name in names])
        assert found == [expected_key(name) for name in names]

    @QUICK
    @given(files=WILD)
    def test_any_text_may_be_a_file_name(self, viewer: Viewer, files: set[str]) -> None:
        """The same for names of any characters."""
        names = sorted(files)
        found = landings(viewer, plan_routing(names, []), [address(name) for name in names])
        assert found == [expected_key(name) for name in names]

    @QUICK
    @given(files=FILES, sources=st.lists(NAMES, max_size=20), data=st.data())
    def test_every_redirect_answers_in_one_hop(
        self, viewer: Viewer, files: set[str], sources: list[str], data: st.DataObject
    ) -> None:
        """A redirect that was not reported answers, and leads to an address that answers with a file."""
        targets = st.sampled_from(sorted({"index.html", *files}))
        wanted = [(f"/{source}", address(data.draw(targets)), 301) for source in sources]
        routing = plan_routing({"index.html", *files}, wanted)
        reported = {redirect[0] for redirect in (*routing.shadowed, *routing.overflow, *routing.looping)}
        kept = [redirect for redirect in wanted if redirect[0] not in reported]
        answers = viewer.ask(store_of(routing), [address(source) for source, _, _ in kept])
        assert [answer.get("statusCode") for answer in answers] == [301] * len(kept)
        ends = viewer.ask(store_of(routing), [answer["headers"]["location"]["value"] for answer in answers])
        assert [end.get("statusCode") for end in ends] == [None] * len(kept)

    @QUICK
    @given(uri=st.one_of(st.text(), st.text().map(lambda text: "/" + text), st.text().map(quote)), search=st.text())
    def test_the_function_is_total(self, viewer: Viewer, uri: str, search: str) -> None:
        """Any address gets an answer inside the release, a redirect inside the site, or a refusal."""
        routing = plan_routing(SITE, [("/old", "/about", 301)])
        try:
            json.dumps(uri).encode()
        except UnicodeEncodeError:
            return
        (answer,) = viewer.ask(store_of(routing), [{"uri": uri, "search": search}])
        if "statusCode" not in answer:
            assert answer["uri"].startswith(f"/releases/{RELEASE}/") or uri == f"/{ERROR_PAGE}"
            assert "/../" not in answer["uri"]
        elif answer["statusCode"] == 301:
            assert re.match(r"/(?![/\\])|/$", answer["headers"]["location"]["value"])
        else:
            assert answer["statusCode"] in {400, 414}

    @QUICK
    @given(files=FILES)
    def test_overflowing_redirects_have_a_place(self, viewer: Viewer, files: set[str]) -> None:
        """An address without a rule leads to the file that stands in for the redirect."""
        routing = plan_routing(["index.html"], [])
        for style in ("/", ""):
            routing = Routing(style, ())
            names = [name for name in sorted(files) if not name.endswith(("index", "index.html"))]
            found = landings(viewer, routing, [address(name) for name in names])
            assert found == [expected_key(fallback_file(f"/{name}", style)) for name in names]


def expected_key(name: str) -> str:
    """Return *name* as the function has to encode it for the bucket."""
    return quote(name, safe="/-_.~")
