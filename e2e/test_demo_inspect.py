"""The inspect page tells the truth about the request that opened it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.demo import Demo, demo_console


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_console(tmp_path_factory.mktemp("demo")) as console:
        yield console


def row(page: Page, table: str, name: str) -> Locator:
    return page.locator(f'[data-demo="{table}"] [data-name="{name}"]')


def test_it_shows_what_the_browser_really_sent(either_page: Page, demo: Demo) -> None:
    with either_page.expect_request(demo.url("/inspect")) as request:
        either_page.goto(demo.url("/inspect"))
    sent = request.value.all_headers()
    for name in ("user-agent", "accept-language"):
        expect(row(either_page, "headers", name).locator("td").first).to_have_text(sent[name])


def test_before_a_choice_the_app_sees_less_than_was_sent(either_page: Page, demo: Demo) -> None:
    either_page.goto(demo.url("/inspect?as=phone"))
    address = row(either_page, "address", "client").locator("td")
    expect(address.nth(0)).to_contain_text("203.0.113.77")
    expect(address.nth(1)).not_to_contain_text("203.0.113.77")
    expect(row(either_page, "address", "log").locator("td").nth(1)).not_to_contain_text("203.0.113.77")
    expect(row(either_page, "headers", "sec-ch-ua-model")).to_have_attribute("data-state", "hidden")
    expect(row(either_page, "headers", "user-agent").locator("td").nth(1)).not_to_contain_text("SM-S918B")
    expect(row(either_page, "known", "device_model").locator("td").last).to_have_text("nothing")


def test_it_tells_what_became_of_the_cookies_in_its_own_answer(either_page: Page, demo: Demo) -> None:
    either_page.goto(demo.url("/inspect"))
    expect(row(either_page, "answers", "visitor_id")).to_have_attribute("data-outcome", "blocked")
    demo.choose(either_page, "accept-all")
    either_page.context.clear_cookies(name="visitor_id")
    either_page.goto(demo.url("/inspect"))
    expect(row(either_page, "answers", "visitor_id")).to_have_attribute("data-outcome", "sent")
    either_page.goto(demo.url("/inspect"))
    expect(row(either_page, "cookies", "visitor_id")).to_have_attribute("data-state", "same")


def test_a_carriers_identifier_is_hidden_even_when_all_is_allowed(either_page: Page, demo: Demo) -> None:
    either_page.goto(demo.url())
    demo.choose(either_page, "accept-all")
    either_page.goto(demo.url("/inspect?as=phone"))
    expect(row(either_page, "headers", "x-uidh")).to_have_attribute("data-state", "hidden")
    expect(row(either_page, "headers", "user-agent")).to_have_attribute("data-state", "same")


def test_it_shows_no_cookie_whole_that_would_sign_anyone_in(page: Page, demo: Demo) -> None:
    demo.sign_up(page)
    page.goto(demo.url("/inspect"))
    expect(row(page, "cookies", "console_session")).to_have_attribute("data-state", "same")
    assert demo.cookies(page)["console_session"] not in page.content()
