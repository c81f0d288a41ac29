"""The demo for end-to-end tests: the console and the tracker, each under its own name, in a visitor's browser."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Locator, Page, expect

from demo_site.assembly import assemble
from demo_site.tracker import make_tracker
from e2e.serving import Site, served
from tests.waiting import PATIENCE

CONSOLE, TRACKER = "console.localhost", "tracker.localhost"
COUNTING = {"_ga", "_ga_DEMO", "visitor_id", "_fbp"}
"""What the console sets for every browser that nobody protects."""
PASSWORD = "correct horse battery"


class Demo:
    """Both sites, and what a visitor does on the console."""

    def __init__(self, console: Site, tracker: Site) -> None:
        self.console = console
        self.tracker = tracker

    def url(self, path: str = "/") -> str:
        return self.console.url(CONSOLE, path)

    def received(self) -> list[dict[str, str]]:
        """Every request the tracker has got."""
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            found: list[dict[str, str]] = client.get(self.tracker.url(path="/received")).json()
        return found

    def forget(self) -> None:
        """Empty the tracker's list."""
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            client.post(self.tracker.url(path="/forget"))

    def cookies(self, page: Page, host: str = CONSOLE) -> dict[str, str]:
        """What the browser keeps for a host, HttpOnly cookies too, but not our own record of the choice."""
        kept = page.context.cookies()
        return {
            cookie["name"]: cookie["value"]
            for cookie in kept
            if cookie["domain"] == host and not is_choice(cookie["name"])
        }

    def choose(self, page: Page, action: str) -> None:
        """Press a button of the banner."""
        banner(page).locator(f'[data-privacy-action="{action}"]').click()
        expect(banner(page)).to_be_hidden()

    def select(self, page: Page, *purposes: str) -> None:
        """Allow just these purposes, in the preference center."""
        page.goto(self.url("/-/privacy/preferences"))
        center = page.locator('[data-privacy-ui="preferences"]')
        differs = False
        for switch in center.locator("[data-privacy-purpose]").all():
            wanted = switch.get_attribute("data-privacy-purpose") in purposes
            differs |= switch.is_checked() != wanted
            switch.set_checked(wanted)
        # With JavaScript a page stays where nothing changed; in every other case it is loaded anew.
        is_scripted = page.evaluate("'privacy' in window")
        with page.expect_navigation() if differs or not is_scripted else page.expect_response("**/choice"):
            center.locator('[data-privacy-action="save"]').click()

    def sign_up(self, page: Page) -> str:
        """Make an account and return its address."""
        address = f"{secrets.token_hex(4)}@example.com"
        page.goto(self.url("/sign-up"))
        page.locator("#email").fill(address)
        page.locator("#password").fill(PASSWORD)
        page.locator("input[name=age]").check()
        page.locator("main form button").click()
        expect(page).to_have_url(self.url("/console"))
        return address

    def sign_in(self, page: Page, address: str) -> None:
        page.goto(self.url("/sign-in"))
        page.locator("#email").fill(address)
        page.locator("#password").fill(PASSWORD)
        page.locator("main form button").click()
        expect(page).to_have_url(self.url("/console"))


@contextmanager
def demo_console(folder: Path) -> Iterator[Demo]:
    """Serve the demo from an empty folder until the block ends."""
    with served(make_tracker()) as tracker:
        key = "a key for tests, long enough to sign with"
        app = assemble(data=folder, tracker=tracker.url(TRACKER), secret_key=key)
        with served(app) as console:
            yield Demo(console, tracker)


def banner(page: Page) -> Locator:
    return page.locator("#privacy-consent-ui")


def hosts_asked(page: Page) -> set[str]:
    """A set that grows with every host the page asks from now on."""
    hosts = set[str]()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    return hosts


def is_choice(name: str) -> bool:
    return "privacy" in name
