"""Google's tags are told what they may do before they run, and again when a visitor chooses."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from e2e.serving import Site, served
from e2e.visitor import choose, withdraw

HOST = "www.shop.localhost"
POLICY = 'consent_mode = {analytics_storage = "preference"}\n'
SAID = "window.dataLayer.map((said) => [...said])"
HEAD = "<script>dataLayer.push('a tag of the page')</script>"


async def page_with_tags(request: Request) -> HTMLResponse:
    return HTMLResponse(f"<!doctype html><html><head>{HEAD}<title>Shop</title></head><body>Hello</body></html>")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    app = Starlette(routes=[Route("/", page_with_tags)])
    with served(ConsentMiddleware(app, policy=Policy.parse(POLICY), secret_key="a key for tests")) as running:
        yield running


def test_the_default_comes_first_and_an_update_follows_a_choice(page: Page, site: Site) -> None:
    page.goto(site.url(HOST))
    first, *_ = page.evaluate(SAID)
    assert first[:2] == ["consent", "default"]
    states = first[2]
    assert states.pop("security_storage") == "granted"
    assert len(states) == 6
    assert set(states.values()) == {"denied"}
    choose(page, "accept-all")
    last = page.evaluate(SAID)[-1]
    assert last[:2] == ["consent", "update"]
    assert set(last[2].values()) == {"granted"}
    page.goto(site.url(HOST))
    assert set(page.evaluate(SAID)[0][2].values()) == {"granted"}
    withdraw(page)
    assert page.evaluate(SAID)[0][2]["analytics_storage"] == "denied"


def test_a_signal_that_only_scripts_see_is_honored(page: Page, site: Site) -> None:
    page.goto(site.url(HOST))
    choose(page, "accept-all")
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.goto(site.url(HOST))
    states = page.evaluate(SAID)[0][2]
    assert (states["ad_storage"], states["analytics_storage"]) == ("denied", "granted")
    assert not page.evaluate("privacy.allows('marketing')")
    assert page.evaluate("privacy.allows('analytics')")
