"""What a visitor submitted, from a form or JSON, as one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import msgspec

from ..consent import ACTIONS, NO_CHOICE, Action, Answers, Consent, answer
from ..consent.value import Age
from ..policy import Policy
from ..policy.digests import LENGTH

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
    told: str = ""
    """Digests of what the visitor was told about each purpose; empty where nothing of ours was shown."""
    method: str = "form"
    age: Age = ""
    """``"over"`` or ``"under"``, where the visitor says so; nothing else that is sent counts."""
    is_guardian: bool = False
    """Whoever sends this says to be a child's guardian."""

    def is_outdated(self, policy: Policy) -> bool:
        """Say whether something else is true now than what the visitor was shown."""
        return bool(self.told) and self.told != policy.told

    def answers(self, policy: Policy, before: Consent = NO_CHOICE) -> Answers:
        """Answer for every purpose and service.

        A page may have been open since before a version of the policy took effect. Of what is allowed there only that counts which
        is true now as it was shown; the rest is unanswered, and asked about again. What is refused counts whatever was shown.
        """
        answers = self._answers(policy, before)
        if not self.is_outdated(policy):
            return answers
        told = {self.told[start : start + LENGTH] for start in range(0, len(self.told), LENGTH)}
        changed = {name for name in policy.optional if policy.digests[name] not in told} - before.allowed
        return replace(answers, allowed=answers.allowed - changed)

    def _answers(self, policy: Policy, before: Consent) -> Answers:
        """Answer as if everything were still as it was shown.

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
    told: str | None = None


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
        told=last("told"),
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
        told=read.told or "",
        method="json",
        age=_AGES.get(read.age or "", ""),
        is_guardian=read.guardian,
    )


def _as_list(written: list[str] | str) -> list[str]:
    return [written] if isinstance(written, str) else written
