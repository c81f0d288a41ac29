"""What the spool was given is in the database in the end, or still in the spool."""

import asyncio
import errno
import logging
import os
import time
import uuid
from pathlib import Path

import pytest

from consent_middleware.errors import LedgerError, LedgerUnavailable
from consent_middleware.ledger import Ledger, replay
from consent_middleware.ledger.records import Record, Shown
from consent_middleware.ledger.spool import Spool
from consent_middleware.ledger.writer import Entry
from consent_middleware.storage import batches

KEY = "spool-key"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def an_entry(record_id: str = "", **more: object) -> Entry:
    record = Record(
        record_id=record_id or uuid.uuid4().hex, kind="choice", consent_id="mine", recorded_at=1, content="{}"
    )
    return Entry(record=record, **more)  # type: ignore[arg-type]


def spool_of(ledger: Ledger) -> Spool:
    assert ledger._spool is not None
    return ledger._spool


def test_a_file_that_cannot_be_read_now_is_replayed_later(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        await ledger.start()
        spool, read = spool_of(ledger), Path.read_bytes
        await spool.add(an_entry("first"))
        await spool.add(an_entry("second"))
        first = spool.files()[0]

        def fail(path: Path) -> bytes:
            if path == first:
                raise OSError(errno.EMFILE, "Too many open files", str(path))
            return read(path)

        monkeypatch.setattr(Path, "read_bytes", fail)
        with pytest.raises(LedgerUnavailable, match="Too many open files"):
            await ledger._replay.run()
        # Nor is a visitor told that all is erased while something lies there.
        with pytest.raises(LedgerUnavailable):
            await ledger.erase("mine", reason="a test")
        assert spool.files() == [first]
        monkeypatch.setattr(Path, "read_bytes", read)
        await ledger._replay.run()
        assert spool.files() == []
        assert await ledger.count() == 2
        assert (await ledger.verify()).holds
        await ledger.stop()

    asyncio.run(story())


def test_a_file_that_never_can_be_replayed_keeps_no_other_from_it(url: str, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        spool = spool_of(ledger)
        newer = an_entry()
        object.__setattr__(newer, "record", {"written": "by a newer release"})
        await spool.add(newer)
        await spool.add(an_entry("other"))
        with pytest.raises(LedgerError, match="another release"):
            await ledger._replay.run()
        assert len(spool.files()) == 1
        assert await ledger.count() == 1
        await ledger.stop()

    asyncio.run(story())


def test_one_that_is_not_ours_and_cannot_be_left_aside_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path, [b"ours"])
    (tmp_path / "00000000000000000001-aaaaaaaa.spooled").write_bytes(b"somebody else's")

    def fail(path: Path, target: Path) -> Path:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(LedgerError, match="left aside"):
        spool.read(spool.files()[0])
    assert len(spool.files()) == 1


def test_more_than_the_writer_takes_at_once_is_replayed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_WAITING", 50)
    monkeypatch.setattr(replay, "_AT_ONCE", 40)

    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        spool = spool_of(ledger)
        spool._write([an_entry() for _ in range(200)])
        await ledger._replay.run()
        assert await ledger.count() == 200
        assert (await ledger.verify()).holds
        await ledger.stop()

    asyncio.run(story())


def test_a_record_that_cannot_be_spooled_fails_alone_and_at_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path, [b"key"])
    shown = Shown(digest="1", language="en", layer="banner", content="half a pair: \ud800")

    async def story() -> None:
        async with asyncio.timeout(30):
            answers = await asyncio.gather(spool.add(an_entry(shown=shown)), return_exceptions=True)
            await spool.add(an_entry())
        assert isinstance(answers[0], LedgerError)
        assert len(spool.files()) == 1

    asyncio.run(story())


def test_the_name_of_a_new_folder_is_as_durable_as_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    flush = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    asyncio.run(Spool(tmp_path / "state" / "spool", [b"key"]).add(an_entry()))
    folders = [path for path in flushed if not path.endswith(".part")]
    assert set(folders) == {str(tmp_path), str(tmp_path / "state"), str(tmp_path / "state" / "spool")}


def test_what_a_killed_process_did_not_finish_goes(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        ledger = Ledger(url, secret_keys=[KEY])
        spool = spool_of(ledger)
        await spool.add(an_entry())
        old, new = spool.folder / "1-aaaaaaaa.part", spool.folder / "2-bbbbbbbb.part"
        for path in (old, new):
            path.write_bytes(b"half of what somebody chose")
        os.utime(old, (time.time() - 7200,) * 2)
        await ledger.start()
        assert not old.exists()
        assert new.exists()
        await ledger.stop()

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert caplog.records == []
