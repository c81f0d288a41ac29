"""Real caches in front of the middleware: nobody gets another visitor's page, and shared pages are served from memory."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.testing import consent_cookie
from e2e.caches import cache
from e2e.programs import CACHES, find_cache
from e2e.serving import served
from e2e.test_activation import wait_until
from e2e.visitor import banner, choose, withdraw
from tests.waiting import PATIENCE

HOST, OTHER = "www.shop.localhost", "counter.localhost"
KEY = "a key for tests"
POLICY = """
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["counter.localhost"]
"""
DELIVERIES = {"page": POLICY, "fragment": 'delivery = "fragment"\n' + POLICY}
NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Accept-Encoding": "identity"}
FROM_A_SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}


class Shop:
    """Pages that say of themselves that everybody may have them; ``made`` counts how often each was."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.app = Starlette(routes=[Route("/count.js", self.script), Route("/{name}", self.page)])

    async def page(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.made[name] += 1
        if request.headers.get("if-none-match") == '"1"':
            return Response(status_code=304, headers={"etag": '"1"'})
        tag = f'<script src="http://{OTHER}:{request.url.port}/count.js"></script>'
        caching = {"cache-control": "public, max-age=300"} if name != "silent" else {}
        return HTMLResponse(
            f"<!doctype html><title>Shop</title><script>window.order = []</script>{tag}<body><h1>{name}</h1>",
            headers={"etag": '"1"', **caching},
        )

    async def script(self, request: Request) -> Response:
        return Response("order.push('counted')", media_type="text/javascript")


@dataclass(frozen=True, slots=True)
class Cached:
    """``direct`` asks the app itself, ``client`` by way of the cache; both as the same host."""

    shop: Shop
    client: httpx.Client
    direct: httpx.Client
    port: int


@pytest.fixture(scope="module", params=[(name, delivery) for name in CACHES for delivery in DELIVERIES], ids="-".join)
def cached(request: pytest.FixtureRequest) -> Iterator[Cached]:
    package, delivery = request.param
    if find_cache(package) is None:
        # An administrator gets it by `./dev test`; for others it cannot be installed from here.
        say = pytest.fail if os.geteuid() == 0 else pytest.skip
        say(f"NOT TRIED: {package} is not on this machine (Debian, Ubuntu: apt-get install {package})")
    shop = Shop()
    wrapped = ConsentMiddleware(shop.app, policy=Policy.parse(DELIVERIES[delivery]), secret_key=KEY)
    with ExitStack() as stack:
        site = stack.enter_context(served(wrapped))
        port = stack.enter_context(cache(package, site.port))
        headers = {"Host": f"{HOST}:{port}"}
        client, direct = (
            stack.enter_context(
                httpx.Client(base_url=f"http://127.0.0.1:{each}", headers=headers, trust_env=False, timeout=PATIENCE)
            )
            for each in (port, site.port)
        )
        yield Cached(shop, client, direct, port)


only = {
    name: pytest.mark.parametrize("cached", [(each, name) for each in CACHES], ids="-".join, indirect=True)
    for name in DELIVERIES
}


def choice(*allow: str) -> dict[str, str]:
    name, value = consent_cookie(Policy.parse(POLICY), KEY, allow=allow)
    return {"Cookie": f"{name}={value}"}


VISITORS: Mapping[str, Mapping[str, str]] = {
    "nobody": {},
    "refuses": choice(),
    "accepts": choice("preference", "analytics", "marketing", "network", "device"),
    "accepts one": choice("analytics"),
    "signals": {"Sec-GPC": "1"},
}


@only["page"]
@pytest.mark.parametrize("name", ["said", "silent"])
def test_nobody_gets_another_visitors_page(cached: Cached, name: str) -> None:
    for _ in range(3):
        for visitor in VISITORS.values():
            headers = {**NAVIGATION, **visitor}
            answer, own = (client.get(f"/{name}", headers=headers) for client in (cached.client, cached.direct))
            assert answer.text == own.text
            assert answer.headers["etag"].strip("W/") == own.headers["etag"]
            assert ("counter.localhost" in answer.text) is ("Cookie" in visitor and "accepts" in _named(visitor))


def _named(visitor: Mapping[str, str]) -> str:
    return next(name for name, known in VISITORS.items() if known is visitor)


@only["page"]
def test_a_validator_revives_the_page_of_its_own_visitor_alone(cached: Cached) -> None:
    mine, yours = {**NAVIGATION, **VISITORS["accepts"]}, {**NAVIGATION, **VISITORS["refuses"]}
    etag = cached.client.get("/said", headers=mine).headers["etag"]
    assert cached.direct.get("/said", headers={**mine, "If-None-Match": etag}).status_code == 304
    # nginx asks for whole pages where it might keep them, and keeps no private one: it answers with the page itself.
    again = cached.client.get("/said", headers={**mine, "If-None-Match": etag})
    assert again.status_code == 304 or again.text == cached.direct.get("/said", headers=mine).text
    other = cached.client.get("/said", headers={**yours, "If-None-Match": etag})
    assert other.status_code == 200
    assert "counter.localhost" not in other.text


def test_a_part_and_a_head_agree_with_the_page(cached: Cached) -> None:
    for name in ("accepts", "refuses"):
        headers = {**NAVIGATION, **VISITORS[name]}
        whole = cached.client.get("/parts", headers=headers)
        part = cached.client.get("/parts", headers={**headers, "Range": "bytes=10-29"})
        assert part.status_code in (200, 206)
        assert part.content == (whole.content[10:30] if part.status_code == 206 else whole.content)
        head = cached.client.head("/parts", headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        for field in ("etag", "cache-control", "vary", "content-type"):
            assert head.headers.get(field) == whole.headers.get(field)
        assert head.headers.get("content-length", str(len(whole.content))) == str(len(whole.content))


@only["fragment"]
def test_a_shared_page_is_made_once_for_everybody(cached: Cached) -> None:
    answers = [cached.client.get("/shared", headers={**NAVIGATION, **visitor}) for visitor in VISITORS.values()]
    assert cached.shop.made["shared"] == 1
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers["x-cache"] for answer in answers] == ["MISS", *["HIT"] * (len(VISITORS) - 1)]
    assert "counter.localhost" not in answers[0].text
    etag = answers[0].headers["etag"]
    again = cached.client.get("/shared", headers={**NAVIGATION, **VISITORS["accepts"], "If-None-Match": etag})
    assert again.status_code == 304
    assert cached.shop.made["shared"] == 1


@only["fragment"]
def test_what_is_one_visitors_passes_every_cache(cached: Cached) -> None:
    page = cached.client.get("/passing", headers=NAVIGATION)
    key = re.findall(r'data-privacy-page="([^"]*)"', page.text)[0]
    form = {"page": key, "query": ""}
    for _ in range(2):
        for name, visitor in VISITORS.items():
            headers = {**FROM_A_SCRIPT, **visitor}
            fragment = cached.client.post("/-/privacy/fragment", data=form, headers=headers)
            assert (fragment.status_code, fragment.headers["cache-control"]) == (200, "no-store")
            assert ("counter" in re.findall(r'data-privacy-allowed="([^"]*)"', fragment.text)[0]) is ("accepts" in name)
            again = cached.client.post("/-/privacy/page", data=form, headers=headers)
            assert again.text.startswith("<template data-privacy-page>")
            assert ("counter.localhost" in again.text) is ("accepts" in name)
    # A page for all, and one for each who asked again: none of those was kept, and none took its place.
    assert cached.shop.made["passing"] == 1 + 2 * len(VISITORS)
    assert cached.client.get("/passing", headers=NAVIGATION).content == page.content


@only["fragment"]
def test_visitors_of_one_cached_page_see_what_is_theirs(cached: Cached, page: Page) -> None:
    address = f"http://{HOST}:{cached.port}/lived"
    page.goto(address)
    choose(page, "accept-all")
    wait_until(page, "order.includes('counted')")
    other = page.context.browser.new_context().new_page()  # type: ignore[union-attr]  # a page of a browser
    other.goto(address)
    expect(banner(other)).to_be_visible()
    assert other.evaluate("order") == []
    page.goto(address)
    wait_until(page, "order.includes('counted')")
    expect(banner(page)).to_have_count(0)
    withdraw(page)
    wait_until(page, "window.order && !order.length && window.privacy && !privacy.allows('counter')")
    other.reload()
    expect(banner(other)).to_be_visible()
    other.context.close()
    # Once for all, and once for each time that the one who accepted wanted the rest.
    assert cached.shop.made["lived"] == 3
