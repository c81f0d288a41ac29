"""The same recorder in a real PostgreSQL."""

import asyncio
import time

import pytest

from consent_middleware.telemetry import Event
from tests.driving import SAME_ORIGIN, call, mounted, page, scope_of, serving, token, visit_page
from tests.postgresql import Server
from tests.telemetry.test_recorder import CHROME, POLICY, TEXT, events, kept, recorder_of

pytestmark = pytest.mark.slow


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


def test_events_come_back_as_they_were_and_can_be_erased(url: str) -> None:
    middleware = mounted(page(), POLICY, ledger=url)
    cookie = token(POLICY, "analytics", "device", "network")
    consent_id = cookie.partition("=")[2][:16]
    other = token(POLICY, "analytics")
    with serving(middleware):
        visit_page(middleware, "/a?q=1", cookie=cookie, headers=[CHROME])
        visit_page(middleware, cookie=other)
        report = scope_of("/-/privacy/events", method="POST", cookie=cookie, headers=[*SAME_ORIGIN, TEXT])
        body = '{"path": "/%00a", "clicks": [["注册", 5000], ["b", 4000]]}'.encode()
        assert call(middleware, report, body).status == 204
        found = events(middleware, consent_id)
        assert [(event.kind, event.path, event.name) for event in found] == [
            ("click", "/\ufffda", "注册"),
            ("click", "/\ufffda", "b"),
            ("page-view", "/a", ""),
        ]
        assert found[2].details["browser"] == "Chrome"
        assert found[2].details["ip"] == "203.0.113.77"
        assert asyncio.run(recorder_of(middleware).erase(consent_id)) == 3
        assert kept(middleware) == 1
        assert asyncio.run(recorder_of(middleware).purge(time.time() + 91 * 86_400)) == 1
        assert kept(middleware) == 0
    assert recorder_of(middleware).dropped == 0


def test_two_processes_record_into_one_database(url: str) -> None:
    first, second = (mounted(page(), POLICY, ledger=url) for _ in range(2))
    cookie = token(POLICY, "analytics")
    with serving(first, second):
        for middleware in (first, second, first):
            visit_page(middleware, cookie=cookie)
        found: list[Event] = events(first, cookie.partition("=")[2][:16])
        assert len(found) == 2
        assert kept(second) == 3


def test_a_server_that_hangs_slows_no_page_and_loses_no_event(url: str, server: Server) -> None:
    middleware = mounted(page(), POLICY, ledger=url)
    cookie = token(POLICY, "analytics")
    with serving(middleware):
        visit_page(middleware, "/before", cookie=cookie)
        assert kept(middleware) == 1
        server.pause(True)
        try:
            began = time.perf_counter()
            for _ in range(20):
                visit_page(middleware, "/during", cookie=cookie)
            # One that waited for it would take five seconds.
            assert time.perf_counter() - began < 4.5
            # Long enough for the first batch to be on its way.
            time.sleep(1.5)
        finally:
            server.pause(False)
        assert kept(middleware) == 21


@pytest.mark.parametrize("size", [1, 1500])
def test_a_queue_of_any_length_is_flushed(url: str, size: int) -> None:
    middleware = mounted(page(), POLICY, ledger=url)
    cookie = token(POLICY, "analytics")
    with serving(middleware):
        for _ in range(size):
            visit_page(middleware, cookie=cookie)
        assert len(events(middleware, cookie.partition("=")[2][:16])) == size
