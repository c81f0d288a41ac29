"""Policy, consent and signals, combined into what a request may do."""

from dataclasses import dataclass

from ..policy import Policy
from .signals import Signals
from .value import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one visitor allows now. Equal decisions are interchangeable: gates keep their tables by them.

    ``allowed``: ids of purposes, services and exempted cookies (``cookie:<name>``); ``refused``: those a *verified token*
    refuses, whose cookies are expired; ``asks``: purposes still to be asked for; ``honors_gpc``: the signal took something away.
    """

    allowed: frozenset[str]
    refused: frozenset[str]
    asks: tuple[str, ...]
    honors_gpc: bool

    def allows(self, name: str) -> bool:
        return name in self.allowed


def decide(policy: Policy, consent: Consent, signals: Signals) -> Decision:
    """Combine the three; unknown means not allowed.

    A Global Privacy Control signal takes away the purposes that honor it, by the policy's precedence: with ``latest`` (what
    California asks for) an "allow" that was given while the signal was on stands, an older one does not. Whoever answered a newer
    version of the policy is not asked by a process that has not got it yet: two processes would ask by turns.
    """
    granted = consent.allowed
    by_signal = _refused_by_signal(policy, consent, signals)
    allowed = {name for name in policy.optional if name in granted} - by_signal
    allowed |= policy.necessary
    refused = {name for name in policy.optional if name in consent.refused}
    for service in policy.services.values():
        if service.id in consent.refused or service.purpose in refused:
            refused.add(service.id)
        elif service.purpose in allowed:
            allowed.add(service.id)
    allowed |= {name for name in granted if name.startswith("cookie:")}
    asks = tuple(
        name
        for name in policy.optional
        if not consent.is_ahead
        and name not in granted
        and name not in consent.refused
        and name not in by_signal
        and policy.purposes[name].basis == "consent"
    )
    return Decision(allowed=frozenset(allowed), refused=frozenset(refused), asks=asks, honors_gpc=bool(by_signal))


def _refused_by_signal(policy: Policy, consent: Consent, signals: Signals) -> frozenset[str]:
    if not signals.gpc:
        return frozenset()
    if policy.declarations.gpc == "signal":
        return policy.refused_by_gpc
    stands = consent.allowed if policy.declarations.gpc == "choice" or consent.gpc else frozenset[str]()
    return policy.refused_by_gpc - stands
