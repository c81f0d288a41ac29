"""A visitor's choices on the demo console, each with and without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from e2e.demo import COUNTING, TRACKER, Demo, banner, demo_console, hosts_asked, is_choice
from e2e.waiting import until

PREFERENCES = {"lang": "zh-Hans", "tz": "UTC", "region": "EU", "font": "serif"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_console(tmp_path_factory.mktemp("demo")) as console:
        yield console


@pytest.fixture(autouse=True)
def forgetful_tracker(demo: Demo) -> None:
    demo.forget()


def kinds(demo: Demo) -> set[str]:
    """What the tracker has got so far."""
    return {sighting["kind"] for sighting in demo.received()}


def set_preferences(page: Page, demo: Demo) -> None:
    page.goto(demo.url("/preferences"))
    for name, value in PREFERENCES.items():
        page.locator(f"#{name}").select_option(value)
    page.locator("main form button").click()
    page.wait_for_url("**/preferences?saved")


def test_a_first_visit_keeps_no_cookie_and_asks_no_third_party(either_page: Page, demo: Demo) -> None:
    hosts = hosts_asked(either_page)
    for path in ("/", "/analytics", "/inspect", "/privacy", "/inspect?as=phone"):
        either_page.goto(demo.url(path))
        expect(banner(either_page)).to_be_visible()
    assert either_page.context.cookies() == []
    assert hosts == {"console.localhost"}
    assert demo.received() == []


def test_opening_a_form_keeps_its_guard_only(either_page: Page, demo: Demo) -> None:
    either_page.goto(demo.url("/sign-in"))
    assert [cookie["name"] for cookie in either_page.context.cookies()] == ["form_guard"]


def test_rejecting_keeps_the_refusal_and_nothing_else(either_page: Page, demo: Demo) -> None:
    hosts = hosts_asked(either_page)
    either_page.goto(demo.url())
    demo.choose(either_page, "reject-all")
    either_page.goto(demo.url("/analytics"))
    expect(banner(either_page)).to_have_count(0)
    expect(either_page.locator('[data-privacy-ui="entry"]')).to_be_visible()
    (choice,) = either_page.context.cookies()
    assert is_choice(choice["name"])
    assert choice["httpOnly"]
    assert len(choice["name"] + choice["value"]) <= 128
    assert hosts == {"console.localhost"}
    assert demo.received() == []


def test_accepting_lets_the_counting_and_the_tracker_in(page: Page, demo: Demo) -> None:
    page.goto(demo.url())
    demo.choose(page, "accept-all")
    with page.expect_response("**/pixel.gif?id=*"):
        page.goto(demo.url("/analytics"))
    everything = {"script", "pixel", "frame", "beacon"}
    assert until(page, lambda: kinds(demo), everything.issubset) == everything
    assert demo.cookies(page).keys() >= COUNTING | {"_tm_id"}
    # The unpartitioned one too, where a browser still keeps cookies of third parties.
    assert "tm_here" in demo.cookies(page, TRACKER)


def test_accepting_without_javascript_lets_in_what_needs_none(page_without_javascript: Page, demo: Demo) -> None:
    page = page_without_javascript
    page.goto(demo.url())
    demo.choose(page, "accept-all")
    page.goto(demo.url("/analytics"), wait_until="networkidle")
    assert demo.cookies(page).keys() >= COUNTING
    assert until(page, lambda: kinds(demo), {"pixel", "frame"}.issubset) == {"pixel", "frame"}


def test_a_selection_allows_just_what_was_selected(either_page: Page, demo: Demo) -> None:
    demo.select(either_page, "preference", "network")
    either_page.goto(demo.url("/inspect?as=phone"))
    seen = either_page.locator('[data-name="client"] td')
    expect(seen.nth(1)).to_contain_text("203.0.113.77")
    expect(either_page.locator('[data-demo="headers"] [data-name="user-agent"]')).to_have_attribute(
        "data-state", "changed"
    )
    either_page.goto(demo.url("/analytics"), wait_until="networkidle")
    assert demo.cookies(either_page) == {}
    assert demo.received() == []


def test_changing_ones_mind_takes_back_even_what_no_script_can_reach(either_page: Page, demo: Demo) -> None:
    either_page.goto(demo.url())
    demo.choose(either_page, "accept-all")
    either_page.goto(demo.url("/analytics"), wait_until="networkidle")
    kept = {cookie["name"]: cookie["httpOnly"] for cookie in either_page.context.cookies(demo.url())}
    assert kept["visitor_id"]

    demo.select(either_page, "preference")
    either_page.goto(demo.url("/analytics"), wait_until="networkidle")
    assert demo.cookies(either_page) == {}

    before = len(demo.received())
    either_page.reload(wait_until="networkidle")
    either_page.locator("main h1").click()
    assert len(demo.received()) == before

    demo.select(either_page, "analytics")
    either_page.goto(demo.url())
    assert demo.cookies(either_page).keys() == {"_ga", "_ga_DEMO", "visitor_id"}


def test_a_mind_can_be_changed_from_the_entry_on_every_page(either_page: Page, demo: Demo) -> None:
    either_page.goto(demo.url())
    demo.choose(either_page, "accept-all")
    either_page.goto(demo.url("/privacy"))
    either_page.locator('[data-privacy-ui="entry"] a').click()
    center = either_page.locator('[data-privacy-ui="preferences"]')
    expect(center.locator('[data-privacy-purpose="analytics"]')).to_be_checked()
    with either_page.expect_navigation():
        center.locator('[data-privacy-action="reject-all"]').click()
    either_page.goto(demo.url("/inspect"))
    assert demo.cookies(either_page) == {}


@pytest.mark.parametrize("state", ["none", "reject-all", "accept-all", "selection"])
def test_signing_in_works_in_every_state(either_page: Page, demo: Demo, state: str) -> None:
    either_page.goto(demo.url())
    if state == "selection":
        demo.select(either_page, "device")
    elif state != "none":
        demo.choose(either_page, state)
    address = demo.sign_up(either_page)
    either_page.locator(".account button").click()
    expect(either_page).to_have_url(demo.url())
    either_page.goto(demo.url("/console"))
    expect(either_page).to_have_url(demo.url("/sign-in"))
    demo.sign_in(either_page, address)
    either_page.locator("#name").fill("Radio")
    either_page.locator("form.inline button").click()
    expect(either_page.get_by_role("heading", name="Radio")).to_be_visible()


def test_a_session_outlives_every_change_of_mind(either_page: Page, demo: Demo) -> None:
    demo.sign_up(either_page)
    for action in ("accept-all", "reject-all"):
        if banner(either_page).count():
            demo.choose(either_page, action)
        else:
            demo.select(either_page)
        either_page.goto(demo.url("/console"))
        expect(either_page).to_have_url(demo.url("/console"))
    assert demo.cookies(either_page).keys() == {"console_session", "form_guard"}


def test_a_preference_asked_for_before_any_choice_lasts_for_the_session(either_page: Page, demo: Demo) -> None:
    set_preferences(either_page, demo)
    expect(either_page.locator("html")).to_have_attribute("lang", "zh-Hans")
    either_page.goto(demo.url("/privacy"))
    expect(either_page.locator("html")).to_have_attribute("lang", "zh-Hans")
    kept = {
        cookie["name"]: cookie["expires"] for cookie in either_page.context.cookies() if cookie["name"] in PREFERENCES
    }
    assert kept == dict.fromkeys(PREFERENCES, -1)


def test_an_allowed_preference_lasts_for_a_year(either_page: Page, demo: Demo) -> None:
    demo.select(either_page, "preference")
    set_preferences(either_page, demo)
    kept = [cookie["expires"] for cookie in either_page.context.cookies() if cookie["name"] in PREFERENCES]
    assert len(kept) == 4
    assert all(expires > 0 for expires in kept)


def test_a_refusal_takes_preferences_back(either_page: Page, demo: Demo) -> None:
    demo.select(either_page, "preference")
    set_preferences(either_page, demo)
    demo.select(either_page)
    either_page.goto(demo.url())
    assert PREFERENCES.keys() & demo.cookies(either_page).keys() == set()
    expect(either_page.locator("html")).to_have_attribute("lang", "en")
