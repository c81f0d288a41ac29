"""What has just been allowed comes into the page that is open, in its order, and nothing typed is lost."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy, get_consent
from consent_middleware.consent import visit_of
from e2e.serving import Site, served
from e2e.test_page_policies import complaints
from e2e.visitor import action, banner, choose, press, withdraw

HOST, OTHER = "www.shop.localhost", "counter.localhost"
POLICY = """
[site]
url = "https://www.shop.localhost"
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["counter.localhost"]
[[services]]
id = "ads"
purpose = "marketing"
hosts = ["ads.localhost"]
"""
NONCE = "script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'"
POLICIES = {
    "none": "",
    "trusted-types": "default-src 'self' 'unsafe-inline' https://*:*; require-trusted-types-for 'script'; trusted-types 'none'",
    "nonce": NONCE,
    "nonce and trusted types": NONCE + "; require-trusted-types-for 'script'; trusted-types 'none'",
}
PIECES = [
    ("analytics", '<script src="{other}/loader.js"{nonce}></script>'),
    ("analytics", "<script{nonce}>order.push('inline after ' + window.loaded)</script>"),
    ("analytics", '<script defer src="{other}/late.js"{nonce}></script>'),
    ("marketing", "<script{nonce}>order.push('ads')</script>"),
    ("analytics", "<script{nonce}>order.push('last')</script>"),
]
NUMBERS = iter(range(1_000_000))


def piece(request: Request, key: int, other: str, nonce: str) -> str:
    """What the HTML gate makes of one element."""
    purpose, markup = PIECES[key]
    markup = markup.format(other=other, nonce=f' nonce="{nonce}"')
    asked = request.headers.get("privacy-activation")
    if not visit_of(request).decision.allows(purpose) and asked != purpose:
        return f'<template data-privacy-gated="{purpose}" data-privacy-key="{key}"></template>'
    return markup if asked is None else markup.replace(" ", f' data-privacy-key="{key}" ', 1)


async def shop_page(request: Request) -> Response:
    name, nonce = request.path_params["name"], f"n{next(NUMBERS)}"
    if name == "reads":
        get_consent(request)
    other = f"https://{OTHER}:{request.url.port}"
    pieces = "".join(piece(request, key, other, nonce) for key in range(len(PIECES)))
    policy = POLICIES.get(name, "").format(nonce=nonce)
    page = "<template data-privacy-page>" if "privacy-activation" in request.headers else ""
    return HTMLResponse(
        f"{page}<!doctype html><title>Shop</title><script nonce={nonce}>window.order = []</script>{pieces}"
        "<body><h1>Shop</h1><form><input name=text><textarea></textarea></form>",
        headers={"content-security-policy": policy} if policy else {},
    )


async def loader(request: Request) -> Response:
    await asyncio.sleep(0.2)
    return Response("window.loaded = 'loader'; order.push('loader');", media_type="text/javascript")


async def late(request: Request) -> Response:
    return Response("order.push('late');", media_type="text/javascript")


def shop(more: str = "") -> ConsentMiddleware:
    routes = [Route("/loader.js", loader), Route("/late.js", late), Route("/{name}", shop_page)]
    return ConsentMiddleware(Starlette(routes=routes), policy=Policy.parse(more + POLICY), secret_key="a key for tests")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(shop(), https=True) as running:
        yield running


def wait_until(page: Page, expression: str) -> None:
    """Not `wait_for_function`: a page's policy may allow no `eval`."""
    for _ in range(100):
        # A page that is being loaded again has no answer yet.
        with suppress(Error):
            if page.evaluate(f"() => {expression}"):
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never came true: {expression}; order is {page.evaluate('window.order')}")


def open_and_type(page: Page, site: Site, name: str) -> None:
    page.goto(site.url(HOST, f"/{name}"))
    page.locator("input[name=text]").fill("half a sentence")
    page.evaluate("window.mine = 1")
    assert page.evaluate("order") == []


@pytest.mark.parametrize("name", POLICIES)
def test_what_is_allowed_runs_in_the_order_of_the_page(page: Page, site: Site, name: str) -> None:
    said = complaints(page)
    open_and_type(page, site, name)
    choose(page, "accept-all")
    wait_until(page, "order.includes('late')")
    assert page.evaluate("order") == ["loader", "inline after loader", "ads", "last", "late"]
    assert page.evaluate("window.mine") == 1, said
    assert page.locator("input[name=text]").input_value() == "half a sentence"
    assert page.locator("[data-privacy-gated]").count() == 0
    assert page.evaluate("privacy.allows('analytics')")
    assert [text for text in said if "report-only" not in text and "Clear-Site-Data" not in text] == []


def test_what_is_not_allowed_stays_a_marker(page: Page, site: Site) -> None:
    open_and_type(page, site, "none")
    action(page, "manage").click()
    page.locator('dialog [data-privacy-purpose="analytics"]').check()
    press(page, "save")
    wait_until(page, "order.includes('late')")
    assert page.evaluate("order") == ["loader", "inline after loader", "last", "late"]
    assert page.locator('[data-privacy-gated="marketing"]').count() == 1
    assert page.evaluate("window.mine") == 1


def test_a_withdrawal_loads_the_page_again(page: Page, site: Site) -> None:
    open_and_type(page, site, "none")
    choose(page, "accept-all")
    wait_until(page, "order.includes('late')")
    withdraw(page)
    wait_until(page, "!window.mine && window.order && !order.length")


def test_an_app_that_asks_itself_is_loaded_again_unless_something_was_typed(page: Page, site: Site) -> None:
    open_and_type(page, site, "reads")
    choose(page, "accept-all")
    wait_until(page, "order.includes('late')")
    assert page.evaluate("window.mine") == 1
    withdraw(page)
    wait_until(page, "!window.mine")
    page.evaluate("window.mine = 2")
    action(page, "manage").click()
    press(page, "accept-all")
    wait_until(page, "!window.mine && window.order?.includes('late')")


def test_where_our_policy_is_in_the_way_the_page_is_loaded_again(page: Page) -> None:
    with served(shop('csp = "enforce"\n'), https=True) as site:
        page.goto(site.url(HOST, "/none"))
        page.evaluate("window.mine = 1")
        choose(page, "accept-all")
        wait_until(page, "!window.mine && window.order?.includes('late')")
        assert page.evaluate("order") == ["loader", "inline after loader", "ads", "last", "late"]


def test_a_page_out_of_the_back_forward_cache_takes_a_grant_in(page: Page, site: Site) -> None:
    page.goto(site.url(HOST, "/none"))
    tab = page.context.new_page()
    tab.goto(site.url(HOST, "/none"))
    page.goto(site.url(HOST, "/-/privacy/cookies"))
    choose(tab, "accept-all")
    page.go_back()
    wait_until(page, "window.order?.includes('late')")
    expect(banner(page)).to_have_count(0)
