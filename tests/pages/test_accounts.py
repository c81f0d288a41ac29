"""A choice follows an account from browser to browser, and never from one account to another."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent_middleware import ConfigurationError, ConsentMiddleware, Policy, record_choice
from consent_middleware.asgi import Scope
from consent_middleware.consent import Subjects
from consent_middleware.errors import LedgerUnavailable
from tests.driving import App, mounted
from tests.pages.site import POLICY

PREFIX = "/-/privacy"
KEY = "account-key"
BANNER = 'id="privacy-consent-ui"'
NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}
SEPARATE: dict[str, Any] = {"action": "save", "purpose": ["analytics", "disclosure"], "layer": "preferences"}


class Clock:
    """A wall clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def ahead(self, seconds: float = 60) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.time", clock)
    # A busy machine is no database that does not answer.
    monkeypatch.setattr("consent_middleware.pages.accounts._HASTE", 60)
    return clock


class Asked:
    """Tells who is signed in by the app's own session, and counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, scope: Scope) -> str | None:
        self.times += 1
        return Request(scope).cookies.get("session")


@pytest.fixture
def asked() -> Asked:
    return Asked()


async def home(request: Request) -> HTMLResponse:
    if "allow" in request.query_params:
        record_choice(request, allow=request.query_params.getlist("allow"))
    return HTMLResponse("<!doctype html><html><head></head><body><p>hello")


def mount(url: str, asked: Any, **options: Any) -> ConsentMiddleware:
    return ConsentMiddleware(
        Starlette(routes=[Route("/", home)]),
        **{"policy": Policy.parse(POLICY), "secret_key": KEY, "ledger": url, "subject": asked, **options},
    )


@pytest.fixture
def middleware(clock: Clock, asked: Asked, tmp_path: Path) -> Iterator[ConsentMiddleware]:
    made = mount(f"sqlite:///{tmp_path / 'ledger.db'}", asked)
    yield made
    assert made.ledger is not None
    asyncio.run(made.ledger.stop())


class Browser:
    """A device with cookies of its own, and whoever is signed in on it."""

    def __init__(self, middleware: ConsentMiddleware, user: str | None = None) -> None:
        self.client = TestClient(middleware, base_url="https://testserver", follow_redirects=False)
        self.client.headers["sec-fetch-site"] = "same-origin"
        if user is not None:
            self.sign_in(user)

    def sign_in(self, user: str) -> None:
        self.client.cookies.set("session", user)

    def sign_out(self) -> None:
        self.client.cookies.delete("session")

    def open(self, path: str = "/") -> str:
        """Open a page as a person does."""
        answer = self.client.get(path, headers=NAVIGATION)
        assert answer.status_code == 200
        return answer.text

    def choose(self, action: str = "accept-all", **fields: Any) -> None:
        assert self.client.post(f"{PREFIX}/choice", data={"action": action, **fields}).status_code == 303

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{PREFIX}/choice").json()
        return found

    @property
    def allows_analytics(self) -> bool:
        return "analytics" in self.state["allowed"]

    @property
    def held(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{PREFIX}/data", headers={"accept": "application/json"}).json()
        return found

    @property
    def token(self) -> str | None:
        return self.client.cookies.get("privacy") or self.client.cookies.get("__Host-privacy")

    @property
    def consent_id(self) -> str | None:
        return self.token[:16] if self.token else None


def bindings(tmp_path: Path) -> int:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    (count,) = connection.execute("SELECT count(*) FROM consent_subjects WHERE consent_id != ''").fetchone()
    connection.close()
    return int(count)


@pytest.mark.parametrize(("action", "allows"), [("accept-all", True), ("reject-all", False)])
def test_a_choice_holds_on_a_new_device_once_its_account_signs_in_there(
    middleware: ConsentMiddleware, clock: Clock, action: str, allows: bool
) -> None:
    laptop, phone = Browser(middleware, "ada"), Browser(middleware)
    laptop.choose(action)
    clock.ahead()
    assert BANNER in phone.open()
    assert phone.token is None
    phone.sign_in("ada")
    assert BANNER not in phone.open()
    assert phone.allows_analytics is allows
    assert phone.state["from_account"] is True
    assert "from_account" not in laptop.state
    assert phone.consent_id != laptop.consent_id
    since = laptop.state["since"]
    assert phone.state["since"] == since
    preferences = phone.client.get(f"{PREFIX}/preferences").text
    assert "It was taken over from your account." in preferences
    assert "It was taken over" not in laptop.client.get(f"{PREFIX}/preferences").text


def test_taking_over_is_recorded_as_what_it_is(middleware: ConsentMiddleware, clock: Clock) -> None:
    laptop, phone = Browser(middleware, "ada"), Browser(middleware, "ada")
    laptop.choose()
    chosen_at = int(clock.now)
    clock.ahead()
    phone.open()
    first, second = phone.held["records"]
    assert (first["method"], first.get("made_at", 0), first["recorded_at"]) == ("form", 0, chosen_at)
    assert (second["method"], second["made_at"], second["recorded_at"]) == ("account", chosen_at, chosen_at + 60)
    assert (first["consent_id"], second["consent_id"]) == (laptop.consent_id, phone.consent_id)
    assert first["allowed"] == second["allowed"]


def test_what_was_taken_over_can_be_changed_and_then_is_ones_own(middleware: ConsentMiddleware, clock: Clock) -> None:
    laptop, phone = Browser(middleware, "ada"), Browser(middleware, "ada")
    laptop.choose()
    clock.ahead()
    phone.open()
    clock.ahead()
    phone.choose("reject-all")
    assert "from_account" not in phone.state
    laptop.client.cookies.set("session", "ada", path="/")
    clock.ahead()
    laptop.client.cookies.set("theme", "dark")  # Other cookies than before: compared at once.
    laptop.open()
    assert not laptop.allows_analytics
    assert laptop.state["from_account"] is True


def test_what_the_app_calls_an_account_is_stored_nowhere(
    middleware: ConsentMiddleware, clock: Clock, tmp_path: Path
) -> None:
    laptop = Browser(middleware, "ada@example.com")
    laptop.choose()
    laptop.open()
    assert bindings(tmp_path) >= 0
    assert len(laptop.held["records"]) == 1
    for file in tmp_path.glob("ledger.db*"):
        assert b"ada@example" not in file.read_bytes()
    assert "ada" not in (laptop.token or "")


def test_who_has_chosen_nowhere_gets_no_identifier_signed_in_or_not(
    middleware: ConsentMiddleware, clock: Clock, tmp_path: Path
) -> None:
    for browser in (Browser(middleware), Browser(middleware, "ada")):
        assert BANNER in browser.open()
        assert browser.token is None
    assert bindings(tmp_path) == 0


def test_a_choice_made_before_signing_in_becomes_the_accounts_if_it_has_none(
    middleware: ConsentMiddleware, clock: Clock
) -> None:
    laptop, phone = Browser(middleware), Browser(middleware)
    laptop.choose()
    own = laptop.consent_id
    laptop.sign_in("ada")
    laptop.open()
    assert laptop.consent_id == own
    assert laptop.allows_analytics
    assert "from_account" not in laptop.state
    phone.sign_in("ada")
    phone.open()
    assert phone.allows_analytics


def test_what_was_chosen_signed_out_narrows_what_the_account_chose_and_never_widens_it(
    middleware: ConsentMiddleware, clock: Clock
) -> None:
    for account, on_device, allows in (
        ("reject-all", "accept-all", False),
        ("accept-all", "reject-all", False),
        ("accept-all", "accept-all", True),
    ):
        user = f"{account} {on_device}".replace(" ", "-")
        Browser(middleware, user).choose(account)
        clock.ahead()
        device = Browser(middleware)
        device.choose(on_device)
        clock.ahead()
        device.sign_in(user)
        device.open()
        assert device.allows_analytics is allows
        elsewhere = Browser(middleware, user)
        elsewhere.open()
        assert elsewhere.allows_analytics is allows
        clock.ahead()


def test_an_older_choice_of_the_device_gives_way_to_the_accounts(middleware: ConsentMiddleware, clock: Clock) -> None:
    device, laptop = Browser(middleware), Browser(middleware, "ada")
    device.choose("accept-all")
    clock.ahead()
    laptop.choose("reject-all")
    device.sign_in("ada")
    device.open()
    assert not device.allows_analytics


def test_after_signing_out_the_choice_stays_and_nothing_of_the_account_shows(
    middleware: ConsentMiddleware, clock: Clock
) -> None:
    shared = Browser(middleware, "ada")
    shared.choose()
    receipt = shared.held["records"][0]["record_id"]
    assert shared.client.get(f"{PREFIX}/receipt/{receipt}").status_code == 200
    shared.sign_out()
    assert shared.allows_analytics
    page = shared.client.get(f"{PREFIX}/data")
    assert page.status_code == 403
    assert "Sign in to see what is held." in page.text
    assert shared.held["error"] == "locked"
    assert shared.client.get(f"{PREFIX}/receipt/{receipt}").status_code == 404
    assert shared.client.post(f"{PREFIX}/data/erase").status_code == 403
    shared.sign_in("ada")
    assert len(shared.held["records"]) == 1


def test_whoever_chooses_after_a_sign_out_is_somebody_else(middleware: ConsentMiddleware, clock: Clock) -> None:
    shared, phone = Browser(middleware, "ada"), Browser(middleware, "ada")
    shared.choose(**SEPARATE)
    of_ada = shared.consent_id
    shared.sign_out()
    clock.ahead()
    shared.choose("accept-all")
    assert shared.consent_id not in (None, of_ada)
    # What ada agreed to by an act of its own is no agreement of the next one's.
    assert "disclosure" not in shared.state["allowed"]
    assert [record["consent_id"] for record in shared.held["records"]] == [shared.consent_id]
    phone.open()
    assert phone.state["allowed"].count("disclosure") == 1
    assert "marketing" not in phone.state["allowed"]


def test_an_app_that_records_for_the_next_one_does_not_carry_separate_consent_over(
    middleware: ConsentMiddleware, clock: Clock
) -> None:
    shared = Browser(middleware, "ada")
    shared.choose(**SEPARATE)
    of_ada = shared.consent_id
    shared.sign_in("ben")
    shared.client.get("/?allow=analytics&allow=disclosure")
    assert shared.consent_id not in (None, of_ada)
    assert "analytics" in shared.state["allowed"]
    assert "disclosure" not in shared.state["allowed"]


def test_another_account_in_the_same_browser_is_asked_and_sees_nothing_of_the_first(
    middleware: ConsentMiddleware, clock: Clock
) -> None:
    shared = Browser(middleware, "ada")
    shared.choose()
    of_ada = shared.held
    clock.ahead()
    shared.sign_in("ben")
    assert shared.held["records"] == []
    assert shared.client.get(f"{PREFIX}/receipt/{of_ada['records'][0]['record_id']}").status_code == 404
    assert BANNER in shared.open()
    assert shared.token is None
    shared.choose("reject-all")
    clock.ahead()
    shared.sign_in("ada")
    shared.open()
    assert shared.allows_analytics
    assert shared.consent_id != of_ada["consent_id"]
    assert {record["method"] for record in shared.held["records"]} == {"form", "account"}
    assert len(shared.held["records"]) == 2


def test_another_account_with_a_choice_brings_its_own(middleware: ConsentMiddleware, clock: Clock) -> None:
    shared, phone = Browser(middleware, "ada"), Browser(middleware, "ben")
    shared.choose("accept-all")
    phone.choose("reject-all")
    first = shared.consent_id
    clock.ahead()
    shared.sign_in("ben")
    shared.open()
    assert not shared.allows_analytics
    assert shared.consent_id not in (first, phone.consent_id)


def test_all_of_an_accounts_data_is_shown_and_erased_from_any_of_its_browsers(
    middleware: ConsentMiddleware, clock: Clock, tmp_path: Path
) -> None:
    laptop, phone, other = (Browser(middleware, user) for user in ("ada", "ada", "ben"))
    for browser in (laptop, phone, other):
        browser.choose()
        clock.ahead()
    assert len(laptop.held["records"]) == 2
    assert laptop.held["records"] == phone.held["records"]
    assert set(phone.held["consent_ids"]) == {laptop.consent_id, phone.consent_id}
    receipt = next(r["record_id"] for r in phone.held["records"] if r["consent_id"] == laptop.consent_id)
    assert phone.client.get(f"{PREFIX}/receipt/{receipt}").status_code == 200
    assert "from every browser in which you signed in" in phone.client.get(f"{PREFIX}/data").text
    assert Browser(middleware, "ada").held["records"] == laptop.held["records"]
    answer = phone.client.post(f"{PREFIX}/data/erase", headers={"accept": "application/json"})
    assert answer.json()["erased"]["records"] == 2
    assert phone.token is None
    assert laptop.held["records"] == []
    # The laptop still carries a token, until it is seen.
    clock.ahead()
    assert BANNER in laptop.open()
    assert laptop.token is None
    assert bindings(tmp_path) == 1
    assert len(other.held["records"]) == 1
    assert other.allows_analytics


def test_after_an_erasure_a_new_choice_follows_the_account_again(middleware: ConsentMiddleware, clock: Clock) -> None:
    laptop, phone = Browser(middleware, "ada"), Browser(middleware, "ada")
    laptop.choose()
    laptop.client.post(f"{PREFIX}/data/erase")
    laptop.choose("reject-all")  # In the same second.
    laptop.open()
    assert laptop.state["choice_made"]
    phone.open()
    assert phone.state["choice_made"]
    assert not phone.allows_analytics


def test_the_app_is_asked_only_where_it_matters(
    middleware: ConsentMiddleware, clock: Clock, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("consent_middleware.pages.accounts.time.monotonic", lambda: now[0])
    browser = Browser(middleware, "ada")
    browser.client.get("/", headers={"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"})
    browser.client.get(f"{PREFIX}/preferences")
    assert asked.times == 0
    for count in (1, 2):
        browser.open()
        assert asked.times == count
    browser.choose()
    assert asked.times == 3
    for _ in range(3):
        browser.open()
        browser.client.get("/", headers={"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"})
    assert asked.times == 4
    now[0] += 601
    browser.open()
    assert asked.times == 5
    assert len(browser.held["records"]) == 1


def test_a_choice_that_the_app_records_follows_its_account_too(middleware: ConsentMiddleware, clock: Clock) -> None:
    laptop, phone = Browser(middleware, "ada"), Browser(middleware, "ada")
    laptop.client.get("/?allow=analytics")
    phone.open()
    assert phone.allows_analytics


class Unable:
    """An app that cannot say who is signed in."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __call__(self, scope: Scope) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize("answer", [RuntimeError("sessions are down"), 17, "", None])
