"""Policy, consent and signals, combined into what a request may do."""

from dataclasses import dataclass

from ..policy import Policy
from .signals import Signals
from .value import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one visitor allows now. Equal decisions are interchangeable: gates keep their tables by them.

    ``allowed``: ids of purposes, services and exempted cookies (``cookie:<name>``); ``refused``: those a *verified token*
    refuses, whose cookies are expired; ``asks``: purposes still to be asked for; ``honors_gpc``: the signal took something away;
    ``seen``: notices that need not be shown again.
    """

    allowed: frozenset[str]
    refused: frozenset[str]
    asks: tuple[str, ...]
    honors_gpc: bool
    asks_age: bool = False
    """The policy asks for the age before anything can be allowed, and that was not answered."""
    is_childs: bool = False
    """A child's: only a guardian can allow more."""
    seen: frozenset[str] = frozenset()

    def allows(self, name: str) -> bool:
        return name in self.allowed


def decide(policy: Policy, consent: Consent, signals: Signals) -> Decision:
    """Combine the three; unknown means not allowed.

    A Global Privacy Control signal takes away the purposes that honor it, by the policy's precedence: with ``latest`` (what
    California asks for) an "allow" that was given while the signal was on stands, an older one does not. Whoever answered a newer
    version of the policy is not asked by a process that has not got it yet: two processes would ask by turns. For a child everything
    optional is refused, whatever else the token says; where the policy asks for the age, nothing is allowed before that is answered.
    """
    if consent.age == "under":
        return _of_child(policy, consent)
    asks_age = policy.asked_age is not None and not consent.age
    granted = _acts(consent) if asks_age else consent.allowed
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
    if consent.age == "guardian":
        # What has changed is the guardian's to answer; a child is not asked.
        asks = ()
    return Decision(
        allowed=frozenset(allowed),
        refused=frozenset(refused),
        asks=asks,
        honors_gpc=bool(by_signal),
        asks_age=asks_age,
        is_childs=consent.age == "guardian",
        seen=consent.seen,
    )


def _of_child(policy: Policy, consent: Consent) -> Decision:
    optional = frozenset(policy.optional)
    services = policy.services.values()
    return Decision(
        allowed=policy.necessary | {s.id for s in services if s.purpose in policy.necessary} | _acts(consent),
        refused=optional | {s.id for s in services if s.purpose in optional},
        asks=(),
        honors_gpc=False,
        is_childs=True,
        seen=consent.seen,
    )


def _acts(consent: Consent) -> frozenset[str]:
    """What explicit acts asked for by themselves (``cookie:<name>``)."""
    return frozenset(name for name in consent.allowed if name.startswith("cookie:"))


def _refused_by_signal(policy: Policy, consent: Consent, signals: Signals) -> frozenset[str]:
    if not signals.gpc:
        return frozenset()
    if policy.declarations.gpc == "signal":
        return policy.refused_by_gpc
    stands = consent.allowed if policy.declarations.gpc == "choice" or consent.gpc else frozenset[str]()
    return policy.refused_by_gpc - stands
