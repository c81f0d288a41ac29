"""Requests that need a person, in the words of one language: what may be asked for, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date

from ..policy import Policy
from ..policy.purposes import N_
from ..policy.rights import QueuedKind
from ..rights import Request
from ..rights.requests import State
from .asked import LONGEST_CONTACT, LONGEST_MESSAGE, Asked
from .wording import Wording

KINDS: Mapping[QueuedKind, str] = {
    "account-erasure": N_("Erase my account"),
    "correction": N_("Correct my data"),
    "access": N_("Tell me what the site holds about me"),
    "complaint": N_("A complaint"),
    "other": N_("Something else"),
    "child-deletion": N_("Delete a child's data"),
}
STATES: Mapping[State, str] = {
    # What there is to say of it, the sentence about its time says.
    "unverified": "",
    "open": N_("In progress"),
    "answered": N_("Answered"),
    "refused": N_("Declined"),
    "closed": N_("Closed"),
    "withdrawn": N_("Withdrawn"),
}
_NOBODY_ASKED = Asked()


def request_item(wording: Wording, request: Request) -> Mapping[str, object]:
    """One request, for its visitor."""
    return {
        "number": request.number,
        "kind": wording.gettext(KINDS[request.kind]),
        "state": wording.gettext(STATES[request.state]) if STATES[request.state] else "",
        "received": wording.day(request.received_at),
        "due": _due(wording, request),
        "message": request.message,
        "contact": request.contact,
        "answer": request.answer,
        "is_pending": request.is_pending,
        "has_content": request.state not in ("closed", "withdrawn"),
    }


def asking_form(
    policy: Policy, wording: Wording, ticket: str, asked: Asked = _NOBODY_ASKED, faults: Sequence[str] = ()
) -> Mapping[str, object]:
    """The form that asks, filled in as it was ``asked``; ``faults`` names the fields to look at again."""
    rights = policy.declarations.rights
    return {
        "kinds": [
            {"id": kind, "title": wording.gettext(KINDS[kind]), "checked": kind == asked.kind} for kind in rights.kinds
        ],
        "contact": rights.contact,
        "asked": asked,
        "ticket": ticket,
        "faults": faults,
        "longest_message": LONGEST_MESSAGE,
        "longest_contact": LONGEST_CONTACT,
    }


def request_data(request: Request) -> Mapping[str, object]:
    """One request as JSON, for its visitor."""
    return {
        "number": request.number,
        "kind": request.kind,
        "state": request.state,
        "received_at": request.received_at,
        "verified_at": request.verified_at,
        "due_on": request.due_on or None,
        "is_provisional": request.is_provisional,
        "contact": request.contact,
        "message": request.message,
        "answered_at": request.answered_at,
        "answer": request.answer,
    }


def _due(wording: Wording, request: Request) -> Sequence[str]:
    if not request.is_pending:
        return ()
    if not request.due_on:
        until_known = wording.gettext(
            "We first make sure that it is you. From then on, we answer within this many working days: %(count)s.",
            count=request.working_days,
        )
        return (until_known,)
    said = [wording.gettext("We answer by %(date)s.", date=wording.date(date.fromisoformat(request.due_on)))]
    if request.is_provisional:
        said.append(wording.gettext("The date may move: not all public holidays before it are fixed yet."))
    return said
