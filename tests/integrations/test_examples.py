"""Every example keeps its counter's cookie back until it is allowed, and shows the banner in its pages."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import httpx
import pytest
from django.test import override_settings

from consent_middleware.asgi import ASGIApp, Message
from consent_middleware.audit.serving import load_app
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
SHOPS = ["starlette", "fastapi", "litestar", "quart", "django", "blacksheep", "falcon"]
NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
FORM = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that was started as servers start one."""
    said: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()

    async def live() -> None:
        await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, said.get, told.put)

    lifespan = asyncio.create_task(live())
    await said.put({"type": "lifespan.startup"})
    starting = asyncio.create_task(told.get())
    await asyncio.wait({starting, lifespan}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.localhost") as client:
        yield client
    await said.put({"type": "lifespan.shutdown"})
    starting.cancel()
    await asyncio.wait({lifespan}, timeout=PATIENCE)


async def accept(client: httpx.AsyncClient) -> None:
    answer = await client.post("/-/privacy/choice", data={"action": "accept-all"}, headers=FORM)
    assert answer.status_code == 303


async def keep_to_the_choice(shop: str) -> None:
    async with running(load_app(f"examples.{shop}_shop:app")) as client:
        page = await client.get("/", headers=NAVIGATION)
        assert page.status_code == 200
        assert 'id="privacy-consent-ui"' in page.text
        assert set(client.cookies) == {"sessionid"}
        missing = await client.get("/no-such-page", headers=NAVIGATION)
        assert missing.status_code == 404
        await accept(client)
        page = await client.get("/", headers=NAVIGATION)
        assert 'id="privacy-consent-ui"' not in page.text
        assert {"sessionid", "_ga", "privacy"} == set(client.cookies)


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop_in_each_framework_keeps_to_the_choice(shop: str) -> None:
    # A process has one Django: the example sets it up, unless another test has done so for itself.
    importlib.import_module(f"examples.{shop}_shop")
    with override_settings(ROOT_URLCONF="examples.django_shop", MIDDLEWARE=[]) if shop == "django" else nullcontext():
        asyncio.run(keep_to_the_choice(shop))


def test_a_static_site_asks_in_its_pages() -> None:
    async def visit() -> None:
        async with running(load_app("examples.static_site:app")) as client:
            for path in ("/", "/about.html"):
                assert 'id="privacy-consent-ui"' in (await client.get(path, headers=NAVIGATION)).text
            await accept(client)
            assert 'id="privacy-consent-ui"' not in (await client.get("/", headers=NAVIGATION)).text

    asyncio.run(visit())


def test_a_single_page_app_is_told_by_its_api() -> None:
    async def visit() -> None:
        async with running(load_app("examples.single_page:app")) as client:
            assert 'id="privacy-consent-ui"' in (await client.get("/", headers=NAVIGATION)).text
            assert (await client.get("/api/counting")).json() == {"counting": False}
            assert "_ga" not in client.cookies
            await accept(client)
            assert (await client.get("/api/counting")).json() == {"counting": True}
            assert "_ga" in client.cookies

    asyncio.run(visit())


def test_a_partial_gets_no_banner_and_sets_nothing_either() -> None:
    async def visit() -> None:
        async with running(load_app("examples.htmx_partials:app")) as client:
            assert 'id="privacy-consent-ui"' in (await client.get("/", headers=NAVIGATION)).text
            headers = {"HX-Request": "true", "Sec-Fetch-Dest": "empty"}
            partial = await client.get("/things", headers=headers)
            assert partial.text == "<ul><li>Lantern</li></ul>"
            assert "_ga" not in client.cookies

    asyncio.run(visit())


def test_every_example_is_listed() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "examples").glob("*.py")} - {"__init__.py"}
    assert [name for name in sorted(files) if name not in text] == []
    assert importlib.import_module("examples").__doc__
