"""What a team breaks, its tests with the plugin find, and say so that a reader knows what to do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext

from consent_middleware.asgi import ASGIApp
from consent_middleware.testing import ConsentFailure, Privacy, serve_app
from consent_middleware.testing.states import Start
from demo_site.tracker import make_tracker
from e2e import faults
from e2e.demo import CONSOLE, TRACKER
from e2e.serving import served

Fault = Callable[[ASGIApp, str], ASGIApp]
NewVisitor = Callable[..., Privacy]


@pytest.fixture
def broken_by(
    tmp_path_factory: pytest.TempPathFactory, new_context: Callable[..., BrowserContext], browser: Browser
) -> Iterator[Callable[..., Privacy]]:
    """``broken_by(fault, gpc=False)``: a visitor of a console with that fault."""
    with ExitStack() as stack:

        def visit(fault: Fault, *, gpc: bool = False) -> Privacy:
            tracker = stack.enter_context(served(make_tracker())).url(TRACKER)
            console = faults.broken_console(tmp_path_factory.mktemp("demo"), tracker, fault)
            site = stack.enter_context(serve_app(console, host=CONSOLE))
            return Privacy(site, new_context, Start(gpc=gpc), browser_version=browser.version)

        yield visit


def a_first_visit(privacy: Privacy) -> None:
    privacy.goto("/")
    privacy.expect_everything_allowed()


def a_refusal(privacy: Privacy) -> None:
    privacy.goto("/")
    privacy.reject_all()


def a_selection(privacy: Privacy) -> None:
    privacy.goto("/")
    privacy.save({"preference"})


def a_withdrawal(privacy: Privacy) -> None:
    privacy.goto("/")
    privacy.accept_all()
    privacy.goto("/")
    privacy.withdraw()
    privacy.goto("/")
    privacy.expect_cookies_allowed()


def a_record(privacy: Privacy) -> None:
    privacy.goto("/")
    privacy.reject_all()
    privacy.recorded_choice()


FOUND = [
    (
        faults.counts_past_the_middleware,
        a_first_visit,
        [
            "1 cookie kept that the visitor did not allow",
            "_ga (console.localhost)",
            "analytics",
            "came after goto /",
            "→",
        ],
    ),
    (
        faults.takes_a_refusal_for_consent,
        a_refusal,
        ["reject-all: the site holds another choice than the visitor made", "not by the visitor: analytics, device"],
    ),
    (
        faults.embeds_a_pixel_past_the_middleware,
        a_first_visit,
        ["1 third party asked", "tracker.localhost", "the service tallymark", "pixel.gif", "during goto /"],
    ),
    (
        faults.keeps_a_cookie_after_a_withdrawal,
        a_withdrawal,
        ["1 cookie kept", "visitor: withdrawn", "visitor_id (console.localhost)", "came after accept_all"],
    ),
    (
        faults.hides_reject,
        a_refusal,
        ["reject-all: no visible control for it on http://console.localhost", "visible controls: accept-all, manage"],
    ),
    (
        faults.stores_an_identifier,
        a_first_visit,
        ["1 stored key", "_hjSessionUser_1 (localStorage of http://console.localhost", "privacy.allows"],
    ),
    (faults.forgets_the_choice, a_refusal, ["the visitor's choice is forgotten at once"]),
    (faults.writes_a_cookie_by_script, a_first_visit, ["1 cookie kept", "_fbp", "A script may have written it"]),
    (faults.ticks_in_advance, a_selection, ["ticked before the visitor chose: analytics"]),
    (
        faults.asks_for_the_device,
        a_first_visit,
        ["learned more of the visitor's device or network", "Accept-CH: Sec-CH-UA-Model"],
    ),
    (
        faults.keeps_the_whole_user_agent,
        a_first_visit,
        ["learned more of the visitor's device or network", "header x-seen-by-edge", "the exact version"],
    ),
]


@pytest.mark.parametrize(("fault", "flow", "said"), FOUND, ids=[fault.__name__ for fault, _, _ in FOUND])
def test_a_console_that(broken_by: NewVisitor, fault: Fault, flow: Callable[[Privacy], None], said: list[str]) -> None:
    privacy = broken_by(fault)
    with pytest.raises(ConsentFailure) as caught:
        flow(privacy)
    message = str(caught.value)
    assert [part for part in said if part not in message] == [], message


def test_a_console_that_drops_the_signal(broken_by: NewVisitor) -> None:
    with pytest.raises(ConsentFailure, match="Does something in front of the middleware drop or add Sec-GPC"):
        a_record(broken_by(faults.drops_the_signal, gpc=True))


@pytest.mark.parametrize("flow", [a_first_visit, a_refusal, a_selection, a_withdrawal, a_record])
def test_a_console_that_is_whole_passes(broken_by: NewVisitor, flow: Callable[[Privacy], None]) -> None:
    flow(broken_by(lambda console, tracker: faults.Meddling(console)))
