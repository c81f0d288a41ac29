"""What was disclosed about a visitor is kept for them to see, in one row a day, and goes when they or the time say so."""

import asyncio
import time
from collections.abc import Sequence

from consent_middleware import ConsentMiddleware, Policy, get_telemetry
from consent_middleware.telemetry import Disclosed, Disclosure, DisclosureLog
from tests.driving import App, call, mounted, scope_of, serving, token
from tests.waiting import until

NOON = 1_800_000_000 // 86_400 * 86_400 + 43_200
DAY = 86_400


class Login(App):
    """An app that limits how often somebody may try a password."""

    reason = "sign-in rate limit"
    purpose = "security"

    async def act(self) -> None:
        get_telemetry(self.scope).disclose("ip", purpose=self.purpose, reason=self.reason)


def log_of(middleware: ConsentMiddleware) -> DisclosureLog:
    log = middleware._parts.disclosure_log
    assert log is not None
    return log


def found(middleware: ConsentMiddleware, consent_id: str) -> Sequence[Disclosed]:
    return asyncio.run(log_of(middleware).of(consent_id))


def a_disclosure(consent_id: str | None = "x" * 16, at: float = NOON, reason: str = "why") -> Disclosure:
    return Disclosure(field="ip", purpose="security", reason=reason, is_raw=True, at=at, consent_id=consent_id)


def test_a_visitor_with_a_choice_is_told_what_was_used_and_why_and_one_without_leaves_nothing(url: str) -> None:
    login = Login()
    middleware = mounted(login, None, ledger=url)
    cookie = token(None)
    with serving(middleware):
        call(middleware, scope_of(cookie=cookie))
        call(middleware, scope_of(cookie=cookie))
        login.purpose = "analytics"
        call(middleware, scope_of(cookie=cookie))
        call(middleware, scope_of())
        rows = found(middleware, cookie.partition("=")[2][:16])
        assert sorted((row.field, row.purpose, row.reason, row.is_raw, row.times) for row in rows) == [
            ("ip", "analytics", "sign-in rate limit", False, 1),
            ("ip", "security", "sign-in rate limit", True, 2),
        ]
        assert found(middleware, "") == []


def test_processes_count_in_one_row_a_day(url: str) -> None:
    first, second = (mounted(App(), None, ledger=url) for _ in range(2))
    with serving(first, second):
        for middleware, at in ((first, NOON + 60), (second, NOON), (first, NOON + 120), (second, NOON + DAY)):
            log_of(middleware).add(a_disclosure(at=at))
            asyncio.run(log_of(middleware).flush())
        assert [(row.first_at, row.last_at, row.times) for row in found(first, "x" * 16)] == [
            (NOON + DAY, NOON + DAY, 1),
            (NOON, NOON + 120, 3),
        ]


def test_a_reason_of_any_letters_can_be_kept(url: str) -> None:
    middleware = mounted(App(), None, ledger=url)
    with serving(middleware):
        log_of(middleware).add(a_disclosure(reason="a\0b\n\ud800 登录"))
        assert [row.reason for row in found(middleware, "x" * 16)] == ["a\ufffdb\ufffd\ufffd 登录"]


def test_erasing_takes_one_visitors_and_no_others(url: str) -> None:
    middleware = mounted(App(), None, ledger=url)
    with serving(middleware):
        for consent_id in ("x" * 16, "y" * 16, None):
            log_of(middleware).add(a_disclosure(consent_id))
        assert asyncio.run(log_of(middleware).erase("x" * 16)) == 1
        assert found(middleware, "x" * 16) == []
        assert len(found(middleware, "y" * 16)) == 1


def test_they_go_when_the_policys_time_for_telemetry_is_over(url: str) -> None:
    middleware = mounted(App(), Policy.parse('[retention]\ntelemetry = "30 days"'), ledger=url)
    now = time.time()
    with serving(middleware):
        for days in (29, 31, 40):
            log_of(middleware).add(a_disclosure(at=now - days * DAY))
        asyncio.run(log_of(middleware).flush())
        asyncio.run(log_of(middleware).purge(now))
        assert [round((now - row.last_at) / DAY) for row in found(middleware, "x" * 16)] == [29]
        assert asyncio.run(log_of(middleware).purge(now + 2 * DAY)) == 1


def test_they_go_although_nothing_more_is_asked_for(url: str) -> None:
    middleware = mounted(App(), None, ledger=url)
    with serving(middleware):
        for days in (0, 31):
            log_of(middleware).add(a_disclosure(at=time.time() - days * DAY))
        assert len(found(middleware, "x" * 16)) == 2
    stricter = mounted(App(), Policy.parse('[retention]\ntelemetry = "30 days"'), ledger=url)
    with serving(stricter):
        assert len(until(lambda: found(stricter, "x" * 16), lambda rows: len(rows) < 2)) == 1


def test_without_a_ledger_nothing_is_kept() -> None:
    middleware = mounted(Login(), None)
    assert call(middleware, scope_of(cookie=token(None))).status == 200
    assert middleware._parts.disclosure_log is None
