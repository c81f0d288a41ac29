"""What is written down of a choice."""

import time
import uuid

from ..consent import Visit
from .records import ChoiceRecord, Kind, Shown


def proof_of(visit: Visit, shown: Shown | None = None) -> ChoiceRecord:
    """Describe the choice that was made in ``visit``: what, when, how, under which policy and signals (GDPR Art. 7(1)).

    ``shown``: what the visitor was looking at, where that was ours.
    """
    policy, consent = visit.policy, visit.consent
    return ChoiceRecord(
        kind=_kind_of(visit),
        acting=visit.acting,
        age=consent.age,
        layer=visit.layer,
        shown=shown.digest if shown is not None else "",
        effective=tuple(sorted(visit.decision.allowed)),
        record_id=uuid.uuid4().hex,
        consent_id=consent.id or "",
        chosen_at=int(time.time()) if consent.is_taken_over else consent.chosen_at,
        made_at=consent.chosen_at if consent.is_taken_over else 0,
        policy_version=policy.version,
        policy_digest=policy.digest,
        language=visit.language,
        method=visit.method,
        action=visit.choice.action if visit.choice is not None else "save",
        allowed=tuple(sorted(consent.allowed)),
        refused=tuple(sorted(consent.refused)),
        gpc=visit.signals.gpc,
        precedence=policy.declarations.gpc,
    )


def _kind_of(visit: Visit) -> Kind:
    if visit.acting == "guardian":
        return "guardian"
    return "withdrawal" if visit.previous.allowed - visit.consent.allowed else "choice"
