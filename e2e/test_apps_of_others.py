"""Observe, draft, enforce: on apps that others wrote, by a browser that signs in and works (docs/how-to/observe-then-enforce.md)."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from consent_middleware import Policy, classify
from e2e.browser import find_chromium
from e2e.serving import running, served
from e2e.visitor import banner, choose, names_kept, withdraw
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
COUNTER = "counter.localhost"
COUNTING = (
    'document.cookie = "_ga=GA1.1.1.1700000000; path=/; max-age=86400"; document.documentElement.dataset.counted = "1"'
)

Work = Callable[[Page, str], None]


def works_in_datasette(page: Page, address: str) -> None:
    """Sign in, add a row through a form with its token, read it, and sign out."""
    page.goto(f"{address}/-/login")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("nav")).to_contain_text("ada")
    page.goto(f"{address}/shop/add")
    page.get_by_label("name").fill("Lantern")
    page.get_by_role("button", name="Run SQL").click()
    expect(page.locator("body")).to_contain_text("1 row affected")
    page.goto(f"{address}/shop/things")
    expect(page.locator("table")).to_contain_text("Lantern")
    page.goto(f"{address}/-/logout")
    page.get_by_role("button", name="Log out").last.click()
    page.goto(f"{address}/shop/add")
    expect(page.locator("body")).to_contain_text("Forbidden")


def works_in_the_admin(page: Page, address: str) -> None:
    """Sign in, add a group, choose a theme, read the message of what was done, and sign out."""
    page.goto(f"{address}/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{address}/admin/auth/group/add/")
    name = f"Sellers {page.evaluate('Math.random()')}"
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    expect(page.locator("#result_list")).to_contain_text(name)
    page.locator("button.theme-toggle").first.click()
    theme = page.evaluate("document.documentElement.dataset.theme")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("body")).to_contain_text("Logged out")


APPS: dict[str, tuple[str, str, str, Work]] = {
    "Datasette": ("examples.datasette_site:app", "/shop", "ds_actor", works_in_datasette),
    "Django's admin": ("examples.django_admin:app", "/admin/login/", "sessionid", works_in_the_admin),
}
"""Each with a page for everybody, and the cookie of somebody who is signed in."""


@pytest.fixture(scope="module")
def counter() -> Iterator[str]:
    """A third party that nobody knows, whose script sets a counter's cookie in the page."""

    async def script(request: Request) -> Response:
        return Response(COUNTING, media_type="text/javascript")

    with served(Starlette(routes=[Route("/count.js", script)])) as site:
        yield site.url(COUNTER, "/count.js")


@contextmanager
def serving(app: str, **environment: str) -> Iterator[str]:
    port = free_port()
    settings = [f"{name}={value}" for name, value in environment.items()]
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log"]
    with running("env", *settings, *command, url=f"http://127.0.0.1:{port}", cwd=ROOT):
        yield f"http://shop.localhost:{port}"


def consent_middleware(*arguments: str | Path) -> str:
    """Run the command; return what it said. A finding of an audit makes 1 of its exit code."""
    chromium = find_chromium()
    environment = {**os.environ, **({"CHROMIUM": chromium} if chromium else {})}
    command = [sys.executable, "-m", "consent_middleware", *map(str, arguments)]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert told.returncode in (0, 1), told.stderr
    return told.stdout


@pytest.mark.parametrize("name", APPS)
def test_an_app_of_others_is_observed_then_enforced_and_nothing_in_it_breaks(
    name: str, counter: str, page: Page, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    app, public, sign_in, works = APPS[name]
    database = f"sqlite:///{tmp_path}/consent.db"

    # Observe: the app is as it was, and counts everybody.
    with serving(app, CONSENT_MODE="observe", COUNTER=counter, DATABASE_URL=database, TMPDIR=str(tmp_path)) as address:
        works(page, address)
        assert "_ga" in names_kept(page.context)
        expect(banner(page)).to_have_count(0)
        consent_middleware("audit", f"{address}{public}", "--quick", "--pages", "2", "--json", tmp_path / "audit.json")

    # The gates saw somebody signed in, which no audit of a public page does.
    consent_middleware("init", "--from-inventory", database, "--site", address, "--output", tmp_path / "seen.toml")
    assert sign_in in (tmp_path / "seen.toml").read_text()
    assert sign_in not in (tmp_path / "audit.json").read_text()
    assert classify(sign_in, policy=Policy.load(tmp_path / "seen.toml")).rule.startswith("policy:")

    # Draft: the one thing that only the site's owner can know is a question.
    consent_middleware("init", tmp_path / "audit.json", "--output", tmp_path / "consent.toml")
    drafted = (tmp_path / "consent.toml").read_text()
    assert f"# TODO: who is {COUNTER}" in drafted
    own, mark, third_parties = drafted.partition("# Third parties.")
    third_parties = re.sub(r"# (\[\[services\]\]|id = .*|hosts = .*)", r"\1", third_parties)
    answered = own + mark + third_parties.replace('# purpose = "…"', 'purpose = "analytics"')
    policy = tmp_path / "consent.toml"
    policy.write_text('csp = "enforce"\n' + answered)
    checked = json.loads(consent_middleware("check", policy, "--json"))
    assert checked[0]["fine"]
    assert Policy.load(policy).services

    # Enforce: people work as before, and are counted only while they allow it.
    with serving(app, CONSENT_POLICY=str(policy), COUNTER=counter, TMPDIR=str(tmp_path)) as address:
        visitor = new_context().new_page()
        errors: list[str] = []
        visitor.on("pageerror", lambda error: errors.append(str(error)))
        visitor.goto(f"{address}{public}")
        expect(banner(visitor)).to_be_visible()
        works(visitor, address)
        assert "_ga" not in names_kept(visitor.context)
        visitor.goto(f"{address}{public}")
        choose(visitor, "accept-all")
        expect(visitor.locator("html[data-counted]")).to_have_count(1)
        works(visitor, address)
        assert "_ga" in names_kept(visitor.context)
        visitor.goto(f"{address}{public}")
        withdraw(visitor)
        works(visitor, address)
        assert "_ga" not in names_kept(visitor.context)
        assert errors == []
