"""What the policy declares, in the words of one language, with the state of one visitor."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..consent import Decision, Visit
from ..consent.value import Age
from ..policy import Policy
from ..telemetry import Telemetry
from .cookie_rows import own_row
from .purpose_items import PurposeItem, purpose_item
from .wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Every purpose, by the way it is decided. ``separate`` is asked for by an act of its own."""

    optional: Sequence[PurposeItem]
    separate: Sequence[PurposeItem]
    necessary: Sequence[PurposeItem]


def content_of(policy: Policy, wording: Wording, visit: Visit, telemetry: Telemetry | None = None) -> Content:
    """Put the whole policy into words; our own cookie is declared with the necessary ones.

    ``telemetry``: what the app sees of this visitor now.
    """
    by_basis: dict[str, list[PurposeItem]] = {"consent": [], "separate": [], "necessary": []}
    own = own_row(policy, wording, is_secure=visit.is_secure)
    for purpose in policy.purposes.values():
        cookies = [own] if purpose.id == "security" else []
        by_basis[purpose.basis].append(purpose_item(policy, wording, visit.decision, purpose, cookies, telemetry))
    return Content(optional=by_basis["consent"], separate=by_basis["separate"], necessary=by_basis["necessary"])


def content_for(age: Age, content: Content) -> Content:
    """Leave out what a visitor of this age cannot decide: a child nothing optional, or what a guardian allowed, to take it back."""
    if age not in ("under", "guardian"):
        return content
    return Content(
        optional=[item for item in content.optional if item.is_on],
        separate=[item for item in content.separate if item.is_on],
        necessary=content.necessary,
    )


def titles_of(policy: Policy, wording: Wording, purposes: Sequence[str]) -> list[str]:
    return [wording.text(policy.purposes[name].title) for name in purposes]


def allowed_ids(policy: Policy, decision: Decision) -> list[str]:
    """Every purpose and service that is allowed, in the order of the policy."""
    return [name for name in (*policy.purposes, *policy.services) if decision.allows(name)]
