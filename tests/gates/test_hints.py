"""What a page may ask of a browser about its device."""

import logging

import pytest

from consent_middleware import record_choice
from consent_middleware.asgi import Header
from consent_middleware.gates.findings import Finding
from consent_middleware.telemetry import FORGET_HINTS, RESTRICT_FEATURES
from tests.driving import HTML, NAVIGATION, App, call, get, mounted, page, scope_of, token, visit_page

ASKS: list[Header] = [
    (b"Accept-CH", b"Sec-CH-UA-Model"),
    (b"critical-ch", b"Sec-CH-UA-Model"),
    (b"observe-browsing-topics", b"?1"),
]
OWN = (b"permissions-policy", b"camera=(), ch-ua-model=*")
MODEL = (b"sec-ch-ua-model", b'"Pixel 8"')


def test_a_page_may_not_ask_before_consent_nor_anything_in_it() -> None:
    answer = visit_page(mounted(page(headers=[*ASKS, OWN])))
    assert {b"accept-ch", b"critical-ch", b"observe-browsing-topics"}.isdisjoint(
        name.lower() for name, _ in answer.headers
    )
    assert answer.values(b"permissions-policy") == [OWN[1], RESTRICT_FEATURES[1]]


def test_with_consent_the_page_is_the_apps_own() -> None:
    answer = visit_page(mounted(page(headers=[*ASKS, OWN])), cookie=token(None, "device"))
    assert [pair for pair in [*ASKS, OWN] if pair in answer.headers] == [*ASKS, OWN]
    assert answer.values(b"permissions-policy") == [OWN[1]]


def test_an_answer_that_is_no_page_asks_for_nothing_either_and_gets_no_policy() -> None:
    answer = get(mounted(App(headers=[*ASKS, OWN])))
    assert answer.headers == [OWN]


def test_mounted_twice_it_is_said_once() -> None:
    answer = visit_page(mounted(mounted(page())))
    assert answer.values(b"permissions-policy") == [RESTRICT_FEATURES[1]]


@pytest.mark.parametrize(
    ("cookie", "headers", "forgets"),
    [
        (token(None), [MODEL], True),
        (token(None), [], False),
        # Nobody was asked yet: hiding is enough, and it can be undone.
        ("", [MODEL], False),
        (token(None, "device"), [MODEL], False),
    ],
    ids=["refused", "not sent", "not asked", "allowed"],
)
def test_a_browser_that_still_sends_refused_hints_is_told_to_forget_them(
    cookie: str, headers: list[Header], forgets: bool
) -> None:
    answer = visit_page(mounted(page()), headers=headers, cookie=cookie)
    assert (FORGET_HINTS in answer.headers) is forgets


class Withdrawing(App):
    async def act(self) -> None:
        record_choice(self.scope, allow=())


class Granting(App):
    async def act(self) -> None:
        record_choice(self.scope, allow={"device"})


def test_a_withdrawal_in_the_request_takes_back_what_the_same_answer_asks_for() -> None:
    answer = get(mounted(Withdrawing(headers=ASKS)), cookie=token(None, "device"))
    assert [pair for pair in answer.headers if pair[0].lower() == b"accept-ch"] == [FORGET_HINTS]


def test_a_grant_in_the_request_lets_the_same_answer_ask() -> None:
    assert get(mounted(Granting(headers=ASKS))).headers[:3] == ASKS


def test_our_own_endpoint_forgets_on_withdrawal() -> None:
    scope = scope_of(
        "/-/privacy/choice",
        method="POST",
        headers=[(b"content-type", b"application/json"), (b"sec-fetch-site", b"same-origin")],
        cookie=token(None, "device"),
    )
    answer = call(mounted(App()), scope, b'{"action": "reject-all"}')
    assert answer.status == 200
    assert FORGET_HINTS in answer.headers


def test_in_observe_mode_what_a_page_asks_is_told_and_sent() -> None:
    findings: list[Finding] = []
    middleware = mounted(App(headers=[HTML, *ASKS]), mode="observe", report=findings.append)
    answer = get(middleware, headers=NAVIGATION)
    assert answer.headers == [HTML, *ASKS]
    assert [found.name for found in findings if found.action == "drop"] == [
        "accept-ch",
        "critical-ch",
        "observe-browsing-topics",
    ]


def test_in_observe_mode_every_mask_is_told_by_name_and_nothing_is_masked() -> None:
    findings: list[Finding] = []
    sent = [
        (b"x-forwarded-for", b"203.0.113.7"),
        (b"accept-language", b"en"),
        (b"via", b"1.1 proxy"),
        (b"x-uidh", b"carrier"),
        (b"x-geo-cell", b"17"),
        (b"x-anything", b"203.0.113.7"),
    ]
    app = App()
    middleware = mounted(app, mode="observe", report=findings.append)
    call(middleware, scope_of(headers=sent, client=("198.51.100.7", 1)))
    assert app.seen[1:] == sent
    assert [(found.action, found.name, found.purpose) for found in findings] == [
        ("notice", "x-geo-cell", "unclassified"),
        ("mask", "client", "network"),
        ("mask", "x-forwarded-for", "network"),
        ("mask", "via", "network"),
        ("mask", "x-uidh", "never"),
        ("notice", "x-geo-cell", "unclassified"),
        ("notice", "x-anything", "unclassified"),
    ]
    assert "203.0.113.7" not in str(findings)


def test_a_header_that_looks_like_telemetry_is_reported_by_name_and_passes(caplog: pytest.LogCaptureFixture) -> None:
    app = App()
    middleware = mounted(app)
    with caplog.at_level(logging.INFO, "consent_middleware.observe"):
        for _ in range(3):
            call(middleware, scope_of(headers=[(b"x-geo-cell", b"17"), (b"x-city", b"Rome"), (b"accept", b"*/*")]))
    assert app.saw(b"x-geo-cell") == b"17"
    assert caplog.text.count("x-geo-cell") == 1
