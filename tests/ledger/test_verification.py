"""Whoever changes a ledger without its key is found out, and told where."""

import asyncio
import dataclasses
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from consent_middleware.errors import LedgerError
from consent_middleware.ledger import ChoiceRecord, Ledger
from consent_middleware.ledger import verification as verification_module
from consent_middleware.ledger.anchors import Anchor, read_anchor
from consent_middleware.ledger.findings import Report
from consent_middleware.ledger.purging import Purge, Retention

MakeRecord = Callable[[], ChoiceRecord]
KEYS = ["newest", "older"]
DAY = 86_400
FIRST = 1_795_000_000
"""When the first record of ``make_record`` was made."""


@pytest.fixture
def filled(url: str, make_record: MakeRecord) -> list[ChoiceRecord]:
    """Ten records in one chain."""
    records = [make_record() for _ in range(10)]

    async def story(ledger: Ledger) -> None:
        for record in records:
            await ledger.append(record)

    using(url, story)
    return records


@pytest.fixture
def tampering(tmp_path: Path, filled: list[ChoiceRecord]) -> Iterator[sqlite3.Connection]:
    """What somebody can do who holds the file but not the key."""
    connection = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    yield connection
    connection.close()


T = TypeVar("T")


def using(url: str, story: Callable[[Ledger], Awaitable[T]], keys: Sequence[str] = KEYS) -> T:
    """Tell a story of one ledger, from its opening to its end."""

    async def told() -> T:
        ledger = Ledger(url, secret_keys=keys)
        try:
            return await story(ledger)
        finally:
            await ledger.stop()

    return asyncio.run(told())


def verified(url: str, keys: Sequence[str] = KEYS, anchor: Anchor | None = None) -> Report:
    return using(url, lambda ledger: ledger.verify(anchor=anchor), keys)


def faults(report: Report) -> list[tuple[str, int]]:
    return [(problem.fault, problem.position) for problem in report.problems]


def test_an_untouched_ledger_holds(url: str, filled: list[ChoiceRecord]) -> None:
    report = verified(url)
    assert report.holds
    assert (report.records, report.chains, report.erased, report.expired) == (10, 1, 0, 0)


def test_records_sealed_with_an_older_key_still_verify(url: str, filled: list[ChoiceRecord]) -> None:
    assert verified(url, ["brand-new", *KEYS]).holds
    assert faults(verified(url, ["stranger"]))[0] == ("forged", 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content", '{"allowed": ["marketing"]}'),
        ("consent_id", "another"),
        ("recorded_at", 1),
        ("kind", "withdrawal"),
        ("salt", b"0123456789abcdef"),
        ("record_id", "another"),
    ],
)
def test_an_edited_field_is_named(url: str, tampering: sqlite3.Connection, column: str, value: object) -> None:
    tampering.execute(f'UPDATE consent_records SET {column} = ? WHERE "position" = 4', [value])
    (problem,) = verified(url).problems
    assert (problem.fault, problem.position) == ("edited", 4)
    assert problem.record_id


def test_an_edit_whose_digest_was_made_to_fit_is_a_forgery(
    url: str, tampering: sqlite3.Connection, filled: list[ChoiceRecord]
) -> None:
    from consent_middleware.ledger.chain import digest_of
    from consent_middleware.ledger.records import record_of

    forged = record_of(dataclasses.replace(filled[3], allowed=("marketing",)))
    (salt,) = tampering.execute('SELECT salt FROM consent_records WHERE "position" = 4').fetchone()
    tampering.execute(
        'UPDATE consent_records SET content = ?, digest = ? WHERE "position" = 4',
        [forged.content, digest_of(forged, salt)],
    )
    assert faults(verified(url)) == [("forged", 4)]


@pytest.mark.parametrize("place", [1, 5])
def test_a_deleted_record_is_missed(url: str, tampering: sqlite3.Connection, place: int) -> None:
    tampering.execute(f'DELETE FROM consent_records WHERE "position" = {place}')
    assert faults(verified(url)) == [("missing", place)]


@pytest.mark.parametrize(("one", "other"), [(4, 5), (3, 8), (1, 2), (9, 10)])
def test_two_swapped_records_are_named_with_where_they_belong(
    url: str, tampering: sqlite3.Connection, one: int, other: int
) -> None:
    tampering.execute(
        f'UPDATE consent_records SET "position" = CASE "position" WHEN {one} THEN {other} ELSE {one} END '
        f'WHERE "position" IN ({one}, {other})'
    )
    report = verified(url)
    assert faults(report)[:2] == [("moved", one), ("moved", other)]
    assert f"place {other}" in report.problems[0].message
    assert len(report.problems) == 2


def test_a_record_put_in_without_the_key_is_a_forgery(url: str, tampering: sqlite3.Connection) -> None:
    tampering.execute(
        "INSERT INTO consent_records SELECT 'forged', kind, consent_id, recorded_at, content, salt, writer, "
        '"position" + 1, digest, seal, erased_at, erasure FROM consent_records WHERE "position" = 10'
    )
    assert faults(verified(url))[0][1] == 11
    assert len(verified(url).problems) == 1


