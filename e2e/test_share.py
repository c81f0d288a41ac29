"""One choice for sibling hosts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from e2e.serving import Site, served
from e2e.visitor import banner, choose, names_kept, withdraw

SHOP, BLOG, OTHER = "www.shop.localhost", "blog.shop.localhost", "www.other.localhost"
LINES = ("_ga=1; Path=/; Max-Age=3600; Domain=shop.localhost", "_gid=1; Path=/; Max-Age=3600")


async def page_that_counts(request: Request) -> HTMLResponse:
    response = HTMLResponse("<!doctype html><title>Shop</title><p>Hello")
    response.raw_headers += [(b"set-cookie", line.encode()) for line in LINES]
    return response


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    policy = Policy.parse(f'share = "shop.localhost"\n[site]\nurl = "https://{SHOP}"')
    app = ConsentMiddleware(
        Starlette(routes=[Route("/", page_that_counts)]), policy=policy, secret_key="a key for tests"
    )
    with served(app, https=True) as running_site:
        yield running_site


def test_a_choice_at_one_host_holds_at_its_siblings(either_page: Page, site: Site) -> None:
    page = either_page
    page.goto(site.url(SHOP))
    choose(page, "accept-all")
    (token,) = [cookie for cookie in page.context.cookies() if "privacy" in cookie["name"]]
    assert (token["name"], token["domain"]) == ("__Secure-privacy", ".shop.localhost")
    page.goto(site.url(BLOG))
    expect(banner(page)).to_have_count(0)
    assert names_kept(page.context) == {"_ga", "_gid"}
    withdraw(page)
    assert {cookie["name"] for cookie in page.context.cookies(site.url(BLOG))} == {"__Secure-privacy"}
    # The shop's own `_gid` is out of the blog's reach, and goes when the shop is seen again.
    page.goto(site.url(SHOP))
    expect(banner(page)).to_have_count(0)
    assert names_kept(page.context) == set()


def test_a_choice_that_a_sibling_made_up_counts_for_nothing(page: Page, site: Site) -> None:
    page.goto(site.url(BLOG))
    choose(page, "accept-all")
    (token,) = [cookie for cookie in page.context.cookies() if "privacy" in cookie["name"]]
    page.context.clear_cookies()
    for name in ("privacy", "__Host-privacy"):
        page.context.add_cookies([{"name": name, "value": token["value"], "url": site.url(SHOP), "secure": True}])
    page.goto(site.url(SHOP))
    expect(banner(page)).to_be_visible()


def test_another_site_is_asked_on_its_own(page: Page, site: Site) -> None:
    page.goto(site.url(SHOP))
    choose(page, "reject-all")
    page.goto(site.url(OTHER))
    expect(banner(page)).to_be_visible()
