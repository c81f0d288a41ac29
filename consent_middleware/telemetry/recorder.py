"""Records page views and clicks of visitors who allow it.

A request only notes what happened, in memory; the database's own thread works out the rest and writes it, many at a time.
"""

import contextlib
import functools
import logging
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from ..asgi import Scope
from ..consent import Standing
from ..errors import LedgerUnavailable
from ..policy import Policy
from ..storage.buffered import BufferedWrites
from ..storage.database import Database
from .event_rows import count_events, delete_events_before, delete_events_of, insert_events, page_of_events
from .events import Event, Kind, recordable_path
from .observed import Observed, Source
from .retention import Retention
from .sweeps import Sweeps

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

logger = logging.getLogger("consent_middleware")

_seconds_ago = attrgetter("seconds_ago")
_FETCHED_AHEAD = (b"sec-purpose", b"purpose", b"x-moz")


class Click(NamedTuple):
    """A click on what the site calls ``name``."""

    name: str
    seconds_ago: float


class Recorder:
    """Page views and clicks in the ledger's database.

    Where the policy has no ``[recorder]`` it records nothing, but what was recorded before can still be read and erased.
    """

    def __init__(self, policy: Policy, database: Database) -> None:
        self._database = database
        self._writes: BufferedWrites[Observed] = BufferedWrites(database, self._insert)
        self._retention = Retention(database, 0, delete_events_before)
        self._sweeps = Sweeps(database, delete_events_of, self._writes.pause * 2)
        self.follow(policy)
        self._is_watched = False

    def follow(self, policy: Policy) -> None:
        """Record what another version of the policy says from now on, and keep it as long as that says."""
        self._recording = policy.recording
        self._retention.seconds = policy.declarations.retention.telemetry.seconds or 0

    @property
    def dropped(self) -> int:
        """Events that were never written, since the mount: too many waited, or the database refused them."""
        return self._writes.dropped

    def see_page(self, standing: Standing, scope: Scope, status: int) -> None:
        """Note that a page was opened, if the visitor allows it now. Never blocks or raises."""
        recording = self._recording
        if recording is None or not recording.page_views or not self._may_record(standing, scope["path"]):
            return
        if status != 200 or scope["method"] != "GET" or _is_fetched_ahead(scope):
            return
        self._note(standing, scope, "page-view", scope["path"], [Click("", 0)])

    def see_clicks(self, standing: Standing, scope: Scope, path: str, clicks: Sequence[Click]) -> bool:
        """Note clicks that a page reports; ``False`` where they had to be dropped. A page that is skipped counts as noted."""
        recording = self._recording
        if recording is None or not recording.clicks or not self._may_record(standing, path):
            return True
        return self._note(standing, scope, "click", path, clicks)

    def start(self) -> None:
        """Look after the retention from now on, also while nobody visits, and of what an earlier policy had recorded."""
        self._is_watched = True
        self._database.call_soon(self._retention.watch)

    async def stop(self) -> None:
        """Write what waits; what the database does not take within its patience is dropped, and counted."""
        with contextlib.suppress(LedgerUnavailable):
            await self._writes.flush()
        self._writes.abandon()

    async def flush(self) -> None:
        """Return when everything noted so far is written. Raises LedgerUnavailable."""
        await self._writes.flush()

    async def events(self, consent_id: str) -> AsyncIterator[Event]:
        """One visitor's events in the order of time, page by page. Raises LedgerUnavailable, LedgerError."""
        await self._writes.flush()
        last: Event | None = None
        while page := await self._database.run(functools.partial(page_of_events, consent_id=consent_id, after=last)):
            for event in page:
                yield event
            last = page[-1]

    async def count(self) -> int:
        """How many events are kept."""
        return await self._database.run(count_events)

    async def erase(self, consent_id: str) -> int:
        """Delete one visitor's events; return how many. Raises LedgerUnavailable, LedgerError: then some may be left.

        Other processes may hold some in memory for a moment: what they write of the time before is deleted soon after.
        """
        await self._writes.flush()
        deleted = await self._database.run(functools.partial(delete_events_of, consent_id=consent_id), writing=True)
        self._sweeps.begin(consent_id)
        return deleted

    async def finish_erasing(self) -> None:
        """Return once what other processes held in memory is deleted too. Raises LedgerUnavailable."""
        await self._sweeps.finish()

    async def purge(self, now: float) -> int:
        """Delete what the policy's retention does not cover any more at ``now``; return how many."""
        return await self._retention.purge(now)

    def _may_record(self, standing: Standing, path: str) -> bool:
        """Ask what stands now, which knows what was chosen in this very request."""
        recording, consent = self._recording, standing.consent
        if recording is None or not consent.id or not standing.decision.allows(recording.purpose):
            return False
        return recording.covers(path)

    def _note(self, standing: Standing, scope: Scope, kind: Kind, path: str, clicks: Sequence[Click]) -> bool:
        recording, consent_id = self._recording, standing.consent.id
        if recording is None or consent_id is None:
            return False
        if not self._is_watched:
            # Where the server says nothing of its start, the first event does.
            self.start()
        source, now, are_kept = Source.of(scope, standing.decision, recording), time.time(), True
        for click in sorted(clicks, key=_seconds_ago, reverse=True):
            observed = Observed(
                event_id=_new_id(),
                consent_id=consent_id,
                occurred_at=int(now - click.seconds_ago),
                kind=kind,
                path=recordable_path(path),
                name=click.name,
                source=source,
            )
            are_kept &= self._writes.add(observed)
        return are_kept

    async def _insert(self, connection: "AsyncConnection", noted: Sequence[Observed]) -> None:
        await insert_events(connection, [each.event() for each in noted])


def _is_fetched_ahead(scope: Scope) -> bool:
    """A page that a browser fetches before anybody asked for it (https://www.w3.org/TR/fetch-metadata/, Sec-Purpose)."""
    return any(name in _FETCHED_AHEAD and b"prefetch" in value for name, value in scope["headers"])


def _new_id() -> str:
    """24 hexadecimal digits: the nanosecond, so that what happens within one second stays in order, then 32 random bits."""
    return f"{time.time_ns():016x}{secrets.token_hex(4)}"
