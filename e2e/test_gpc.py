"""A browser that sends Global Privacy Control."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware
from e2e.serving import served
from e2e.visitor import TOKENS, banner, choose, names_kept, withdraw

HOST = "www.shop.localhost"
LINES = ("_ga=1; Path=/; Max-Age=3600", "_fbp=1; Path=/; Max-Age=3600; HttpOnly")
"""One for analytics, and one for marketing, which the signal refuses."""


async def page_that_counts(request: Request) -> HTMLResponse:
    response = HTMLResponse(f"<!doctype html><title>Shop</title><h1>{' '.join(sorted(request.cookies))}</h1>")
    response.raw_headers += [(b"set-cookie", line.encode()) for line in LINES]
    return response


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    app = ConsentMiddleware(Starlette(routes=[Route("/", page_that_counts)]), secret_key="a key for tests")
    with served(app) as site:
        yield site.url(HOST)


@pytest.fixture
def visitor(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


def send_signal(page: Page, *, on: bool = True) -> None:
    page.context.set_extra_http_headers({"Sec-GPC": "1"} if on else {})


def seen_by_app(page: Page, home: str) -> set[str]:
    page.goto(home)
    return set(page.get_by_role("heading", level=1).inner_text().split()) - TOKENS


def test_the_banner_says_that_the_signal_is_honored(visitor: Page, home: str) -> None:
    send_signal(visitor)
    visitor.goto(home)
    expect(banner(visitor)).to_contain_text("Opt-Out Request Honored")
    assert visitor.context.cookies() == []


def test_accepting_all_while_it_is_sent_is_a_choice_of_its_own(visitor: Page, home: str) -> None:
    send_signal(visitor)
    visitor.goto(home)
    choose(visitor, "accept-all")
    assert seen_by_app(visitor, home) == {"_ga", "_fbp"}
    withdraw(visitor)
    assert names_kept(visitor.context) == set()


def test_it_hides_what_an_older_choice_allowed_and_deletes_nothing(visitor: Page, home: str) -> None:
    visitor.goto(home)
    choose(visitor, "accept-all")
    assert seen_by_app(visitor, home) == {"_ga", "_fbp"}
    send_signal(visitor)
    assert seen_by_app(visitor, home) == {"_ga"}
    assert names_kept(visitor.context) == {"_ga", "_fbp"}
    expect(visitor.locator('[data-privacy-ui="entry"]')).to_contain_text("Opt-Out Request Honored")
    visitor.context.clear_cookies(name="_fbp")
    assert seen_by_app(visitor, home) == {"_ga"}
    assert names_kept(visitor.context) == {"_ga"}
    send_signal(visitor, on=False)
    visitor.goto(home)
    assert seen_by_app(visitor, home) == {"_ga", "_fbp"}