def test_an_app_that_cannot_say_has_nobody_signed_in(clock: Clock, tmp_path: Path, answer: object) -> None:
    middleware = mount(f"sqlite:///{tmp_path / 'ledger.db'}", Unable(answer))
    browser = Browser(middleware)
    assert BANNER in browser.open()
    browser.choose()
    browser.open()
    assert len(browser.held["records"]) == 1
    assert middleware.ledger is not None
    asyncio.run(middleware.ledger.stop())


def test_without_a_ledger_there_is_nothing_to_follow() -> None:
    with pytest.raises(ConfigurationError, match=r'ledger="sqlite:///consent.db", subject='):
        mounted(App(), None, subject=lambda scope: None)


def test_while_the_database_is_gone_a_choice_stays_and_a_refusal_counts(
    middleware: ConsentMiddleware, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object, **__: object) -> None:
        raise LedgerUnavailable("gone")

    laptop, phone, shared = Browser(middleware, "ada"), Browser(middleware, "ada"), Browser(middleware, "ben")
    laptop.choose()
    shared.choose()
    of_ben = shared.consent_id
    assert middleware.ledger is not None
    with monkeypatch.context() as patched:
        patched.setattr(middleware.ledger.database, "run", gone)
        assert BANNER in phone.open()
        laptop.client.cookies.set("theme", "dark")
        laptop.open()
        assert laptop.allows_analytics
        shared.sign_out()
        clock.ahead()
        shared.choose("reject-all")
        assert shared.consent_id != of_ben
        assert phone.client.get(f"{PREFIX}/data").status_code == 503
    # Asked again at once, not after a while.
    phone.open()
    assert phone.allows_analytics


