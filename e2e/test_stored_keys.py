"""A page's guard tells under which keys its scripts store something, where the overview is on, and says not a word elsewhere."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent_middleware import ConsentMiddleware
from e2e.serving import Site
from e2e.test_page_policies import complaints
from e2e.waiting import until

TOKEN = "a token that is long enough"
OVERVIEW = "/-/privacy/overview"
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
WRITES = """
localStorage.setItem("basket-184467", "a secret");
localStorage.setItem("basket-184468", "a secret");
localStorage.setItem("ph_phc_x_posthog", "a secret");
sessionStorage.setItem("mail:jo@example.com", "a secret");
indexedDB.open("offline");
"""


async def page_that_writes(request: Request) -> Response:
    script = "" if request.path_params["name"] == "nothing" else '<script src="/writes.js"></script>'
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>Shop</title></head><body>{script}</body></html>',
        headers={"content-security-policy": STRICT},
    )


async def writes(request: Request) -> Response:
    return Response(WRITES, media_type="text/javascript")


def site(told: list[str], **options: Any) -> ASGIApp:
    """A shop, and what its pages sent: what a browser sends of a page that is left is not among what Playwright hears."""
    app = Starlette(routes=[Route("/writes.js", writes), Route("/{name}", page_that_writes)])
    middleware = ConsentMiddleware(app, secret_key="k", **options)

    async def listening(scope: Scope, receive: Receive, send: Send) -> None:
        async def hear() -> Message:
            message = await receive()
            if scope["path"].endswith("/reports"):
                told.append(message["body"].decode())
            return message

        await middleware(scope, hear, send)

    return listening


def leave(page: Page) -> None:
    page.goto("about:blank")
    # A beacon is on its way by then, if there is one.
    page.wait_for_timeout(300)


def test_the_overview_lists_what_pages_store_under_and_without_one_nothing_is_sent(
    page: Page, serve: Callable[..., Site]
) -> None:
    told: list[str] = []
    said = complaints(page)

    page.goto(serve(site(told)).url("off.localhost", "/start"))
    leave(page)
    assert told == []

    shop = serve(site(told, overview_token=TOKEN))
    page.goto(shop.url("on.localhost", "/nothing"))
    leave(page)
    assert told == []

    page.goto(shop.url("on.localhost", "/start"))
    assert told == []
    page.goto(shop.url("on.localhost", OVERVIEW))
    (sent,) = until(page, lambda: told)
    assert "secret" not in sent
    assert "1844" not in sent
    assert "jo@" not in sent
    assert [text for text in said if "401" not in text] == []

    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Choices", exact=True)).to_be_visible()
    keys = page.get_by_role("region", name="Storage keys without a declaration")
    expect(keys.get_by_role("heading", level=3)).to_have_text(
        ["offline IndexedDB", "basket-* local storage", "ph_* local storage", "mail:* session storage"]
    )
    expect(keys.get_by_label("Lines that declare offline", exact=True)).to_contain_text('kind = "indexeddb"')
    expect(keys.get_by_role("listitem").filter(has_text="ph_*")).to_contain_text("refused 1 time")
    expect(keys.get_by_role("listitem").filter(has_text="basket-*")).not_to_contain_text("refused")
