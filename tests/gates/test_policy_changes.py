"""A version of the policy takes effect while a process runs, and while another one still has the version before."""

import re
import time
from datetime import date
from pathlib import Path

import pytest

from consent_middleware import ConfigurationError, ConsentMiddleware, Policy, get_consent
from consent_middleware.policy import timeline
from tests.driving import MARK, SAME_ORIGIN, App, call, get, mounted, page, scope_of, token, visit_page

NEW_YEAR = timeline.begins_at(date(2030, 1, 1))
HOUR = 3600.0
PRESENT = """
[[versions]]
version = "2029"
effective = 2029-01-01
[[cookies]]
name = "_count"
purpose = "analytics"
lifetime = "1 month"
"""
NEXT = (
    PRESENT
    + """
[[versions]]
version = "2030"
effective = 2030-01-01
summary = "Our counter is now another company's."
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example"]
cookies = ["_other"]
"""
)
ALL = ("preference", "analytics", "marketing", "network", "device")
FORM = (b"content-type", b"application/x-www-form-urlencoded")


class Clock:
    now = NEW_YEAR - HOUR

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.fixture
def changing(clock: Clock, tmp_path: Path) -> ConsentMiddleware:
    (tmp_path / "next.toml").write_text(NEXT, encoding="utf-8")
    (tmp_path / "consent.toml").write_text('next = "next.toml"\n' + PRESENT, encoding="utf-8")
    return mounted(page(), Policy.load(tmp_path / "consent.toml"))


def choose(middleware: ConsentMiddleware, action: str, cookie: str = "") -> str:
    """Answer, and return the cookie that the browser has from then on."""
    scope = scope_of("/-/privacy/choice", method="POST", headers=[*SAME_ORIGIN, FORM], cookie=cookie)
    sent = call(middleware, scope, f"action={action}".encode())
    assert sent.status == 303
    assert sent.token is not None
    return "{}={}".format(*sent.token)


def asks(middleware: ConsentMiddleware, cookie: str = "") -> bool:
    return MARK in visit_page(middleware, cookie=cookie).body


def test_it_takes_effect_with_the_first_request_of_its_day(changing: ConsentMiddleware, clock: Clock) -> None:
    cookie = choose(changing, "accept-all")
    assert not asks(changing, cookie)
    clock.now = NEW_YEAR - 1
    assert not asks(changing, cookie)
    clock.now = NEW_YEAR
    answer = visit_page(changing, cookie=cookie)
    assert MARK in answer.body
    assert changing.policy.version == "2030"
    assert b"count.example" not in b"".join(answer.values(b"content-security-policy-report-only"))


