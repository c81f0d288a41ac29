"""Pages of other sites that try to choose for a visitor."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware
from e2e.serving import served
from e2e.visitor import choose

FORMS = {
    "plain": '<form method="post" action="{target}">{fields}<button>Go</button></form>',
    "text": '<form method="post" enctype="text/plain" action="{target}">{fields}<button>Go</button></form>',
    "multipart": '<form method="post" enctype="multipart/form-data" action="{target}">{fields}<button>Go</button></form>',
    "get": '<form method="get" action="{target}">{fields}<button>Go</button></form>',
}
FIELDS = '<input name="action" value="accept-all"><input name="next" value="/">'
FETCHES = """async (target) => {
  const body = new URLSearchParams({action: "accept-all"});
  const json = JSON.stringify({action: "accept-all"});
  const ways = [
    {mode: "no-cors", body},
    {mode: "cors", body},
    {mode: "no-cors", body: json},
    {mode: "cors", body: json, headers: {"Content-Type": "application/json"}},
    {mode: "no-cors", body, referrerPolicy: "no-referrer"},
  ];
  for (const way of ways) await fetch(target, {method: "POST", credentials: "include", ...way}).catch(() => 0);
  navigator.sendBeacon(target, body);
  await fetch(target, {mode: "no-cors", credentials: "include"});
}"""


async def shop_page(request: Request) -> HTMLResponse:
    return HTMLResponse("<!doctype html><title>Shop</title><p>Hello")


async def hostile_page(request: Request) -> HTMLResponse:
    target = request.query_params["target"]
    form = FORMS[request.query_params.get("form", "plain")].format(target=target, fields=FIELDS)
    policy = request.query_params.get("referrer", "strict-origin-when-cross-origin")
    return HTMLResponse(f"<!doctype html><title>Other</title>{form}", headers={"referrer-policy": policy})


@pytest.fixture(
    scope="module",
    params=[
        (True, "www.shop.localhost", "other.localhost"),
        (True, "www.shop.localhost", "sibling.shop.localhost"),
        (False, "www.shop.test", "sibling.shop.test"),
    ],
    ids=["https, another site", "https, a sibling host", "http, a sibling host"],
)
def places(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The shop's address, and the address of the other site's page."""
    https, shop, other = request.param
    app = ConsentMiddleware(Starlette(routes=[Route("/", shop_page)]), secret_key="a key for tests")
    with served(app, https=https) as site, served(Starlette(routes=[Route("/", hostile_page)]), https=https) as hostile:
        yield site.url(shop), hostile.url(other)


def state_of(page: Page, shop: str) -> dict[str, Any]:
    """What the shop's server says of this visitor, and what their browser keeps."""
    tab = page.context.new_page()
    answer = tab.goto(f"{shop}/-/privacy/choice")
    assert answer is not None
    state: dict[str, Any] = answer.json()
    tab.close()
    return {**state, "cookies": page.context.cookies()}


def test_a_form_of_another_site_chooses_nothing(page: Page, places: tuple[str, str]) -> None:
    shop, other = places
    for more in ("", "&form=text", "&form=multipart", "&form=get", "&referrer=no-referrer"):
        page.goto(f"{other}/?target={shop}/-/privacy/choice{more}")
        with page.expect_response(lambda response: "/choice" in response.url) as answered:
            page.get_by_role("button").click()
        assert answered.value.status == (200 if more == "&form=get" else 403), more
    assert not state_of(page, shop)["choice_made"]
    assert page.context.cookies() == []


def test_a_script_of_another_site_chooses_nothing(page: Page, places: tuple[str, str]) -> None:
    shop, other = places
    page.goto(shop)
    choose(page, "reject-all")
    before = state_of(page, shop)
    page.goto(f"{other}/?target={shop}/-/privacy/choice")
    with page.expect_request(lambda request: request.method == "POST"):
        page.evaluate(FETCHES, f"{shop}/-/privacy/choice")
    assert state_of(page, shop) == before


def test_another_site_cannot_frame_the_choices(page: Page, places: tuple[str, str]) -> None:
    shop, other = places
    page.goto(f"{other}/?target={shop}")
    # On plain http nothing tells a frame from a page; the app's own headers have to say who may frame its pages.
    paths = ["/-/privacy/preferences", "/"] if shop.startswith("https:") else ["/-/privacy/preferences"]
    for path in paths:
        add = "(url) => document.body.append(Object.assign(document.createElement('iframe'), {src: url}))"
        page.evaluate(add, f"{shop}{path}")
    page.wait_for_load_state("networkidle")
    for frame in page.frames[1:]:
        assert frame.locator("[data-privacy-action]").count() == 0
