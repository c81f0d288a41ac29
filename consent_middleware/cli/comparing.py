"""``consent-middleware check --against OLD``: says what a new policy file changes for visitors, and whom it asks again."""

import argparse
from collections.abc import Iterator
from itertools import groupby

import msgspec

from ..policy import Policy
from ..policy.comparison import Asked, Change, Comparison, compare
from .tables import table

ASKS = 3
"""The exit code where visitors will be asked again."""
_LONGEST = 60
_REASONS = {"new": "it is new", "changed": "what is said of it changed", "named": "a version names it"}
_ASKED_BY = {"consent": "by the banner", "separate": "in the preference center only"}


def check_against(arguments: argparse.Namespace) -> int:
    """Compare two files. Raises PolicyError where one of them cannot be enforced."""
    (file,) = arguments.files
    old, new = Policy.load(arguments.against), Policy.load(file)
    found = compare(old, new)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(_as_json(old, new, found)), indent=2).decode())
    else:
        print("\n".join(_said(old, new, found)))
    return ASKS if found.asked else 0


def _said(old: Policy, new: Policy, found: Comparison) -> Iterator[str]:
    yield f"{new.file} against {old.file}"
    if not found.changes:
        yield "\nNothing changes for visitors."
    for about, changes in groupby(found.changes, key=lambda change: change.about):
        yield f"\n{about.capitalize()}"
        yield from table(row for change in changes for row in _rows(change))
    if found.asked:
        yield "\nVisitors who have chosen are asked again about"
        yield from table(_asked_row(new, entry) for entry in found.asked)
    else:
        yield "\nNobody is asked again."
    if found.warnings:
        yield f"\n{len(found.warnings)} warning{'s' if len(found.warnings) != 1 else ''}"
        for key, message in found.warnings:
            yield f"  {key}: {message}"


def _rows(change: Change) -> Iterator[list[str]]:
    """The entry once, then each of its keys on a line of its own; an added or removed one is told by its name."""
    if change.kind != "changed":
        shown = [after or before for _, before, after in change.fields]
        yield [change.entry, change.kind, _cut("; ".join(shown))]
        return
    for place, (key, before, after) in enumerate(change.fields):
        yield [
            "" if place else change.entry,
            "" if place else change.kind,
            f"{key}: {_cut(before) or '(nothing)'} → {_cut(after) or '(nothing)'}",
        ]


def _asked_row(policy: Policy, entry: Asked) -> list[str]:
    basis = policy.purposes[entry.purpose].basis
    since = "at once" if entry.since is None else f"from {entry.since}"
    return [entry.purpose, since, _ASKED_BY[basis], _REASONS[entry.reason]]


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _as_json(old: Policy, new: Policy, found: Comparison) -> dict[str, object]:
    return {
        "old": {"file": old.file, "version": old.version, "digest": old.digest},
        "new": {"file": new.file, "version": new.version, "digest": new.digest},
        "changes": [
            {
                "about": change.about,
                "entry": change.entry,
                "kind": change.kind,
                "fields": [{"key": key, "old": before, "new": after} for key, before, after in change.fields],
            }
            for change in found.changes
        ],
        "asks_again": [
            {
                "purpose": entry.purpose,
                "basis": new.purposes[entry.purpose].basis,
                "reason": entry.reason,
                "since": entry.since.isoformat() if entry.since else None,
            }
            for entry in found.asked
        ],
        "versions": [
            {"version": version.version, "effective": version.effective.isoformat(), "material": version.material}
            for version in found.versions
        ],
        "warnings": [{"key": key, "message": message} for key, message in found.warnings],
    }
