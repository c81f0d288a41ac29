"""Which names the guard in the page keeps scripts from storing, and for which purpose or service each is.

The policy's own declarations come first, then the shipped table; the first entry that fits a name speaks for it.
"""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from .patterns import is_pattern
from .policy import Policy

KINDS = ("cookie", "local", "session", "indexeddb")
"""Kinds of storage; those after the first are the kinds of ``[[storage]]``."""
SHIPPED = Path(__file__).with_name("guarded.toml")

Entry = tuple[str, str]
"""Who a name belongs to, and the source of a regular expression for the whole name. No owner: the name is never refused."""

_SPECIAL = re.compile(r"[\\^$.|+()\[\]{}/]")


@functools.cache
def shipped() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return patterns by purpose and kind."""
    tables = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return {purpose: {kind: names.split() for kind, names in table.items()} for purpose, table in tables.items()}


def guarded(policy: Policy) -> Mapping[str, Sequence[Entry]]:
    """Return the entries of each kind, in the order in which they are to be asked."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
    for purpose in policy.purposes:
        for cookie in policy.cookies_of(purpose):
            # What a visitor asks for by an act of their own may be stored then; only the server can tell when that was.
            owner = "" if cookie.explicit_act else cookie.service or purpose
            found["cookie"].append((owner, cookie.name or cookie.pattern or ""))
    for entry in policy.declarations.storage:
        found[entry.kind].append((entry.service or entry.purpose, entry.key))
    # A literal name is asked before a pattern, as the server does it.
    found = {kind: sorted(entries, key=lambda entry: is_pattern(entry[1])) for kind, entries in found.items()}
    for purpose, kinds in shipped().items():
        for kind, patterns in kinds.items():
            # A purpose that is not offered is never allowed.
            found[kind] += [(purpose, pattern) for pattern in patterns]
    return {kind: _together(entries, policy.necessary) for kind, entries in found.items()}


def _together(entries: Sequence[tuple[str, str]], necessary: frozenset[str]) -> list[Entry]:
    """Join neighbors of one owner into one expression."""
    joined: list[tuple[str, list[str]]] = []
    for owner, pattern in entries:
        owner = "" if owner in necessary else owner
        if not joined or joined[-1][0] != owner:
            joined.append((owner, []))
        joined[-1][1].append(_expression(pattern))
    return [(owner, "|".join(patterns)) for owner, patterns in joined]


@functools.cache
def _expression(pattern: str) -> str:
    """``_ga_*`` → ``_ga_.*``, in the syntax that JavaScript and Python share."""
    return _SPECIAL.sub(r"\\\g<0>", pattern).replace("*", ".*").replace("?", ".")