def test_a_next_policy_that_could_not_be_mounted_is_an_error_at_start_up(tmp_path: Path) -> None:
    recorder = NEXT.replace("2030-01-01", "2999-01-01") + "[recorder]\npage_views = true\n"
    (tmp_path / "next.toml").write_text(recorder, encoding="utf-8")
    (tmp_path / "consent.toml").write_text('next = "next.toml"\n' + PRESENT, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no database to write to"):
        mounted(page(), Policy.load(tmp_path / "consent.toml"))


def test_only_the_changed_purpose_is_off_until_it_is_answered(changing: ConsentMiddleware, clock: Clock) -> None:
    cookie = choose(changing, "accept-all")
    clock.now = NEW_YEAR
    app = App()
    middleware = mounted(app, changing.policy)
    get(middleware, cookie=f"_count=1; {cookie}")
    consent = get_consent(app.scope)
    assert [name for name in ALL if not consent.allows(name)] == ["analytics"]
    cookie = choose(changing, "accept-all", cookie)
    assert not asks(changing, cookie)


def test_what_the_process_remembers_goes_on(changing: ConsentMiddleware, clock: Clock) -> None:
    before = changing.disclosures, changing.observed_hosts, changing._parts.seen
    clock.now = NEW_YEAR
    get(changing)
    assert (changing.disclosures, changing.observed_hosts, changing._parts.seen) == before
    assert changing.policy.version == "2030"


def test_two_processes_with_two_versions_never_ask_by_turns(clock: Clock) -> None:
    """A deployment takes minutes, and a visitor's requests go now to the one, now to the other."""
    clock.now = NEW_YEAR
    old, new = mounted(page(), PRESENT), mounted(page(), NEXT)
    cookie = choose(old, "accept-all")
    assert (asks(old, cookie), asks(new, cookie)) == (False, True)
    cookie = choose(new, "accept-all", cookie)
    for _ in range(3):
        assert (asks(old, cookie), asks(new, cookie)) == (False, False)
    # What the older one does not know was allowed is off there, not refused: nothing is expired.
    answer = visit_page(old, cookie=f"_count=1; {cookie}")
    assert answer.names_expired == []


def test_whoever_answers_an_older_process_again_is_asked_once_more_and_no_oftener(clock: Clock) -> None:
    clock.now = NEW_YEAR
    old, new = mounted(page(), PRESENT), mounted(page(), NEXT)
    cookie = choose(old, "reject-all", choose(new, "accept-all"))
    assert asks(new, cookie)
    cookie = choose(new, "reject-all", cookie)
    assert (asks(old, cookie), asks(new, cookie)) == (False, False)


def test_an_answer_to_a_newer_version_is_no_grant_of_what_an_older_process_would_do(clock: Clock) -> None:
    clock.now = NEW_YEAR
    app = App()
    old, new = mounted(app, PRESENT), mounted(page(), NEXT)
    get(old, cookie=f"_count=1; {choose(new, 'accept-all')}")
    consent = get_consent(app.scope)
    assert (consent.is_ahead, consent.allows("analytics"), consent.allows("marketing")) == (True, False, True)


def test_a_clock_that_goes_back_asks_nobody_again_and_forgets_nothing(
    changing: ConsentMiddleware, clock: Clock
) -> None:
    clock.now = NEW_YEAR + 1
    cookie = choose(changing, "accept-all")
    clock.now = NEW_YEAR - 2 * HOUR
    assert not asks(changing, cookie)
    assert changing.policy.version == "2030"
    # Another process, which starts now, takes it for the day before, and lets the newer answer stand.
    restarted = mounted(page(), PRESENT)
    assert not asks(restarted, cookie)


@pytest.mark.parametrize("action", ["reject-all", "accept-all"])
def test_nobody_is_asked_again_within_six_months_of_an_answer(clock: Clock, action: str) -> None:
    middleware = mounted(page(), PRESENT)
    cookie = choose(middleware, action)
    answered = clock.now
    for days in (1, 30, 179):
        clock.now = answered + days * 86_400
        assert not asks(middleware, cookie)
    clock.now = answered + 180 * 86_400
    assert asks(middleware, cookie)


def test_a_refusal_is_kept_as_long_as_an_acceptance(clock: Clock) -> None:
    middleware = mounted(page(), PRESENT)
    for action in ("reject-all", "accept-all"):
        scope = scope_of("/-/privacy/choice", method="POST", headers=[*SAME_ORIGIN, FORM])
        (line,) = [c for c in call(middleware, scope, f"action={action}".encode()).set_cookies if b"Max-Age=0" not in c]
        assert b"Max-Age=15552000;" in line


def test_a_token_is_still_short_where_versions_are_declared() -> None:
    own = "".join(f'[purposes.own{n}]\nbasis = "consent"\ntitle = "x"\ndescription = "y"\n' for n in range(5))
    text = PRESENT + own
    assert len(f"__Host-{token(text, *Policy.parse(text).optional)}") <= 128


def submitted(middleware: ConsentMiddleware, page_body: bytes, action: str, cookie: str = "") -> str:
    """Press a button of a banner that was loaded some time ago."""
    found = re.search(rb'name="told" value="([^"]+)"', page_body)
    assert found is not None
    scope = scope_of("/-/privacy/choice", method="POST", headers=[*SAME_ORIGIN, FORM], cookie=cookie)
    sent = call(middleware, scope, b"layer=banner&action=%b&told=%b" % (action.encode(), found[1]))
    assert sent.token is not None
    return "{}={}".format(*sent.token)


def test_an_acceptance_of_an_older_text_allows_nothing_that_has_changed_since(
    changing: ConsentMiddleware, clock: Clock
) -> None:
    opened = visit_page(changing).body
    clock.now = NEW_YEAR
    cookie = submitted(changing, opened, "accept-all")
    app = App()
    get(mounted(app, changing.policy), cookie=cookie)
    consent = get_consent(app.scope)
    assert [name for name in ALL if not consent.allows(name)] == ["analytics"]
    answer = visit_page(changing, cookie=cookie)
    assert MARK in answer.body
    assert not asks(changing, submitted(changing, answer.body, "accept-all", cookie))


def test_a_refusal_counts_whatever_text_was_shown(changing: ConsentMiddleware, clock: Clock) -> None:
    opened = visit_page(changing).body
    clock.now = NEW_YEAR
    assert not asks(changing, submitted(changing, opened, "reject-all"))


def test_what_an_older_process_cannot_read_stays_in_the_token_it_adds_to(clock: Clock) -> None:
    """Whoever closes a notice there, or asks for one cookie, has chosen nothing anew."""
    clock.now = NEW_YEAR
    notice = '[[notices]]\nid = "works"\ntext = "We are moving."\nfrom = 2029-12-01\n'
    old, new = mounted(page(), PRESENT + notice), mounted(page(), NEXT + notice)
    cookie = token(NEXT + notice, "analytics", "marketing")
    scope = scope_of("/-/privacy/notice", method="POST", headers=[*SAME_ORIGIN, FORM], cookie=cookie)
    closed = call(old, scope, b"notice=notice:works")
    assert closed.token is not None
    app = App()
    get(mounted(app, NEXT + notice), cookie="{}={}".format(*closed.token))
    consent = get_consent(app.scope)
    assert [name for name in ALL if consent.allows(name)] == ["analytics", "marketing"]
    assert not asks(new, "{}={}".format(*closed.token))
    # A choice there is a new one, and drops them: a refusal must not leave an older grant behind.
    refused = choose(old, "reject-all", cookie)
    get(mounted(app, NEXT + notice), cookie=refused)
    assert not any(get_consent(app.scope).allows(name) for name in ALL)


@pytest.mark.parametrize("has_chosen", [True, False])
def test_an_older_process_does_not_forget_that_a_notice_it_does_not_know_was_dismissed(
    clock: Clock, has_chosen: bool
) -> None:
    clock.now = NEW_YEAR
    works = '[[notices]]\nid = "works"\ntext = "We are moving."\nfrom = 2029-12-01\n'
    leak = works.replace("works", "leak").replace("We are moving.", "We lost a list.")
    both = works + works.replace("works", "move")
    old, new = mounted(page(), PRESENT + both), mounted(page(), NEXT + both + leak)
    cookie = token(NEXT + both + leak, "analytics", "marketing") if has_chosen else ""

    def close(middleware: ConsentMiddleware, notice: bytes, cookie: str) -> str:
        scope = scope_of("/-/privacy/notice", method="POST", headers=[*SAME_ORIGIN, FORM], cookie=cookie)
        closed = call(middleware, scope, b"notice=notice:" + notice)
        assert closed.token is not None
        return "{}={}".format(*closed.token)

    closed = close(old, b"works", close(new, b"leak", cookie))
    assert b"We lost a list." not in visit_page(new, cookie=closed).body
    # Who has not chosen is asked there all the same.
    assert asks(old, closed) is not has_chosen
    body = visit_page(new, cookie=close(old, b"move", closed)).body
    assert b"We lost a list." not in body
    assert b"We are moving." not in body
