"""Google's tags are told what they may do before they run, and again when a visitor chooses."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.testing import ConsentSite, Privacy, serve_app

POLICY = 'consent_mode = {analytics_storage = "preference"}\n'
SAID = "window.dataLayer.map((said) => [...said])"
HEAD = "<script>dataLayer.push('a tag of the page')</script>"


async def page_with_tags(request: Request) -> HTMLResponse:
    return HTMLResponse(f"<!doctype html><html><head>{HEAD}<title>Shop</title></head><body>Hello</body></html>")


@pytest.fixture(scope="module")
def consent_site() -> Iterator[ConsentSite]:
    app = Starlette(routes=[Route("/", page_with_tags)])
    governed = ConsentMiddleware(app, policy=Policy.parse(POLICY), secret_key="a key for tests")
    with serve_app(governed, host="www.shop.localhost") as site:
        yield site


def test_the_default_comes_first_and_an_update_follows_a_choice(privacy: Privacy) -> None:
    page = privacy.goto("/")
    first, *_ = page.evaluate(SAID)
    assert first[:2] == ["consent", "default"]
    states = first[2]
    assert states.pop("security_storage") == "granted"
    assert len(states) == 6
    assert set(states.values()) == {"denied"}
    privacy.accept_all()
    last = page.evaluate(SAID)[-1]
    assert last[:2] == ["consent", "update"]
    assert set(last[2].values()) == {"granted"}
    privacy.goto("/")
    assert set(page.evaluate(SAID)[0][2].values()) == {"granted"}
    privacy.withdraw()
    assert page.evaluate(SAID)[0][2]["analytics_storage"] == "denied"


@pytest.mark.consent_state("accepted")
def test_a_signal_that_only_scripts_see_is_honored(privacy: Privacy) -> None:
    privacy.page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page = privacy.goto("/")
    states = page.evaluate(SAID)[0][2]
    assert (states["ad_storage"], states["analytics_storage"]) == ("denied", "granted")
    assert not page.evaluate("privacy.allows('marketing')")
    assert page.evaluate("privacy.allows('analytics')")
