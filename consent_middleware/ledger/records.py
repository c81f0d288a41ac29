"""What is recorded, as values."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

Kind = Literal[
    "choice", "withdrawal", "expiry", "signal", "disclosure", "guardian", "erasure", "request", "answer", "notice"
]
"""``choice``: purposes were allowed or refused; ``withdrawal``: one that had been allowed no longer is; ``expiry``: a choice was seen
to have run out; ``signal``: the browser's signal came or went; ``disclosure``: data was used or handed on for a stated reason;
``guardian``: a guardian's act for a child; ``erasure``: records were erased, or a recipient was told to; ``request``, ``answer``: a
person asked for something, and got it; ``notice``: a notice was shown."""

CHOICES: tuple[Kind, ...] = ("choice", "withdrawal", "guardian")
STATES: tuple[Kind, ...] = (*CHOICES, "expiry", "signal")
"""Kinds whose records say what a visitor allows from then on: all are read back as a ``ChoiceRecord``."""


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One recorded fact of any kind. A Struct, as all that is made for every row: msgspec makes one in C."""

    record_id: str
    """Random, 32 hexadecimal digits (a UUID 4)."""
    kind: Kind
    consent_id: str
    """The id in the visitor's token; empty where the fact is about nobody."""
    recorded_at: int
    """Seconds since 1970, UTC."""
    content: str
    """A JSON object; what is in it depends on the kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a visitor was looking at when choosing: the text of one layer in one language, and its SHA-256."""

    digest: str
    language: str
    layer: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRecord:
    """What one visitor chose, when, and under which policy. Nothing about the visitor's device or network."""

    record_id: str
    """Random, 32 hexadecimal digits (a UUID 4)."""
    consent_id: str
    """The id in the visitor's token, made only when a choice is recorded."""
    chosen_at: int
    """Seconds since 1970, UTC."""
    policy_version: str
    policy_digest: str
    language: str
    """The language the choice was offered in (BCP 47)."""
    method: str
    """How the choice arrived: ``"form"``, ``"json"``, ``"guardian"`` by the form for guardians, ``"app"`` for one that the app recorded
    itself, or ``"account"`` for one that was taken over from another browser of the same account; ``"signal"`` and ``"expiry"`` for
    what happened to a choice without the visitor."""
    action: str
    """``"accept-all"``, ``"reject-all"``, ``"save"``, ``"always-allow"`` or ``"guardian"``; ``"none"`` where nobody did anything."""
    allowed: tuple[str, ...]
    """Ids of purposes and services."""
    refused: tuple[str, ...]
    """Ids of purposes and services."""
    gpc: bool
    """Whether the browser sent Global Privacy Control with the choice."""
    precedence: str
    """Which of signal and choice wins, as the policy said then: ``"latest"``, ``"signal"`` or ``"choice"``."""
    kind: Kind = "choice"
    layer: str = ""
    """What the visitor was looking at: ``"banner"``, ``"preferences"``; empty where it was not ours, or is not known."""
    shown: str = ""
    """The digest of its text, which is kept once (``Ledger.text``)."""
    effective: tuple[str, ...] = field(default=())
    """What was allowed in the end, once the signal was taken into account."""
    jurisdiction: str = ""
    """Where the visitor's rights come from, if that is known."""
    acting: str = "visitor"
    """Whose act it was: ``"visitor"`` or ``"guardian"``."""
    age: str = ""
    """What the visitor said of their age, where that was asked: ``"over"``, ``"under"``, or ``"guardian"`` once a child's guardian has
    decided. Never a date."""
    made_at: int = 0
    """When a choice that was taken over had been made, in seconds since 1970; 0 for one that was made when it was recorded."""
    controllers: tuple[str, ...] = ()
    """Who was responsible then, as the policy said in the site's first language: role and name, ``"controller Example Ltd."``."""
    since: int = 0
    """When that choice was made which ran out, or which the signal changes; 0 for a choice itself."""


class ChoiceContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a choice that is kept as JSON; what stands in columns of their own is left out."""

    policy_version: str
    policy_digest: str
    language: str
    method: str
    action: str
    allowed: tuple[str, ...]
    refused: tuple[str, ...]
    gpc: bool
    precedence: str
    layer: str = ""
    shown: str = ""
    effective: tuple[str, ...] = ()
    jurisdiction: str = ""
    acting: str = "visitor"
    age: str = ""
    made_at: int = 0
    controllers: tuple[str, ...] = ()
    since: int = 0


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ChoiceContent).decode
_FIELDS = ChoiceContent.__struct_fields__


def record_of(choice: ChoiceRecord) -> Record:
    """Put a choice into the form in which every record is kept."""
    content = ChoiceContent(**{name: getattr(choice, name) for name in _FIELDS})
    return Record(
        record_id=choice.record_id,
        kind=choice.kind,
        consent_id=choice.consent_id,
        recorded_at=choice.chosen_at,
        content=_encode(content).decode(),
    )


def choice_of(record: Record) -> ChoiceRecord:
    """Read a choice back. Raises msgspec.ValidationError where the record holds something else."""
    content = _decode(record.content)
    return ChoiceRecord(
        record_id=record.record_id,
        consent_id=record.consent_id,
        chosen_at=record.recorded_at,
        kind=record.kind,
        **{name: getattr(content, name) for name in _FIELDS},
    )
