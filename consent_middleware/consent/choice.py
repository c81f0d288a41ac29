"""From what a visitor clicked to answers for every purpose and service."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..policy import Policy
from .value import NO_CHOICE, Age, Consent

Action = Literal["accept-all", "reject-all", "save", "always-allow", "guardian"]
ACTIONS: tuple[Action, ...] = ("accept-all", "reject-all", "save", "always-allow", "guardian")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """An answer for each optional purpose; ``refused`` also names single services of allowed purposes.

    With ``always-allow`` only those are answered that were answered before, and the one that it names. ``guardian`` is like ``save``,
    by whoever decides for a child.
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
    and stays as it was answered ``before``, with its services. ``always-allow``, of the button in a frame's place, adds what is
    named to the answers ``before`` and answers for nothing else; a separate purpose only where nothing else is named with it. With
    ``save`` a purpose that is not named is refused: there each separate one has a switch of its own. Of an allowed purpose's
    services, only the named ones are allowed where the visitor saw them listed (``services_listed``) or named at least one of
    them; else all are.
    """
    if action == "accept-all":
        separate = policy.separate
        services = frozenset(service.id for name in separate for service in policy.services_of(name))
        return Answers(
            action=action,
            allowed=frozenset(policy.optional) - separate | (separate & before.allowed),
            refused=(separate | services) & before.refused,
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


def for_age(policy: Policy, answers: Answers, age: Age, *, before: Consent, by_guardian: bool = False) -> Answers:
    """Leave of ``answers`` what a visitor of this age may decide: a child nothing, and of what a guardian allowed only less."""
    if age == "under":
        return Answers(action=answers.action, allowed=frozenset(), refused=frozenset(policy.optional))
    if age == "guardian" and not by_guardian:
        more = answers.allowed - before.allowed
        return Answers(action=answers.action, allowed=answers.allowed - more, refused=answers.refused | more)
    return answers


def without_separate(policy: Policy, answers: Answers, *, before: Consent, agreed: Iterable[str] = ()) -> Answers:
    """Take out of ``answers`` what only an act of its own can allow: a separate purpose that is neither among the ``agreed`` ones
    nor was allowed ``before``. It is as it was: refused, or not answered."""
    bundled = (answers.allowed & policy.separate) - before.allowed - frozenset(agreed)
    return Answers(
        action=answers.action, allowed=answers.allowed - bundled, refused=answers.refused | (bundled & before.refused)
    )


def _added(policy: Policy, purposes: frozenset[str], services: frozenset[str], before: Consent) -> Answers:
    """Of a purpose that comes in with one of its services, the others stay refused."""
    named = services & policy.services.keys()
    purposes = purposes.intersection(policy.optional)
    through_services = {policy.services[service].purpose for service in named}.intersection(policy.optional)
    if len(purposes | through_services) > 1:
        bundled = policy.separate - before.allowed
        purposes, through_services = purposes - bundled, through_services - bundled
        named = frozenset(service for service in named if policy.services[service].purpose not in bundled)
    others = {
        service.id
        for purpose in through_services - purposes - before.allowed
        for service in policy.services_of(purpose)
        if service.id not in named
    }
    allowed = before.allowed | purposes | through_services
    return Answers(action="always-allow", allowed=allowed, refused=(before.refused | others) - allowed - named)
