"""The banner in pages whose own headers are strict: content security, trusted types, referrers."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware
from e2e.serving import Site, served
from e2e.visitor import action, banner, choose, press, withdraw

NewContext = Callable[..., BrowserContext]

HOST = "www.shop.localhost"
PLAIN_HOST = "www.shop.test"
"""Not a name that browsers trust on plain http, so they send no fetch metadata there."""
WELCOMING = {
    "self": "default-src 'self'",
    "nonce": "default-src 'self'; script-src 'nonce-r4nd0m'; style-src 'nonce-r4nd0m'",
    "nonce-only": "default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'nonce-r4nd0m'; base-uri 'none'",
    "trusted-types": "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    "named-host": f"default-src 'none'; script-src https://{HOST}:*; style-src 'self'; connect-src 'self'; form-action 'self'",
}
EXCLUDING = {
    "none": "default-src 'none'",
    "hash": "default-src 'self'; script-src 'sha256-q1mCQcjYi0Gv5IJ8AlRZ1fC7vNrKWtGBBd0eVqVzZ8k='",
    "other-host": "default-src https://static.shop.localhost",
    "no-form": "default-src 'self'; form-action 'none'",
    "sandbox": "sandbox allow-scripts",
}


async def strict_page(request: Request) -> HTMLResponse:
    """A page with the content security policy that its path names."""
    name = request.path_params["name"]
    policy = {**WELCOMING, **EXCLUDING}.get(name)
    headers = {"referrer-policy": "no-referrer"} if name == "no-referrer" else {}
    if policy is not None:
        headers["content-security-policy"] = policy
    meta = f'<meta http-equiv="Content-Security-Policy" content="{EXCLUDING["none"]}">' if name == "meta" else ""
    return HTMLResponse(f"<!doctype html>{meta}<title>Shop</title><p>{name}", headers=headers)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    app = Starlette(routes=[Route("/{name}", strict_page)])
    with served(ConsentMiddleware(app, secret_key="a key for tests"), https=True) as running_site:
        yield running_site


@pytest.fixture(scope="module")
def plain_site() -> Iterator[Site]:
    app = Starlette(routes=[Route("/{name}", strict_page)])
    with served(ConsentMiddleware(app, secret_key="a key for tests")) as running_site:
        yield running_site


def complaints(page: Page) -> list[str]:
    """A list that grows with everything the browser says against the page."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.parametrize("name", WELCOMING)
def test_a_strict_page_that_leaves_us_room_shows_a_working_banner(page: Page, site: Site, name: str) -> None:
    said = complaints(page)
    page.goto(site.url(HOST, f"/{name}"))
    expect(banner(page)).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.querySelector('#privacy-consent-ui')).position") == "fixed"
    assert page.evaluate("typeof window.privacy.open") == "function"
    assert said == []
    choose(page, "accept-all")
    expect(page).to_have_url(site.url(HOST, f"/{name}"))
    withdraw(page)
    page.goto(site.url(HOST, f"/{name}"))
    expect(banner(page)).to_have_count(0)
    assert page.evaluate("window.privacy.allows('analytics')") is False


@pytest.mark.parametrize("name", EXCLUDING)
def test_a_page_that_excludes_us_links_to_the_choices_and_gets_its_visitor_back(
    page: Page, site: Site, name: str
) -> None:
    said = complaints(page)
    page.goto(site.url(HOST, f"/{name}"))
    expect(banner(page)).to_have_count(0)
    assert said == []
    page.get_by_role("link", name="Privacy choices").click()
    expect(page.get_by_role("heading", name="Privacy choices", level=1)).to_be_visible()
    press(page, "reject-all")
    action(page, "close").click()
    page.wait_for_url(site.url(HOST, f"/{name}"))
    expect(page.get_by_role("link", name="Privacy choices")).to_be_visible()


def test_a_policy_in_the_markup_leaves_forms_that_work(page: Page, site: Site) -> None:
    page.goto(site.url(HOST, "/meta"))
    choose(page, "accept-all")
    expect(page).to_have_url(site.url(HOST, "/meta"))
    withdraw(page)


def test_a_page_that_tells_no_referrer_can_still_send_its_choice(either_page: Page, site: Site) -> None:
    either_page.goto(site.url(HOST, "/no-referrer"))
    assert choose(either_page, "accept-all").status in (200, 303)
    assert withdraw(either_page).status in (200, 303)


def test_nor_need_browsers_that_send_no_fetch_metadata(either_page: Page, plain_site: Site) -> None:
    either_page.goto(plain_site.url(PLAIN_HOST, "/no-referrer"))
    answer = choose(either_page, "accept-all")
    assert answer.status in (200, 303)
    assert "sec-fetch-site" not in answer.request.all_headers()
    assert withdraw(either_page).status in (200, 303)
