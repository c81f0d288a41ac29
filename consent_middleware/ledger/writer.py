"""Appends records to this process's chain, together with those that wait beside them."""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..storage.batches import BatchedWrites
from ..storage.database import Database
from .chain import Head, extend, head_at, new_head, new_salt
from .records import Record, Shown
from .rows import existing, insert_all, insert_one, insert_texts, row_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sqlalchemy.ext.asyncio import AsyncConnection

_TEXTS = 1000
"""Digests of texts known to be stored, at most."""


Beside = Callable[["AsyncConnection"], Awaitable[None]]
"""What is written in the transaction of a record, so that there are both or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record to append. ``is_repeated``: it may be there already, and then nothing is written ``beside`` it."""

    record: Record
    shown: Shown | None = None
    is_repeated: bool = False
    beside: Beside | None = None


class ChainWriter:
    """Everything that happens to the chain happens on the database's thread, one transaction after the other.

    Where it is not certain that a transaction was committed, and in a forked child, a new chain begins: two ends that both believe to
    be the last link would tie two records to one place.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        self._key = key
        self._head: Head | None = None
        self._next: Head | None = None
        self._process = os.getpid()
        self._known_texts: set[str] = set()
        self._new_texts: set[str] = set()
        self._writes: BatchedWrites[Entry] = BatchedWrites(database, self._write, settled=self._settle)

    def add(self, entry: Entry) -> "Future[None]":
        """Append with the next transaction; the future is done after its commit. Never blocks; from any thread."""
        return self._writes.add(entry)

    async def flush(self) -> None:
        """Wait until what was added before is written or has failed."""
        await self._writes.flush()

    def begin_anew(self) -> None:
        """Let the next record begin a new chain, as after a stop."""
        self._head = None

    async def _write(self, connection: "AsyncConnection", entries: Sequence[Entry]) -> None:
        if self._process != os.getpid():
            self._process, self._head = os.getpid(), None
        self._next = self._head
        self._new_texts = set()
        texts = {entry.shown.digest: entry.shown for entry in entries if entry.shown is not None}
        new = texts.keys() - self._known_texts
        if new:
            await insert_texts(connection, [texts[digest] for digest in new])
            self._new_texts = new
        if len(entries) == 1:
            await self._write_one(connection, entries[0])
            return
        records = {entry.record.record_id: entry.record for entry in entries}
        repeated = [entry.record.record_id for entry in entries if entry.is_repeated]
        for record_id in await existing(connection, repeated) if repeated else ():
            del records[record_id]
        if records:
            await insert_all(connection, self._chained(list(records.values())))
        for entry in entries:
            # The first of two that are the same: the second finds nothing left to write.
            if entry.beside is not None and records.pop(entry.record.record_id, None) is not None:
                await entry.beside(connection)

    async def _write_one(self, connection: "AsyncConnection", entry: Entry) -> None:
        (row,) = self._chained([entry.record])
        before = self._head
        if not await insert_one(connection, row):
            self._next = before
        elif entry.beside is not None:
            await entry.beside(connection)

    def _chained(self, records: Sequence[Record]) -> list[dict[str, object]]:
        head = self._head or new_head(self._key)
        rows = []
        for record in records:
            salt = new_salt()
            link = extend(self._key, head, record, salt)
            rows.append(row_of(record, link, salt))
            head = head_at(link)
        self._next = head
        return rows

    def _settle(self, committed: bool) -> None:
        self._head = self._next if committed else None
        if committed and len(self._known_texts) < _TEXTS:
            self._known_texts |= self._new_texts
