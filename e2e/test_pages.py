"""What a visitor sees and does, in a real browser: with and without JavaScript, by keyboard, at any size."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from e2e.serving import Site as Served
from tests.pages.site import PAGE, POLICY, TEXT, Site

Serve = Callable[..., Served]
NewContext = Callable[..., BrowserContext]

BANNER = "#privacy-consent-ui"


def action(name: str) -> str:
    return f'[data-privacy-action="{name}"]:visible'


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def home(serve: Serve, site: Site) -> str:
    return serve(site).url("shop.localhost")


def state_of(page: Page, home: str) -> dict[str, Any]:
    """What the server says of this visitor. Asked by a tab of theirs: Playwright's own client resolves no name below localhost."""
    tab = page.context.new_page()
    response = tab.goto(f"{home}/-/privacy/choice")
    assert response is not None
    state: dict[str, Any] = response.json()
    tab.close()
    return state


def allowed(page: Page, home: str) -> list[str]:
    """What this visitor allows beyond the necessary."""
    return [name for name in state_of(page, home)["allowed"] if name not in ("authentication", "security")]


def test_a_visitor_accepts_and_is_not_asked_again(either_page: Page, home: str) -> None:
    either_page.goto(f"{home}/a?b=c")
    expect(either_page.locator(BANNER)).to_be_visible()
    either_page.locator(action("accept-all")).click()
    expect(either_page.locator(BANNER)).to_have_count(0)
    expect(either_page.locator('[data-privacy-ui="entry"]')).to_be_visible()
    expect(either_page).to_have_url(f"{home}/a?b=c")
    assert "analytics" in allowed(either_page, home)
    assert "disclosure" not in allowed(either_page, home)
    either_page.goto(home)
    expect(either_page.locator(BANNER)).to_have_count(0)


def test_a_visitor_rejects_and_is_not_asked_again(either_page: Page, home: str) -> None:
    either_page.goto(home)
    either_page.locator(action("reject-all")).click()
    expect(either_page.locator(BANNER)).to_have_count(0)
    assert allowed(either_page, home) == []
    either_page.goto(home)
    expect(either_page.locator(BANNER)).to_have_count(0)


def test_a_visitor_saves_a_selection(either_page: Page, home: str) -> None:
    either_page.goto(home)
    either_page.locator(action("manage")).click()
    expect(either_page.locator('[data-privacy-ui="preferences"]')).to_be_visible()
    assert either_page.locator("input:checked").count() == 0
    either_page.locator('[data-privacy-purpose="analytics"]').check()
    either_page.locator("summary", has_text="Analytics").click()
    either_page.locator('[data-privacy-service="tracker"]').check()
    either_page.locator(action("save")).click()
    expect(either_page.locator(BANNER)).to_have_count(0)
    expect(either_page.locator("dialog[open]")).to_have_count(0)
    assert allowed(either_page, home) == ["analytics", "tracker"]


def test_a_visitor_changes_their_mind_from_any_page(either_page: Page, home: str) -> None:
    either_page.goto(home)
    either_page.locator(action("accept-all")).click()
    expect(either_page.locator(BANNER)).to_have_count(0)
    either_page.goto(f"{home}/other")
    either_page.locator('[data-privacy-ui="entry"] a').click()
    preferences = either_page.locator('[data-privacy-ui="preferences"]')
    expect(preferences).to_contain_text(
        "Allowed: Preferences, Analytics, Marketing, Network details and Device details."
    )
    expect(preferences.locator('[data-privacy-purpose="marketing"]')).to_be_checked()
    expect(preferences.locator('[data-privacy-purpose="disclosure"]')).not_to_be_checked()
    preferences.locator(action("reject-all")).click()
    expect(either_page.locator("dialog[open]")).to_have_count(0)
    expect(either_page.locator(action("manage")).or_(either_page.get_by_text("Saved.")).first).to_be_visible()
    assert allowed(either_page, home) == []


def test_all_services_of_a_purpose_can_be_switched_off_again(either_page: Page, home: str) -> None:
    either_page.goto(f"{home}/-/privacy/preferences")
    either_page.locator('[data-privacy-purpose="analytics"]').check()
    either_page.locator(action("save")).click()
    expect(either_page.get_by_role("status")).to_contain_text("Saved.")
    assert allowed(either_page, home) == ["analytics", "tracker", "heatmap"]
    either_page.locator("summary", has_text="Analytics").click()
    either_page.locator('[data-privacy-service="tracker"]').uncheck()
    either_page.locator('[data-privacy-service="heatmap"]').uncheck()
    either_page.locator(action("save")).click()
    expect(either_page.locator('[data-privacy-service="heatmap"]')).not_to_be_checked()
    assert allowed(either_page, home) == ["analytics"]


def test_the_way_back_from_the_preference_center_is_the_page_before(page_without_javascript: Page, home: str) -> None:
    page = page_without_javascript
    page.goto(f"{home}/a?b=c&d=%20e")
    page.locator(action("manage")).click()
    page.locator(action("save")).click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.locator(action("close")).click()
    expect(page).to_have_url(f"{home}/a?b=c&d=%20e")


