"""Page views and clicks of a real browser, under a strict policy."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import Message, Receive, Scope, Send
from consent_middleware.telemetry import Event
from e2e.serving import Site, served
from e2e.visitor import TOKENS, banner, choose, withdraw
from e2e.waiting import until

HOST = "www.shop.localhost"
POLICY = """
[recorder]
page_views = true
clicks = true
fields = ["browser"]
[[telemetry]]
field = "browser"
purpose = "device"
[purposes.network]
offered = false
"""
STRICT = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
BODY = """<!doctype html><html><head><title>Shop</title></head><body><main>
<button type="button" data-privacy-event="order">Order <b>now</b></button>
<button type="button" id="plain">Not marked</button>
<label>Secret <input id="secret"></label>
<a href="/next?from=secret" data-privacy-event="go-on">Go on</a>
</main></body></html>"""


class Shop:
    """The app behind the middleware, and what was recorded of everybody."""

    def __init__(self, folder: Path) -> None:
        async def answer(request: Request) -> HTMLResponse:
            return HTMLResponse(BODY, headers={"content-security-policy": STRICT})

        app = Starlette(routes=[Route("/{path:path}", answer)])
        self.app = ConsentMiddleware(
            app,
            policy=Policy.parse(POLICY),
            secret_key="a key for tests, long enough to sign with",
            ledger=f"sqlite:///{folder / 'consent.db'}",
        )
        self.site: Site
        self.answered: list[int] = []
        """The status of every report, as the server sent it: a browser tells nobody what a page it left was answered."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"].endswith("/events"):
                self.answered.append(message["status"])
            await send(message)

        await self.app(scope, receive, note if scope["type"] == "http" else send)

    def url(self, path: str = "/") -> str:
        return self.site.url(HOST, path)

    def recorded(self, context: BrowserContext) -> list[tuple[str, str, str]]:
        """Kind, page and name of this visitor's events."""
        return [(event.kind, event.path, event.name) for event in self.events(context)]

    def events(self, context: BrowserContext) -> list[Event]:
        tokens = [cookie["value"] for cookie in context.cookies() if cookie["name"] in TOKENS]
        found: list[Event] = []

        async def collect() -> None:
            assert self.app.recorder is not None
            found.extend([event async for event in self.app.recorder.events(tokens[0][:16])])

        if tokens:
            _run_elsewhere(collect)
        return found

    def count(self) -> int:
        counted: list[int] = []

        async def count() -> None:
            assert self.app.recorder is not None
            await self.app.recorder.flush()
            counted.append(await self.app.recorder.count())

        _run_elsewhere(count)
        return counted[0]


def _run_elsewhere(story: Callable[[], Coroutine[object, object, None]]) -> None:
    """Playwright leaves an event loop running in this thread."""
    thread = threading.Thread(target=lambda: asyncio.run(story()))
    thread.start()
    thread.join()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    with served(made) as site:
        made.site = site
        yield made


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of, among it every violation of the page's policy."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def reports(page: Page) -> list[str]:
    """The bodies of all beacons the page sends from now on."""
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.post_data or "") if request.url.endswith("/events") else None
    )
    return sent


def use_everything(page: Page) -> None:
    """Press, type, and leave by the link."""
    page.get_by_text("now").click()
    page.locator("#plain").click()
    page.locator("#secret").fill("my secret")
    page.locator("#secret").press("Enter")
    page.get_by_text("Go on").click()
    page.wait_for_url("**/next**")


def test_before_a_choice_nothing_is_recorded_or_even_reported(page: Page, shop: Shop) -> None:
    sent = reports(page)
    page.goto(shop.url())
    expect(banner(page)).to_be_visible()
    use_everything(page)
    assert page.locator('script[src*="/static/events."]').count() == 0
    assert sent == []
    assert shop.count() == 0


def test_after_accepting_page_views_and_marked_clicks_are_recorded(
    page: Page, shop: Shop, complaints: list[str]
) -> None:
    page.goto(shop.url())
    choose(page, "accept-all")
    sent = reports(page)
    page.goto(shop.url("/shelf?q=secret"))
    expect(page.locator('script[src*="/static/events."]')).to_have_count(1)
    use_everything(page)
    assert set(until(page, lambda: shop.answered)) == {204}
    found = shop.recorded(page.context)
    assert ("page-view", "/shelf", "") in found
    assert ("page-view", "/next", "") in found
    clicks = [event for event in found if event[0] == "click"]
    assert clicks == [("click", "/shelf", "order"), ("click", "/shelf", "go-on")]
    assert "secret" not in str(shop.events(page.context)) + "".join(sent)
    assert {event.details.get("browser") for event in shop.events(page.context)} <= {
        "Chrome",
        "HeadlessChrome",
        "Chrome Headless",
    }
    assert complaints == []


def test_after_refusing_nothing_is_recorded(page: Page, shop: Shop) -> None:
    page.goto(shop.url())
    choose(page, "reject-all")
    page.goto(shop.url("/shelf"))
    use_everything(page)
    assert shop.count() == 0


def test_a_withdrawal_stops_it_at_once(page: Page, shop: Shop) -> None:
    page.goto(shop.url())
    choose(page, "accept-all")
    page.goto(shop.url("/shelf"))
    page.get_by_text("now").click()
    count = shop.count()
    # The click before it still waits in the page, and is dropped there.
    withdraw(page)
    page.goto(shop.url("/later"))
    use_everything(page)
    assert shop.count() == count
    assert shop.answered == []
    assert not any(path == "/later" for _, path, _ in shop.recorded(page.context))


def test_another_tab_that_stayed_open_reports_nothing_after_a_withdrawal(page: Page, shop: Shop) -> None:
    page.goto(shop.url())
    choose(page, "accept-all")
    page.goto(shop.url("/open"))
    other = page.context.new_page()
    other.goto(shop.url("/other"))
    withdraw(other)
    use_everything(page)
    assert until(page, lambda: shop.answered) == [403]
    assert all(kind == "page-view" for kind, _, _ in shop.recorded(page.context))


def test_without_javascript_page_views_are_recorded_and_clicks_are_not(
    page_without_javascript: Page, shop: Shop
) -> None:
    page = page_without_javascript
    page.goto(shop.url())
    choose(page, "accept-all")
    page.goto(shop.url("/shelf"))
    use_everything(page)
    found = shop.recorded(page.context)
    assert {kind for kind, _, _ in found} == {"page-view"}
    assert {"/shelf", "/next"} <= {path for _, path, _ in found}