def test_what_cannot_be_recorded_is_not_taken_over(
    middleware: ConsentMiddleware, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise LedgerUnavailable("gone")

    Browser(middleware, "ada").choose()
    phone = Browser(middleware, "ada")
    assert middleware.ledger is not None
    with monkeypatch.context() as patched:
        patched.setattr(middleware.ledger, "append", refuse)
        assert BANNER in phone.open()
        assert phone.token is None
    phone.open()
    assert phone.allows_analytics


def test_what_the_account_did_not_learn_it_learns_from_the_next_page(
    middleware: ConsentMiddleware, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    laptop = Browser(middleware, "ada")
    assert middleware.ledger is not None
    with monkeypatch.context() as patched:
        patched.setattr(middleware.ledger.bindings, "bind", lambda binding: None)
        laptop.choose()
    assert bindings(tmp_path) == 0
    laptop.open()
    phone = Browser(middleware, "ada")
    phone.open()
    assert phone.allows_analytics


def test_a_changed_key_knows_the_accounts_of_the_old_one(clock: Clock, asked: Asked, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    old, new = mount(url, asked), mount(url, asked, secret_key=["new-key", KEY])
    laptop = Browser(old, "ada")
    laptop.choose()
    for middleware in (old, new):
        assert middleware.ledger is not None
        asyncio.run(middleware.ledger.bindings.flush())
    phone = Browser(new, "ada")
    phone.open()
    assert phone.allows_analytics
    laptop.client = TestClient(new, base_url="https://testserver", cookies=laptop.client.cookies)
    assert {record["consent_id"] for record in laptop.held["records"]} == {laptop.consent_id, phone.consent_id}
    for middleware in (old, new):
        assert middleware.ledger is not None
        asyncio.run(middleware.ledger.stop())


def test_a_purpose_that_changed_is_asked_for_on_the_new_device_too(clock: Clock, asked: Asked, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    old = mount(url, asked)
    Browser(old, "ada").choose()
    changed = mount(url, asked, policy=Policy.parse(POLICY.replace("Tracker GmbH", "Another GmbH")))
    assert old.ledger is not None
    assert changed.ledger is not None
    asyncio.run(old.ledger.bindings.flush())
    phone = Browser(changed, "ada")
    assert BANNER in phone.open()
    assert phone.state["asks"] == ["analytics"]
    assert "marketing" in phone.state["allowed"]
    asyncio.run(old.ledger.stop())
    asyncio.run(changed.ledger.stop())


def test_a_choice_that_has_run_out_is_not_taken_over_and_what_is_known_of_it_goes_with_its_record(
    middleware: ConsentMiddleware, clock: Clock, tmp_path: Path
) -> None:
    from consent_middleware.ledger.purging import Retention

    Browser(middleware, "ada").choose()
    clock.ahead(400 * 86_400)
    phone = Browser(middleware, "ada")
    assert BANNER in phone.open()
    assert len(phone.held["records"]) == 1
    assert middleware.ledger is not None
    asyncio.run(middleware.ledger.purge(Retention(kinds={}, others=399 * 86_400)))
    assert phone.held["records"] == []
    assert bindings(tmp_path) == 0


def test_a_refusal_elsewhere_holds_for_the_very_request_that_learns_of_it(
    middleware: ConsentMiddleware, clock: Clock
) -> None:
    laptop, phone = Browser(middleware, "ada"), Browser(middleware, "ada")
    laptop.choose("accept-all")
    clock.ahead()
    phone.choose("reject-all")
    seen: list[str] = []

    async def look(request: Request) -> HTMLResponse:
        seen.extend(request.cookies)
        return HTMLResponse("<!doctype html><p>hello")

    middleware.app.router.routes.append(Route("/look", look))  # type: ignore[attr-defined]
    laptop.client.cookies.set("_ga", "1", domain="testserver.local", path="/")
    answer = laptop.client.get("/look", headers=NAVIGATION)
    assert "session" in seen
    assert "_ga" not in seen
    assert any(line.startswith("_ga=") and "Max-Age=0" in line for line in answer.headers.get_list("set-cookie"))


def test_in_postgresql_it_is_the_same(clock: Clock, asked: Asked, postgresql_url: str) -> None:
    first, second = mount(postgresql_url, asked), mount(postgresql_url, asked)
    laptop, phone = Browser(first, "ada"), Browser(second, "ada")
    laptop.choose()
    laptop.open()
    assert first.ledger is not None
    assert second.ledger is not None
    asyncio.run(first.ledger.bindings.flush())
    phone.open()
    assert phone.allows_analytics
    asyncio.run(second.ledger.bindings.flush())
    assert len(laptop.held["records"]) == 2
    assert phone.client.post(f"{PREFIX}/data/erase").status_code == 303
    clock.ahead()
    laptop.client.cookies.set("theme", "dark")
    assert BANNER in laptop.open()
    asyncio.run(first.ledger.stop())
    asyncio.run(second.ledger.stop())


def test_accounts_that_look_alike_are_told_apart() -> None:
    subjects = Subjects(["newest", "older"], lambda scope: None)
    names = ["ada", "Ada", "ada ", "", "\ud800", "注册"]
    digests = [subjects.named(name).digests for name in names]
    assert len({digest for both in digests for digest in both}) == 2 * len(names)
