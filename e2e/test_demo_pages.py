"""How the demo's pages look to everyone: accessible, readable at any width, in both schemes and directions."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from e2e.demo import Demo, demo_console

OPEN_PAGES = ["/", "/sign-up", "/sign-in", "/preferences", "/analytics", "/inspect?as=phone", "/privacy", "/nowhere"]
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_console(tmp_path_factory.mktemp("demo")) as console:
        yield console


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(new_context: NewContext, demo: Demo, scheme: str) -> None:
    page = new_context(color_scheme=scheme).new_page()
    found = {}
    for path in OPEN_PAGES:
        page.goto(demo.url(path))
        results = Axe().run(page)
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}


def test_the_console_has_no_accessibility_violation(page: Page, demo: Demo) -> None:
    demo.sign_up(page)
    demo.choose(page, "accept-all")
    for path in ("/console", "/analytics", "/inspect"):
        page.goto(demo.url(path))
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_no_page_scrolls_sideways(new_context: NewContext, demo: Demo, width: int, direction: str) -> None:
    page = new_context(viewport={"width": width, "height": 700}).new_page()
    for path in OPEN_PAGES:
        page.goto(demo.url(path))
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("font", ["large", "mono"])
def test_no_font_makes_the_console_scroll_sideways_on_a_phone(new_context: NewContext, demo: Demo, font: str) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    demo.sign_up(page)
    page.goto(demo.url("/preferences"))
    page.locator("#font").select_option(font)
    page.locator("main form button").click()
    for path in ("/console", *OPEN_PAGES):
        page.goto(demo.url(path))
        for summary in page.locator("main summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_no_page_runs_into_its_own_content_security_policy(page: Page, demo: Demo) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(error.message))
    for path in OPEN_PAGES[:-1]:
        page.goto(demo.url(path))
    demo.choose(page, "accept-all")
    page.goto(demo.url("/analytics"), wait_until="networkidle")
    assert said == []


def test_the_keyboard_skips_to_the_content_past_the_navigation(page: Page, demo: Demo) -> None:
    demo.select(page)
    page.goto(demo.url())
    # The middleware's entry comes first in the page; the console's own first stop is the second at most.
    page.keyboard.press("Tab")
    if not page.locator(".skip:focus").count():
        page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
