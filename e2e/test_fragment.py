"""Pages that are the same for everyone: what differs by visitor comes in afterwards, and nothing of it too early."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from consent_middleware.testing import consent_cookie
from e2e.serving import Site, served
from e2e.test_activation import HOST, OTHER, POLICIES, shop, wait_until
from e2e.test_page_policies import complaints
from e2e.visitor import action, banner, choose, press, withdraw

FRAGMENT = 'delivery = "fragment"\n'
LOAD = """address => new Promise((done) => {
  const picture = new Image();
  picture.onload = () => done("loaded");
  picture.onerror = () => done("blocked");
  picture.src = address;
})"""
# What moved in a frame is told after it.
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20))))"
ALL = ["loader", "inline after loader", "ads", "last", "late"]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(shop(FRAGMENT), https=True) as running:
        yield running


def third_parties(page: Page) -> list[str]:
    """The requests of this page to another host, from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if OTHER in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


@pytest.mark.parametrize("name", POLICIES)
def test_the_banner_comes_and_what_is_allowed_runs_at_once_and_on_the_next_page(
    page: Page, site: Site, name: str
) -> None:
    said, asked = complaints(page), third_parties(page)
    page.goto(site.url(HOST, f"/{name}"))
    expect(banner(page)).to_be_visible()
    assert page.evaluate("order") == []
    assert asked == []
    page.evaluate("window.mine = 1")
    choose(page, "accept-all")
    wait_until(page, "order.includes('late')")
    assert page.evaluate("[order, window.mine]") == [ALL, 1]
    page.goto(site.url(HOST, f"/{name}?again"))
    wait_until(page, "order.includes('late')")
    assert page.evaluate("order") == ALL
    assert page.evaluate("privacy.allows('counter')")
    expect(banner(page)).to_have_count(0)
    expect(action(page, "manage")).to_be_visible()
    assert [text for text in said if "report-only" not in text and "Clear-Site-Data" not in text] == []
    withdraw(page)
    wait_until(page, "window.order && !order.length && window.privacy && !privacy.allows('counter')")


def test_an_enforced_policy_is_the_visitors_own_before_anything_runs(page: Page) -> None:
    with served(shop('csp = "enforce"\n' + FRAGMENT), https=True) as site:
        page.goto(site.url(HOST, "/none"))
        expect(banner(page)).to_be_visible()
        # A host that others may have allowed: in this page it is blocked from the moment the visitor is known.
        other = f"https://{OTHER}:{site.port}/dot.gif"
        with page.expect_event("requestfailed") as failed:
            assert page.evaluate(LOAD, other) == "blocked"
        assert failed.value.failure == "csp"
        page.evaluate("window.mine = 1")
        choose(page, "accept-all")
        wait_until(page, "!window.mine && window.order?.includes('late')")
        assert page.evaluate("order") == ALL


def test_a_frame_is_loaded_once_or_always(page: Page, site: Site) -> None:
    page.goto(site.url(HOST, "/clip"))
    expect(banner(page)).to_be_visible()
    assert OTHER not in page.content()
    action(page, "load-once").click()
    expect(page.frame_locator("iframe").get_by_text("A clip")).to_be_visible()
    assert page.evaluate("order") == []
    page.reload()
    expect(page.get_by_role("group", name="A clip")).to_be_visible()
    with page.expect_response(lambda response: response.request.method == "POST" and "/choice" in response.url):
        action(page, "always-allow").click()
    expect(page.frame_locator("iframe").get_by_text("A clip")).to_be_visible()
    page.reload()
    expect(page.frame_locator("iframe").get_by_text("A clip")).to_be_visible()


def test_nothing_of_the_page_moves_when_the_banner_comes(page: Page, site: Site) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shift += each.value })"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(site.url(HOST, "/none"))
    expect(banner(page)).to_be_visible()
    page.evaluate(PAINTED)
    assert page.evaluate("window.shift") == 0


def test_without_scripts_there_is_a_way_to_choose(page_without_javascript: Page, site: Site) -> None:
    page = page_without_javascript
    page.goto(site.url(HOST, "/none"))
    action(page, "manage").click()
    press(page, "accept-all")
    action(page, "close").click()
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()


def test_a_notice_comes_with_the_fragment_until_it_is_closed(page: Page) -> None:
    notice = '[[notices]]\nid = "leak"\nkind = "incident"\nfrom = 2026-01-01\ntext = "Somebody read our list of addresses."\n'
    app = shop(FRAGMENT + notice)
    with served(app, https=True) as site:
        # Whoever chose before it was announced.
        name, value = consent_cookie(app.policy, "a key for tests")
        page.context.add_cookies([{"name": name, "value": value, "url": site.url(HOST)}])
        page.goto(site.url(HOST, "/none"))
        told = page.locator('[data-privacy-ui="notice"]')
        expect(told).to_contain_text("Somebody read our list")
        told.get_by_role("button", name="Close").click()
        expect(told).to_have_count(0)
        page.goto(site.url(HOST, "/none"))
        expect(action(page, "manage")).to_be_visible()
        expect(told).to_have_count(0)
