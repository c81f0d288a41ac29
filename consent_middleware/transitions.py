"""Writes down what happens to a choice without the visitor: it runs out, or the browser's signal changes what it allows."""

from .consent import Consent, Decision, Signals
from .ledger import Ledger, expiry_of, transition_of
from .policy import Policy


class Transitions:
    """Told by the recognition of visitors, where it works something out anew: never for a visitor who is remembered."""

    def __init__(self, policy: Policy, ledger: Ledger) -> None:
        self._policy = policy
        self._ledger = ledger

    def ran_out(self, consent: Consent, signals: Signals) -> None:
        self._ledger.note(expiry_of(self._policy, consent, signals))

    def changed_by_signal(self, consent: Consent, signals: Signals, decision: Decision) -> None:
        self._ledger.note(transition_of(self._policy, consent, signals, decision))
