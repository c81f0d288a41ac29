"""A request that needs a person, as a value, and how it is proven."""

import hashlib
import secrets
import time
import uuid
from datetime import UTC, date, datetime
from typing import Literal, get_args

import msgspec

from ..ledger import Record
from ..policy.rights import QueuedKind

State = Literal["unverified", "open", "answered", "refused", "closed", "withdrawn"]
"""``unverified``: it waits until the visitor's identity is verified; ``open``: the time to answer runs; ``answered`` and ``refused``:
the visitor can read why; ``closed``: what was written and whose it was is erased; ``withdrawn``: the same, by the visitor."""

STATES: tuple[State, ...] = get_args(State)
PENDING: tuple[State, ...] = ("unverified", "open")
DECIDED: tuple[State, ...] = ("answered", "refused")

Step = Literal["received", "verified", "answered", "refused", "closed", "withdrawn"]

_encode = msgspec.json.Encoder().encode


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request. Times are seconds since 1970, UTC, and 0 where it has not happened; texts are empty once they are erased."""

    number: str
    """What visitor and staff call it: ``7K2M-9QXD-4T3W``."""
    kind: QueuedKind
    state: State
    consent_id: str = ""
    """The id in the visitor's token, where there was one."""
    received_at: int
    verified_at: int = 0
    due_on: str = ""
    """The last day to answer, as in ISO 8601; empty until the time runs."""
    is_provisional: bool = False
    """Public holidays before that day are not all published yet."""
    working_days: int
    calendar: str
    language: str = ""
    """What the visitor was speaking (BCP 47)."""
    contact: str = ""
    message: str = ""
    answered_at: int = 0
    """When it was answered, refused or withdrawn."""
    answer: str = ""

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    def is_overdue(self, today: date) -> bool:
        return self.state == "open" and bool(self.due_on) and date.fromisoformat(self.due_on) < today


class Proof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a record of the ledger says of one step: nothing that anybody wrote, only its salted digest."""

    number: str
    request: str
    step: Step
    due_on: str = ""
    digest: str = ""


def new_salt() -> bytes:
    return secrets.token_bytes(16)


def digest_of_message(request: Request, salt: bytes) -> str:
    """The digest of what the visitor wrote."""
    return _digest(salt, [request.number, request.kind, request.consent_id, request.contact, request.message])


def digest_of_answer(request: Request, salt: bytes) -> str:
    """The digest of what the visitor was answered."""
    return _digest(salt, [request.number, request.state, request.answer])


def step_record(request: Request, step: Step, *, digest: str = "", at: int | None = None) -> Record:
    """Put a step into a record about nobody: its content stays when the visitor's own records are erased."""
    proof = Proof(number=request.number, request=request.kind, step=step, due_on=request.due_on, digest=digest)
    return Record(
        record_id=received_id(request.number) if step == "received" else uuid.uuid4().hex,
        kind="answer" if step in ("answered", "refused", "closed") else "request",
        consent_id="",
        recorded_at=int(time.time()) if at is None else at,
        content=_encode(proof).decode(),
    )


def received_id(number: str) -> str:
    """The id of the record that says a request was received: one request is recorded once."""
    return hashlib.sha256(f"request {number}".encode()).hexdigest()[:32]


def day_of(seconds: int) -> date:
    """In UTC: the server knows no visitor's time zone."""
    return datetime.fromtimestamp(seconds, UTC).date()


def _digest(salt: bytes, written: list[str]) -> str:
    return hashlib.sha256(salt + _encode(written)).hexdigest()
