"""Pages that the browser holds ready from before the choice: kept, or fetched ahead of a click."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import BrowserType, Error, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import ASGIApp
from e2e.conftest import Options
from e2e.serving import served
from e2e.visitor import action, banner, choose

HOST = "www.shop.localhost"


AHEAD = '<script type="speculationrules">{"prefetch": [{"urls": ["/second"], "eagerness": "immediate"}]}</script>'


async def cached_page(request: Request) -> HTMLResponse:
    """A page that browsers may keep for ten minutes; `/ahead` lets them fetch the second one at once."""
    path = request.url.path
    head = f"<!doctype html><title>Shop</title>{AHEAD if path == '/ahead' else ''}"
    html = f'{head}<h1>{path}</h1><a href="/second">Go on</a>'
    return HTMLResponse(html, headers={"cache-control": "max-age=600", "etag": '"1"'})


def shop(policy: str = "") -> ASGIApp:
    app = Starlette(routes=[Route("/{name}", cached_page)])
    return ConsentMiddleware(app, policy=Policy.parse(policy), secret_key="a key for tests")


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    """On plain http: Chromium caches no page whose certificate it was told to ignore."""
    with served(shop()) as site:
        yield site.url(HOST)


def choose_on_a_second_page(page: Page, home: str, name: str) -> None:
    page.goto(f"{home}/first")
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url("**/second")
    choose(page, name)


def go_back(page: Page) -> None:
    """To the first page: a form without JavaScript leaves the second one twice in the history."""
    while not page.url.endswith("/first"):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        try:
            page.go_back(wait_until="commit")
        except Error as error:
            # Chromium swaps the page at this very moment: there is no history to ask for until it has.
            if "Not attached to an active page" not in str(error):
                raise
    expect(page.get_by_role("heading", level=1)).to_have_text("/first")


@pytest.mark.parametrize("name", ["accept-all", "reject-all"])
def test_the_page_before_asks_no_more(either_page: Page, home: str, name: str) -> None:
    choose_on_a_second_page(either_page, home, name)
    go_back(either_page)
    expect(banner(either_page)).to_have_count(0)
    expect(either_page.locator('[data-privacy-ui="entry"]')).to_be_visible()


@pytest.mark.parametrize("name", ["accept-all", "reject-all"])
def test_a_page_that_was_kept_alive_asks_no_more(lively: Page, home: str, name: str) -> None:
    lively.add_init_script("addEventListener('pageshow', (event) => { if (event.persisted) sessionStorage.kept = 1 })")
    choose_on_a_second_page(lively, home, name)
    go_back(lively)
    expect(banner(lively)).to_have_count(0)
    expect(action(lively, "manage")).to_be_visible()
    assert lively.evaluate("sessionStorage.kept") == "1"
    assert lively.evaluate("window.privacy.allows('analytics')") is (name == "accept-all")


@pytest.fixture(scope="module")
def shared_home() -> Iterator[str]:
    with served(shop('delivery = "fragment"')) as site:
        yield site.url(HOST)


@pytest.mark.parametrize("kept", [True, False], ids=["kept alive", "cached"])
def test_a_page_that_is_the_same_for_everyone_knows_the_choice_when_it_comes_back(
    request: pytest.FixtureRequest, shared_home: str, kept: bool
) -> None:
    page: Page = request.getfixturevalue("lively" if kept else "page")
    choose_on_a_second_page(page, shared_home, "accept-all")
    go_back(page)
    expect(action(page, "manage")).to_be_visible()
    expect(banner(page)).to_have_count(0)
    assert page.evaluate("window.privacy.allows('analytics')")


@pytest.fixture(scope="module")
def lively_browser(browser_type: BrowserType, browser_type_launch_args: Options) -> Iterator[Any]:
    """A browser whose back/forward cache is on, which Playwright switches off."""
    options = {**browser_type_launch_args, "ignore_default_args": ["--disable-back-forward-cache"]}
    with closing(browser_type.launch(**options)) as browser:
        yield browser


@pytest.fixture
def lively(lively_browser: Any) -> Iterator[Page]:
    with closing(lively_browser.new_context()) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def secure_home() -> Iterator[str]:
    with served(shop(), https=True) as site:
        yield site.url(HOST)


def test_a_page_that_was_fetched_ahead_of_the_click_asks_no_more(page: Page, secure_home: str) -> None:
    with page.expect_request("**/second"):
        page.goto(f"{secure_home}/ahead")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.isTheSame = true")
    choose(page, "reject-all")
    # The visitor is still on the page whose fetches would serve the click.
    assert page.evaluate("window.isTheSame")
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url("**/second")
    expect(page.locator('[data-privacy-ui="entry"]')).to_be_visible()
    expect(banner(page)).to_have_count(0)
