"""A database that is gone holds nobody up: refusals count, acceptances wait, and nothing is lost."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.errors import LedgerError
from consent_middleware.ledger import ChoiceRecord, Ledger
from consent_middleware.ledger.records import Record, choice_of
from consent_middleware.ledger.spool import Spool, spool_folder
from consent_middleware.ledger.writer import Entry
from tests.waiting import until, until_async

MakeRecord = Callable[[], ChoiceRecord]
Lock = Callable[[], contextlib.AbstractContextManager[None]]
KEY = "outage-key"
CHOICE = "/-/privacy/choice"
POLICY = '[[cookies]]\npattern = "_ga*"\npurpose = "analytics"\n'


async def hello(_: object) -> PlainTextResponse:
    return PlainTextResponse("hello")


def mounted(url: str, policy: str = POLICY) -> ConsentMiddleware:
    app = Starlette(routes=[Route("/", hello)])
    return ConsentMiddleware(app, policy=Policy.parse(policy), secret_key=KEY, ledger=url)


def browser(middleware: ConsentMiddleware) -> TestClient:
    client = TestClient(middleware, base_url="https://testserver", follow_redirects=False)
    client.headers["sec-fetch-site"] = "same-origin"
    return client


@pytest.fixture
def locked(url: str, tmp_path: Path) -> Lock:
    """Keep everybody else out of the database for a while."""

    @contextlib.contextmanager
    def lock() -> Iterator[None]:
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()

    async def make() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        await ledger.start()
        await ledger.stop()

    asyncio.run(make())
    return lock


def spooled(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "ledger.db-spool").glob("*.spooled"))


def recorded(url: str, *, at_least: int) -> list[ChoiceRecord]:
    """Open the ledger as the next process would, and wait for its spool to be replayed."""

    async def story() -> list[ChoiceRecord]:
        ledger = Ledger(url, secret_keys=[KEY])
        await ledger.start()
        await until_async(ledger.count, lambda count: count >= at_least)
        assert (await ledger.verify()).holds
        found = [choice async for choice in ledger.choices()]
        await ledger.stop()
        return found

    return asyncio.run(story())


def test_a_refusal_counts_at_once_and_its_record_waits_on_disk(url: str, locked: Lock, tmp_path: Path) -> None:
    client = browser(mounted(url))
    with locked():
        began = time.monotonic()
        answer = client.post(CHOICE, data={"action": "reject-all"})
        assert time.monotonic() - began < 4.5
        assert answer.status_code == 303
        assert client.get(CHOICE).json()["choice_made"]
        assert len(spooled(tmp_path)) == 1
    (record,) = recorded(url, at_least=1)
    assert record.action == "reject-all"
    assert spooled(tmp_path) == []


def test_an_acceptance_is_not_granted_before_it_is_recorded(url: str, locked: Lock, tmp_path: Path) -> None:
    middleware = mounted(url)
    assert middleware.ledger is not None
    middleware.ledger.database.patience = 0.3
    client = browser(middleware)
    with locked():
        answer = client.post(CHOICE, data={"action": "accept-all"})
        assert answer.status_code == 503
        assert "Try again" in answer.text
        assert not client.get(CHOICE).json()["choice_made"]
        assert spooled(tmp_path) == []
    assert recorded(url, at_least=0) == []


def test_where_the_policy_says_so_an_acceptance_is_granted_and_waits_on_disk(
    url: str, locked: Lock, tmp_path: Path
) -> None:
    client = browser(mounted(url, 'unrecorded = "spool"\n' + POLICY))
    with locked():
        assert client.post(CHOICE, data={"action": "accept-all"}).status_code == 303
        assert "analytics" in client.get(CHOICE).json()["allowed"]
        assert len(spooled(tmp_path)) == 1
    assert recorded(url, at_least=1)[0].action == "accept-all"


def test_of_a_choice_that_does_both_the_withdrawal_counts_and_is_recorded(url: str, locked: Lock) -> None:
    middleware = mounted(url)
    assert middleware.ledger is not None
    client = browser(middleware)
    assert client.post(CHOICE, data={"action": "save", "purpose": ["preference"]}).status_code == 303
    middleware.ledger.database.patience = 0.3
    with locked():
        answer = client.post(CHOICE, data={"action": "save", "purpose": ["analytics"]})
        assert answer.status_code == 503
        state = client.get(CHOICE).json()
        assert "preference" not in state["allowed"]
        assert "analytics" not in state["allowed"]
    # Both may be of one second.
    first, second = sorted(recorded(url, at_least=2), key=lambda choice: choice.kind)
    assert first.allowed == ("preference",)
    assert second.kind == "withdrawal"
    assert second.allowed == ()
    assert "preference" in second.refused


def test_once_the_database_is_known_to_be_gone_nobody_waits_for_it(url: str, locked: Lock, tmp_path: Path) -> None:
    middleware = mounted(url)
    assert middleware.ledger is not None
    middleware.ledger.database.patience = 1
    client = browser(middleware)
    with locked():
        client.post(CHOICE, data={"action": "reject-all"})
        time.sleep(1)  # The database had this long to answer.
        began = time.monotonic()
        for _ in range(5):
            assert client.post(CHOICE, data={"action": "reject-all"}).status_code == 303
        assert client.post(CHOICE, data={"action": "accept-all"}).status_code == 503
        assert client.get("/").text == "hello"
        # If each of them waited for it, seven seconds.
        assert time.monotonic() - began < 5
    assert len(recorded(url, at_least=6)) == 6


def test_what_is_spooled_while_the_database_is_gone_is_replayed_when_it_is_back(
    url: str, locked: Lock, tmp_path: Path, make_record: MakeRecord
) -> None:
    records = [make_record() for _ in range(40)]

    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY], patience=1)
        await ledger.start()
        with locked():
            await asyncio.gather(*(ledger.append(record, may_spool=True) for record in records))
            assert spooled(tmp_path)
        assert await asyncio.to_thread(until, lambda: spooled(tmp_path), lambda files: not files) == []
        found = [choice.record_id async for choice in ledger.choices()]
        assert found == [record.record_id for record in records]
        assert (await ledger.verify()).holds
        await ledger.stop()

    asyncio.run(story())


def test_replaying_twice_records_once(url: str, tmp_path: Path, make_record: MakeRecord) -> None:
    record = make_record()

    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        assert ledger._spool is not None
        await ledger.append(record)
        from consent_middleware.ledger.records import record_of

        for _ in range(2):
            await ledger._spool.add(Entry(record=record_of(record)))
        await asyncio.gather(ledger._replay.run(), ledger._replay.run())
        assert await ledger.count() == 1
        assert (await ledger.verify()).holds
        await ledger.stop()

    asyncio.run(story())


def a_spool(folder: Path) -> Spool:
    return Spool(folder, [b"newest", b"older"])


def an_entry() -> Entry:
    return Entry(record=Record(record_id="1", kind="choice", consent_id="c", recorded_at=1, content="{}"))


def test_a_spooled_file_is_its_owners_alone(tmp_path: Path) -> None:
    spool = a_spool(tmp_path / "spool")
    asyncio.run(spool.add(an_entry()))
    (path,) = spool.files()
    assert path.stat().st_mode & 0o777 == 0o600
    assert spool.folder.stat().st_mode & 0o777 == 0o700
    assert [entry.record for entry in spool.read(path)] == [an_entry().record]
    assert Spool(spool.folder, [b"brand new", b"newest"]).read(path)


def test_what_somebody_put_into_the_spool_is_not_recorded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = a_spool(tmp_path / "spool")
    asyncio.run(spool.add(an_entry()))
    (path,) = spool.files()
    path.write_bytes(path.read_bytes().replace(b'"choice"', b'"notice"'))
    assert spool.read(path) == []
    assert spool.files() == []
    assert "left aside" in caplog.text


def test_a_disk_that_refuses_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    with pytest.raises(LedgerError, match="could not be spooled"):
        asyncio.run(a_spool(tmp_path / "spool").add(an_entry()))


def test_a_file_that_was_not_finished_is_not_replayed(tmp_path: Path) -> None:
    spool = a_spool(tmp_path)
    (tmp_path / "00000000000000000001-aaaaaaaa.part").write_bytes(b"half")
    assert spool.files() == []


def test_a_spool_is_beside_a_file_and_else_where_services_keep_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert spool_folder(tmp_path / "a.db", None) == tmp_path / "a.db-spool"
    assert spool_folder(None, None) is None
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/site:/var/lib/other")
    one = spool_folder(None, "postgresql://user:secret@host/database?sslmode=require")
    assert one is not None
    assert one.parent == Path("/var/lib/site/consent-middleware")
    assert "secret" not in str(one)
    assert one == spool_folder(None, "postgresql://other@host/database")
    assert one != spool_folder(None, "postgresql://user@host/another")


def test_a_ledger_in_memory_cannot_spool(make_record: MakeRecord) -> None:
    async def story() -> None:
        ledger = Ledger("sqlite://", patience=0.3)
        await ledger.append(make_record(), may_spool=True)
        assert await ledger.count() == 1
        await ledger.stop()

    asyncio.run(story())


def test_what_was_shown_is_kept_once_and_found_by_its_digest(url: str) -> None:
    client = browser(mounted(url))
    for _ in range(2):
        client.post(CHOICE, data={"action": "accept-all", "layer": "banner"})
    client.post(CHOICE, json={"action": "reject-all", "layer": "preferences"})
    client.post(CHOICE, json={"action": "reject-all", "layer": "made up"})

    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        found = [choice_of(stored.record) async for stored in ledger.records()]
        assert sorted(choice.layer for choice in found) == ["", "banner", "banner", "preferences"]
        texts = {choice.layer: await ledger.text(choice.shown) for choice in found if choice.shown}
        assert texts["banner"] is not None
        assert "Accept all" in texts["banner"].content
        assert texts["preferences"] is not None
        assert "Save selection" in texts["preferences"].content
        assert await ledger.text("unknown") is None
        await ledger.stop()

    asyncio.run(story())


def test_two_versions_of_a_policy_side_by_side_each_prove_their_own(url: str) -> None:
    old = mounted(url, '[[versions]]\nversion = "1"\neffective = 2024-01-01\n' + POLICY)
    new = mounted(url, '[[versions]]\nversion = "2"\neffective = 2025-01-01\n' + POLICY.replace("_ga*", "_pk*"))
    for _ in range(3):
        for middleware in (old, new):
            assert browser(middleware).post(CHOICE, json={"action": "accept-all"}).status_code == 200
    found = recorded(url, at_least=6)
    assert sorted(choice.policy_version for choice in found) == ["1", "1", "1", "2", "2", "2"]
    digests = {choice.policy_version: choice.policy_digest for choice in found}
    assert digests == {"1": old.policy.digest, "2": new.policy.digest}
    assert digests["1"] != digests["2"]
