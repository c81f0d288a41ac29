"""The functions with which an app takes part in its visitor's consent."""

import logging
from collections.abc import Iterable

from msgspec.structs import replace

from ..asgi import Scope
from ..errors import ConfigurationError
from .choice import Answers, answer, without_separate
from .value import Consent
from .visit import HasScope, visit_of

logger = logging.getLogger("consent_middleware")


def get_consent(request: "HasScope | Scope") -> Consent:
    """Return what this visitor chose (``NO_CHOICE`` where there is none); ``consent.allows(id)`` says what that means now."""
    visit = visit_of(request)
    visit.consent_was_read = True
    return visit.consent


def record_choice(
    request: "HasScope | Scope", *, allow: Iterable[str], separate: Iterable[str] = (), guardian: bool = False
) -> Consent:
    """Record a choice that the app asked for itself; it takes effect in the same request.

    ``allow`` names purposes, and services where only some of a purpose's are meant; every other optional purpose is refused.
    A purpose of basis ``separate`` is newly allowed only where ``separate`` names it: the visitor agreed to it by an act of its own,
    not together with others. ``guardian``: a child's guardian, whom the app has verified, decides. For a visitor who said to be a child
    everything else is a refusal, and where the policy asks for the age, nothing counts before that was answered (``record_age``). The
    token goes out with this response, once the ledger has recorded the choice. Doing it twice is doing it once.
    """
    visit, policy = visit_of(request), visit_of(request).policy
    agreed, names = frozenset(separate), frozenset(allow)
    unknown = (names | agreed) - policy.purposes.keys() - policy.services.keys()
    if unknown:
        known = ", ".join([*policy.purposes, *policy.services])
        raise ConfigurationError(
            f"record_choice: no purpose or service is called {', '.join(sorted(unknown))}. Known: {known}."
        )
    answers = answer(policy, "save", names | agreed, names | agreed)
    judged = without_separate(policy, answers, before=visit.consent, agreed=agreed)
    for name in sorted(answers.allowed - judged.allowed):
        logger.warning(
            'record_choice: "%s" takes an act of its own, so allowing it together with others does not count. '
            "Once the visitor has agreed to it by itself, write record_choice(request, allow=…, separate={%r}).",
            name,
            name,
        )
    if policy.asked_age is not None and not visit.consent.age and not guardian and judged.allowed:
        logger.warning(
            "record_choice: this visitor has not said to be %d or older, so nothing is allowed yet. Where your app knows, "
            "call record_age(request, under=False) before.",
            policy.asked_age,
        )
    return visit.choose(judged, method="app", by_guardian=guardian)


def record_age(request: "HasScope | Scope", *, under: bool) -> Consent:
    """Say what the app knows of a visitor's age: ``under`` the policy's ``site.minimum_age``, or not. Takes effect in the same request.

    A child's choice is then a refusal of everything optional, recorded like any other, until a guardian decides. Saying it of somebody
    who is known for it, and of an adult who has not chosen yet, records nothing; the latter is not asked for the age by this answer.
    """
    visit = visit_of(request)
    consent = visit.consent
    if visit.policy.declarations.site.minimum_age is None:
        raise ConfigurationError(
            "record_age: the policy names no age. Add minimum_age to [site], for example minimum_age = 14."
        )
    if under:
        if consent.age in ("under", "guardian"):
            return consent
        return visit.choose(Answers(action="save", allowed=frozenset(), refused=frozenset()), method="app", age="under")
    if consent.age == "over":
        return consent
    if not consent.choice_made:
        visit.hold(replace(consent, age="over"))
        return visit.consent
    # What was refused for the age alone is asked for again.
    was_child = consent.age in ("under", "guardian")
    refused = frozenset[str]() if was_child else consent.refused
    allowed = frozenset[str]() if was_child else consent.allowed
    return visit.choose(Answers(action="save", allowed=allowed, refused=refused), method="app", age="over")
