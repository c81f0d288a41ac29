"""From what a visitor clicked to answers for every purpose and service."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..policy import Policy
from .value import NO_CHOICE, Consent

Action = Literal["accept-all", "reject-all", "save", "always-allow"]
ACTIONS: tuple[Action, ...] = ("accept-all", "reject-all", "save", "always-allow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """An answer for each optional purpose; ``refused`` also names single services of allowed purposes.

    With ``always-allow`` only those are answered that were answered before, and the one that it names.
    """

    action: Action
    allowed: frozenset[str]
    refused: frozenset[str]


def answer(
    policy: Policy,
    action: Action,
    purposes: Iterable[str] = (),
    services: Iterable[str] = (),
    *,
    services_listed: bool = False,
    before: Consent = NO_CHOICE,
) -> Answers:
    """Answer for all optional purposes. Ids that the policy does not know are ignored.

    ``accept-all`` never includes a purpose of basis ``separate``: that is asked for by an act of its own (PIPL Art. 23, 29, 39),
    and stays as it was answered ``before``. ``always-allow``, of the button in a frame's place, adds what is named to the answers
    ``before`` and answers for nothing else. With ``save`` a purpose that is not named is refused. Of an allowed purpose's
    services, only the named ones are allowed where the visitor saw them listed (``services_listed``) or named at least one of
    them; else all are.
    """
    if action == "accept-all":
        separate = frozenset(name for name in policy.optional if policy.purposes[name].basis == "separate")
        return Answers(
            action=action,
            allowed=frozenset(policy.optional) - separate | (separate & before.allowed),
            refused=separate & before.refused,
        )
    if action == "reject-all":
        return Answers(action=action, allowed=frozenset(), refused=frozenset(policy.optional))
    if action == "always-allow":
        return _added(policy, frozenset(purposes), frozenset(services), before)
    allowed = frozenset(purposes).intersection(policy.optional)
    refused = frozenset(policy.optional) - allowed
    named = frozenset(services)
    for purpose in allowed:
        of_purpose = {service.id for service in policy.services_of(purpose)}
        if services_listed or named & of_purpose:
            refused |= of_purpose - named
    return Answers(action=action, allowed=allowed, refused=refused)


def _added(policy: Policy, purposes: frozenset[str], services: frozenset[str], before: Consent) -> Answers:
    """Of a purpose that comes in with one of its services, the others stay refused."""
    named = services & policy.services.keys()
    purposes = purposes.intersection(policy.optional)
    through_services = {policy.services[service].purpose for service in named}.intersection(policy.optional)
    others = {
        service.id
        for purpose in through_services - purposes - before.allowed
        for service in policy.services_of(purpose)
        if service.id not in named
    }
    allowed = before.allowed | purposes | through_services
    return Answers(action="always-allow", allowed=allowed, refused=(before.refused | others) - allowed - named)
