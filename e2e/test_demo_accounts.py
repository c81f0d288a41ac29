"""A choice on the demo console follows its account to another browser, and stays with it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.demo import Demo, banner, demo_console


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_console(tmp_path_factory.mktemp("accounts")) as console:
        yield console


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A second browser, with cookies of its own and without JavaScript."""
    return new_context(java_script_enabled=False).new_page()


def test_a_choice_follows_the_account_to_another_browser_and_its_data_stay_the_accounts(
    page: Page, phone: Page, demo: Demo
) -> None:
    address = demo.sign_up(page)
    demo.choose(page, "accept-all")
    phone.goto(demo.url())
    expect(banner(phone)).to_be_visible()
    demo.sign_in(phone, address)
    expect(banner(phone)).to_have_count(0)
    phone.goto(demo.url("/-/privacy/preferences"))
    expect(phone.locator('[data-privacy-ui="preferences"]')).to_contain_text("It was taken over from your account.")
    expect(phone.locator('[data-privacy-purpose="analytics"]')).to_be_checked()
    phone.goto(demo.url("/-/privacy/data"))
    expect(phone.locator('a[href*="/receipt/"]')).to_have_count(2)
    phone.goto(demo.url("/console"))
    phone.locator('form[action="/sign-out"] button').click()
    phone.goto(demo.url("/-/privacy/data"))
    expect(phone.locator("h1")).to_have_text("Please sign in")
    # A withdrawal on the phone, signed in again, reaches the other browser with its next page.
    demo.sign_in(phone, address)
    phone.goto(demo.url("/-/privacy/preferences"))
    phone.locator('[data-privacy-action="reject-all"]').click()
    page.context.clear_cookies(name="console_session")
    demo.sign_in(page, address)
    page.goto(demo.url("/-/privacy/preferences"))
    expect(page.locator('[data-privacy-purpose="analytics"]')).not_to_be_checked()
