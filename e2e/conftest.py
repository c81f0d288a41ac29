"""A real browser on this machine's Chromium, with and without JavaScript, and sites for it to visit."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from starlette.types import ASGIApp

from e2e.browser import find_chromium, launch_arguments
from e2e.serving import Site, served
from hatch_build import compile_catalogs
from tests import deadline
from tests.deadline import pytest_runtest_call, pytest_runtest_setup, pytest_runtest_teardown  # noqa: F401
from tests.ports import LOOPBACK

# As long as Playwright waits for everything else. What is only slow, on a busy machine, is no defect.
TIMEOUT = 30_000

Options = dict[str, Any]
Serve = Callable[..., Site]


def pytest_configure(config: pytest.Config) -> None:
    """Compile edited `.po` files before any test module is imported, so that no page shows yesterday's text."""
    deadline.configure(config)
    expect.set_options(timeout=TIMEOUT)
    compile_catalogs()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: Options) -> Options:
    """Launch the Chromium that `./dev` found, and Playwright's own where there is none."""
    arguments = [*browser_type_launch_args.get("args", []), *launch_arguments()]
    # Names below localhost count as secure even on plain http. These do not, as on a network of one's own.
    arguments.append(f"--host-resolver-rules=MAP *.test {LOOPBACK}")
    options = {**browser_type_launch_args, "args": arguments}
    path = find_chromium()
    return options if path is None else {**options, "executable_path": path}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: Options) -> Options:
    """Accept the throw-away certificate of `serve(app, https=True)`."""
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture
def page_without_javascript(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of a browser whose JavaScript is off."""
    return _page(new_context, javascript=False)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def either_page(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    """A page with and, in a second run of the same test, without JavaScript."""
    return _page(new_context, javascript=request.param)


def _page(new_context: Callable[..., BrowserContext], *, javascript: bool) -> Page:
    return new_context(java_script_enabled=javascript).new_page()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(app, https=False) -> Site`: run an app on loopback until the test ends."""
    with ExitStack() as stack:

        def start(app: ASGIApp, *, https: bool = False) -> Site:
            return stack.enter_context(served(app, https=https))

        yield start