def test_a_second_record_at_one_place_is_a_forgery(url: str, tampering: sqlite3.Connection) -> None:
    tampering.execute(
        "INSERT INTO consent_records SELECT 'forged', kind, consent_id, recorded_at, content, salt, writer, "
        '"position", digest, seal, erased_at, erasure FROM consent_records WHERE "position" = 5'
    )
    assert ("forged", 5) in faults(verified(url))


def test_a_truncated_tail_shows_against_an_anchor(url: str, tampering: sqlite3.Connection) -> None:
    anchor = using(url, lambda ledger: ledger.anchor())
    assert verified(url, anchor=anchor).holds
    tampering.execute('DELETE FROM consent_records WHERE "position" > 7')
    assert verified(url).holds
    assert faults(verified(url, anchor=anchor)) == [("truncated", 8)]
    tampering.execute("DELETE FROM consent_records")
    assert faults(verified(url, anchor=anchor)) == [("truncated", 1)]


def test_a_ledger_that_went_on_still_holds_against_its_anchor(
    url: str, filled: list[ChoiceRecord], make_record: MakeRecord
) -> None:
    anchor = using(url, lambda ledger: ledger.anchor())
    using(url, lambda ledger: ledger.append(make_record()))
    report = verified(url, anchor=anchor)
    assert report.holds
    assert report.chains == 2


def test_an_anchor_that_was_changed_is_refused(url: str, filled: list[ChoiceRecord]) -> None:
    async def story(ledger: Ledger) -> tuple[Anchor, tuple[bytes, ...]]:
        return await ledger.anchor(), ledger.keys

    anchor, keys = using(url, story)
    content = msgspec.json.encode(anchor)
    assert read_anchor(content, keys) == anchor
    for wrong in (content.replace(b",10,", b",7,"), b"{}", b"", content.replace(b'"root":"', b'"root":"0')):
        with pytest.raises(LedgerError):
            read_anchor(wrong, keys)
    with pytest.raises(LedgerError, match="another key"):
        read_anchor(content, [b"other"])


def test_an_erased_record_leaves_a_chain_that_holds(
    url: str, filled: list[ChoiceRecord], tampering: sqlite3.Connection
) -> None:
    async def story(ledger: Ledger) -> None:
        assert await ledger.erase(filled[4].consent_id, reason="request") == 1
        assert await ledger.of_visitor(filled[4].consent_id) == []
        assert await ledger.record(filled[4].record_id) is None
        assert await ledger.count() == 9

    using(url, story)
    report = verified(url, ["rotated", *KEYS])
    assert report.holds
    assert (report.records, report.erased) == (10, 1)
    row = tampering.execute("SELECT consent_id, content, salt FROM consent_records WHERE erased_at <> 0").fetchone()
    assert row == ("", "", b"")
    (said,) = tampering.execute("SELECT content FROM consent_records WHERE kind = 'erasure'").fetchone()
    assert said == '{"records":1,"reason":"request"}'


def test_what_is_erased_is_gone_from_the_file(url: str, filled: list[ChoiceRecord], tmp_path: Path) -> None:
    using(url, lambda ledger: ledger.erase(filled[4].consent_id, reason="request"))
    for path in tmp_path.iterdir():
        if path.is_file():
            assert filled[4].consent_id.encode() not in path.read_bytes()
            assert filled[4].record_id.encode() in path.read_bytes()


def test_erasing_without_the_key_is_found_out(url: str, tampering: sqlite3.Connection) -> None:
    tampering.execute(
        "UPDATE consent_records SET consent_id = '', content = '', salt = x'', erased_at = 1, erasure = x'00' "
        'WHERE "position" = 6'
    )
    assert faults(verified(url)) == [("edited", 6)]


def test_a_seal_of_erasure_is_worth_nothing_elsewhere(
    url: str, filled: list[ChoiceRecord], tampering: sqlite3.Connection
) -> None:
    using(url, lambda ledger: ledger.erase(filled[4].consent_id, reason="request"))
    at, seal = tampering.execute("SELECT erased_at, erasure FROM consent_records WHERE erased_at <> 0").fetchone()
    tampering.execute(
        "UPDATE consent_records SET consent_id = '', content = '', salt = x'', erased_at = ?, erasure = ? "
        'WHERE "position" = 6',
        [at, seal],
    )
    assert faults(verified(url)) == [("edited", 6)]


def test_what_has_expired_is_let_go_and_told_from_what_is_missing(url: str, tampering: sqlite3.Connection) -> None:
    retention = Retention(kinds={"choice": DAY})
    done = using(url, lambda ledger: ledger.purge(retention, now=FIRST + DAY + 6))
    assert (done.removed, done.erased) == (6, 0)
    report = verified(url)
    assert report.holds
    assert (report.records, report.expired) == (4, 6)
    tampering.execute("DELETE FROM consent_checkpoints")
    assert faults(verified(url)) == [("missing", 1)]


