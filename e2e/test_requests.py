"""A visitor asks a person for something, with and without JavaScript, and reads the answer."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from consent_middleware.ledger import Ledger
from consent_middleware.rights import RequestQueue
from e2e.demo import Demo, demo_console

DATA = "/-/privacy/data"
REFERENCE = re.compile(r"(\w{5}-){4}\w{5}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Demo]:
    with demo_console(folder) as console:
        yield console


def answer_all(folder: Path, text: str) -> None:
    """What staff does, in a process of its own."""

    async def answer() -> None:
        ledger = Ledger(f"sqlite:///{folder / 'consent.db'}", secret_keys=["staff's"])
        queue = RequestQueue(ledger, ["staff's"])
        for request in [request async for request in queue.requests(["unverified"])]:
            await queue.verify(request.number)
        for request in [request async for request in queue.requests(["open"])]:
            await queue.answer(request.number, text)
        await ledger.stop()

    # Playwright's own loop runs on this thread.
    thread = threading.Thread(target=lambda: asyncio.run(answer()))
    thread.start()
    thread.join()


def ask(page: Page, kind: str, message: str) -> None:
    page.locator(f"#privacy-ui-kind-{kind}").check()
    page.locator("#privacy-ui-message").fill(message)
    page.locator(".privacy-ui-asking button").first.click()


def test_a_visitor_without_a_choice_asks_and_reads_the_answer_in_another_browser(
    either_page: Page, new_context: Callable[..., BrowserContext], demo: Demo, folder: Path
) -> None:
    page = either_page
    page.goto(demo.url("/-/privacy/preferences"))
    page.locator(f'a[href^="{DATA}"]').click()
    ask(page, "correction", "It is spelled Søren.")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    reference = REFERENCE.search(page.locator("main").inner_text())
    assert reference is not None
    assert page.context.cookies() == []
    answer_all(folder, "It is Søren now.")
    elsewhere = new_context(java_script_enabled=False).new_page()
    elsewhere.goto(demo.url(DATA))
    elsewhere.locator("details.privacy-ui-asking summary").click()
    elsewhere.locator("#privacy-ui-reference").fill(reference[0].lower())
    elsewhere.locator("details.privacy-ui-asking button").click()
    expect(elsewhere.get_by_text("It is Søren now.")).to_be_visible()
    assert reference[0] not in elsewhere.url


def test_a_visitor_with_a_choice_sees_and_withdraws_a_request(page: Page, demo: Demo) -> None:
    page.goto(demo.url())
    demo.choose(page, "reject-all")
    page.goto(demo.url(DATA))
    ask(page, "complaint", "Too many lanterns")
    page.get_by_role("link", name="Your data").click()
    expect(page.get_by_text("Too many lanterns")).to_be_visible()
    expect(page.get_by_text(re.compile(r"We answer by \d+ \w+ \d{4}\."))).to_be_visible()
    page.get_by_role("button", name="Withdraw and erase this request").click()
    expect(page.get_by_text("Withdrawn")).to_be_visible()
    page.goto(demo.url(DATA))
    expect(page.get_by_text("Too many lanterns")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_forms_are_accessible_in_every_state(
    new_context: Callable[..., BrowserContext], demo: Demo, scheme: str
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": 320, "height": 256}).new_page()

    def check() -> None:
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(demo.url(f"{DATA}?lang=zh-Hans"))
    check()
    ask(page, "complaint", "")
    check()
    ask(page, "complaint", "x" * 300)
    check()
    page.goto(demo.url(DATA))
    page.locator("details.privacy-ui-asking summary").click()
    page.locator("#privacy-ui-reference").fill("nothing")
    page.locator("details.privacy-ui-asking button").click()
    check()
