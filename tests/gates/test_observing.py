"""Observe mode changes nothing and tells what it would have done."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import get_consent
from consent_middleware.gates.findings import Finding
from tests.driving import HTML, NAVIGATION, PAGE, Answer, App, call, drive, mounted, page, scope_of, token

HEADERS = [
    *NAVIGATION,
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
    (b"x-forwarded-for", b"198.51.100.9"),
    (b"accept-encoding", b"br"),
    (b"if-none-match", b'"x"'),
    (b"range", b"bytes=0-4"),
    (b"referer", b"https://elsewhere.example/a?b"),
    (b"sec-ch-ua-model", b'"Pixel"'),
]


def both(app: App, **options: Any) -> tuple[Answer, Answer, list[Finding], dict[str, object]]:
    """The bare answer, the observed one, what was reported, and what the app saw of the observed request."""
    findings: list[Finding] = []
    bare = call(app, scope_of(**options))
    seen_bare = dict(app.scope)
    observed = call(mounted(app, mode="observe", report=findings.append), scope_of(**options))
    seen = dict(app.scope)
    del seen["consent_middleware"]
    assert seen == seen_bare
    return bare, observed, findings, seen


def test_request_and_response_are_what_they_are_without_us() -> None:
    app = page("_ga=1; Max-Age=99999999999", "zzz=2", headers=[(b"accept-ch", b"DPR"), (b"content-length", b"9")])
    extensions: dict[str, object] = {"http.response.pathsend": {}}
    bare, observed, _, seen = both(app, headers=HEADERS, cookie=f"_ga=1; {token()}", extensions=extensions)
    assert observed == bare
    assert seen["client"] == ("203.0.113.77", 50123)


def test_it_tells_what_it_would_have_hidden_dropped_clamped_and_expired() -> None:
    app = page("_fbp=1", "sessionid=2; Max-Age=99999999999", "zzz=3")
    findings = both(app, headers=NAVIGATION, cookie=f"_ga=1; {token()}")[2]
    assert {(finding.action, finding.name) for finding in findings} == {
        ("hide", "_ga"),
        ("mask", "client"),
        ("drop", "_fbp"),
        ("clamp", "sessionid"),
        ("drop", "zzz"),
        ("expire", "_ga"),
    }


def test_without_a_report_each_finding_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    middleware = mounted(App("_ga=private"), mode="observe")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            call(middleware, scope_of(cookie="_ga=private"))
    messages = [record.getMessage() for record in caplog.records]
    assert [message.split()[:3] for message in messages] == [
        ["would", "hide", "'_ga'"],
        ["would", "mask", "'client'"],
        ["would", "drop", "'_ga'"],
    ]
    assert "private" not in caplog.text


def test_the_hint_does_not_say_that_a_cookie_was_not_set(caplog: pytest.LogCaptureFixture) -> None:
    call(mounted(App("zzz=1"), mode="observe"), scope_of())
    hints = [record.getMessage() for record in caplog.records if "[[cookies]]" in record.getMessage()]
    assert len(hints) == 1
    assert "would not be set" in hints[0]


def test_there_are_no_pages_of_ours() -> None:
    app = App(status=404)
    answer = call(mounted(app, mode="observe"), scope_of("/-/privacy/preferences"))
    assert answer.status == 404
    answer = call(mounted(app, mode="observe"), scope_of("/.well-known/gpc.json"))
    assert answer.status == 404


def test_the_app_can_ask_for_the_consent() -> None:
    app = App()
    call(mounted(app, mode="observe"), scope_of(cookie=token(None, "analytics")))
    assert get_consent(app.scope).allows("analytics")
    assert not get_consent(app.scope).allows("marketing")


@given(
    st.lists(st.tuples(st.sampled_from([b"set-cookie", b"x", b"Vary", b"content-type"]), st.binary(max_size=20))),
    st.lists(st.tuples(st.sampled_from([b"cookie", b"sec-gpc", b"x-a", b"user-agent"]), st.binary(max_size=20))),
    st.binary(max_size=20),
)
def test_whatever_comes_and_goes_nothing_changes(
    sent: list[tuple[bytes, bytes]], received: list[tuple[bytes, bytes]], body: bytes
) -> None:
    app = App(headers=[HTML, *sent], body=[body, PAGE])
    bare = drive(app, scope_of(headers=received))
    observed = drive(mounted(app, 'entry = "manual"', mode="observe"), scope_of(headers=received))
    assert observed == bare
    assert app.seen == scope_of(headers=received)["headers"]
