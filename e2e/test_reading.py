"""The whole way through a choice by keyboard alone, and as a screen reader is told of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from e2e.serving import Site as Served
from e2e.waiting import until
from tests.pages.site import PAGE, POLICY, TEXT

Serve = Callable[..., Served]
BANNER = "#privacy-consent-ui"
STATUS = '[data-privacy-ui="status"]'
# The control's label where it has one, else its words.
FOCUSED = """() => {
    const focused = document.activeElement;
    return (focused.labels?.[0] ?? focused).textContent.trim().replace(/\\s+/g, " ");
}"""
# The longest way from one control of the preference center to another.
PATIENCE = 45


async def sample(request: Request) -> HTMLResponse:
    return HTMLResponse(PAGE.format(head="", banner="", text=TEXT))


@pytest.fixture
def home(serve: Serve) -> str:
    app = ConsentMiddleware(
        Starlette(routes=[Route("/", sample)]), policy=Policy.parse(POLICY), secret_key="a key for tests"
    )
    return serve(app).url("shop.localhost")


def expect_focus(page: Page, name: str) -> None:
    """It comes back in a turn of the page's own, after the key was pressed."""
    assert until(page, lambda: page.evaluate(FOCUSED), lambda focused: focused == name) == name


def tab_to(page: Page, name: str, *, key: str = "Tab") -> None:
    """Press Tab until the control has the focus; no trap lets it come, and none lets it be passed over."""
    passed = []
    for _ in range(PATIENCE):
        page.keyboard.press(key)
        passed.append(page.evaluate(FOCUSED))
        if passed[-1] == name:
            return
    raise AssertionError(f"{name!r} is not reached; on the way: {passed}")


def test_a_choice_is_made_seen_and_withdrawn_by_keyboard_alone(either_page: Page, home: str) -> None:
    page = either_page
    page.goto(home)
    tab_to(page, "Manage")
    page.keyboard.press("Enter")
    preferences = page.locator('[data-privacy-ui="preferences"]')
    expect(preferences).to_be_visible()
    tab_to(page, "Preferences")
    page.keyboard.press("Space")
    tab_to(page, "Save selection")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.").first).to_be_visible()
    page.goto(home)
    expect(page.locator(BANNER)).to_have_count(0)
    tab_to(page, "Privacy choices")
    page.keyboard.press("Enter")
    expect(preferences.get_by_role("checkbox", name="Preferences", exact=True)).to_be_checked()
    expect(preferences).to_contain_text("Allowed: Preferences.")
    tab_to(page, "Reject all")
    page.keyboard.press("Enter")
    # With a script the page is loaded again, and says so then.
    expect(page.get_by_text("Saved. Switched off: Preferences.")).to_be_visible()
    page.goto(home)
    tab_to(page, "Privacy choices")
    page.keyboard.press("Enter")
    expect(preferences).to_contain_text("Only what is necessary is on.")
    expect(preferences.locator("input:checked")).to_have_count(0)


def test_the_focus_goes_into_the_dialog_and_comes_back_to_where_it_was(page: Page, home: str) -> None:
    page.goto(home)
    tab_to(page, "Manage")
    page.keyboard.press("Enter")
    expect(page.locator("dialog h1")).to_be_focused()
    page.keyboard.press("Escape")
    expect_focus(page, "Manage")
    tab_to(page, "Reject all", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(BANNER)).to_have_count(0)
    # Its button is gone: what leads back to the choice takes the focus, and says nothing else.
    expect_focus(page, "Privacy choices")
    expect(page.locator(STATUS)).to_have_text("Saved.")
    page.keyboard.press("Enter")
    expect(page.locator("dialog h1")).to_be_focused()
    tab_to(page, "Close")
    page.keyboard.press("Enter")
    expect_focus(page, "Privacy choices")
    page.keyboard.press("Enter")
    expect(page.locator("dialog h1")).to_be_focused()
    tab_to(page, "Analytics")
    page.keyboard.press("Space")
    tab_to(page, "Save selection")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(STATUS)).to_have_text("Saved. Switched on: Analytics.")
    expect_focus(page, "Privacy choices")


def test_a_screen_reader_is_told_of_every_step(page: Page, home: str) -> None:
    page.goto(home)
    expect(page.locator("body")).to_match_aria_snapshot("""
        - region "Your privacy at Example Cloud":
          - heading "Your privacy at Example Cloud" [level=2]
          - paragraph:
            - text: "/Only what is necessary is on. If you allow it, we also use: .+/"
            - link "Privacy policy"
          - button "Accept all"
          - button "Reject all"
          - button "Manage"
        - main
        """)
    page.get_by_role("button", name="Manage").click()
    dialog = page.get_by_role("dialog", name="Privacy choices")
    expect(dialog).to_match_aria_snapshot("""
        - dialog "Privacy choices":
          - main "Privacy choices":
            - heading "Privacy choices" [level=1]
            - button "Close"
            - status: You have not chosen yet, so only what is necessary is on.
            - heading "For you to decide" [level=2]
            - list:
              - listitem:
                - text: Preferences
                - paragraph
                - checkbox "Preferences" [checked=false]
              - listitem:
                - text: Analytics
                - paragraph
                - checkbox "Analytics" [checked=false]
                - group: "/2 services · 1 cookie .+: Analytics/"
            - heading "Asked for separately" [level=2]
            - heading "Always on" [level=2]
            - button "Save selection"
            - button "Accept all"
            - button "Reject all"
        """)
    analytics = dialog.get_by_role("checkbox", name="Analytics", exact=True)
    expect(analytics).to_have_accessible_description(re.compile("Counts visits and clicks.+ Goes to: Tracker GmbH"))
    analytics.check()
    dialog.locator("summary", has_text=": Analytics").click()
    dialog.get_by_role("checkbox", name="Tracker Analytics").check()
    dialog.get_by_role("button", name="Save selection").click()
    expect(page.get_by_role("status")).to_have_text("Saved. Switched on: Analytics (Tracker Analytics).")
    expect(page.locator("body")).to_match_aria_snapshot("""
        - complementary "Privacy choices":
          - link "Privacy choices"
        """)
    page.get_by_role("link", name="Privacy choices").click()
    expect(dialog).to_match_aria_snapshot("""
        - dialog "Privacy choices":
          - main "Privacy choices":
            - status: "/Allowed: Analytics .Tracker Analytics.. Your choice of .+ holds until .+/"
            - list:
              - listitem:
                - checkbox "Analytics" [checked]
        """)


def test_everything_can_be_read_with_the_spacing_that_a_reader_sets(page: Page, home: str) -> None:
    """WCAG 2.2, 1.4.12."""
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "/-/privacy/preferences", "/-/privacy/cookies"):
        page.goto(home + path)
        # As a reader's own sheet would: stronger than ours, which stands in a layer.
        page.evaluate(
            """() => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(`@layer privacy { [data-privacy-ui]:nth-child(n) *:nth-child(n) {
                    line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
                    [data-privacy-ui]:nth-child(n) p:nth-child(n) { margin-block-end: 2em !important } }`);
                document.adoptedStyleSheets = [sheet];
                document.querySelectorAll("details").forEach(element => element.open = true);
            }"""
        )
        cut = page.evaluate(
            """() => [...document.querySelectorAll("[data-privacy-ui] *")]
                .filter(one => one.checkVisibility() && !one.closest(".privacy-ui-unseen, thead"))
                .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
                .map(one => one.outerHTML.slice(0, 120))"""
        )
        assert cut == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for button in page.locator("button:visible").all():
            assert button.evaluate("one => one.scrollHeight <= one.clientHeight + 1")
