"""Turns what a visitor chooses into a decision, and writes it down before it is answered."""

import logging
from collections.abc import Callable

from .asgi import Scope
from .consent import Consent, Decision, Signals, Visit
from .errors import LedgerError
from .gates.exchange import raw_request_of
from .gates.recognition import Recognition, effective
from .gates.request import admit
from .gates.response import ResponseGate
from .gates.seen import SeenCookies
from .gates.shapes import Shape
from .ledger import ChoiceRecord, Ledger, proof_of
from .pages import Accounts, ShownTexts
from .policy import Policy
from .rights import Listener, RequestQueue
from .rights.found_children import FoundChildren

logger = logging.getLogger("consent_middleware")


class Choices:
    """What a visit asks for a choice. ``ledger``: ``None`` where nothing is proven; ``accounts``: where the app knows no visitors."""

    def __init__(
        self,
        policy: Policy,
        recognition: Recognition,
        ledger: Ledger | None,
        seen: SeenCookies,
        shown: ShownTexts,
        accounts: Accounts | None = None,
        *,
        queue: RequestQueue | None = None,
        listener: Listener | None = None,
        recorded: Callable[[ChoiceRecord], None] | None = None,
    ) -> None:
        """``recorded`` is told of each choice once it is durable, or at once where there is no ledger."""
        self._recorded = recorded
        self._policy = policy
        self._recognition = recognition
        self._ledger = ledger
        self._seen = seen
        self._shown = shown
        self._accounts = accounts
        self._found_children: FoundChildren | None = None
        if queue is not None and policy.declarations.site.minimum_age is not None:
            self._found_children = FoundChildren(policy, queue, listener)

    def decide(self, consent: Consent, signals: Signals) -> tuple[Consent, Decision]:
        """Say what a consent allows from now on."""
        decision, _ = self._recognition.decide(consent, signals)
        return effective(consent, decision), decision

    async def record(self, visit: Visit) -> None:
        """Write a choice down; a withdrawal then also learns what other processes saw being set. Raises LedgerError."""
        if self._ledger is None:
            if self._recorded is not None:
                self._recorded(proof_of(visit))
            return
        if self._accounts is not None:
            await self._accounts.claim(visit)
        shown = self._shown.find(visit.layer, visit.language)
        choice = proof_of(visit, shown)
        may_spool = visit.only_refuses or self._policy.declarations.unrecorded == "spool"
        await self._ledger.append(choice, shown=shown, may_spool=may_spool)
        visit.record_id = choice.record_id
        if self._accounts is not None:
            self._accounts.bind(visit)
        if self._recorded is not None:
            self._recorded(choice)
        if self._found_children is not None:
            await self._found_children.report(visit)
        if visit.consent.refused:
            try:
                self._seen.recall(await self._ledger.known_cookies())
            except LedgerError:
                logger.warning(
                    "Cookies that other processes set cannot all be expired now: the ledger does not answer."
                )

    async def follow(self, scope: Scope, shape: Shape, gate: ResponseGate) -> None:
        """Where a page is opened by somebody who is signed in: let their newest choice hold, and the request in by that."""
        headers, client = raw_request_of(gate)
        cookie = headers[shape.cookie][1] if shape.cookie >= 0 else b""
        if self._accounts is None or not self._accounts.is_due(cookie, gate.known.consent):
            return
        visit = gate.visit
        if await self._accounts.meet(scope, cookie, visit):
            gate.known = self._recognition.mean(visit.consent, visit.signals, list(headers), shape)
            admit(scope, list(headers), shape, gate.known, client)
