"""What one policy says otherwise than another, entry by entry, and whom the difference asks again.

Every key of a file is compared, whatever it is called: what a later release adds to the tables is in it too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from . import timeline
from .lifetimes import Lifetime
from .model import Table, Version
from .policy import Policy

About = Literal[
    "purposes",
    "cookies",
    "services",
    "storage",
    "telemetry",
    "retention",
    "controller",
    "texts",
    "versions",
    "settings",
]
ABOUT: tuple[About, ...] = (
    "purposes",
    "cookies",
    "services",
    "storage",
    "telemetry",
    "retention",
    "controller",
    "texts",
    "versions",
    "settings",
)
_TABLES: Mapping[str, About] = {
    "purposes": "purposes",
    "cookies": "cookies",
    "services": "services",
    "storage": "storage",
    "telemetry": "telemetry",
    "grounds": "telemetry",
    "recorder": "telemetry",
    "retention": "retention",
    "controllers": "controller",
    "contact": "texts",
    "notices": "texts",
    "versions": "versions",
    "lifetime": "retention",
}
_CONTROLLER = ("controller", "address", "storage_place")
_NAMES = ("id", "version", "name", "pattern", "key", "field", "purpose")
"""What an entry of a list is known by: the first of these that it has."""

Flat = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry that is new, gone or different. ``fields``: key, what stood there, what stands there; empty where nothing did."""

    about: About
    entry: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A purpose that visitors are asked about again. ``since``: the day; ``None`` as soon as the file is deployed."""

    purpose: str
    reason: Literal["new", "changed", "named"]
    """Nothing was said of it before; something else was; or a version names it."""
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``versions``: those that only the newer file declares."""

    changes: tuple[Change, ...]
    asked: tuple[Asked, ...]
    versions: tuple[Version, ...]
    warnings: tuple[tuple[str, str], ...]
    """Key and message."""


def compare(old: Policy, new: Policy) -> Comparison:
    """Hold ``new`` against ``old``, which visitors have answered until now."""
    versions = timeline.new_in(new.declarations, old.declarations)
    changes = tuple(_changes(_entries(old), _entries(new)))
    asked = tuple(_asked(old, new))
    return Comparison(
        changes=changes,
        asked=asked,
        versions=tuple(versions),
        warnings=tuple(_warnings(new, changes, asked, versions)),
    )


def _asked(old: Policy, new: Policy) -> Iterator[Asked]:
    """Follow the newer file from today to the last of its days: a purpose is asked about once it is said something else of."""
    waiting = dict.fromkeys(new.optional)
    moment: Policy | None = new
    is_deployed = True
    while moment is not None:
        for name in [name for name in waiting if moment.digests[name] != old.digests.get(name)]:
            del waiting[name]
            reason: Literal["new", "changed", "named"] = "new" if name not in old.purposes else "changed"
            if not is_deployed or _only_named(old, moment, name):
                reason = "named"
            yield Asked(purpose=name, reason=reason, since=None if is_deployed else moment.day)
        moment, is_deployed = _next_day(moment), False


def _only_named(old: Policy, new: Policy, name: str) -> bool:
    """Say whether a version that names a purpose is all that sets it apart."""
    unnamed = [msgspec.structs.replace(version, purposes=[]) for version in new.declarations.versions]
    plain = Policy(msgspec.structs.replace(new.declarations, versions=unnamed), day=new.day)
    return plain.digests[name] == old.digests.get(name)


def _next_day(policy: Policy) -> Policy | None:
    """The same file on the next day on which something in it begins."""
    until = timeline.next_change(policy.declarations, (), policy.day)
    return None if until == timeline.NEVER else Policy(policy.declarations, day=timeline.day_of(until))


