"""How the banner and the preference center look: accessible, honest, small, and the same on every host page."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from e2e.serving import Site as Served
from tests.pages.site import Site

Serve = Callable[..., Served]
NewContext = Callable[..., BrowserContext]

BANNER = "#privacy-consent-ui"
PREFERENCES = "/-/privacy/preferences"
PHONE = {"width": 390, "height": 844}
# 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10).
ZOOMED = {"width": 320, "height": 256}
UNFOLD = "document.querySelectorAll('details').forEach(element => element.open = true)"


@pytest.fixture
def home(serve: Serve) -> str:
    return serve(Site()).url("localhost")


@pytest.fixture
def view(new_context: NewContext) -> Callable[..., Page]:
    """`view(width=…, height=…, **context options)`: a page in a window of that size."""

    def open_page(width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        return context.new_page()

    return open_page


def open_dialog(page: Page, home: str) -> None:
    page.goto(home)
    page.locator(f'{BANNER} [data-privacy-action="manage"]').click()
    page.locator("dialog").wait_for()


@pytest.mark.parametrize("place", ["banner", "dialog", "page"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_answer_is_as_prominent_as_the_others(
    view: Callable[..., Page], home: str, place: str, width: int
) -> None:
    page = view(width, 800)
    if place == "dialog":
        open_dialog(page, home)
    else:
        page.goto(home + (PREFERENCES if place == "page" else ""))
    page.mouse.move(1, 1)
    root = {"banner": BANNER, "dialog": "dialog", "page": "main"}[place]
    names = ["accept-all", "reject-all", "manage" if place == "banner" else "save"]
    looks = [
        page.locator(f'{root} button[data-privacy-action="{name}"]').evaluate(
            """button => {
                const style = getComputedStyle(button), box = button.getBoundingClientRect();
                return {
                    color: style.color, background: style.backgroundColor, border: style.border, font: style.font,
                    opacity: style.opacity, shadow: style.boxShadow, decoration: style.textDecorationLine,
                    width: Math.round(box.width), height: Math.round(box.height),
                };
            }"""
        )
        for name in names
    ]
    assert looks[0] == looks[1] == looks[2]
    assert looks[0]["height"] >= 44


@pytest.mark.parametrize(("size", "most"), [(PHONE, 0.25), (ZOOMED, 0.65), ({"width": 1280, "height": 800}, 0.2)])
def test_the_banner_leaves_the_page_in_sight_and_its_answers_in_reach(
    view: Callable[..., Page], home: str, size: dict[str, int], most: float
) -> None:
    page = view(**size)
    page.goto(home)
    box = page.locator(BANNER).bounding_box()
    assert box is not None
    assert box["width"] * box["height"] <= most * size["width"] * size["height"]
    for name in ("accept-all", "reject-all", "manage"):
        expect(page.locator(f'{BANNER} [data-privacy-action="{name}"]')).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("path", [PREFERENCES, "/-/privacy/cookies"])
def test_nothing_scrolls_sideways_at_400_percent(view: Callable[..., Page], home: str, path: str) -> None:
    page = view(**ZOOMED)
    page.goto(home + path)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_dialog_fits_at_400_percent(view: Callable[..., Page], home: str) -> None:
    page = view(**ZOOMED)
    open_dialog(page, home)
    page.evaluate(UNFOLD)
    assert page.locator("dialog").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    page.locator('dialog [data-privacy-action="reject-all"]').click()
    expect(page.locator(BANNER)).to_have_count(0)


def test_every_control_is_large_enough_to_hit(view: Callable[..., Page], home: str) -> None:
    page = view(**PHONE)
    page.goto(home + PREFERENCES)
    sizes = page.locator("button, input[type=checkbox], summary").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => [one.offsetWidth, one.offsetHeight])"
    )
    assert sizes
    assert all(width >= 24 and height >= 24 for width, height in sizes)


def test_nothing_of_the_host_page_lies_over_the_banner(view: Callable[..., Page], serve: Serve) -> None:
    cover = "position: fixed; inset: 0; z-index: 2147483647"
    head = f"<style>main {{ {cover} }} body {{ transform: translateY(90px) }}</style>"
    page = view(900, 700)
    page.goto(serve(Site(head=head, csp="")).url("localhost"))
    page.locator(f'{BANNER} [data-privacy-action="reject-all"]').click()
    expect(page.locator(BANNER)).to_have_count(0)
    page.locator('[data-privacy-ui="entry"] a').click()
    page.locator("dialog").wait_for()


def test_nothing_moves_when_the_banner_comes_or_goes(view: Callable[..., Page], home: str) -> None:
    page = view(**PHONE)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => window.shift += entry.value))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(home)
    page.locator(f'{BANNER} [data-privacy-action="reject-all"]').click()
    expect(page.locator(BANNER)).to_have_count(0)
    assert page.evaluate("window.shift") == 0


def test_a_banner_that_has_not_arrived_whole_is_not_shown(view: Callable[..., Page], home: str) -> None:
    """A slow phone paints in the middle of it, and what is painted then grows."""
    page = view(**PHONE)
    page.goto(home)
    expect(page.locator(BANNER)).to_be_visible()
    page.evaluate("window.last = document.querySelector('#privacy-consent-ui form:last-of-type'); last.remove()")
    expect(page.locator(BANNER)).to_be_hidden()
    page.evaluate("document.querySelector('#privacy-consent-ui .privacy-ui-actions').append(last)")
    expect(page.locator(BANNER)).to_be_visible()


def test_the_banner_is_styled_in_the_first_paint(view: Callable[..., Page], home: str) -> None:
    page = view()

    def slowly(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    page.route("**/*.css", slowly)
    page.goto(home)
    # The page may be loaded before it is painted: the entry comes with the next frame.
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    painted, styled = page.evaluate(
        """() => [
            performance.getEntriesByName('first-contentful-paint')[0].startTime,
            performance.getEntriesByType('resource').find(entry => entry.name.endsWith('.css')).responseEnd,
        ]"""
    )
    assert styled < painted


def test_what_says_saved_stands_out_from_the_page_in_forced_colors(view: Callable[..., Page], home: str) -> None:
    page = view(forced_colors="active")
    page.goto(home)
    page.locator(f'{BANNER} [data-privacy-action="reject-all"]').click()
    status = page.locator('[data-privacy-ui="status"]')
    expect(status).to_have_text("Saved.")
    edge, ground = status.evaluate("one => [getComputedStyle(one).border, getComputedStyle(one).backgroundColor]")
    assert edge.startswith("2px solid")
    assert ground not in edge


def test_paper_shows_no_banner(view: Callable[..., Page], home: str) -> None:
    page = view()
    page.goto(home)
    page.emulate_media(media="print")
    expect(page.locator(BANNER)).to_be_hidden()
    expect(page.locator('[data-privacy-ui="entry"]')).to_be_hidden()


def test_the_focus_is_visible_on_every_control(view: Callable[..., Page], home: str) -> None:
    page = view()
    page.goto(home + PREFERENCES)
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
                const element = document.activeElement;
                if (element === document.body) return null;
                const style = getComputedStyle(element);
                return [element.localName, style.outlineStyle, parseFloat(style.outlineWidth)];
            }"""
        )
        if focused is not None:
            seen.add(focused[0])
            assert focused[1] == "solid", focused
            assert focused[2] >= 2, focused
    assert {"a", "input", "summary", "button"} <= seen
