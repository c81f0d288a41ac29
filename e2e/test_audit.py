"""An audit misses nothing that bad sites do, and has nothing to say against good ones."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import ASGIApp
from consent_middleware.audit.auditing import Audit, audit
from consent_middleware.audit.drafting import draft, read_audit
from consent_middleware.audit.judging import Judge
from consent_middleware.audit.junit import RULES, as_junit
from consent_middleware.audit.page import as_html
from consent_middleware.audit.structured import as_json
from consent_middleware.testing import serve_app
from demo_site.tracker import make_tracker
from e2e import faults, foreign_sites
from e2e.demo import CONSOLE, TRACKER
from e2e.serving import served

SHOP = "www.shop.localhost"
Fault = Callable[[ASGIApp, str], ASGIApp]
ALONE: dict[Fault, str] = {
    faults.takes_a_refusal_for_consent: "cookie-not-allowed",
    faults.hides_reject: "reject-not-offered",
    faults.forgets_the_choice: "asks-again",
}
"""Each changes what a visitor can choose, and with that what else can be found."""
AT_ONCE: dict[Fault, tuple[str, str]] = {
    faults.counts_past_the_middleware: ("cookie-not-allowed", "_ga "),
    faults.embeds_a_pixel_past_the_middleware: ("third-party-not-allowed", TRACKER),
    faults.keeps_a_cookie_after_a_withdrawal: ("cookie-not-allowed", "visitor_id "),
    faults.stores_an_identifier: ("storage-not-allowed", "_hjSessionUser_1 "),
    faults.writes_a_cookie_by_script: ("cookie-not-allowed", "_fbp "),
    faults.ticks_in_advance: ("ticked-in-advance", ""),
    faults.asks_for_the_device: ("device-details-asked", ""),
}
"""The rule that finds it, and a part of what that says it is about."""


@pytest.fixture(scope="module")
def tracker() -> Iterator[str]:
    with served(make_tracker()) as site:
        yield site.url(TRACKER)


def audit_foreign(browser: Browser, app: ASGIApp) -> Audit:
    with served(app) as site:
        return audit(site.url(SHOP), browser, pages=1, gpc=[False], javascript=[True])


def grave(found: Audit) -> set[str]:
    return {finding.rule for finding in found.findings if finding.severity != "note"}


@pytest.mark.parametrize("make", foreign_sites.BAD, ids=lambda make: make.__name__)
def test_a_site_is_found_out_that(browser: Browser, tracker: str, make: Callable[[str], Starlette]) -> None:
    assert grave(audit_foreign(browser, make(tracker))) == foreign_sites.BAD[make]


@pytest.mark.parametrize("make", foreign_sites.GOOD, ids=lambda make: make.__name__)
def test_nothing_is_said_against_a_site_that(browser: Browser, tracker: str, make: Callable[[str], Starlette]) -> None:
    found = audit_foreign(browser, make(tracker))
    assert [str(finding) for finding in found.findings if finding.severity != "note"] == []
    states = {evidence.situation.state for evidence in found.situations}
    asks = make not in (foreign_sites.asks_for_nothing, foreign_sites.draws_a_chart)
    assert states == ({"nothing chosen", "rejected", "accepted", "withdrawn"} if asks else {"nothing chosen"})


def test_every_planted_fault_is_tried() -> None:
    assert set(faults.FAULTS) == {*ALONE, *AT_ONCE}


def errors_of(browser: Browser, tracker: str, folder: Path, *planted: Fault) -> set[tuple[str, str]]:
    """Rule and subject of each error that an audit finds in a console with these faults."""

    def all_of_them(console: ASGIApp, tracker: str) -> ASGIApp:
        for fault in planted:
            console = fault(console, tracker)
        return console

    with serve_app(faults.broken_console(folder, tracker, all_of_them), host=CONSOLE) as site:
        found = audit(site.url, browser, policy=site.policy, pages=1, gpc=[False], javascript=[True])
    return {(finding.rule, finding.subject) for finding in found.findings if finding.severity == "error"}


@pytest.mark.parametrize("fault", ALONE, ids=lambda fault: fault.__name__)
def test_a_console_is_found_out_that(browser: Browser, tracker: str, tmp_path: Path, fault: Fault) -> None:
    assert ALONE[fault] in {rule for rule, _ in errors_of(browser, tracker, tmp_path, fault)}


def test_faults_that_come_together_are_found_each(browser: Browser, tracker: str, tmp_path: Path) -> None:
    found = errors_of(browser, tracker, tmp_path, *AT_ONCE)
    missed = [
        fault.__name__
        for fault, (wanted, part) in AT_ONCE.items()
        if not any(rule == wanted and part in f"{subject} " for rule, subject in found)
    ]
    assert missed == [], found


@pytest.fixture(scope="module")
def whole(browser: Browser, tracker: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Audit, Judge]:
    """The demo console as it is, in all sixteen situations."""
    console = faults.broken_console(tmp_path_factory.mktemp("demo"), tracker, lambda app, _: app)
    with serve_app(console, host=CONSOLE) as site:
        return audit(site.url, browser, policy=site.policy, pages=2), Judge(site.policy, site.host)


def test_nothing_is_said_against_the_demo_in_any_situation(whole: tuple[Audit, Judge]) -> None:
    found, _ = whole
    assert [str(finding) for finding in found.findings] == []
    assert len(found.situations) == len({evidence.situation for evidence in found.situations}) == 16
    assert len(found.pages) == 2


def test_the_reports_say_the_same_and_no_value(whole: tuple[Audit, Judge], page: Page, tmp_path: Path) -> None:
    found, judge = whole
    written = json.loads(as_json(found, judge))
    assert written["counts"] == {"error": 0, "warning": 0, "note": 0}
    accepted = next(one for one in written["situations"] if one["state"] == "accepted")
    assert {"_ga", "visitor_id"} <= {cookie["name"] for cookie in accepted["cookies"]}
    suites = ElementTree.fromstring(as_junit(found, "error"))
    assert len(suites) == 16
    assert all(suite.get("failures") == "0" and len(suite) == len(RULES) for suite in suites)
    report = tmp_path / "report.html"
    report.write_text(as_html(found, judge), encoding="utf-8")
    values = {cookie.value for evidence in found.situations for cookie in evidence.cookies if len(cookie.value) > 6}
    assert values
    for text in (report.read_text(encoding="utf-8"), json.dumps(written)):
        assert not [value for value in values if value in text]
    page.goto(report.as_uri())
    assert page.locator("figure img").count() == 16
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_an_audited_site_is_drafted_a_policy_that_then_holds(browser: Browser, tracker: str) -> None:
    bare = foreign_sites.counts_without_asking(tracker)
    written = as_json(audit_foreign(browser, bare), Judge(None, SHOP))
    policy = Policy.parse(draft(read_audit(written, "audit.json")))
    assert policy.optional == ("analytics",)
    enforced = ConsentMiddleware(bare, policy=policy, secret_key="a key for tests only")
    with serve_app(enforced, host=SHOP) as site:
        found = audit(site.url, browser, policy=policy, pages=2, gpc=[False], javascript=[True])
    assert [str(finding) for finding in found.findings] == []
    assert {evidence.situation.state for evidence in found.situations} >= {"accepted", "withdrawn"}
