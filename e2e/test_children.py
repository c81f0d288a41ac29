"""The age step in a real browser, with and without JavaScript: a child, a guardian, an adult."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.testing import ConsentSite, Privacy, serve_app
from e2e.serving import Site, served

HOST = "www.shop.localhost"
POLICY = """
[site]
name = "Toy shop"
minimum_age = 14
[children]
ask = true
[[cookies]]
name = "_ga"
purpose = "analytics"
"""


async def home(request: Request) -> HTMLResponse:
    response = HTMLResponse('<!doctype html><html lang="en"><title>Toys</title><main><h1>Toys</h1></main>')
    response.set_cookie("_ga", "1")
    return response


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("children")
    app = ConsentMiddleware(
        Starlette(routes=[Route("/", home)]),
        policy=Policy.parse(POLICY),
        secret_key="a key for tests, long enough to sign with",
        ledger=f"sqlite:///{folder / 'consent.db'}",
    )
    with served(app) as site:
        yield site


@pytest.fixture
def consent_site() -> Iterator[ConsentSite]:
    app = ConsentMiddleware(Starlette(routes=[Route("/", home)]), policy=Policy.parse(POLICY), secret_key="k" * 32)
    with serve_app(app, host=HOST) as site:
        yield site


def names(page: Page) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}


def check(page: Page) -> None:
    """Look for what axe finds. It is a script: where scripts do not run, it would be waited for in vain."""
    if not page.evaluate("matchMedia('(scripting: enabled)').matches"):
        return
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_child_keeps_everything_off_until_a_guardian_decides(either_page: Page, shop: Site) -> None:
    page = either_page
    page.goto(shop.url(HOST))
    banner = page.locator("#privacy-consent-ui")
    expect(banner.locator('[data-privacy-action="accept-all"]')).to_be_hidden()
    expect(banner.locator('[data-privacy-action="reject-all"]')).to_be_visible()
    check(page)
    banner.get_by_label("Under 14").check()
    expect(banner).to_contain_text("everything that is optional stays off")
    for action in ("accept-all", "reject-all", "manage"):
        expect(banner.locator(f'[data-privacy-action="{action}"]')).to_be_hidden()
    check(page)
    banner.locator('[data-privacy-action="save"]').click()
    expect(banner).to_have_count(0)
    page.goto(shop.url(HOST))
    expect(banner).to_have_count(0)
    assert names(page) == {"__Host-privacy"} or names(page) == {"privacy"}
    page.goto(shop.url(HOST, "/-/privacy/preferences"))
    expect(page.locator("[data-privacy-purpose]")).to_have_count(0)
    check(page)
    page.get_by_role("link", name="For a parent or guardian").click()
    check(page)
    page.locator('[data-privacy-purpose="analytics"]').check()
    page.get_by_label("I am the parent or guardian").check()
    page.locator('[data-privacy-action="save"]').click()
    expect(page.locator('[data-privacy-ui="preferences"]')).to_contain_text("A parent or guardian has decided.")
    check(page)
    page.goto(shop.url(HOST))
    assert "_ga" in names(page)


def test_an_adult_answers_and_chooses_and_whoever_refuses_need_not_answer(either_page: Page, shop: Site) -> None:
    page = either_page
    page.goto(shop.url(HOST))
    banner = page.locator("#privacy-consent-ui")
    banner.locator('[data-privacy-action="reject-all"]').click()
    expect(banner).to_have_count(0)
    page.context.clear_cookies()
    page.goto(shop.url(HOST))
    banner.get_by_label("14 or older").check()
    banner.locator('[data-privacy-action="accept-all"]').click()
    expect(banner).to_have_count(0)
    page.goto(shop.url(HOST))
    assert "_ga" in names(page)


@pytest.mark.consent_states("nothing chosen", "accepted", javascript=[True, False])
def test_the_page_object_answers_as_an_adult(privacy: Privacy) -> None:
    privacy.goto("/")
    privacy.save({"analytics"})
    privacy.goto("/")
    privacy.accept_all()
    privacy.expect_everything_allowed()
    privacy.reject_all()
