"""What became of the cookies in one answer: those the app asked for, and those the browser got."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from consent_middleware import Policy, classify

from .inspection import shorten

Outcome = Literal["sent", "altered", "blocked", "expired", "ours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    name: str
    asked: str | None
    answered: str | None
    outcome: Outcome
    purpose: str
    reason: str


def compare_answers(asked: Sequence[bytes], answered: Sequence[bytes], policy: Policy) -> list[AnswerRow]:
    """One row for each Set-Cookie line on either side; lines of one name are matched in order."""
    left = [line.decode("latin-1") for line in answered]
    rows = []
    for line in (line.decode("latin-1") for line in asked):
        match = next((other for other in left if _name(other) == _name(line)), None)
        if match is not None:
            left.remove(match)
        outcome: Outcome = "blocked" if match is None or _is_deletion(match) > _is_deletion(line) else "altered"
        rows.append(_row(line, match, "sent" if match == line else outcome, policy))
    for line in left:
        rows.append(_row(None, line, "expired" if _is_deletion(line) else "ours", policy))
    return rows


def _row(asked: str | None, answered: str | None, outcome: Outcome, policy: Policy) -> AnswerRow:
    name = _name(asked or answered or "")
    verdict = classify(name, policy=policy)
    return AnswerRow(
        name=name,
        asked=_shown(asked),
        answered=_shown(answered),
        outcome=outcome,
        purpose=verdict.purpose,
        reason=verdict.reason,
    )


def _shown(line: str | None) -> str | None:
    if line is None:
        return None
    crumb, *attributes = line.split(";")
    name, _, value = crumb.partition("=")
    return ";".join([f"{name}={shorten(value)}", *attributes])


def _name(line: str) -> str:
    return line.partition("=")[0].strip()


def _is_deletion(line: str) -> bool:
    return "max-age=0" in line.lower().replace(" ", "")
