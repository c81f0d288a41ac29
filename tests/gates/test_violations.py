"""Reports are read in both formats, kept in bounds, and garbage is nothing worse than garbage."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.consent import NO_CHOICE, Signals, decide
from consent_middleware.gates.findings import Finding
from consent_middleware.gates.violations import HOSTS, ObservedHosts, Violation, read_reports
from tests.driving import HOST, Answer, App, call, mounted, scope_of, token

SERVICES = """
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["*.counter.example"]
"""
PAGE = f"https://{HOST}/shop/hats?user=alice#top"
OLD = {
    "csp-report": {
        "document-uri": PAGE,
        "referrer": "https://search.example/?q=secret",
        "blocked-uri": "https://t.counter.example/t.js?visitor=alice",
        "effective-directive": "script-src-elem",
        "original-policy": "default-src 'self'",
        "status-code": 200,
        "script-sample": "alice",
    }
}
NEW = [
    {
        "age": 3,
        "type": "csp-violation",
        "url": PAGE,
        "user_agent": "Mozilla/5.0",
        "body": {
            "documentURL": PAGE,
            "blockedURL": "https://t.counter.example/t.js?visitor=alice",
            "effectiveDirective": "script-src-elem",
            "disposition": "report",
            "statusCode": 200,
        },
    },
    {"type": "deprecation", "body": {"id": "x"}},
]
NOTHING = decide(Policy(), NO_CHOICE, Signals())


def post(app: ConsentMiddleware, body: object, kind: str = "application/csp-report", cookie: str = "") -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return call(
        app,
        scope_of("/-/privacy/reports", method="POST", headers=[(b"content-type", kind.encode())], cookie=cookie),
        raw,
    )


@pytest.mark.parametrize(("report", "kind"), [(OLD, "application/csp-report"), (NEW, "application/reports+json")])
def test_both_formats_are_read_and_nothing_personal_is_kept(report: object, kind: str) -> None:
    told: list[Finding] = []
    app = mounted(App(), SERVICES, report=told.append)
    answer = post(app, report, kind)
    assert answer.status == 204
    assert answer.set_cookies == []
    (found,) = app.observed_hosts.all()
    assert (found.host, found.service, found.purpose) == ("t.counter.example", "counter", "analytics")
    assert (found.directives, found.pages) == (("script-src-elem",), ("/shop/hats",))
    (finding,) = told
    assert (finding.action, finding.name, finding.purpose) == ("host", "t.counter.example", "analytics")
    assert "alice" not in repr(app.observed_hosts.all()) + repr(told)


def test_a_page_that_is_older_than_the_permission_is_no_news() -> None:
    app = mounted(App(), SERVICES, report=lambda finding: None)
    assert post(app, OLD, cookie=token(SERVICES, "analytics")).status == 204
    assert app.observed_hosts.all() == []
    post(app, OLD, cookie=token(SERVICES, "marketing"))
    assert len(app.observed_hosts.all()) == 1


def test_a_host_is_told_once_and_its_pages_are_few() -> None:
    told: list[Finding] = []
    observed = ObservedHosts(Policy(), told.append)
    for number in range(50):
        observed.add(Violation(host="x.example", directive=f"d{number}", path=f"/{number}"), NOTHING)
    (found,) = observed.all()
    assert len(told) == 1
    assert told[0].purpose == "undeclared"
    assert len(found.pages) == len(found.directives) == 4


def test_a_flood_of_hosts_is_bounded() -> None:
    observed = ObservedHosts(Policy(), lambda finding: None)
    for number in range(HOSTS + 100):
        observed.add(Violation(host=f"{number}.example", directive="img-src", path="/"), NOTHING)
    assert len(observed.all()) == HOSTS


def test_without_a_callback_the_log_says_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "consent_middleware")
    post(mounted(App(), SERVICES), OLD)
    assert "t.counter.example (analytics): The page /shop/hats asked this host" in caplog.text


@pytest.mark.parametrize(
    ("document", "blocked"),
    [
        ("https://other.example/", "https://x.example/"),
        (PAGE, "inline"),
        (PAGE, "eval"),
        (PAGE, "data"),
        (PAGE, "chrome-extension://abc/x.js"),
        (PAGE, "https://[::1"),
        (PAGE, "https://a b.example/"),
        (PAGE, ""),
        ("", "https://x.example/"),
    ],
)
def test_what_concerns_no_host_of_a_page_of_ours_is_ignored(document: str, blocked: str) -> None:
    report = {"csp-report": {"document-uri": document, "blocked-uri": blocked, "effective-directive": "img-src"}}
    assert read_reports(json.dumps(report).encode(), HOST) == []


def test_an_old_browsers_directive_is_understood() -> None:
    report = {
        "csp-report": {"document-uri": PAGE, "blocked-uri": "https://x.example", "violated-directive": "img-src a"}
    }
    assert read_reports(json.dumps(report).encode(), HOST) == [
        Violation(host="x.example", directive="img-src", path="/shop/hats")
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b'{"csp-report": 5}', b"[" * 100_000, b"\xff", b"null", b'[{"type": "csp-violation"}]']
)
def test_garbage_is_refused(body: bytes) -> None:
    assert post(mounted(App()), body).status == 400


def test_a_report_of_another_type_or_size_is_refused() -> None:
    app = mounted(App())
    assert post(app, OLD, "application/json").status == 415
    assert post(app, b" " * 200_000).status == 413
    assert app.observed_hosts.all() == []


def test_only_post_reports() -> None:
    answer = call(mounted(App()), scope_of("/-/privacy/reports"))
    assert (answer.status, answer.value(b"allow")) == (405, b"POST")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([PAGE, "csp-violation", "https://x.example"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "csp-report",
                    "document-uri",
                    "blocked-uri",
                    "effective-directive",
                    "type",
                    "body",
                    "documentURL",
                    "blockedURL",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_no_json_is_an_exception(value: object) -> None:
    read_reports(json.dumps(value).encode(), HOST)


@given(st.binary(max_size=60))
def test_no_bytes_are_an_exception(value: bytes) -> None:
    read_reports(value, HOST)
