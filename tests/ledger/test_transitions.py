"""What happens to a choice without the visitor is recorded once, and only of visitors who chose."""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from consent_middleware import ConsentMiddleware
from consent_middleware.ledger import ChoiceRecord, Ledger
from consent_middleware.ledger.records import STATES, choice_of
from tests.driving import KEY, SAME_ORIGIN, App, call, get, mounted, scope_of, serving, token

POLICY = """
[site]
controller = "Example Ltd."
jurisdiction = "US-CA"
[[versions]]
version = "2026"
effective = 2026-01-01
"""
GPC = (b"sec-gpc", b"1")
NOW = 1_800_000_000.0
MONTH = 30 * 86_400


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/consent.db"


def site(url: str, policy: str = POLICY, **options: object) -> ConsentMiddleware:
    return mounted(App(), policy, ledger=url, **options)


def recorded(url: str, kinds: Iterable[str] = ("expiry", "signal")) -> list[ChoiceRecord]:
    async def read() -> list[ChoiceRecord]:
        ledger = Ledger(url, secret_keys=[KEY])
        found = [choice_of(stored.record) async for stored in ledger.records(tuple(kinds))]
        report = await ledger.verify()
        await ledger.stop()
        assert not report.problems
        return found

    return asyncio.run(read())


def chosen(*allow: str, policy: str = POLICY, gpc: bool = False) -> str:
    """The cookie of whoever has chosen at ``NOW``."""
    return token(policy, *allow, chosen_at=int(NOW), gpc=gpc)


def test_a_choice_seen_after_its_time_is_recorded_once_by_all_processes_together(url: str, clock: Clock) -> None:
    first, second = site(url), site(url)
    with serving(first, second):
        cookie = chosen("analytics")
        clock.now = NOW + 6 * MONTH - 1
        get(first, cookie=cookie)
    assert recorded(url) == []
    clock.now = NOW + 6 * MONTH
    for middleware in (first, first, second):
        with serving(middleware):
            for other in range(3):
                get(middleware, cookie=f"n={other}; {cookie}")
    (record,) = recorded(url)
    assert (record.kind, record.method, record.action, record.acting) == ("expiry", "expiry", "none", "visitor")
    assert (record.consent_id, record.since, record.allowed) == (cookie.split("=")[1][:16], NOW, ("analytics",))
    assert record.chosen_at == int(NOW + 6 * MONTH)
    assert record.effective == ("authentication", "security")


def test_a_signal_that_takes_something_back_is_recorded_once_for_each_choice(url: str, clock: Clock) -> None:
    middleware, cookie = site(url), chosen("analytics", "marketing")
    with serving(middleware):
        for headers in ([], [GPC], [GPC], [], [GPC]):
            clock.now += 1
            get(middleware, headers=headers, cookie=cookie)
            get(middleware, headers=headers, cookie=f"other=1; {cookie}")
    (record,) = recorded(url)
    assert (record.kind, record.gpc, record.precedence, record.since) == ("signal", True, "latest", int(NOW))
    assert "marketing" in record.allowed
    assert "marketing" not in record.effective
    assert "analytics" in record.effective
    assert (record.jurisdiction, record.controllers) == ("US-CA", ("controller Example Ltd.",))
    # A new choice is another one.
    with serving(middleware):
        get(middleware, headers=[GPC], cookie=chosen("analytics", "marketing"))
    assert len(recorded(url)) == 2


def test_a_signal_that_goes_away_is_recorded_where_that_allows_something_again(url: str, clock: Clock) -> None:
    policy = 'gpc = "signal"\n' + POLICY
    middleware, cookie = site(url, policy), chosen("marketing", policy=policy, gpc=True)
    with serving(middleware):
        get(middleware, headers=[GPC], cookie=cookie)
        get(middleware, cookie=cookie)
    (record,) = recorded(url)
    assert (record.gpc, "marketing" in record.effective) == (False, True)


@pytest.mark.parametrize("headers", [[], [GPC]])
def test_nothing_is_recorded_where_the_signal_changes_nothing(
    url: str, clock: Clock, headers: list[tuple[bytes, bytes]]
) -> None:
    middleware = site(url)
    with serving(middleware):
        for cookie in (chosen("analytics"), chosen("marketing", gpc=True)):
            get(middleware, headers=headers, cookie=cookie)
    assert recorded(url) == []


@pytest.mark.parametrize(
    "cookie", ["", "privacy=forged", "privacy=" + token(POLICY, "analytics", secret_key="another").partition("=")[2]]
)
def test_nothing_is_ever_written_of_whoever_has_not_chosen(url: str, clock: Clock, cookie: str) -> None:
    middleware = site(url)
    with serving(middleware):
        for headers in ([], [GPC]):
            get(middleware, headers=headers, cookie=cookie)
    assert recorded(url, STATES) == []


def test_a_token_from_the_future_has_not_run_out(url: str, clock: Clock) -> None:
    middleware = site(url)
    with serving(middleware):
        cookie = chosen("analytics")
        clock.now = NOW - 30 * 86_400
        get(middleware, cookie=cookie)
    assert recorded(url) == []


def test_observing_records_nothing(url: str, clock: Clock) -> None:
    cookie = chosen("marketing")
    with serving(observing := site(url, mode="observe")):
        get(observing, headers=[GPC], cookie=cookie)
        clock.now = NOW + 7 * MONTH
        get(observing, cookie=cookie)
    assert recorded(url) == []


def test_without_a_ledger_and_while_its_database_is_gone_requests_are_served(tmp_path: Path, clock: Clock) -> None:
    cookie = token(POLICY, "marketing")
    gone = mounted(App(), POLICY, ledger="postgresql://nobody@127.0.0.1:1/none", spool=tmp_path / "spool")
    for middleware in (mounted(App(), POLICY), gone):
        for later in (0, 7 * MONTH):
            clock.now = NOW + later
            assert get(middleware, headers=[GPC], cookie=cookie).status == 200
    assert gone.ledger is not None
    asyncio.run(gone.ledger.stop())


def test_a_visitor_sees_and_erases_them(url: str, clock: Clock) -> None:
    middleware, cookie = site(url), chosen("marketing")
    with serving(middleware):
        get(middleware, headers=[GPC], cookie=cookie)
    with serving(middleware):
        body = get(middleware, "/-/privacy/data", cookie=cookie).body.decode()
        assert "Your browser&#39;s signal changed what this choice allows." in body
        (record,) = recorded(url)
        receipt = get(middleware, f"/-/privacy/receipt/{record.record_id}", cookie=cookie)
        assert receipt.status == 200
        assert b"signal changed" in receipt.body
        other = token(POLICY, "analytics")
        assert get(middleware, f"/-/privacy/receipt/{record.record_id}", cookie=other).status == 404
        call(middleware, scope_of("/-/privacy/data/erase", method="POST", headers=SAME_ORIGIN, cookie=cookie))
    assert recorded(url, STATES) == []
