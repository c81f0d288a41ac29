"""What is written down of a choice, and of what happens to it later without the visitor."""

import time
import uuid

from ..consent import Consent, Decision, Signals, Visit
from ..policy import Policy
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
        jurisdiction=policy.declarations.site.jurisdiction or "",
        controllers=responsible(policy),
    )


def expiry_of(policy: Policy, consent: Consent, signals: Signals) -> ChoiceRecord:
    """Describe that a choice was seen whose time is over: nothing but what is necessary is allowed from now on."""
    return _befallen("expiry", policy, consent, signals, effective=policy.necessary)


def transition_of(policy: Policy, consent: Consent, signals: Signals, decision: Decision) -> ChoiceRecord:
    """Describe that the browser's signal is another one than when the choice was made, and changes what that allows."""
    return _befallen("signal", policy, consent, signals, effective=decision.allowed)


def responsible(policy: Policy) -> tuple[str, ...]:
    """Who is responsible, as role and name: ``("joint-controller One Ltd.", "processor Two Ltd.")``."""
    language = policy.languages[0]
    return tuple(f"{party.role} {policy.text(party.name, language)}" for party in policy.parties)


def _befallen(
    kind: Kind, policy: Policy, consent: Consent, signals: Signals, *, effective: frozenset[str]
) -> ChoiceRecord:
    return ChoiceRecord(
        kind=kind,
        record_id="",
        consent_id=consent.id or "",
        chosen_at=int(time.time()),
        since=consent.chosen_at,
        policy_version=policy.version,
        policy_digest=policy.digest,
        language="",
        method=kind,
        action="none",
        allowed=tuple(sorted(consent.allowed)),
        refused=tuple(sorted(consent.refused)),
        effective=tuple(sorted(effective)),
        gpc=signals.gpc,
        precedence=policy.declarations.gpc,
        jurisdiction=policy.declarations.site.jurisdiction or "",
        controllers=responsible(policy),
    )


def _kind_of(visit: Visit) -> Kind:
    if visit.acting == "guardian":
        return "guardian"
    return "withdrawal" if visit.previous.allowed - visit.consent.allowed else "choice"
