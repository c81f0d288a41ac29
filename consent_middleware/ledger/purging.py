"""Lets records go whose time is over, in small transactions.

Where the beginning of a chain has expired, its links go, and a signed checkpoint says so: the chain goes on from there. What has
expired behind a record that has not is erased, and its link waits.
"""

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..policy import Policy
from ..policy.lifetimes import Lifetime
from ..storage.database import Database
from . import checkpoints
from .chain import Head, checkpoint_of, first_head, follows, head_at
from .checkpoints import Checkpoint
from .erasing import erase
from .records import Kind
from .rows import Stored, stored_in

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

BATCH = 1000
"""Records that one transaction lets go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long records are kept, in seconds: by kind, and all others. ``None`` keeps them for good."""

    kinds: Mapping[str, int | None]
    others: int | None = None

    def expired(self, now: int) -> "ColumnElement[bool]":
        from sqlalchemy import and_, false, or_

        from ..storage.schema import RECORDS

        named = [
            and_(RECORDS.c.kind == kind, RECORDS.c.recorded_at < now - seconds)
            for kind, seconds in self.kinds.items()
            if seconds is not None
        ]
        if self.others is not None:
            rest = RECORDS.c.kind.not_in(list(self.kinds))
            named.append(and_(rest, RECORDS.c.recorded_at < now - self.others))
        return or_(false(), *named)


def retention_of(policy: Policy) -> Retention:
    """Read what the policy says of each kind of record; of those it does not name, what it says of choices."""
    declared = policy.declarations.retention
    named: list[tuple[Lifetime | None, tuple[Kind, ...]]] = [
        (declared.signals, ("expiry", "signal")),
        (declared.requests, ("request", "answer")),
        (declared.erasures, ("erasure",)),
    ]
    kinds: dict[str, int | None] = {
        kind: lifetime.seconds for lifetime, of_kind in named if lifetime is not None for kind in of_kind
    }
    return Retention(kinds=kinds, others=declared.choices.seconds)


@dataclass(slots=True, kw_only=True)
class Purged:
    """``removed``: records gone with their links; ``erased``: records whose links wait."""

    removed: int = 0
    erased: int = 0


class Purge:
    """One pass over a ledger. It may be stopped at any time and run by several processes: what is done stays done."""

    def __init__(
        self,
        database: Database,
        keys: Sequence[bytes],
        retention: Retention,
        *,
        now: int | None = None,
        batch: int = BATCH,
    ) -> None:
        self.done = Purged()
        self._database = database
        self._keys = keys
        self._retention = retention
        self._now = int(time.time()) if now is None else now
        self._batch = batch

    async def run(self, progress: Callable[[int], None] | None = None) -> Purged:
        """Let go what has expired. Raises LedgerError where a chain does not hold: evidence of that is not thrown away."""
        writer = ""
        while (found := await self._database.run(functools.partial(self._next_writer, after=writer))) is not None:
            writer = found
            while count := await self._database.run(functools.partial(self._shorten, writer=writer), writing=True):
                self.done.removed += count
                if progress is not None:
                    progress(count)
        while count := await self._database.run(self._erase_some, writing=True):
            self.done.erased += count
            if progress is not None:
                progress(count)
        return self.done

    async def _next_writer(self, connection: "AsyncConnection", after: str) -> str | None:
        from sqlalchemy import func, select

        from ..storage.schema import RECORDS

        query = select(func.min(RECORDS.c.writer)).where(RECORDS.c.writer > after, self._retention.expired(self._now))
        found: str | None = (await connection.execute(query)).scalar_one()
        return found

    async def _shorten(self, connection: "AsyncConnection", writer: str) -> int:
        """Take up to one batch of expired records from the beginning of a chain."""
        from ..storage.schema import RECORDS

        beginning = RECORDS.select().where(RECORDS.c.writer == writer).order_by(RECORDS.c.position).limit(self._batch)
        is_expired = self._retention.expired(self._now)
        expired = {
            row.record_id
            for row in await connection.execute(beginning.with_only_columns(RECORDS.c.record_id).where(is_expired))
        }
        going: list[Stored] = []
        for row in await connection.execute(beginning):
            if row.record_id not in expired:
                break
            going.append(stored_in(row))
        if not going:
            return 0
        known = await checkpoints.read(connection, [writer])
        last = self._checked(known.get(writer), going)
        signature = checkpoint_of(self._keys[0], last, self._now)
        await checkpoints.save(connection, Checkpoint(head=last, made_at=self._now, signature=signature))
        await connection.execute(
            RECORDS.delete().where(RECORDS.c.writer == writer, RECORDS.c.position <= last.position)
        )
        return len(going)

    def _checked(self, checkpoint: Checkpoint | None, going: Sequence[Stored]) -> Head:
        """Follow the links that go. A checkpoint signs nothing that does not hold."""
        for key in self._keys:
            head = first_head(key, going[0].link.writer) if checkpoint is None else checkpoint.head
            for stored in going:
                if stored.link.position != head.position + 1 or not follows(key, head, stored.link):
                    break
                head = head_at(stored.link)
            else:
                return head
        raise LedgerError(
            f"The chain {going[0].link.writer} does not hold, so nothing of it is let go: run consent-middleware ledger verify."
        )

    async def _erase_some(self, connection: "AsyncConnection") -> int:
        from ..storage.schema import RECORDS

        query = RECORDS.select().where(RECORDS.c.erased_at == 0, self._retention.expired(self._now)).limit(self._batch)
        found = [stored_in(row) for row in await connection.execute(query)]
        await erase(connection, self._keys[0], found)
        return len(found)
