"""Erases what is held under one consent id, wherever it lies, and has recipients told."""

import functools
from dataclasses import dataclass

from ..ledger import Ledger
from ..telemetry import DisclosureLog, Recorder
from .outbox import Outbox
from .queue import RequestQueue

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much of each kind was erased; ``requests``: how many were closed, since those that wait for an answer stay."""

    records: int = 0
    events: int = 0
    disclosures: int = 0
    requests: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(
            records=self.records + other.records,
            events=self.events + other.events,
            disclosures=self.disclosures + other.disclosures,
            requests=self.requests + other.requests,
        )


class Erasure:
    """All that keeps something about visitors in one ledger's database."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        recorder: Recorder | None,
        disclosure_log: DisclosureLog | None,
        queue: RequestQueue,
        outbox: Outbox,
    ) -> None:
        self._ledger = ledger
        self._recorder = recorder
        self._disclosure_log = disclosure_log
        self._queue = queue
        self._outbox = outbox

    async def run(self, consent_id: str, *, reason: str, allowed: frozenset[str] = _NOTHING) -> Erased:
        """Erase, and write to the outbox whom to tell, in the transaction that erases the records. Raises LedgerError.

        ``allowed``: what the visitor allows now, besides what was recorded. May be run again where it failed half-way. Who is to be
        told stands in the outbox afterwards; ``Outbox.wake`` or ``Outbox.deliver`` sends it.
        """
        events = await self._recorder.erase(consent_id) if self._recorder is not None else 0
        disclosures = await self._disclosure_log.erase(consent_id) if self._disclosure_log is not None else 0
        requests = await self._queue.let_go_of(consent_id)
        tell = functools.partial(self._outbox.add, consent_id=consent_id, allowed=allowed)
        records = await self._ledger.erase(consent_id, reason=reason, beside=tell)
        return Erased(records=records, events=events, disclosures=disclosures, requests=requests)

    async def finish(self) -> None:
        """Return once what the site's own processes held in memory meanwhile is erased too: for a process that ends then."""
        if self._recorder is not None:
            await self._recorder.finish_erasing()
        if self._disclosure_log is not None:
            await self._disclosure_log.finish_erasing()
