"""An ETag cannot bring a deleted identifier back on the routes that the policy marks."""

import pytest

from consent_middleware.gates.findings import Finding
from tests.driving import App, call, mounted, scope_of, token

POLICY = """
[[validators]]
paths = ["/pixel*"]
purpose = "analytics"
"""
SENT = [
    (b"if-none-match", b'"visitor-7"'),
    (b"if-modified-since", b"Thu, 01 Jan 2026 00:00:00 GMT"),
    (b"if-match", b'"v1"'),
]
ANSWERED = [
    (b"content-type", b"image/gif"),
    (b"ETag", b'"visitor-7"'),
    (b"last-modified", b"Thu, 01 Jan 2026 00:00:00 GMT"),
]


def test_before_consent_no_validator_passes_in_either_direction() -> None:
    app = App(headers=ANSWERED)
    answer = call(mounted(app, POLICY), scope_of("/pixel.gif", headers=SENT))
    assert app.seen[1:] == [(b"if-match", b'"v1"')]
    assert answer.headers == ANSWERED[:1]


@pytest.mark.parametrize(
    ("path", "cookie"),
    [("/pixel.gif", token(POLICY, "analytics")), ("/logo.gif", "")],
    ids=["with consent", "elsewhere"],
)
def test_with_consent_and_elsewhere_they_do(path: str, cookie: str) -> None:
    app = App(headers=ANSWERED)
    answer = call(mounted(app, POLICY), scope_of(path, headers=SENT, cookie=cookie))
    assert app.seen[1:4] == SENT
    assert answer.headers == ANSWERED


def test_in_observe_mode_it_is_told_and_not_done() -> None:
    findings: list[Finding] = []
    app = App(headers=ANSWERED)
    middleware = mounted(app, POLICY, mode="observe", report=findings.append)
    answer = call(middleware, scope_of("/pixel.gif", headers=SENT))
    assert app.seen[1:] == SENT
    assert answer.headers == ANSWERED
    assert [(found.action, found.name) for found in findings if found.purpose == "analytics"] == [
        ("hide", "if-none-match"),
        ("hide", "if-modified-since"),
        ("drop", "etag"),
        ("drop", "last-modified"),
    ]


def test_a_websocket_has_no_validators() -> None:
    app = App()
    call(mounted(app, POLICY), scope_of("/pixel.gif", kind="websocket", headers=SENT))
    assert app.seen[1:] == SENT
