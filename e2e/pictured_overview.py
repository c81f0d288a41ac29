"""A shop after a month, for the picture of the team's overview: choices in weekly waves, and a page that stores undeclared things."""

import asyncio
import math
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.ledger import ChoiceRecord, Ledger
from e2e.serving import Site, served

_KEY = "a key for pictures only"
_TOKEN = "a token that is long enough"
_OVERVIEW = "/-/privacy/overview"
_DAY = 86_400
_OPTIONAL = ("preference", "analytics", "marketing", "network", "device")
_POLICY = '[site]\nname = "Lantern Shop"\nlanguages = ["en", "de"]\n[[versions]]\nversion = "2026-11"\neffective = 2026-11-01\n'
# In turns.
_ANSWERS = ("accept-all", "reject-all", "save", "reject-all", "accept-all", "reject-all", "accept-all")
_HOME = """<!doctype html><html lang="en"><head><title>Shop</title></head><body><p>Hello</p>
<img src="https://pixel.unknown.example/p.gif" alt=""><script>
localStorage.setItem("basket", "3"); sessionStorage.setItem("last-lamp", "7"); indexedDB.open("offline");
</script></body></html>"""


async def _home(request: Request) -> HTMLResponse:
    response = HTMLResponse(_HOME)
    response.set_cookie("zzz", "1")
    return response


def _choice(days_ago: int, number: int) -> ChoiceRecord:
    action = _ANSWERS[number % len(_ANSWERS)]
    allowed = {"accept-all": _OPTIONAL, "reject-all": ()}.get(action, _OPTIONAL[: 1 + number % 2])
    return ChoiceRecord(
        record_id=uuid.uuid4().hex,
        consent_id=uuid.uuid4().hex[:16],
        chosen_at=int(time.time()) - days_ago * _DAY,
        policy_version="2026-11",
        policy_digest="q1Zc",
        language="de" if number % 4 == 0 else "en",
        method="form",
        action=action,
        allowed=tuple(allowed),
        refused=tuple(name for name in _OPTIONAL if name not in allowed),
        gpc=number % 19 == 0,
        precedence="latest",
        layer="banner",
        shown="0" * 64,
    )


async def _fill(url: str) -> None:
    ledger = Ledger(url, secret_keys=[_KEY])
    for days_ago in range(30):
        for number in range(round(45 + 20 * math.sin(days_ago * math.tau / 7))):
            await ledger.append(_choice(days_ago, number))
    await ledger.stop()


@contextmanager
def month_of_a_shop() -> Iterator[Site]:
    """Serve it."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'consent.db'}"
        # Playwright's own event loop runs on this thread.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(_fill(url))).result()
        app = Starlette(routes=[Route("/{path:path}", _home)])
        with served(
            ConsentMiddleware(app, policy=Policy.parse(_POLICY), secret_key=_KEY, ledger=url, overview_token=_TOKEN)
        ) as site:
            yield site


def open_overview(page: Page, site: Site) -> None:
    """Visit the shop, which leaves traces, and sign in to the overview."""
    home = site.url("localhost")
    page.goto(f"{home}/start")
    page.goto(home + _OVERVIEW)
    page.get_by_label("Token").fill(_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Choices", exact=True).wait_for()