def test_a_choice_that_cannot_be_recorded_says_so_and_can_be_tried_again(
    either_page: Page, home: str, site: Site
) -> None:
    site.is_ledger_down = True
    either_page.goto(f"{home}/a")
    either_page.locator(action("accept-all")).click()
    expect(either_page.get_by_role("alert")).to_contain_text("Nothing was allowed.")
    assert allowed(either_page, home) == []
    site.is_ledger_down = False
    either_page.get_by_role("button", name="Try again").click()
    expect(either_page.locator('[data-privacy-ui="entry"]')).to_be_visible()
    expect(either_page).to_have_url(f"{home}/a")
    assert "analytics" in allowed(either_page, home)


# ---- with JavaScript ------------------------------------------------------------------------------------------------


def test_a_refusal_on_a_first_visit_stays_on_the_page(page: Page, home: str) -> None:
    page.goto(home)
    page.evaluate("window.isTheSame = true; document.addEventListener('privacy:change', e => window.told = e.detail)")
    page.locator(action("reject-all")).click()
    expect(page.locator(BANNER)).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert page.evaluate("window.isTheSame")
    assert page.evaluate("window.told.choice_made")
    assert page.evaluate("document.activeElement.closest('[data-privacy-ui]').dataset.privacyUi") == "entry"


def test_a_withdrawal_loads_the_page_again_unless_a_listener_takes_over(page: Page, serve: Serve) -> None:
    async def sample(request: Request) -> HTMLResponse:
        return HTMLResponse(PAGE.format(head="", banner="", text=TEXT))

    # With all of the middleware: it answers when the page asks for itself once more.
    app = ConsentMiddleware(
        Starlette(routes=[Route("/", sample)]), policy=Policy.parse(POLICY), secret_key="a key for tests"
    )
    page.goto(serve(app).url("shop.localhost"))
    page.evaluate("window.isTheSame = true")
    assert not page.evaluate("privacy.allows('analytics')")
    page.locator(action("accept-all")).click()
    expect(page.locator(BANNER)).to_have_count(0)
    expect(page.locator('[data-privacy-ui="status"]')).to_have_text(
        "Saved. Switched on: Preferences, Analytics, Marketing, Network details and Device details."
    )
    assert page.evaluate("window.isTheSame && privacy.allows('analytics') && privacy.allowed.includes('analytics')")
    page.evaluate("privacy.open()")
    with page.expect_navigation():
        page.locator(action("reject-all")).click()
    assert not page.evaluate("window.isTheSame || privacy.allows('analytics')")
    page.evaluate("privacy.open()")
    page.locator(f"dialog {action('accept-all')}").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.evaluate(
        "window.isTheSame = true; document.addEventListener('privacy:change', e => e.preventDefault()); privacy.open()"
    )
    page.locator(f"dialog {action('reject-all')}").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.evaluate("window.isTheSame && !privacy.allows('analytics')")


def test_the_dialog_takes_the_focus_and_gives_it_back(page: Page, home: str) -> None:
    page.goto(home)
    page.locator(action("manage")).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Privacy choices")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading", level=1)).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(action("manage"))).to_be_focused()
    assert not state_of(page, home)["choice_made"]


def test_closing_the_dialog_decides_nothing(page: Page, home: str) -> None:
    page.goto(home)
    page.locator(action("manage")).click()
    page.locator('[data-privacy-purpose="analytics"]').check()
    page.locator("dialog").locator(action("close")).click()
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator(BANNER)).to_be_visible()
    assert not state_of(page, home)["choice_made"]


def test_everything_can_be_done_by_keyboard(page: Page, home: str) -> None:
    page.goto(home)
    for name in ("Privacy policy", "Accept all", "Reject all", "Manage"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == name
    page.keyboard.press("Enter")
    expect(page.locator("dialog h1")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.locator('[data-privacy-purpose="preference"]').or_(page.locator("summary").first).first).to_be_visible()
    page.locator('[data-privacy-purpose="preference"]').focus()
    page.keyboard.press("Space")
    page.locator("dialog").locator(action("save")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(BANNER)).to_have_count(0)
    assert allowed(page, home) == ["preference"]


def test_it_works_where_trusted_types_allow_nothing(page: Page, serve: Serve) -> None:
    csp = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    csp += "require-trusted-types-for 'script'; trusted-types 'none'"
    home = serve(Site(csp=csp)).url("shop.localhost")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(home)
    page.locator(action("manage")).click()
    page.locator('[data-privacy-purpose="preference"]').check()
    page.locator("dialog").locator(action("save")).click()
    expect(page.locator(BANNER)).to_have_count(0)
    assert allowed(page, home) == ["preference"]
    assert problems == []


def test_a_banner_that_was_answered_in_another_tab_is_gone_when_its_page_is_restored(page: Page, home: str) -> None:
    page.goto(home)
    other = page.context.new_page()
    other.goto(home)
    other.locator(action("reject-all")).click()
    expect(other.locator(BANNER)).to_have_count(0)
    expect(page.locator(BANNER)).to_be_visible()
    # Playwright switches the back/forward cache off; this is what a page restored from it is told.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator(BANNER)).to_have_count(0)


def test_a_page_that_excludes_our_style_still_leads_to_the_choices(either_page: Page, home: str) -> None:
    either_page.goto(f"{home}/link-only")
    either_page.get_by_role("link", name="Privacy choices: not made yet").click()
    expect(either_page.get_by_role("heading", name="Privacy choices")).to_be_visible()
    either_page.locator(action("close")).click()
    expect(either_page).to_have_url(f"{home}/link-only")
