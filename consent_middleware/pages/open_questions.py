"""What is said to a visitor who has chosen, and yet is asked for more."""

from typing import Literal

from ..consent import Consent, Decision
from ..policy import Policy
from .changes import titles_with_services
from .content import titles_of
from .wording import Wording

Asking = Literal["first", "rest", "again"]
"""Nobody has asked yet; something was answered (one service, by a frame's own button) and the rest was not; what was answered has
changed since."""


def asking_of(consent: Consent) -> Asking:
    """Say why this visitor is asked."""
    if not consent.choice_made:
        return "first"
    return "again" if consent.is_outdated else "rest"


def open_question(policy: Policy, wording: Wording, asking: Asking, decision: Decision) -> str:
    """Name what is still to be decided, to a visitor who has chosen before. Empty where nothing is open."""
    if asking == "first" or not decision.asks:
        return ""
    purposes = wording.join(titles_of(policy, wording, decision.asks))
    if asking == "again":
        return wording.gettext(
            "What you were told has changed, so this is off until you choose again: %(purposes)s.", purposes=purposes
        )
    return wording.gettext("Not decided yet, so this is off: %(purposes)s.", purposes=purposes)


def banner_words(policy: Policy, wording: Wording, asking: Asking, decision: Decision) -> str:
    """Say what holds, what is open, and that the two answers of the banner are about both."""
    question = open_question(policy, wording, asking, decision)
    if not question:
        return ""
    on = [name for name in policy.optional if decision.allows(name)]
    allowed = titles_with_services(policy, wording, on, decision)
    holds = wording.gettext("Allowed: %(purposes)s.", purposes=allowed) if allowed else ""
    answers = wording.gettext("“Accept all” and “Reject all” answer for everything.")
    return " ".join(filter(None, (holds, question, answers)))
