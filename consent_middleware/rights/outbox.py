"""Tells recipients that a visitor's data is to be erased: durably, signed, again and again until they answer.

A message is written in the transaction of the erasure. Each process may send; a lease in the row keeps two from sending the same one
at a time, and runs out where its holder dies. So a message arrives at least once, always with the same id.
"""

import asyncio
import contextlib
import functools
import logging
import random
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ..errors import LedgerError, LedgerUnavailable
from ..ledger import Ledger, Record
from ..ledger.rows import Stored
from ..policy import Policy
from ..policy.rights_checks import is_webhook
from ..storage.batches import tell_done
from ..storage.database import Run
from . import outbox_rows as rows
from .outbox_rows import Message
from .recipients import Recipients
from .sending import NotDelivered, post
from .webhooks import erasure_body, signed_headers

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

logger = logging.getLogger("consent_middleware")

PAUSES: Sequence[float] = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds between one attempt and the next: ten in three days, as Standard Webhooks suggests."""
_JITTER = 0.2
"""A pause is up to that much longer, so that what failed together does not come back together."""
_ANSWERED_WITHIN = 15.0
_LEASE = 60
"""Seconds: longer than an attempt takes, with what happens around it."""
_WRITE_AGAIN = 0.2
"""Seconds to the next try to write down what became of a message that was sent."""
_AT_ONCE = 8
_LOOK_AGAIN = 30.0
"""Seconds between two looks at what other processes left."""
_GONE = 410
_SHOWN = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one pass did: messages that arrived, that are to be tried again, and that were given up in it."""

    delivered: int = 0
    postponed: int = 0
    given_up: int = 0


