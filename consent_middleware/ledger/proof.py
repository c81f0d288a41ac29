"""What is written down of a choice."""

import uuid

from ..consent import Visit
from .records import ChoiceRecord


def proof_of(visit: Visit) -> ChoiceRecord:
    """Describe the choice that was made in ``visit``: what, when, how, under which policy and signals (GDPR Art. 7(1))."""
    policy, consent = visit.policy, visit.consent
    return ChoiceRecord(
        record_id=uuid.uuid4().hex,
        consent_id=consent.id or "",
        chosen_at=consent.chosen_at,
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
