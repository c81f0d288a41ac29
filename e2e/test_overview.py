"""The team's page in a real browser: readable, usable with a keyboard alone, and without a word of style or script of its own."""

import asyncio
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware
from consent_middleware.ledger import ChoiceRecord, Ledger
from e2e.serving import Site

Serve = Callable[..., Site]
NewContext = Callable[..., BrowserContext]

TOKEN = "a token that is long enough"
KEY = "a key for tests only"
OVERVIEW = "/-/privacy/overview"
OPTIONAL = ("preference", "analytics", "marketing")


async def home(request: Request) -> HTMLResponse:
    response = HTMLResponse(
        '<!doctype html><html lang="en"><head><title>Shop</title></head><body><p>Hello</p>'
        '<img src="https://pixel.unknown.example/p.gif" alt=""></body></html>'
    )
    response.set_cookie("zzz", "1")
    return response


def choice(days_ago: int, action: str) -> ChoiceRecord:
    allowed = OPTIONAL if action == "accept-all" else () if action == "reject-all" else OPTIONAL[:1]
    return ChoiceRecord(
        record_id=uuid.uuid4().hex,
        consent_id=uuid.uuid4().hex[:16],
        chosen_at=int(time.time()) - days_ago * 86_400,
        policy_version="2026-11" if days_ago < 10 else "2026-10",
        policy_digest="q1Zc",
        language="en" if days_ago % 3 else "zh-Hans",
        method="form",
        action=action,
        allowed=allowed,
        refused=tuple(name for name in OPTIONAL if name not in allowed),
        gpc=False,
        precedence="latest",
        layer="banner",
        shown="0" * 64,
    )


@pytest.fixture
def site(serve: Serve, tmp_path: Path) -> str:
    """A shop with a month of choices."""
    url = f"sqlite:///{tmp_path / 'consent.db'}"

    async def fill() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        actions = ("accept-all", "reject-all", "save", "reject-all")
        for days_ago in range(30):
            for action in actions[: 1 + days_ago % 4]:
                await ledger.append(choice(days_ago, action))
        await ledger.stop()

    # Playwright's own event loop runs on this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(fill())).result()
    app = Starlette(routes=[Route("/{path:path}", home)])
    return serve(ConsentMiddleware(app, secret_key=KEY, ledger=url, overview_token=TOKEN)).url("localhost")


@pytest.fixture
def view(new_context: NewContext) -> Callable[..., Page]:
    def open_page(width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = new_context(viewport={"width": width, "height": height}, **options)
        return context.new_page()

    return open_page


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/start")
    page.goto(site + OVERVIEW)
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Choices", exact=True)).to_be_visible()


def test_without_javascript_one_signs_in_reads_charts_as_tables_and_signs_out(
    view: Callable[..., Page], site: str
) -> None:
    page = view(java_script_enabled=False)
    sign_in(page, site)
    page.get_by_text("Choices by day, as a table").click()
    expect(page.get_by_role("region", name="Choices by day, as a table").get_by_role("row")).to_have_count(31)
    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_text("choices in 7 days")).to_be_visible()
    expect(page.get_by_label("Lines that declare zzz")).to_contain_text('name = "zzz"')
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()
    page.goto(site + OVERVIEW)
    expect(page.get_by_label("Token")).to_be_visible()


def test_the_lines_are_copied_and_the_browser_has_nothing_to_complain_about(
    view: Callable[..., Page], site: str
) -> None:
    page = view(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, site)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.reload()
    page.get_by_role("button", name="Copy the lines that declare pixel.unknown.example").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert 'hosts = ["pixel.unknown.example"]' in copied
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_contrast_is_enhanced(view: Callable[..., Page], site: str, scheme: str) -> None:
    page = view(color_scheme=scheme)
    page.goto(site + OVERVIEW)
    options = {"resultTypes": ["violations"], "rules": {"color-contrast-enhanced": {"enabled": True}}}
    assert Axe().run(page, options=options).response["violations"] == []
    sign_in(page, site)
    page.evaluate("document.querySelectorAll('details').forEach(element => element.open = true)")
    fills = "[0, 1, 2].map(place => getComputedStyle(document.querySelector(`.key .series-${place}`)).fill)"
    assert len({"rgb(0, 0, 0)", *page.evaluate(fills)}) == 4
    found = Axe().run(page, options=options).response
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []


def test_on_a_phone_the_numbers_have_the_room_and_not_the_bars(view: Callable[..., Page], site: str) -> None:
    page = view(360, 740)
    sign_in(page, site)
    tables = page.locator("table:has(.bar-cell)")
    assert tables.count() >= 3
    hidden = [
        table.evaluate("one => one.parentElement.scrollWidth - one.parentElement.clientWidth") for table in tables.all()
    ]
    assert hidden == [0] * len(hidden)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 256)])
def test_it_fits_a_phone_and_a_screen_at_400_percent(
    view: Callable[..., Page], site: str, width: int, height: int
) -> None:
    page = view(width, height)
    sign_in(page, site)
    page.evaluate("document.querySelectorAll('details').forEach(element => element.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg.chart").first.bounding_box()["height"] > 150  # type: ignore[index]
