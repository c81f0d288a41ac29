"""Turns what a visitor chooses into a decision, and writes it down before it is answered."""

import logging

from .consent import Consent, Decision, Signals, Visit
from .errors import LedgerError
from .gates.recognition import Recognition, effective
from .gates.seen import SeenCookies
from .ledger import Ledger, proof_of
from .pages import ShownTexts
from .policy import Policy

logger = logging.getLogger("consent_middleware")


class Choices:
    """What a visit asks for a choice. ``ledger``: ``None`` where nothing is proven."""

    def __init__(
        self, policy: Policy, recognition: Recognition, ledger: Ledger | None, seen: SeenCookies, shown: ShownTexts
    ) -> None:
        self._policy = policy
        self._recognition = recognition
        self._ledger = ledger
        self._seen = seen
        self._shown = shown

    def decide(self, consent: Consent, signals: Signals) -> tuple[Consent, Decision]:
        """Say what a consent allows from now on."""
        decision, _ = self._recognition.decide(consent, signals)
        return effective(consent, decision), decision

    async def record(self, visit: Visit) -> None:
        """Write a choice down; a withdrawal then also learns what other processes saw being set. Raises LedgerError."""
        if self._ledger is None:
            return
        shown = self._shown.find(visit.layer, visit.language)
        choice = proof_of(visit, shown)
        may_spool = visit.only_refuses or self._policy.declarations.unrecorded == "spool"
        await self._ledger.append(choice, shown=shown, may_spool=may_spool)
        visit.record_id = choice.record_id
        if visit.consent.refused:
            try:
                self._seen.recall(await self._ledger.known_cookies())
            except LedgerError:
                logger.warning(
                    "Cookies that other processes set cannot all be expired now: the ledger does not answer."
                )
