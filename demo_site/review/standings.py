"""Who looks at an example: a visitor in one of a few states, always with the same id and the same moment."""

from datetime import UTC, datetime

from consent_middleware.consent import NO_CHOICE, Consent, answer
from consent_middleware.ledger import ChoiceRecord
from consent_middleware.policy import Policy
from consent_middleware.telemetry.disclosure_rows import Disclosed

from .examples import State

VISITOR = "q7Xw2vTn4KpR9sLd"
RECORD = "5f0c1d2e3a4b4c6d8e9fa0b1c2d3e4f5"
CHOSEN_AT = int(datetime(2026, 10, 12, 8, 15, tzinfo=UTC).timestamp())

DISCLOSED = Disclosed(
    field="ip",
    purpose="security",
    reason="a sign-in was tried from a new place",
    is_raw=True,
    first_at=CHOSEN_AT + 3600,
    last_at=CHOSEN_AT + 7200,
    times=2,
)
"""What was used of the visitor's details, and why."""

_ASKED_AGAIN = "analytics"
_SELECTED = ("analytics", "preference")
_IN_A_FRAME = "heatmap"


def consent_in(state: State, policy: Policy) -> Consent:
    """Return the visitor's choice; nothing in it runs out."""
    if state == "new":
        return NO_CHOICE
    if state == "began":
        answers = answer(policy, "always-allow", (), (_frame_of(policy),))
    elif state in ("refused", "child"):
        answers = answer(policy, "reject-all")
    elif state == "selected":
        answers = answer(policy, "save", [name for name in _SELECTED if name in policy.optional])
    else:
        answers = answer(policy, "accept-all")
    is_asked_again = state == "changed"
    return Consent(
        choice_made=True,
        id=VISITOR,
        chosen_at=CHOSEN_AT,
        allowed=answers.allowed - ({_ASKED_AGAIN} if is_asked_again else set()),
        refused=answers.refused,
        is_outdated=is_asked_again,
        age="under" if state == "child" else "over" if policy.declarations.children.ask else "",
    )


def record_of(consent: Consent, policy: Policy) -> ChoiceRecord:
    """Return what the ledger would hold of the choice."""
    return ChoiceRecord(
        record_id=RECORD,
        consent_id=VISITOR,
        chosen_at=consent.chosen_at,
        policy_version=policy.version,
        policy_digest=policy.digest,
        language=policy.languages[0],
        method="form",
        action="save",
        allowed=tuple(name for name in policy.optional if name in consent.allowed),
        refused=tuple(name for name in policy.optional if name in consent.refused),
        gpc=consent.gpc,
        precedence=policy.declarations.gpc,
        layer="preferences",
    )


def _frame_of(policy: Policy) -> str:
    return _IN_A_FRAME if _IN_A_FRAME in policy.services else next(iter(policy.services))
