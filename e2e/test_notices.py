"""What visitors are told in the banner's place: readable by everybody, closed for good by a click, with and without JavaScript."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.testing import ConsentSite, Privacy, consent_cookie, serve_app
from e2e.serving import served
from tests.driving import KEY, page
from tests.pages.site import PAGE, POLICY, TEXT

NewContext = Callable[..., BrowserContext]

TOLD = (
    POLICY
    + """
[[notices]]
id = "leak"
kind = "incident"
from = 2026-01-01
text = {en = "Somebody read a list of e-mail addresses. Beware of mail that asks for a password.", zh-Hans = "邮箱地址列表被人读取。"}
[[versions]]
version = "2099"
effective = 2099-01-01
purposes = ["analytics"]
summary = {en = "Page views are counted by another company.", zh-Hans = "由另一家公司统计访问。"}
"""
)
NOTICE = '[data-privacy-ui="notice"]'


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[ConsentMiddleware, str]]:
    app = page(body=PAGE.format(head="", banner="", text=TEXT * 4).encode())
    middleware = ConsentMiddleware(app, policy=Policy.parse(TOLD), secret_key=KEY)
    with served(middleware) as site:
        yield middleware, site.url("www.shop.localhost", "/")


@pytest.fixture(scope="module")
def consent_site() -> Iterator[ConsentSite]:
    app = page(body=PAGE.format(head="", banner="", text=TEXT).encode())
    middleware = ConsentMiddleware(app, policy=Policy.parse(TOLD), secret_key=KEY)
    with serve_app(middleware, host="plugin.localhost") as site:
        yield site


@pytest.fixture
def visit(new_context: NewContext, site: tuple[ConsentMiddleware, str]) -> Callable[..., Page]:
    """Open the site as somebody who has allowed everything."""

    def open_page(**options: Any) -> Page:
        middleware, home = site
        context = new_context(**options)
        name, value = consent_cookie(middleware.policy, KEY, allow=middleware.policy.optional)
        context.add_cookies([{"name": name, "value": value, "url": home}])
        opened = context.new_page()
        opened.goto(home)
        return opened

    return open_page


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_a_notice_is_closed_for_good_by_one_click(visit: Callable[..., Page], javascript: bool) -> None:
    opened = visit(java_script_enabled=javascript)
    notice = opened.locator(NOTICE)
    expect(notice).to_be_in_viewport()
    expect(notice.get_by_role("heading")).to_have_text(["Security notice", "This changes on 1 January 2099"])
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_have_count(0)
    opened.goto(opened.url)
    expect(opened.locator(NOTICE)).to_have_count(0)
    expect(opened.locator('[data-privacy-ui="entry"]')).to_be_visible()
    # It asked for nothing, and nothing was answered.
    response = opened.goto(opened.url + "-/privacy/choice")
    assert response is not None
    state = response.json()
    assert "analytics" in state["allowed"]
    assert state["asks"] == []


@pytest.mark.consent_states("rejected", javascript=[True, False])
def test_the_page_object_closes_notices_and_nothing_is_chosen_by_it(privacy: Privacy) -> None:
    privacy.goto("/")
    before = privacy.allowed
    assert privacy.close_notices() == ["leak", "version:2099"]
    privacy.goto("/another")
    assert privacy.notices() == privacy.close_notices() == []
    privacy.expect_everything_allowed()
    assert privacy.allowed == before


def test_the_preference_center_is_one_click_away_and_says_the_same(visit: Callable[..., Page]) -> None:
    opened = visit()
    opened.locator(NOTICE).get_by_role("button", name="Privacy choices").click()
    expect(opened.locator("dialog")).to_contain_text("Page views are counted by another company.")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
        # 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10).
        {"viewport": {"width": 320, "height": 256}},
    ],
    ids=["wide", "dark-phone", "zoomed"],
)
def test_a_notice_can_be_read_and_closed_by_everybody(visit: Callable[..., Page], options: dict[str, Any]) -> None:
    opened = visit(reduced_motion="reduce", **options)
    found = Axe().run(opened, context=NOTICE).response["violations"]
    assert [rule["id"] for rule in found] == []
    notice, close = opened.locator(NOTICE), opened.locator(NOTICE).get_by_role("button", name="Close")
    box = close.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    expect(close).to_be_in_viewport(ratio=1)
    assert notice.evaluate("element => element.scrollWidth <= element.clientWidth")
