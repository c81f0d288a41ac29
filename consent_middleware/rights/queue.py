"""The queue of requests that need a person: who asked for what, by when it is due, and what was answered.

Every step is a record in the ledger's chain, written in one transaction with the request itself.
"""

import functools
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ..errors import LedgerError
from ..ledger import Ledger
from ..policy import Policy
from ..policy.rights import QueuedKind
from ..policy.working_days import due_after
from . import rows
from .numbers import Numbers, as_written, digest_of_reference, is_number
from .requests import (
    DECIDED,
    PENDING,
    STATES,
    Request,
    State,
    Step,
    day_of,
    digest_of_answer,
    digest_of_message,
    new_salt,
    received_id,
    step_record,
)
from .rows import StoredRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked for. ``ticket``: that of the form it came with, or a new one."""

    kind: QueuedKind
    ticket: str
    consent_id: str = ""
    language: str = ""
    contact: str = ""
    message: str = ""
    working_days: int
    calendar: str
    needs_verification: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it was received, and what opens it from any browser."""

    request: Request
    reference: str


class RequestQueue:
    """Shares the ledger's database. ``numbers`` makes numbers and references."""

    def __init__(self, ledger: Ledger, secret_keys: Sequence[str]) -> None:
        self.numbers = Numbers(secret_keys)
        self._ledger = ledger

    async def receive(self, asking: Asking, *, now: int | None = None) -> Received:
        """Put a request into the queue; it is durable when this returns. The same form sent twice is one request.

        Raises LedgerError: then nothing is in the queue, or it is and the answer got lost, so the same may be sent again.
        """
        at = int(time.time()) if now is None else now
        written = [asking.kind, asking.consent_id, asking.contact, asking.message]
        number = self.numbers.number(asking.ticket, written)
        reference = self.numbers.reference(asking.ticket, written)
        request = Request(
            number=number,
            kind=asking.kind,
            state="unverified" if asking.needs_verification else "open",
            consent_id=asking.consent_id,
            received_at=at,
            working_days=asking.working_days,
            calendar=asking.calendar,
            language=asking.language,
            contact=asking.contact,
            message=asking.message,
        )
        if not asking.needs_verification:
            request = _with_due_day(request, at)
        salt = new_salt()
        record = step_record(request, "received", digest=digest_of_message(request, salt), at=at)
        insert = functools.partial(rows.insert, request=request, reference=digest_of_reference(reference), salt=salt)
        await self._ledger.add_with(record, insert, is_repeated=True)
        stored = await self.find(number)
        return Received(request=stored.request if stored is not None else request, reference=reference)

    async def verify(self, number: str, *, now: int | None = None) -> Request:
        """Say that it is known who asks: from now on the time to answer runs. Raises LedgerError where it already does."""
        at = int(time.time()) if now is None else now
        request = (await self._in_state(number, ("unverified",))).request
        request = replace(_with_due_day(request, at), state="open", verified_at=at)
        values = {name: getattr(request, name) for name in ("state", "verified_at", "due_on", "is_provisional")}
        await self._step(request, "verified", ("unverified",), values)
        return request

    async def answer(self, number: str, text: str, *, is_refused: bool = False) -> Request:
        """Answer a request whose time runs; one whose visitor is not known can only be refused. Raises LedgerError."""
        before: tuple[State, ...] = PENDING if is_refused else ("open",)
        stored = await self._in_state(number, before)
        step: Step = "refused" if is_refused else "answered"
        request = replace(stored.request, state=step, answer=text, answered_at=int(time.time()))
        values = {name: getattr(request, name) for name in ("state", "answer", "answered_at")}
        await self._step(request, step, before, values, digest=digest_of_answer(request, stored.salt))
        return request

    async def close(self, number: str) -> Request:
        """Erase what was written in a request that was answered, and whose it was. Raises LedgerError where it was not."""
        return await self._end((await self._in_state(number, DECIDED)).request, "closed", DECIDED)

    async def withdraw(self, number: str) -> Request:
        """End a request because its visitor wants so, and erase what was written in it. Raises LedgerError where it has ended."""
        request = (await self._in_state(number, (*PENDING, *DECIDED))).request
        if not request.is_pending:
            return await self._end(request, "closed", DECIDED)
        return await self._end(replace(request, answered_at=int(time.time())), "withdrawn", PENDING)

    async def let_go_of(self, consent_id: str) -> int:
        """Close what a visitor was answered; return how many. What still waits for an answer stays until it has one."""
        decided = [request for request in await self.of_visitor(consent_id) if request.state in DECIDED]
        for request in decided:
            await self._end(request, "closed", DECIDED)
        return len(decided)

    async def find(self, number: str) -> StoredRequest | None:
        """A request by its number, however it was typed."""
        written = as_written(number)
        if not is_number(written):
            return None
        return await self._ledger.database.run(functools.partial(rows.find, number=written))

    async def find_by_reference(self, reference: str) -> Request | None:
        """What a visitor's reference opens."""
        digest = digest_of_reference(reference)
        found = await self._ledger.database.run(functools.partial(rows.find_by_reference, reference=digest))
        return found.request if found is not None else None

    async def of_visitor(self, consent_id: str) -> list[Request]:
        """One visitor's requests, newest first."""
        if not consent_id:
            return []
        return await self._ledger.database.run(functools.partial(rows.of_visitor, consent_id=consent_id))

    async def requests(self, states: Sequence[State] = STATES, *, due_before: str = "") -> AsyncIterator[Request]:
        """Requests in these states, in the order in which they are due; those whose time does not run yet come first.

        ``due_before``: a day as in ISO 8601; only what is due on an earlier one.
        """
        last: Request | None = None
        read = functools.partial(rows.page_in_time, states=states, due_before=due_before)
        while page := await self._ledger.database.run(functools.partial(read, after=last)):
            for request in page:
                yield request
            last = page[-1]

    async def is_proven(self, stored: StoredRequest) -> bool | None:
        """Say whether a request is what its record in the ledger says; ``None`` once either is erased."""
        record = await self._ledger.record(received_id(stored.request.number))
        if record is None or not stored.salt:
            return None
        return digest_of_message(stored.request, stored.salt) in record.record.content

    async def purge_expired(self, policy: Policy, now: int) -> int:
        """Delete requests that ended longer ago than the policy keeps the records of them; return how many."""
        retention = policy.declarations.retention
        kept = retention.requests if retention.requests is not None else retention.choices
        return await self.purge(now - kept.seconds) if kept.seconds is not None else 0

    async def purge(self, before: int) -> int:
        """Delete requests that ended before ``before`` (seconds since 1970), page by page; return how many."""
        total = 0
        work = functools.partial(rows.delete_ended, before=before)
        while deleted := await self._ledger.database.run(work, writing=True):
            total += deleted
        return total

    async def _end(self, request: Request, state: State, before: Sequence[State]) -> Request:
        step: Step = "withdrawn" if state == "withdrawn" else "closed"
        values = {"state": state, "answered_at": request.answered_at, **rows.ERASED}
        await self._step(request, step, before, values)
        return replace(request, state=state, consent_id="", contact="", message="", answer="")

    async def _step(
        self, request: Request, step: Step, before: Sequence[State], values: dict[str, object], *, digest: str = ""
    ) -> None:
        change = functools.partial(rows.change, number=request.number, before=before, values=values)
        await self._ledger.add_with(step_record(request, step, digest=digest), change)

    async def _in_state(self, number: str, states: Sequence[State]) -> StoredRequest:
        stored = await self.find(number)
        if stored is None:
            raise LedgerError(f"There is no request {number}.")
        if stored.request.state not in states:
            raise LedgerError(
                f"The request {stored.request.number} is {stored.request.state}, not {' or '.join(states)}."
            )
        return stored


def _with_due_day(request: Request, at: int) -> Request:
    """The day is counted from, and not included: https://eur-lex.europa.eu/eli/reg/1971/1182/oj, Art. 3."""
    due = due_after(day_of(at), request.working_days, request.calendar)
    return replace(request, due_on=due.day.isoformat(), is_provisional=due.is_provisional)
