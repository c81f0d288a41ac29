"""The pytest plugin: fixtures and marks for tests of consent flows, on top of pytest-playwright.

Loaded by its entry point into every test run, so that nothing heavy is imported before a fixture is asked for.
"""

import os
from collections.abc import Awaitable, Callable, Collection, Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext as AsyncContext
    from playwright.sync_api import Browser, BrowserContext

    from ..ledger.records import ChoiceRecord
    from . import AsyncPrivacy, ConsentSite, Privacy
    from .states import Start

_STATES = (
    "consent_states(*states, gpc=…, javascript=…): run the test once in each state; without states, in all of them"
)
_STATE = "consent_state(state, gpc=False, javascript=True): start the visitor of this test in one state"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("consent", "consent flows")
    for name, meant in (
        ("url", "address of the deployed site (default: --base-url)"),
        ("app", "module:app to serve and test, in this process"),
        ("policy", "policy file of a deployed site"),
        ("ledger", "database URL of a deployed site's ledger"),
        ("prefix", "where the middleware's own pages are"),
    ):
        group.addoption(f"--consent-{name}", default=None, help=meant)
        parser.addini(f"consent_{name}", meant, default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _STATES)
    config.addinivalue_line("markers", _STATE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker("consent_states")
    if mark is None or "consent_start" not in metafunc.fixturenames:
        return
    from .states import starts

    found = starts(mark.args, **mark.kwargs)
    metafunc.parametrize("consent_start", found, indirect=True, ids=[str(start) for start in found])


@pytest.fixture(scope="session")
def consent_site(request: pytest.FixtureRequest) -> "Iterator[ConsentSite]":
    """The site under test. Override it, or name an app or an address in the configuration."""
    from ..audit.serving import load_app
    from .site import ConsentSite, serve_app

    def setting(name: str) -> str | None:
        given = request.config.getoption(f"--consent-{name}") or request.config.getini(f"consent_{name}")
        return str(given) if given else None

    app = setting("app")
    if app is not None:
        with serve_app(load_app(app)) as served:
            yield served
        return
    url = setting("url") or getattr(request.config.option, "base_url", None)
    if not url:
        raise pytest.UsageError(
            "Which site? Set consent_app = module:app or consent_url = https://… in pytest's configuration, pass "
            "--consent-url, or write a fixture of your own called consent_site."
        )
    yield ConsentSite.at(
        url,
        policy=setting("policy"),
        secret_key=os.environ.get("CONSENT_SECRET_KEY"),
        prefix=setting("prefix") or "/-/privacy",
        ledger=setting("ledger"),
    )


@pytest.fixture
def consent_start(request: pytest.FixtureRequest) -> "Start":
    """The state this test's visitor begins in: a mark's, or nothing chosen."""
    from .states import Start, starts

    if hasattr(request, "param"):
        start: Start = request.param
        return start
    mark = request.node.get_closest_marker("consent_state")
    return starts(mark.args, **mark.kwargs)[0] if mark is not None else Start()


@pytest.fixture
def new_privacy(
    consent_site: "ConsentSite", new_context: "Callable[..., BrowserContext]", browser: "Browser"
) -> "Callable[..., Privacy]":
    """``new_privacy(state="nothing chosen", gpc=False, javascript=True)``: one more visitor, in a browser of their own."""
    from .privacy import Privacy
    from .states import starts

    def make(
        state: "str | Collection[str]" = "nothing chosen", *, gpc: bool = False, javascript: bool = True
    ) -> Privacy:
        (start,) = starts([state], gpc=gpc, javascript=javascript)
        return Privacy(consent_site, new_context, start, browser_version=browser.version)

    return make


@pytest.fixture
def privacy(
    consent_site: "ConsentSite",
    new_context: "Callable[..., BrowserContext]",
    browser: "Browser",
    consent_start: "Start",
) -> "Privacy":
    """A visitor of the site under test, in the state that the test's mark names."""
    from .privacy import Privacy

    return Privacy(consent_site, new_context, consent_start, browser_version=browser.version)


@pytest.fixture
def async_privacy(
    consent_site: "ConsentSite",
    new_context: "Callable[..., Awaitable[AsyncContext]]",
    browser: "Browser",
    consent_start: "Start",
) -> "AsyncPrivacy":
    """The same for asynchronous tests (pytest-playwright-asyncio); its browser is opened by the first step."""
    from .async_privacy import AsyncPrivacy

    return AsyncPrivacy(consent_site, new_context, consent_start, browser_version=browser.version)


@pytest.fixture
def recorded_choice(privacy: "Privacy") -> "Callable[[], ChoiceRecord]":
    """``recorded_choice()``: what the ledger has of this visitor's newest choice."""
    return privacy.recorded_choice


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and report.when == "call":
        values = getattr(item, "funcargs", {})
        for name in ("privacy", "async_privacy"):
            if name in values:
                report.sections.append(("What the visitor did, and what came of it", values[name].flows.journal.text()))
    return report
