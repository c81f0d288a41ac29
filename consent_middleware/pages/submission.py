"""What a visitor submitted, from a form or JSON, as one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

import msgspec

from ..consent import ACTIONS, NO_CHOICE, Action, Answers, Consent, answer
from ..consent.value import Age
from ..policy import Policy

_MOST_FIELDS = 1000
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LAYERS = frozenset({"banner", "preferences", "guardian"})
"""What of ours a visitor may have been looking at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """``listed`` names the purposes whose services stood there as switches in their present state; ``None`` means all did."""

    action: Action
    purposes: Sequence[str] = ()
    services: Sequence[str] = ()
    listed: frozenset[str] | None = frozenset()
    next: str = ""
    language: str = ""
    layer: str = ""
    token: str = ""
    method: str = "form"
    age: Age = ""
    """``"over"`` or ``"under"``, where the visitor says so; nothing else that is sent counts."""
    is_guardian: bool = False
    """Whoever sends this says to be a child's guardian."""

    def answers(self, policy: Policy, before: Consent = NO_CHOICE) -> Answers:
        """Answer for every purpose and service.

        A purpose that is switched on brings all its services, unless single ones were named, or were listed and left out.
        """
        if self.listed is None:
            return answer(policy, self.action, self.purposes, self.services, services_listed=True, before=before)
        named = set(self.services)
        for purpose in set(self.purposes) - self.listed:
            of_purpose = {service.id for service in policy.services_of(purpose)}
            if not named & of_purpose:
                named |= of_purpose
        return answer(policy, self.action, self.purposes, named, services_listed=True, before=before)


class _JsonSubmission(msgspec.Struct):
    action: Action
    purposes: list[str] = []
    purpose: list[str] | str = []
    services: list[str] | None = None
    service: list[str] | str = []
    listed: list[str] = []
    next: str = ""
    lang: str = ""
    layer: str | None = None
    token: str = ""
    age: str | None = None
    guardian: bool = False


_AGES: Mapping[str, Age] = {"over": "over", "under": "under"}
_decode = msgspec.json.Decoder(_JsonSubmission).decode


def media_type_of(content_type: bytes) -> str:
    """The media type without its parameters, in lower case."""
    return content_type.partition(b";")[0].strip().lower().decode("latin-1")


def read_form(body: bytes) -> Submission | None:
    """Read a urlencoded form; ``None`` when it is malformed or names no action."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    action = next((known for known in ACTIONS if fields.get("action") == [known]), None)
    if action is None:
        return None

    def last(name: str) -> str:
        return fields.get(name, [""])[-1]

    return Submission(
        action=action,
        purposes=fields.get("purpose", ()),
        services=fields.get("service", ()),
        listed=None if fields.get("services") == ["listed"] else frozenset(fields.get("listed", ())),
        next=last("next"),
        language=last("lang"),
        layer=last("layer"),
        token=last("token"),
        age=_AGES.get(last("age"), ""),
        is_guardian=last("guardian") == "yes",
    )


def read_json(body: bytes) -> Submission | None:
    """Read JSON of the same shape. An explicit empty list of services means that none is allowed."""
    try:
        read = _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    services = [*(read.services or ()), *_as_list(read.service)]
    return Submission(
        action=read.action,
        purposes=[*read.purposes, *_as_list(read.purpose)],
        services=services,
        listed=None if read.services == [] and not services else frozenset(read.listed),
        next=read.next,
        language=read.lang,
        layer=read.layer or "",
        token=read.token,
        method="json",
        age=_AGES.get(read.age or "", ""),
        is_guardian=read.guardian,
    )


def _as_list(written: list[str] | str) -> list[str]:
    return [written] if isinstance(written, str) else written
