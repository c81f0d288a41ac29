"""A browser that sends Global Privacy Control."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consent_middleware import ConsentMiddleware
from consent_middleware.testing import ConsentSite, Privacy, serve_app
from e2e.visitor import TOKENS, banner, names_kept

LINES = ("_ga=1; Path=/; Max-Age=3600", "_fbp=1; Path=/; Max-Age=3600; HttpOnly")
"""One for analytics, and one for marketing, which the signal refuses."""

signal = pytest.mark.consent_state("nothing chosen", gpc=True, javascript=False)


async def page_that_counts(request: Request) -> HTMLResponse:
    response = HTMLResponse(f"<!doctype html><title>Shop</title><h1>{' '.join(sorted(request.cookies))}</h1>")
    response.raw_headers += [(b"set-cookie", line.encode()) for line in LINES]
    return response


@pytest.fixture(scope="module")
def consent_site() -> Iterator[ConsentSite]:
    app = ConsentMiddleware(Starlette(routes=[Route("/", page_that_counts)]), secret_key="a key for tests")
    with serve_app(app, host="www.shop.localhost") as site:
        yield site


def seen_by_app(privacy: Privacy) -> set[str]:
    page = privacy.goto("/")
    return set(page.get_by_role("heading", level=1).inner_text().split()) - TOKENS


@signal
def test_the_banner_says_that_the_signal_is_honored(privacy: Privacy) -> None:
    page = privacy.goto("/")
    expect(banner(page)).to_contain_text("Opt-Out Request Honored")
    assert page.context.cookies() == []


@signal
def test_accepting_all_while_it_is_sent_is_a_choice_of_its_own(privacy: Privacy) -> None:
    privacy.accept_all()
    privacy.goto("/")
    assert seen_by_app(privacy) == {"_ga", "_fbp"}
    privacy.withdraw()
    privacy.expect_everything_allowed()
    assert names_kept(privacy.context) == set()


@pytest.mark.consent_state("accepted", javascript=False)
def test_it_hides_what_an_older_choice_allowed_and_deletes_nothing(privacy: Privacy) -> None:
    privacy.goto("/")
    assert seen_by_app(privacy) == {"_ga", "_fbp"}
    privacy.context.set_extra_http_headers({"Sec-GPC": "1"})
    assert seen_by_app(privacy) == {"_ga"}
    assert names_kept(privacy.context) == {"_ga", "_fbp"}
    expect(privacy.page.locator('[data-privacy-ui="entry"]')).to_contain_text("Opt-Out Request Honored")
    privacy.context.clear_cookies(name="_fbp")
    assert seen_by_app(privacy) == {"_ga"}
    assert names_kept(privacy.context) == {"_ga"}
    privacy.context.set_extra_http_headers({})
    privacy.goto("/")
    assert seen_by_app(privacy) == {"_ga", "_fbp"}