def test_a_checkpoint_cannot_be_moved_without_the_key(url: str, tampering: sqlite3.Connection) -> None:
    using(url, lambda ledger: ledger.purge(Retention(kinds={"choice": DAY}), now=FIRST + DAY + 6))
    (seal,) = tampering.execute('SELECT seal FROM consent_records WHERE "position" = 8').fetchone()
    tampering.execute('UPDATE consent_checkpoints SET "position" = 8, seal = ?', [seal])
    tampering.execute('DELETE FROM consent_records WHERE "position" <= 8')
    assert faults(verified(url)) == [("forged", 8)]


def test_a_chain_that_is_let_go_as_a_whole_is_still_accounted_for(url: str, filled: list[ChoiceRecord]) -> None:
    anchor = using(url, lambda ledger: ledger.anchor())
    done = using(url, lambda ledger: ledger.purge(Retention(kinds={}, others=DAY), now=FIRST + 2 * DAY))
    assert done.removed == 10
    report = verified(url, anchor=anchor)
    assert report.holds
    assert (report.records, report.expired, report.chains) == (0, 10, 1)


def test_what_has_expired_behind_what_has_not_is_erased(
    url: str, filled: list[ChoiceRecord], make_record: MakeRecord
) -> None:
    kept = dataclasses.replace(make_record(), kind="withdrawal")
    later = [make_record() for _ in range(3)]

    async def story(ledger: Ledger) -> None:
        for record in (kept, *later):
            await ledger.append(record)
        done = await ledger.purge(Retention(kinds={"choice": DAY}), now=FIRST + 9 * DAY)
        assert (done.removed, done.erased) == (10, 3)
        assert [stored.record.record_id async for stored in ledger.records()] == [kept.record_id]
        assert (await ledger.purge(Retention(kinds={"choice": DAY}), now=FIRST + 9 * DAY)).removed == 0

    using(url, story)
    assert verified(url).holds


def test_a_purge_in_small_batches_comes_to_the_same(url: str, filled: list[ChoiceRecord]) -> None:
    steps: list[int] = []

    async def story(ledger: Ledger) -> None:
        purge = Purge(ledger.database, ledger.keys, Retention(kinds={"choice": DAY}), now=FIRST + DAY + 7, batch=3)
        assert (await purge.run(steps.append)).removed == 7

    using(url, story)
    assert steps == [3, 3, 1]
    assert verified(url).expired == 7


def test_a_chain_that_does_not_hold_is_not_let_go(url: str, tampering: sqlite3.Connection) -> None:
    tampering.execute('UPDATE consent_records SET recorded_at = 5 WHERE "position" = 2')
    with pytest.raises(LedgerError, match="does not hold"):
        using(url, lambda ledger: ledger.purge(Retention(kinds={"choice": DAY}), now=FIRST + DAY + 6))
    assert faults(verified(url)) == [("edited", 2)]


def test_a_clock_that_was_set_back_breaks_nothing(url: str, make_record: MakeRecord) -> None:
    records = [dataclasses.replace(make_record(), chosen_at=FIRST - 1000 * number) for number in range(5)]

    async def story(ledger: Ledger) -> None:
        for record in records:
            await ledger.append(record)
        assert [choice.chosen_at async for choice in ledger.choices()] == sorted(r.chosen_at for r in records)
        done = await ledger.purge(Retention(kinds={"choice": DAY}), now=FIRST + DAY - 1500)
        assert (done.removed, done.erased) == (0, 3)

    using(url, story)
    assert verified(url).holds


def test_pages_end_anywhere(url: str, filled: list[ChoiceRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 3, 10):
        monkeypatch.setattr(verification_module, "PAGE", size)
        counts: list[int] = []
        report = using(url, lambda ledger: ledger.verify(progress=counts.append))  # noqa: B023
        assert report.holds
        assert sum(counts) == 10


def test_a_restored_backup_verifies(url: str, filled: list[ChoiceRecord], tmp_path: Path) -> None:
    source, target = sqlite3.connect(tmp_path / "ledger.db"), sqlite3.connect(tmp_path / "restored.db")
    source.backup(target)
    source.close()
    target.close()
    assert verified(f"sqlite:///{tmp_path / 'restored.db'}").holds


def test_each_start_begins_a_chain_of_its_own_and_all_of_them_hold(url: str, make_record: MakeRecord) -> None:
    async def story() -> None:
        ledgers = [Ledger(url, secret_keys=KEYS) for _ in range(4)]
        await asyncio.gather(*(ledger.append(make_record()) for ledger in ledgers for _ in range(25)))
        for ledger in ledgers:
            await ledger.stop()
        await ledgers[0].append(make_record())
        report = await ledgers[0].verify()
        assert report.holds
        assert (report.records, report.chains) == (101, 5)
        await ledgers[0].stop()

    asyncio.run(story())
