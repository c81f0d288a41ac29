"""The browser and the sites that the other end-to-end tests take for granted."""

import signal

import pytest
from playwright.sync_api import Page
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from e2e.conftest import Serve

PAGE = "<!doctype html><title>plain</title><script>document.title = 'scripted'</script>"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """A page whose script changes its title, and whose cookie only a secure origin stores."""
    if scope["type"] != "http":
        return
    response = HTMLResponse(PAGE)
    if Request(scope).url.path == "/cookie":
        response.set_cookie("__Host-a", "1", secure=True, path="/")
    await response(scope, receive, send)


def test_a_page_runs_scripts(page: Page, serve: Serve) -> None:
    page.goto(serve(app).url())
    assert page.title() == "scripted"


def test_a_page_without_javascript_runs_none(page_without_javascript: Page, serve: Serve) -> None:
    page_without_javascript.goto(serve(app).url())
    assert page_without_javascript.title() == "plain"


@pytest.mark.parametrize("https", [False, True])
def test_a_name_below_localhost_stores_a_host_prefixed_cookie(page: Page, serve: Serve, https: bool) -> None:
    site = serve(app, https=https)
    page.goto(site.url("www.shop.localhost", "/cookie"))
    assert [cookie["name"] for cookie in page.context.cookies()] == ["__Host-a"]


def test_a_page_that_never_answers_ends_its_test_and_not_the_browser(page: Page) -> None:
    # As if the test's time were nearly over.
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    with pytest.raises(pytest.fail.Exception, match="was not over after"):
        page.evaluate("new Promise(() => 0)")
    assert page.evaluate("1 + 1") == 2
