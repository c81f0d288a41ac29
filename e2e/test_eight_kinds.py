"""Eight kinds of analytics cookie, which an app sets from the server on every page, in a real browser's own store."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from consent_middleware import Policy
from e2e.serving import Site, running, served
from e2e.shop import DECLARED, HOST, NAMES, shop
from e2e.visitor import TOKENS, choose, names_deleted, names_kept, press, withdraw
from tests.ports import LOOPBACK, free_port

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", params=[True, False], ids=["https", "http"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with served(shop(), https=request.param) as running_site:
        yield running_site


def stored(context: BrowserContext) -> set[str]:
    """Names in the browser's store, asked by the browser's own protocol and, to compare, by Playwright."""
    session = context.new_cdp_session(context.pages[0])
    by_protocol = {cookie["name"] for cookie in session.send("Network.getAllCookies")["cookies"]} - TOKENS
    session.detach()
    assert by_protocol == names_kept(context)
    return by_protocol


def browse(page: Page, site: Site) -> None:
    for path in ("/", "/p/1", "/checkout"):
        page.goto(site.url(HOST, path))


def test_none_is_stored_before_a_choice_all_after_it_and_none_after_a_withdrawal(either_page: Page, site: Site) -> None:
    page = either_page
    browse(page, site)
    assert page.context.cookies() == []
    choose(page, "accept-all")
    browse(page, site)
    assert stored(page.context) == NAMES
    answer = withdraw(page)
    assert names_deleted(answer) == NAMES
    assert stored(page.context) == set()
    browse(page, site)
    assert stored(page.context) == set()


def accept_here(page: Page, site: Site) -> None:
    page.goto(site.url(HOST))
    choose(page, "accept-all")
    browse(page, site)
    assert stored(page.context) == NAMES


def withdraw_there(page: Page, site: Site) -> None:
    """Withdraw on a page that no cookie's own path covers, where nothing tells the process of them but what it was given."""
    page.goto(site.url(HOST, "/-/privacy/preferences"))
    with page.expect_response(lambda response: response.request.method == "POST") as posted:
        page.locator('[data-privacy-action="reject-all"]').click()
    assert names_deleted(posted.value) == NAMES
    page.wait_for_load_state()
    assert stored(page.context) == set()


def test_a_withdrawal_works_after_a_restart_by_what_the_ledger_remembers(page: Page, tmp_path: Path) -> None:
    ledger = f"sqlite:///{tmp_path}/consent.db"
    with served(shop(ledger=ledger), https=True) as before:
        accept_here(page, before)
    with served(shop(ledger=ledger, lines=()), https=True) as after:
        withdraw_there(page, after)


def test_a_withdrawal_works_after_a_restart_by_what_the_policy_declares(page_without_javascript: Page) -> None:
    page = page_without_javascript
    policy = Policy.parse(DECLARED)
    with served(shop(policy), https=True) as before:
        accept_here(page, before)
    with served(shop(policy, lines=()), https=True) as after:
        withdraw_there(page, after)


def test_a_withdrawal_works_in_another_process_that_is_told_of_no_start(page: Page, tmp_path: Path) -> None:
    """Frameworks without lifespan (Django) never say when they start or stop."""
    ledger = f"sqlite:///{tmp_path}/consent.db"
    with served(shop(ledger=ledger)) as before:
        accept_here(page, before)
    after = Site(scheme="http", port=free_port())
    # SQLAlchemy's import may take a busy machine longer than a choice waits for the ledger.
    program = f"""
import aiosqlite, sqlalchemy.ext.asyncio, uvicorn
from e2e.shop import shop
uvicorn.run(shop(ledger={ledger!r}, lines=()), port={after.port}, lifespan="off", log_level="warning")
"""
    with running(sys.executable, "-c", program, url=after.url(LOOPBACK), cwd=ROOT):
        withdraw_there(page, after)


ODD = (
    "_gat=1; Max-Age=3600",
    "_hjSession_1=1; Path=/p/; Max-Age=3600; SameSite=Strict",
    "_pk_id.1.abcd=1; Path=/Checkout; Expires=Fri, 31 Dec 2027 23:59:59 GMT",
    "__utma=1; path=/; DOMAIN=.Shop.Localhost; max-age=3600",
    "_parsely_visitor=1; Path=/; Max-Age=3600; Secure",
    "_ga=1; Path=/; Max-Age=3600",
    "_ga=1; Path=/p; Max-Age=3600",
    "_ga=1; Path=/; Domain=shop.localhost; Max-Age=3600",
    "_ga=1; Path=/; Domain=www.shop.localhost; Max-Age=3600",
    "_ga=1; Path=/; Max-Age=3600; Secure; SameSite=None; Partitioned",
)


@pytest.mark.parametrize("https", [True, False], ids=["https", "http"])
def test_cookies_of_one_name_in_many_places_and_of_odd_paths_go_too(page: Page, https: bool) -> None:
    with served(shop(lines=ODD), https=https) as site:
        page.goto(site.url(HOST, "/p/q/r"))
        choose(page, "accept-all")
        # Our token, and `_gat` once more, at "/": set without a Path by the answer to the browser's own /favicon.ico.
        assert len(page.context.cookies()) in (len(ODD) + 1, len(ODD) + 2)
        page.goto(site.url(HOST, "/-/privacy/preferences"))
        press(page, "reject-all")
        assert stored(page.context) == set()


def test_the_token_is_short_hidden_from_scripts_and_set_only_by_a_choice(either_page: Page, site: Site) -> None:
    page = either_page
    browse(page, site)
    page.goto(site.url(HOST, "/-/privacy/preferences"))
    page.goto(site.url(HOST, "/-/privacy/cookies"))
    page.goto(site.url(HOST, "/-/privacy/choice"))
    assert page.context.cookies() == []
    page.goto(site.url(HOST))
    choose(page, "reject-all")
    (token,) = page.context.cookies()
    assert token["name"] == ("__Host-privacy" if site.scheme == "https" else "privacy")
    assert len(token["name"]) + len("=") + len(token["value"]) <= 128
    assert (token["httpOnly"], token["sameSite"], token["path"], token["domain"]) == (True, "Lax", "/", HOST)
    assert token["secure"] is (site.scheme == "https")
    browse(page, site)
    assert page.context.cookies() == [token]
