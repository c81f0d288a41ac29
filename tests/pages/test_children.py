"""A child is asked for the age group and nothing else, has everything optional off, and a guardian decides by an act of its own."""

import asyncio
import itertools
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent_middleware import (
    ConfigurationError,
    Consent,
    ConsentMiddleware,
    Policy,
    PolicyError,
    get_consent,
    record_age,
    record_choice,
)
from consent_middleware.consent import Signals, answer, decide
from consent_middleware.consent.choice import for_age
from consent_middleware.consent.value import Age
from consent_middleware.errors import LedgerUnavailable
from consent_middleware.rights import Request as Asked
from tests.driving import KEY, SAME_ORIGIN, App, get, mounted, page, token
from tests.pages.site import POLICY as SITE

PREFIX = "/-/privacy"
BANNER = 'id="privacy-consent-ui"'
NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}
ASKING = SITE.replace("[site]", "[children]\nask = true\n[site]\nminimum_age = 14")
POLICY = Policy.parse(ASKING)
QUIET = Policy.parse(SITE.replace("[site]", "[site]\nminimum_age = 14"))
"""It names an age, and asks nobody: the app says what it knows."""
OPTIONAL = set(POLICY.optional)


async def home(request: Request) -> HTMLResponse:
    said = request.query_params
    if "under" in said:
        record_age(request, under=said["under"] == "yes")
    if "allow" in said:
        record_choice(request, allow=said.getlist("allow"), guardian="guardian" in said)
    allowed = get_consent(request).allows("analytics")
    return HTMLResponse(f"<!doctype html><html><head></head><body><p>analytics: {allowed}")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second for each look at the clock, so that records come in their order."""
    seconds = itertools.count(1_800_000_000)
    monkeypatch.setattr("time.time", lambda: float(next(seconds)))


class Visitor:
    """A browser of the site."""

    def __init__(self, middleware: ConsentMiddleware) -> None:
        self.client = TestClient(middleware, base_url="https://testserver", follow_redirects=False)
        self.client.headers["sec-fetch-site"] = "same-origin"

    def open(self, path: str = "/") -> str:
        return self.client.get(path, headers=NAVIGATION).text

    def choose(self, action: str, **fields: Any) -> int:
        return self.client.post(f"{PREFIX}/choice", data={"action": action, **fields}).status_code

    @property
    def preferences(self) -> str:
        return self.client.get(f"{PREFIX}/preferences").text

    @property
    def allowed(self) -> set[str]:
        return set(self.client.get(f"{PREFIX}/choice").json()["allowed"]) & (OPTIONAL | {"tracker", "heatmap"})

    @property
    def records(self) -> list[dict[str, Any]]:
        found = self.client.get(f"{PREFIX}/data", headers={"accept": "application/json"}).json()
        records: list[dict[str, Any]] = found["records"]
        return records


def mount(tmp_path: Path, policy: Policy) -> ConsentMiddleware:
    return ConsentMiddleware(
        Starlette(routes=[Route("/", home)]),
        policy=policy,
        secret_key=KEY,
        ledger=f"sqlite:///{tmp_path / 'ledger.db'}",
    )


@pytest.fixture
def middleware(tmp_path: Path) -> Iterator[ConsentMiddleware]:
    made = mount(tmp_path, POLICY)
    yield made
    assert made.ledger is not None
    asyncio.run(made.ledger.stop())


@pytest.fixture
def visitor(middleware: ConsentMiddleware) -> Visitor:
    return Visitor(middleware)


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Visitor]:
    made = mount(tmp_path, QUIET)
    yield Visitor(made)
    assert made.ledger is not None
    asyncio.run(made.ledger.stop())


def control(html: str, action: str) -> str:
    found = re.search(rf'<button[^>]*data-privacy-action="{action}"[^>]*>', html)
    return found[0] if found else ""


def test_the_banner_asks_for_the_age_group_before_anything_else(visitor: Visitor) -> None:
    banner = visitor.open().partition(BANNER)[2]
    radios = re.findall(r'<input type="radio" name="age" value="(\w+)" required>', banner)
    assert radios == ["under", "over"]
    assert "Under 14" in banner
    assert "14 or older" in banner
    assert banner.index("How old are you?") < banner.index('data-privacy-action="accept-all"')
    assert "formnovalidate" in control(banner, "reject-all")
    assert "formnovalidate" not in control(banner, "accept-all")
    assert "set-cookie" not in visitor.client.get("/", headers=NAVIGATION).headers


@pytest.mark.parametrize("action", ["accept-all", "save", "always-allow", "reject-all"])
def test_a_child_refuses_everything_whichever_button_is_pressed(visitor: Visitor, action: str) -> None:
    fields = {"purpose": ["analytics", "disclosure"], "service": ["tracker"]}
    assert visitor.choose(action, age="under", **fields) == 303
    assert visitor.allowed == set()
    assert BANNER not in visitor.open()
    (record,) = visitor.records
    assert (record["age"], record["allowed"], record.get("acting", "visitor")) == ("under", [], "visitor")
    assert set(record["refused"]) == OPTIONAL
    assert not any("birth" in key for key in record)


def test_later_a_child_cannot_allow_anything_either(visitor: Visitor) -> None:
    visitor.choose("accept-all", age="under")
    for action in ("accept-all", "save", "always-allow"):
        visitor.choose(action, purpose="analytics", service="tracker")
        assert visitor.allowed == set()
    body = {"action": "accept-all", "purposes": ["analytics"]}
    visitor.client.post(f"{PREFIX}/choice", json=body)
    assert visitor.allowed == set()
    assert "analytics: False" in visitor.open("/?allow=analytics&allow=marketing")
    assert visitor.allowed == set()


def test_what_is_optional_is_hidden_from_a_child(visitor: Visitor) -> None:
    visitor.choose("save", age="under")
    shown = visitor.preferences
    assert "data-privacy-purpose" not in shown
    assert not control(shown, "accept-all")
    assert not control(shown, "reject-all")
    assert 'value="under" required checked' in shown
    assert "Because you are under 14, everything that is optional stays off." in shown
    assert f'href="{PREFIX}/guardian?' in shown


def test_whoever_is_old_enough_chooses_as_everybody_does(visitor: Visitor) -> None:
    assert visitor.choose("accept-all", age="over") == 303
    assert visitor.allowed >= {"analytics", "marketing"}
    assert "disclosure" not in visitor.allowed
    assert visitor.records[0]["age"] == "over"
    shown = visitor.preferences
    assert 'value="over" required checked' in shown
    assert visitor.choose("save", purpose="analytics") == 303
    assert visitor.allowed == {"analytics", "tracker", "heatmap"}
    assert visitor.client.get(f"{PREFIX}/guardian").status_code == 303


def test_refusing_takes_no_answer(visitor: Visitor) -> None:
    assert visitor.choose("reject-all") == 303
    assert BANNER not in visitor.open()
    assert visitor.records[0].get("age", "") == ""


@pytest.mark.parametrize("action", ["accept-all", "save", "always-allow"])
def test_allowing_without_an_answer_is_asked_for_it_and_allows_nothing(visitor: Visitor, action: str) -> None:
    answer = visitor.client.post(f"{PREFIX}/choice", data={"action": action, "purpose": "analytics", "next": "/x"})
    assert answer.status_code == 409
    assert "set-cookie" not in answer.headers
    assert re.findall(r'<button type="submit" name="age" value="(\w+)">', answer.text) == ["under", "over"]
    said = {"action": action, "purpose": "analytics", "age": "over"}
    assert f'name="action" value="{action}"' in answer.text
    assert 'name="purpose" value="analytics"' in answer.text
    assert visitor.allowed == set()
    assert visitor.choose(**said) == 303
    assert "analytics" in visitor.allowed


def test_json_is_told_the_same(visitor: Visitor) -> None:
    post = visitor.client.post
    assert visitor.client.get(f"{PREFIX}/choice").json()["asks_age"] is True
    answer = post(f"{PREFIX}/choice", json={"action": "accept-all"})
    assert (answer.status_code, answer.json()["error"]) == (409, "age")
    assert post(f"{PREFIX}/choice", json={"action": "accept-all", "age": None}).status_code == 409
    assert post(f"{PREFIX}/choice", json={"action": "accept-all", "age": "guardian"}).status_code == 409
    assert post(f"{PREFIX}/choice", json={"action": "accept-all", "age": "under"}).json()["asks"] == []
    assert "asks_age" not in visitor.client.get(f"{PREFIX}/choice").json()
    assert visitor.allowed == set()


def test_an_answer_can_be_corrected(visitor: Visitor) -> None:
    visitor.choose("save", age="under")
    visitor.choose("save", age="over")
    assert visitor.allowed == set()
    assert "data-privacy-purpose" in visitor.preferences
    visitor.choose("accept-all")
    assert "analytics" in visitor.allowed
    visitor.choose("save", age="under", purpose="analytics")
    assert visitor.allowed == set()
    assert visitor.records[-1]["kind"] == "withdrawal"


def guardian(visitor: Visitor, **fields: Any) -> int:
    return visitor.choose("guardian", **{"guardian": "yes", "layer": "guardian", **fields})


def test_a_guardian_decides_by_an_act_of_its_own(visitor: Visitor) -> None:
    visitor.choose("save", age="under")
    form = visitor.client.get(f"{PREFIX}/guardian").text
    assert "For a parent or guardian" in form
    assert '<input type="checkbox" name="guardian" value="yes" required>' in form
    assert " checked" not in form
    assert not control(form, "accept-all")
    assert guardian(visitor, purpose=["analytics"], service=["tracker"], listed="analytics") == 303
    assert visitor.allowed == {"analytics", "tracker"}
    record = visitor.records[-1]
    assert (record["kind"], record["method"], record["acting"], record["age"], record["action"]) == (
        "guardian",
        "guardian",
        "guardian",
        "guardian",
        "guardian",
    )
    receipt = visitor.client.get(f"{PREFIX}/receipt/{record['record_id']}")
    assert "A parent or guardian has decided." in receipt.text
    assert "I am the parent or guardian" in receipt.text


def test_what_a_guardian_allowed_a_child_can_take_back_and_not_extend(visitor: Visitor) -> None:
    visitor.choose("save", age="under")
    guardian(visitor, purpose=["analytics", "preference"])
    shown = visitor.preferences
    assert re.findall(r'data-privacy-purpose="(\w+)"', shown) == ["preference", "analytics"]
    assert not control(shown, "accept-all")
    assert control(shown, "reject-all")
    visitor.choose("accept-all")
    assert visitor.allowed & OPTIONAL == {"analytics", "preference"}
    visitor.choose("save", purpose=["analytics", "marketing"], age="under")
    assert visitor.allowed & OPTIONAL == {"analytics"}
    assert visitor.records[-1]["kind"] == "withdrawal"
    assert visitor.records[-1].get("acting", "visitor") == "visitor"
    visitor.choose("reject-all")
    assert visitor.allowed == set()
    assert guardian(visitor, purpose="marketing") == 303
    assert visitor.allowed == {"marketing", "ads"} & OPTIONAL


def test_nobody_decides_as_a_guardian_who_does_not_say_so_or_has_no_child(
    visitor: Visitor, middleware: ConsentMiddleware
) -> None:
    assert guardian(visitor, purpose="analytics") == 403
    visitor.choose("save", age="over")
    assert guardian(visitor, purpose="analytics") == 403
    visitor.choose("save", age="under")
    for fields in ({"guardian": ""}, {"guardian": "no"}):
        assert visitor.choose("guardian", purpose="analytics", **fields) == 403
    assert visitor.allowed == set()
    answer = visitor.client.post(
        f"{PREFIX}/choice", data={"action": "guardian", "guardian": "yes"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert middleware.ledger is not None


def test_where_only_the_app_can_verify_a_guardian_there_is_no_form(tmp_path: Path) -> None:
    middleware = mount(tmp_path, Policy.parse(ASKING.replace("ask = true", 'ask = true\nguardian = "app"')))
    visitor = Visitor(middleware)
    visitor.choose("save", age="under")
    assert f"{PREFIX}/guardian" not in visitor.preferences
    assert visitor.client.get(f"{PREFIX}/guardian").status_code == 404
    assert guardian(visitor, purpose="analytics") == 403
    visitor.open("/?allow=analytics&guardian=yes")
    assert visitor.allowed == {"analytics", "tracker", "heatmap"}
    record = visitor.records[-1]
    assert (record["kind"], record["method"], record["acting"]) == ("guardian", "app", "guardian")
    assert middleware.ledger is not None
    asyncio.run(middleware.ledger.stop())


def test_an_app_says_what_it_knows_and_it_counts_in_the_same_request(quiet: Visitor) -> None:
    quiet.choose("accept-all")
    assert "analytics: True" in quiet.open()
    assert "analytics: False" in quiet.open("/?under=yes")
    assert quiet.allowed == set()
    assert quiet.records[-1]["kind"] == "withdrawal"
    assert quiet.records[-1]["age"] == "under"
    count = len(quiet.records)
    quiet.open("/?under=yes")
    assert len(quiet.records) == count
    assert "Because you are under 14" in quiet.preferences
    quiet.choose("accept-all")
    assert quiet.allowed == set()
    # Where the policy does not ask, nobody is believed to have answered.
    quiet.choose("accept-all", age="over")
    assert quiet.allowed == set()
    assert BANNER in quiet.open("/?under=no")
    quiet.choose("accept-all")
    assert "analytics" in quiet.allowed


def test_an_adult_whom_the_app_knows_is_not_asked_for_the_age(visitor: Visitor) -> None:
    page = visitor.open("/?under=no")
    assert BANNER in page
    assert "How old are you?" not in page
    assert '<input type="hidden" name="age" value="over">' in page
    assert not visitor.client.cookies


def test_an_app_that_allows_before_the_age_is_known_allows_nothing(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    assert "analytics: False" in visitor.open("/?allow=analytics")
    assert "record_age" in caplog.text
    assert BANNER in visitor.open()
    assert "analytics: True" in visitor.open("/?under=no&allow=analytics")


def test_a_choice_from_before_the_age_was_asked_for_waits_for_the_answer(tmp_path: Path) -> None:
    before = token(QUIET, "analytics", "preference")
    app = page()
    answer = get(
        mounted(app, POLICY),
        cookie=before,
        headers=[*SAME_ORIGIN, *((k.encode(), v.encode()) for k, v in NAVIGATION.items())],
    )
    assert not get_consent(app.scope).allows("analytics")
    assert b"How old are you?" in answer.body
    refused = token(QUIET)
    answer = get(
        mounted(page(), POLICY), cookie=refused, headers=[(k.encode(), v.encode()) for k, v in NAVIGATION.items()]
    )
    assert BANNER.encode() not in answer.body


def test_a_frame_offers_a_child_nothing_and_nobody_anything_that_takes_an_age() -> None:
    body = b'<!doctype html><html><head></head><body><iframe src="https://tracker.example.net/"></iframe>'
    fetch = [*SAME_ORIGIN, (b"sec-fetch-mode", b"cors"), (b"sec-fetch-dest", b"empty")]
    for age, offers, loads in (
        ("under", False, False),
        ("guardian", False, False),
        ("", True, False),
        ("over", True, True),
    ):
        site = mounted(page(body=body), POLICY)
        cookie = token(POLICY, age=age)
        shown = get(site, headers=[(b"sec-fetch-dest", b"iframe")], cookie=cookie).body
        assert (b'data-privacy-action="always-allow"' in shown) is offers, age
        assert (b'data-privacy-action="load-once"' in shown) is loads, age
        once = get(site, headers=[*fetch, (b"privacy-activation", b"tracker")], cookie=cookie).body
        assert (b'src="https://tracker.example.net/"' in once) is loads, age


def test_an_age_step_without_an_age_is_a_problem_of_the_policy() -> None:
    with pytest.raises(PolicyError, match=r"children\.ask[\s\S]*minimum_age = 14"):
        Policy.parse("[children]\nask = true")
    app = App()
    get(mounted(app, None))
    with pytest.raises(ConfigurationError, match="minimum_age"):
        record_age(app.scope, under=True)


def test_where_nobody_is_asked_nothing_is_there_of_it(quiet: Visitor) -> None:
    banner = quiet.open()
    assert "How old" not in banner
    assert 'name="age"' not in banner
    assert 'name="age"' not in quiet.preferences
    styles = re.search(r'href="([^"]+choices\.[^"]+\.css)"', banner)
    assert styles is not None
    assert "privacy-ui-age" not in quiet.client.get(styles[1]).text


def queued(tmp_path: Path) -> list[tuple[str, str, str]]:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    rows = connection.execute("SELECT kind, consent_id, due_on FROM consent_requests").fetchall()
    connection.close()
    return rows


def test_a_child_of_whom_something_was_held_is_queued_for_deletion_with_its_due_day(
    visitor: Visitor, middleware: ConsentMiddleware, tmp_path: Path
) -> None:
    visitor.choose("reject-all")
    visitor.choose("save", age="under")
    guardian(visitor, purpose="analytics")
    visitor.choose("reject-all")
    assert queued(tmp_path) == []
    visitor.choose("accept-all", age="over")
    visitor.choose("save", age="under")
    ((kind, consent_id, due_on),) = queued(tmp_path)
    assert (kind, consent_id) == ("child-deletion", visitor.records[0]["consent_id"])
    assert due_on >= "2027-02-05"
    assert visitor.allowed == set()


def test_the_app_is_told_of_a_child_that_was_found(tmp_path: Path) -> None:
    told: list[str] = []

    async def note(asked: Asked) -> None:
        told.append(f"{asked.kind} {asked.consent_id}")

    middleware = ConsentMiddleware(
        Starlette(routes=[Route("/", home)]),
        policy=POLICY,
        secret_key=KEY,
        ledger=f"sqlite:///{tmp_path / 'ledger.db'}",
        on_request=note,
    )
    visitor = Visitor(middleware)
    visitor.choose("accept-all", age="over")
    visitor.choose("save", age="under")
    assert told == [f"child-deletion {visitor.records[0]['consent_id']}"]
    assert middleware.ledger is not None
    asyncio.run(middleware.ledger.stop())


def test_a_child_is_one_whatever_becomes_of_the_queue(
    visitor: Visitor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise LedgerUnavailable("gone")

    visitor.choose("accept-all", age="over")
    monkeypatch.setattr("consent_middleware.rights.RequestQueue.receive", refuse)
    assert visitor.choose("save", age="under") == 303
    assert visitor.allowed == set()
    assert f"--kind child-deletion --consent-id {visitor.records[0]['consent_id']}" in caplog.text


ages: st.SearchStrategy[Age] = st.sampled_from(("", "over", "under", "guardian"))
names = st.sets(st.sampled_from([*POLICY.optional, *POLICY.services]))


@given(age=ages, allowed=names, refused=names, gpc=st.booleans(), signal=st.booleans())
def test_whatever_a_token_says_a_child_is_allowed_nothing_optional(
    age: Age, allowed: set[str], refused: set[str], gpc: bool, signal: bool
) -> None:
    consent = Consent(
        choice_made=True, id="x" * 16, allowed=frozenset(allowed), refused=frozenset(refused), gpc=gpc, age=age
    )
    decision = decide(POLICY, consent, Signals(gpc=signal))
    optional = decision.allowed - POLICY.necessary
    if age in ("under", ""):
        assert not optional
    if age in ("under", "guardian"):
        assert decision.asks == ()
    assert optional <= allowed | set(POLICY.services)


@given(before=names, named=names, action=st.sampled_from(("accept-all", "save", "always-allow", "reject-all")))
def test_nothing_that_a_child_sends_adds_to_what_a_guardian_allowed(
    before: set[str], named: set[str], action: Any
) -> None:
    consent = Consent(choice_made=True, allowed=frozenset(before), age="guardian")
    answers = for_age(POLICY, answer(POLICY, action, named, named, before=consent), "guardian", before=consent)
    assert answers.allowed <= consent.allowed
    assert not for_age(POLICY, answers, "under", before=consent).allowed
