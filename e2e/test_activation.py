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
from e2e.serving import Site, served
from e2e.test_page_policies import complaints
from e2e.visitor import action, banner, choose, press, withdraw
from e2e.waiting import until

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
PIECES = """
<script src="{other}/loader.js"{nonce}></script>
<script data-privacy-gated="analytics"{nonce}>order.push('inline after ' + window.loaded)</script>
<script defer src="{other}/late.js"{nonce}></script>
<script data-privacy-gated="marketing"{nonce}>order.push('ads')</script>
<script data-privacy-gated="analytics"{nonce}>order.push('last')</script>
"""
FRAME = '<iframe src="{other}/frame" title="A clip" width="300" height="150"></iframe>'
KEPT = {"cache-control": "max-age=600"}
NUMBERS = iter(range(1_000_000))


async def shop_page(request: Request) -> Response:
    name, nonce = request.path_params["name"], f"n{next(NUMBERS)}"
    if name == "reads":
        get_consent(request)
    other = f"{request.url.scheme}://{OTHER}:{request.url.port}"
    pieces = PIECES.format(other=other, nonce=f' nonce="{nonce}"')
    frame = FRAME.format(other=other) if name == "clip" else ""
    policy = POLICIES.get(name, "").format(nonce=nonce)
    return HTMLResponse(
        f"<!doctype html><title>Shop</title><script nonce={nonce}>window.order = []</script>{pieces}"
        f"<body><h1>Shop</h1><form><input name=text><textarea></textarea></form>{frame}",
        headers={"content-security-policy": policy} if policy else KEPT if name == "clip" else {},
    )


async def loader(request: Request) -> Response:
    await asyncio.sleep(0.2)
    return Response("window.loaded = 'loader'; order.push('loader');", media_type="text/javascript")


async def frame(request: Request) -> Response:
    return HTMLResponse("<!doctype html><title>Clip</title><p>A clip")


async def late(request: Request) -> Response:
    return Response("order.push('late');", media_type="text/javascript")


def shop(more: str = "") -> ConsentMiddleware:
    routes = [Route("/loader.js", loader), Route("/late.js", late), Route("/frame", frame), Route("/{name}", shop_page)]
    return ConsentMiddleware(Starlette(routes=routes), policy=Policy.parse(more + POLICY), secret_key="a key for tests")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(shop(), https=True) as running:
        yield running


def wait_until(page: Page, expression: str) -> None:
    """Not `wait_for_function`: a page's policy may allow no `eval`."""

    def is_so() -> bool:
        # A page that is being loaded again has no answer yet.
        with suppress(Error):
            return bool(page.evaluate(f"() => {expression}"))
        return False

    assert until(page, is_so), f"it never came true: {expression}; order is {page.evaluate('window.order')}"


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
    assert page.locator("[data-privacy-key]").count() == 0
    assert page.evaluate("privacy.allows('analytics')")
    assert [text for text in said if "report-only" not in text and "Clear-Site-Data" not in text] == []


def test_what_is_not_allowed_stays_a_marker(page: Page, site: Site) -> None:
    open_and_type(page, site, "none")
    action(page, "manage").click()
    page.locator('dialog [data-privacy-purpose="analytics"]').check()
    press(page, "save")
    wait_until(page, "order.includes('late')")
    assert page.evaluate("order") == ["loader", "inline after loader", "last", "late"]
    assert page.locator('[data-privacy-gated="marketing"][data-privacy-key]').count() == 1
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


def test_a_frame_is_loaded_this_once_and_nothing_is_recorded(page: Page, site: Site) -> None:
    open_and_type(page, site, "clip")
    assert OTHER not in page.content()
    expect(page.get_by_role("group", name="A clip")).to_be_visible()
    action(page, "load-once").click()
    expect(page.frame_locator("iframe").get_by_text("A clip")).to_be_visible()
    assert page.evaluate("window.mine") == 1
    assert page.evaluate("order") == []
    assert not page.evaluate("fetch('/-/privacy/choice').then((answer) => answer.json())")["choice_made"]


def test_the_browsers_cache_gives_no_page_for_one_asked_for_once_more(page: Page) -> None:
    # Plain http, since Chromium keeps nothing that comes with a certificate it does not know.
    with served(shop()) as site:
        page.goto(site.url(HOST, "/clip"))
        action(page, "load-once").click()
        expect(page.frame_locator("iframe").get_by_text("A clip")).to_be_visible()
        page.goto(site.url(HOST, "/none"))
        page.goto(site.url(HOST, "/clip"))
        expect(page.get_by_role("heading", name="Shop")).to_be_visible()
        assert OTHER not in page.content()


def test_a_service_that_is_always_allowed_comes_in_at_once_and_answers_for_nothing_else(page: Page, site: Site) -> None:
    open_and_type(page, site, "clip")
    with page.expect_response(lambda response: response.request.method == "POST"):
        action(page, "always-allow").click()
    expect(page.frame_locator("iframe").get_by_text("A clip")).to_be_visible()
    wait_until(page, "order.includes('late')")
    assert page.evaluate("window.mine") == 1
    assert page.evaluate("privacy.allows('counter') && !privacy.allows('marketing')")
    expect(banner(page)).to_contain_text("Allowed: Analytics. Not decided yet, so this is off: Preferences, Marketing,")
    expect(banner(page)).not_to_contain_text("Only what is necessary is on")


def test_where_our_policy_keeps_a_frame_out_its_place_says_so_and_leads_there(page: Page) -> None:
    with served(shop('csp = "enforce"\n'), https=True) as site:
        page.goto(site.url(HOST, "/clip"))
        action(page, "load-once").click()
        place = page.get_by_role("group", name="A clip")
        expect(place.get_by_role("alert")).to_contain_text("It cannot be shown inside this page.")
        expect(place.get_by_role("link")).to_have_attribute("href", f"https://{OTHER}:{site.port}/frame")
        expect(page.locator("iframe")).to_have_count(0)
        action(page, "always-allow").click()
        expect(page.frame_locator("iframe").get_by_text("A clip")).to_be_visible()