def _warnings(
    new: Policy, changes: Sequence[Change], asked: Sequence[Asked], versions: Sequence[Version]
) -> Iterator[tuple[str, str]]:
    said = [version for version in versions if version.summary]
    if asked and not said:
        names = ", ".join(entry.purpose for entry in asked)
        yield (
            "versions",
            (
                f"Visitors are asked again ({names}), and no new version with a summary tells them why: add [[versions]]."
            ),
        )
    at_once = [entry.purpose for entry in asked if entry.since is None]
    later = [version for version in versions if version.effective > new.day]
    if at_once and later:
        yield (
            "next",
            (
                f"{', '.join(at_once)}: this counts as soon as the file is deployed, not on {later[0].effective}. To let it "
                "wait, leave the present file where it is and name this one there: next = …"
            ),
        )
    for version in versions:
        if version.material and version.effective <= new.day and at_once:
            yield "versions", f'Version "{version.version}" takes effect at once, so nobody is told of it before.'
    is_responsible_new = any(change.about == "controller" for change in changes)
    if is_responsible_new and not any(version.material and version.summary for version in versions):
        yield (
            "versions",
            (
                "Who is responsible, or where data is kept, changes, and no new material version with a summary announces it."
            ),
        )


def _changes(old: Mapping[tuple[About, str], Flat], new: Mapping[tuple[About, str], Flat]) -> Iterator[Change]:
    keys = sorted({*old, *new}, key=lambda key: (ABOUT.index(key[0]), key[1]))
    for about, entry in keys:
        before, after = old.get((about, entry), {}), new.get((about, entry), {})
        fields = tuple(
            (name, before.get(name, ""), after.get(name, ""))
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
        )
        if fields:
            kind: Literal["added", "removed", "changed"] = (
                "changed" if before and after else "added" if after else "removed"
            )
            yield Change(about=about, entry=entry, kind=kind, fields=fields)


def _entries(policy: Policy) -> Mapping[tuple[About, str], Flat]:
    """Every entry of a policy, by what it is about and its name, as flat text. Purposes as they are, built-in ones too."""
    found: dict[tuple[About, str], Flat] = {
        ("purposes", purpose.id): {key: text for key, text in _flat(purpose).items() if key not in ("id", "wording")}
        for purpose in policy.purposes.values()
    }
    for field in msgspec.structs.fields(policy.declarations):
        name, value = field.encode_name, getattr(policy.declarations, field.name)
        about = _TABLES.get(name, "settings")
        if name in ("purposes", "next"):
            continue
        if name == "site":
            for key, text in _flat(value).items():
                name = key.partition(".")[0]
                place: About = "controller" if name in _CONTROLLER else "texts" if name == "name" else "settings"
                found[place, f"site.{key}"] = {key: text}
        elif isinstance(value, list) and value and isinstance(value[0], Table):
            for entry, shown in _named(value):
                found[about, entry if about == name else f"{name}: {entry}"] = shown
        elif isinstance(value, Table):
            for key, text in _flat(value).items():
                found[about, f"{name}.{key}"] = {key: text}
        elif isinstance(value, dict):
            found[about, name] = {key: _written(entry) for key, entry in value.items()}
        elif value != field.default and value:
            found[about, name] = {name: _written(value)}
    return found


def _named(entries: Sequence[Table]) -> Iterator[tuple[str, Flat]]:
    """Each entry under its name; where two share one, by their order."""
    seen: dict[str, int] = {}
    for entry in entries:
        shown = _flat(entry)
        name = next((shown[key] for key in _NAMES if shown.get(key)), "")
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})", shown


def _flat(table: msgspec.Struct) -> Flat:
    """What a table says beyond its defaults, one line for each key."""
    found: dict[str, str] = {}
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if isinstance(value, Table):
            found |= {f"{field.encode_name}.{key}": text for key, text in _flat(value).items()}
        elif isinstance(value, dict):
            found |= {f"{field.encode_name}.{key}": _written(text) for key, text in value.items()}
        elif value not in (None, "", []):
            found[field.encode_name] = _written(value)
    return found


def _written(value: object) -> str:
    if isinstance(value, Lifetime):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
