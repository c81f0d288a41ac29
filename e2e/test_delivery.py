"""Pages that come in pieces or compressed, and connections that are no pages."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from consent_middleware import ConsentMiddleware
from e2e.serving import Site, served
from e2e.visitor import banner, choose, names_kept, withdraw
from tests.waiting import PATIENCE

HOST = "www.shop.localhost"
LINES = ("_ga=1; Path=/; Max-Age=3600", "session=1; Path=/; HttpOnly")
WORDS = "<p>Bicycles on the ferry cost extra after nine.</p>" * 200


class Shop:
    """`released` lets the end of a streamed page go out."""

    def __init__(self) -> None:
        self.released = threading.Event()
        routes = [
            Route("/", self.page),
            Route("/stream", self.stream),
            WebSocketRoute("/socket", self.socket),
        ]
        self.app = Starlette(routes=routes)
        self.gzipped = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=100)])

    async def page(self, request: Request) -> Response:
        return HTMLResponse(f"<!doctype html><title>Shop</title><body><h1>Whole</h1>{WORDS}<footer>The end</footer>")

    async def stream(self, request: Request) -> Response:
        async def parts() -> AsyncIterator[str]:
            yield "<!doctype html><html><head><title>Shop</title><meta charset=utf-8></he"
            yield "ad><body class=x"
            yield "><h1>Begun</h1>"
            yield WORDS
            await asyncio.to_thread(self.released.wait, PATIENCE)
            yield "<footer>The end</footer></body></html>"

        return StreamingResponse(parts(), media_type="text/html")

    async def socket(self, socket: WebSocket) -> None:
        """Set cookies in the handshake, and say which came with it."""
        await socket.accept(headers=[(b"set-cookie", line.encode()) for line in LINES])
        await socket.send_text(" ".join(sorted(socket.cookies)))
        await socket.close()


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module", params=["plain", "gzip"])
def site(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Site]:
    app = shop.app if request.param == "plain" else shop.gzipped
    with served(ConsentMiddleware(app, secret_key="a key for tests"), https=True) as running_site:
        yield running_site


def test_the_banner_of_a_streamed_page_is_painted_before_the_page_has_ended(page: Page, site: Site, shop: Shop) -> None:
    shop.released.clear()
    try:
        page.goto(site.url(HOST, "/stream"), wait_until="commit")
        expect(banner(page)).to_be_in_viewport()
        page.wait_for_function("performance.getEntriesByType('paint').length > 0")
        assert page.locator("footer").count() == 0
        assert page.evaluate("document.readyState") == "loading"
    finally:
        shop.released.set()
    expect(page.locator("footer")).to_have_text("The end")
    choose(page, "reject-all")


def test_a_page_keeps_its_encoding_and_all_its_words(
    either_page: Page, site: Site, request: pytest.FixtureRequest
) -> None:
    answer = either_page.goto(site.url(HOST, "/"))
    assert answer is not None
    expected = "gzip" if "gzip" in request.node.callspec.id else None
    assert answer.headers.get("content-encoding") == expected
    expect(banner(either_page)).to_be_visible()
    assert either_page.locator("body > p").count() == 200
    expect(either_page.locator("footer")).to_have_text("The end")
    choose(either_page, "accept-all")
    expect(either_page.locator("footer")).to_have_text("The end")


HANDSHAKE = """(url) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url);
  socket.onmessage = (event) => { socket.onclose = () => resolve(event.data); };
  socket.onerror = reject;
})"""


@pytest.mark.parametrize("site", ["plain"], indirect=True)
def test_a_handshake_carries_and_sets_only_what_is_allowed(page: Page, site: Site) -> None:
    def shake_hands() -> set[str]:
        seen: str = page.evaluate(HANDSHAKE, f"wss://{HOST}:{site.port}/socket")
        return set(seen.split())

    # Left behind from before the site was protected.
    page.context.add_cookies([{"name": "_gid", "value": "1", "url": site.url(HOST)}])
    page.goto(site.url(HOST))
    assert shake_hands() == set()
    assert names_kept(page.context) == {"_gid", "session"}
    choose(page, "accept-all")
    shake_hands()
    assert names_kept(page.context) == {"_gid", "session", "_ga"}
    assert shake_hands() >= {"_gid", "session", "_ga"}
    withdraw(page)
    assert shake_hands().isdisjoint({"_gid", "_ga"})
    assert names_kept(page.context) == {"session"}
