"""The append-only record of choices."""

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..caches import BoundedCache
from ..errors import LedgerError, LedgerUnavailable
from ..storage.database import PATIENCE, Database
from ..storage.sightings import CookieSighting, Sightings
from . import rows
from .adoption import adopt_first_choices
from .anchors import Anchor, make_anchor
from .bindings import Bindings
from .chain import derive_keys, mark_of
from .erasing import EraseBeside, erase_visitor, erasure_record
from .findings import Report
from .purging import Purge, Purged, Retention
from .records import CHOICES, ChoiceRecord, Record, Shown, choice_of, record_of
from .replay import Replay
from .rows import Stored
from .spool import Spool, spool_folder
from .verification import Verification
from .writer import Beside, ChainWriter, Entry

if TYPE_CHECKING:
    from concurrent.futures import Future

_HASTE = 0.5
"""Seconds that a record which may be spooled waits for the database: a withdrawal is not to hang on it."""
_NOTED = 8192
"""Ids of records that were noted a moment ago."""


class Ledger:
    """Keeps every choice in a database: ``Ledger("sqlite:///consent.db")`` or ``Ledger("postgresql://…")``.

    ``secret_keys`` seal the records, newest first. ``spool``: a folder for what the database does not take; by default beside a
    SQLite file, else below ``$STATE_DIRECTORY`` or ``~/.local/state``. May be used from any event loop, and without ``start``, which
    only saves the first request the wait. ``create=False`` refuses to make a ledger where none is. Raises ConfigurationError where
    the URL cannot work.
    """

    def __init__(
        self,
        url: str,
        *,
        secret_keys: Sequence[str] = (),
        patience: float = PATIENCE,
        create: bool = True,
        spool: str | Path | None = None,
    ) -> None:
        self.keys = derive_keys(secret_keys)
        upgrade = functools.partial(adopt_first_choices, key=self.keys[0]) if secret_keys else None
        self.database = Database(url, patience=patience, create=create, upgrade=upgrade)
        """Where it is kept: what else a site records shares its connections, and its turns."""
        self.bindings = Bindings(self.database)
        """Which choices belong to which account, where the app tells who is signed in."""
        self._writer = ChainWriter(self.database, self.keys[0])
        self._sightings = Sightings(self.database)
        folder = Path(spool) if spool is not None else spool_folder(self.database.url.path, self.database.url.dsn)
        self._spool = Spool(folder, self.keys) if folder is not None else None
        self._replay = Replay(self.database, self._writer, self._spool)
        self._noted: BoundedCache[str, bool] = BoundedCache(_NOTED)

    async def start(self) -> None:
        """Open the database, bring its tables up to date, and replay what an earlier process spooled."""
        self._replay.start()
        await self.database.start()

    async def stop(self) -> None:
        """Write what waits, then close the database; what it does not take within ``patience`` seconds has failed."""
        try:
            await self._writer.flush()
            await self._sightings.flush()
            await self.bindings.flush()
        except LedgerUnavailable:
            # Each record's own append has said so, or is about to.
            pass
        await self.database.stop()
        self._writer.begin_anew()

    async def append(self, choice: ChoiceRecord, *, shown: Shown | None = None, may_spool: bool = False) -> None:
        """Return once ``choice`` is durably stored; ``shown`` is the text it refers to.

        Raises LedgerUnavailable within ``patience`` seconds when the database does not answer. Then nothing was recorded, unless it
        was the commit's answer that got lost; appending the same record again is safe, one id is recorded once. Raises LedgerError
        for a record that the database refuses. Concurrent records share one transaction, and no fate: neither a cancelled request
        nor a refused record touches the others.

        ``may_spool``: a record that the database does not take at once goes to disk, durably, and into the database when it answers.
        """
        try:
            record = record_of(choice)
        except UnicodeEncodeError as error:
            raise LedgerError(f"The record cannot be written: {error}") from error
        await self.add(record, shown=shown, may_spool=may_spool)

    async def add(self, record: Record, *, shown: Shown | None = None, may_spool: bool = False) -> None:
        """Append a record of any kind; see ``append``."""
        entry = Entry(record=record, shown=shown)
        if not may_spool or self._spool is None:
            await self.database.load()
            await self.database.answer(self._writer.add(entry))
            return
        if not await self._stored_at_once(entry):
            await self._spool.add(entry)
            self._replay.soon()

    async def add_with(self, record: Record, beside: Beside, *, is_repeated: bool = False) -> None:
        """Append a record together with what ``beside`` writes in the same transaction: both or none. Raises LedgerError.

        ``is_repeated``: the record may be there already, and then nothing is written.
        """
        await self.database.load()
        await self.database.answer(self._writer.add(Entry(record=record, beside=beside, is_repeated=is_repeated)))

    def note(self, choice: ChoiceRecord) -> None:
        """Append in the background what happened to a choice without the visitor, once however often it is seen.

        Its id is made of what it says, so that all processes make the same one. Never blocks or raises; what the database does not
        take is seen again.
        """
        record_id = mark_of(self.keys[0], choice)
        if self._noted.get(record_id):
            return
        self._noted.put(record_id, True)
        entry = Entry(record=record_of(replace(choice, record_id=record_id)), is_repeated=True)
        self._writer.add(entry).add_done_callback(functools.partial(self._forget_unwritten, record_id))

    async def choices(self) -> AsyncIterator[ChoiceRecord]:
        """Every choice recorded before the call, in the order of time, page by page: memory stays flat, nothing stays locked."""
        async for stored in self.records(CHOICES):
            yield choice_of(stored.record)

    async def records(self, kinds: Sequence[str] = ()) -> AsyncIterator[Stored]:
        """Every record of these kinds, of all where none is named, except erased ones; otherwise like ``choices``."""
        last: Stored | None = None
        while page := await self.database.run(functools.partial(rows.page_in_time, after=last, kinds=kinds)):
            for stored in page:
                yield stored
            last = page[-1]

    async def count(self) -> int:
        """How many choices are recorded."""
        return await self.count_of(CHOICES)

    async def count_of(self, kinds: Sequence[str] = ()) -> int:
        """How many records of these kinds there are, of all where none is named, except erased ones."""
        return await self.database.run(functools.partial(rows.count, kinds=kinds))

    async def record(self, record_id: str) -> Stored | None:
        """One record, with its place in the chain; ``None`` where there is none or it was erased."""
        stored = await self.database.run(functools.partial(rows.find, record_id=record_id))
        return None if stored is None or stored.is_erased else stored

    async def of_visitor(self, consent_id: str) -> list[Stored]:
        """Everything recorded about one visitor, oldest first."""
        return await self.database.run(functools.partial(rows.of_visitor, consent_id=consent_id)) if consent_id else []

    async def text(self, digest: str) -> Shown | None:
        """What visitors were shown under this digest."""
        return await self.database.run(functools.partial(rows.find_text, digest=digest))

    async def erase(self, consent_id: str, *, reason: str, beside: EraseBeside | None = None) -> int:
        """Erase everything recorded about one visitor, and record that this was done; return how many records it were.

        The chain still verifies: each link says, under its seal, that its record was erased on purpose. ``beside`` writes in the
        same transaction: both are done, or neither is.
        """
        if not consent_id:
            return 0
        await self._replay.run()
        await self.bindings.flush()
        erase = functools.partial(erase_visitor, key=self.keys[0], consent_id=consent_id, beside=beside)
        erased = await self.database.run(erase, writing=True)
        if erased:
            await self.add(erasure_record(erased, reason=reason), may_spool=True)
        return erased

    async def verify(self, *, anchor: Anchor | None = None, progress: Callable[[int], None] | None = None) -> Report:
        """Follow every chain from its beginning; see ``verification``."""
        return await Verification(self.database, self.keys, anchor=anchor).run(progress)

    async def anchor(self) -> Anchor:
        """State where every chain ends, to be kept elsewhere."""
        return await self.database.run(functools.partial(make_anchor, key=self.keys[0]))

    async def purge(
        self, retention: Retention, *, now: int | None = None, progress: Callable[[int], None] | None = None
    ) -> Purged:
        """Let go what has expired, in small transactions; see ``purging``. What an account knows of a choice goes with its record."""
        seconds = retention.kinds.get("choice", retention.others)
        if seconds is not None:
            await self.bindings.purge((int(time.time()) if now is None else now) - seconds)
        return await Purge(self.database, self.keys, retention, now=now).run(progress)

    @property
    def spooled(self) -> int:
        """How many files of records wait in the spool for the database."""
        return len(self._spool.files()) if self._spool is not None else 0

    def remember_cookie(self, sighting: CookieSighting) -> None:
        """Store in the background that a cookie was set like this. Never blocks or raises."""
        self._sightings.remember(sighting)

    async def known_cookies(self) -> list[CookieSighting]:
        """How cookies were set, by any process of this ledger (at most 2000)."""
        return await self._sightings.known()

    async def _stored_at_once(self, entry: Entry) -> bool:
        """Offer ``entry`` to the database for a moment. It may still be written afterwards, which a replay then finds out."""
        await self.database.load()
        try:
            async with asyncio.timeout(_HASTE):
                await self.database.answer(self._writer.add(entry))
        except (TimeoutError, LedgerError):
            return False
        return True

    def _forget_unwritten(self, record_id: str, written: "Future[None]") -> None:
        if written.cancelled() or written.exception() is not None:
            self._noted.pop(record_id, None)