class Outbox:
    """Shares the ledger's database. ``secret_keys`` sign, newest first."""

    def __init__(
        self,
        ledger: Ledger,
        secret_keys: Sequence[str],
        policy: Policy,
        *,
        pauses: Sequence[float] = PAUSES,
        seconds: float = _ANSWERED_WITHIN,
    ) -> None:
        self._ledger = ledger
        self._keys = secret_keys
        self._pauses = pauses
        self._seconds = seconds
        self._watch: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self.follow(policy)

    def follow(self, policy: Policy) -> None:
        """Tell by another version of the policy from now on."""
        self._recipients = Recipients(policy)

    @property
    def tells_anybody(self) -> bool:
        """Whether the policy names a recipient that wants to be told."""
        return bool(self._recipients.urls)

    async def add(
        self, connection: "AsyncConnection", erased: Sequence[Stored], *, consent_id: str, allowed: frozenset[str]
    ) -> None:
        """Write messages to those who got something of this visitor; for the transaction of the erasure (``Ledger.erase``)."""
        await rows.insert(connection, self._recipients.messages(erased, consent_id=consent_id, allowed=allowed))

    def wake(self) -> None:
        """Deliver what is due soon, in the background, and look after the rest from now on. From any thread."""
        if self.tells_anybody:
            self._ledger.database.call_soon(self._begin)

    async def stop(self) -> None:
        """End what runs in the background. A request under way is given up, and its message is free for others at once."""
        watch = self._watch
        if watch is None or watch.done() or self._ledger.database.running is None:
            return
        ended: Future[None] = Future()

        def end(_: Run) -> None:
            self._stopping.set()
            self._news.set()
            watch.add_done_callback(lambda _: tell_done(ended))

        self._ledger.database.call_soon(end)
        with contextlib.suppress(LedgerError):
            await self._ledger.database.answer(ended)

    async def deliver(self) -> Delivered:
        """Send everything that is due, once. Raises LedgerError where the database does not answer: the rest stays in the outbox."""
        return await self._deliver(asyncio.Event())

    async def _deliver(self, stopping: asyncio.Event) -> Delivered:
        delivered = postponed = given_up = 0
        while not stopping.is_set() and (messages := await self._claim(lease := secrets.token_hex(8))):
            attempts = (self._attempt(message, lease, stopping) for message in messages)
            outcomes = await asyncio.gather(*attempts, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
            delivered += outcomes.count("delivered")
            postponed += outcomes.count("postponed")
            given_up += outcomes.count("given up")
        return Delivered(delivered=delivered, postponed=postponed, given_up=given_up)

    async def waiting(self) -> list[Message]:
        """What is in the outbox, that which was given up first (at most 1000)."""
        return await self._ledger.database.run(functools.partial(rows.read_all, limit=_SHOWN))

    async def revive(self) -> int:
        """Let what was given up be tried again; return how many."""
        return await self._ledger.database.run(functools.partial(rows.revive, now=int(time.time())), writing=True)

    async def purge_expired(self, policy: Policy, now: int) -> int:
        """Delete what was given up longer ago than the policy keeps the records of erasures; return how many."""
        retention = policy.declarations.retention
        kept = retention.erasures if retention.erasures is not None else retention.choices
        if kept.seconds is None:
            return 0
        delete = functools.partial(rows.delete_given_up, before=now - kept.seconds)
        return await self._ledger.database.run(delete, writing=True)

    async def _claim(self, lease: str) -> list[Message]:
        now = int(time.time())
        claim = functools.partial(rows.claim, lease=lease, now=now, until=now + _LEASE, limit=_AT_ONCE)
        return await self._ledger.database.run(claim, writing=True)

    async def _attempt(self, message: Message, lease: str, stopping: asyncio.Event) -> str:
        sent = await self._send_unless(stopping, message)
        if sent is None:
            await self._ledger.database.run(
                functools.partial(rows.postpone, message=message, lease=lease), writing=True
            )
            return "stopped"
        problem, is_final = sent
        attempts = message.attempts + 1
        if not problem:
            told = _told(message, "told", attempts)
            delete = functools.partial(rows.delete, message_id=message.message_id)
            await self._write_down(functools.partial(self._ledger.add_with, told, delete, is_repeated=True), stopping)
            return "delivered"
        if is_final or attempts > len(self._pauses):
            logger.error(
                "%s was not told of an erasure and is not tried again (%s, attempt %d): see consent-middleware ledger deliver.",
                message.service,
                problem,
                attempts,
            )
            given_up = replace(message, attempts=attempts, next_at=0, problem=problem)
            told = _told(message, "given up", attempts)
            postpone = functools.partial(rows.postpone, message=given_up, lease=lease)
            await self._write_down(functools.partial(self._ledger.add_with, told, postpone, is_repeated=True), stopping)
            return "given up"
        pause = self._pauses[attempts - 1] * (1 + _JITTER * random.random())  # noqa: S311  (it only spreads load)
        later = replace(message, attempts=attempts, next_at=int(time.time() + pause) or 1, problem=problem)
        await self._ledger.database.run(functools.partial(rows.postpone, message=later, lease=lease), writing=True)
        return "postponed"

    async def _write_down(self, write: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
        """Write while the lease lasts: a database that is busy for a moment is no reason to tell somebody twice."""
        until = time.monotonic() + _LEASE - self._seconds
        while True:
            try:
                await write()
            except LedgerUnavailable:
                if stopping.is_set() or time.monotonic() >= until:
                    raise
                await asyncio.sleep(_WRITE_AGAIN)
            else:
                return

    async def _send_unless(self, stopping: asyncio.Event, message: Message) -> tuple[str, bool] | None:
        sending = asyncio.create_task(self._send(message))
        stopped = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({sending, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return sending.result() if sending.done() else None
        finally:
            sending.cancel()
            stopped.cancel()

    async def _send(self, message: Message) -> tuple[str, bool]:
        """Return what went wrong, empty where nothing did, and whether that is final."""
        # The address of now: an older message may have been written before it moved.
        url = self._recipients.urls.get(message.service, message.url)
        if not is_webhook(url):
            return "the address is none that may be told", True
        body = erasure_body(message.consent_id, message.service, message.created_at)
        headers = signed_headers(self._keys, message.service, message.message_id, int(time.time()), body)
        try:
            status = await post(url, headers, body, seconds=self._seconds)
        except NotDelivered as error:
            return str(error), False
        return ("", False) if 200 <= status < 300 else (f"HTTP status {status}", status == _GONE)

    def _begin(self, _: Run) -> None:
        watch = self._watch
        if watch is None or watch.done() or watch.get_loop() is not asyncio.get_running_loop():
            # An event belongs to the loop that first waits for it.
            self._news, self._stopping = asyncio.Event(), asyncio.Event()
            self._watch = asyncio.create_task(self._keep_delivering(self._news, self._stopping))
        else:
            self._news.set()

    async def _keep_delivering(self, news: asyncio.Event, stopping: asyncio.Event) -> None:
        """On the database's own loop, for as long as it is open."""
        while not stopping.is_set():
            news.clear()
            try:
                await self._deliver(stopping)
            except LedgerError as error:
                logger.warning("Recipients are told of erasures later: %s", error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN):
                    await news.wait()


def _told(message: Message, outcome: str, attempts: int) -> Record:
    """Who was told, or was not: not of whom."""
    content = {"service": message.service, "message": message.message_id, "outcome": outcome, "attempts": attempts}
    return Record(
        record_id=uuid.uuid4().hex,
        kind="erasure",
        consent_id="",
        recorded_at=int(time.time()),
        content=msgspec.json.encode(content).decode(),
    )
