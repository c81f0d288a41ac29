"""Remembers what the gates saw: every name once, and how often each was refused; bounded, and never a value.

On the way of a request this costs an addition in a dictionary; what is new is looked at more closely, once.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..caches import BoundedCache
from ..gates.findings import Finding
from ..policy import Policy
from .items import STORES, UNKNOWN, Item, Kind, Source, merged
from .known_keys import KnownKeys
from .naming import Names, written_path

Count = tuple[str, str, str]
"""Action, purpose, name."""
Key = tuple[Kind, Source, str]

LIMIT = 1000
"""Names of one kind from one source: a site uses a few dozen, and whoever makes some up must not fill the memory."""
_COUNTS = 4096
OTHERS = "(others)"
_WRITTEN = 8192
_LONGEST_HOST = 253
_BELONGS: Mapping[str, tuple[Kind, Source]] = {
    "hide": ("cookie", "browser"),
    "drop": ("cookie", "server"),
    "gate": ("host", "server"),
    "host": ("host", "browser"),
    # What a guard kept scripts from storing, by where.
    **{store: (store, "browser") for store in STORES},
}
"""Whose refusal an action is. An expired cookie was hidden by the same request."""
_ON_COOKIES = frozenset({"hide", "drop", "expire", "clamp"})
_IN_STORES = frozenset(STORES)


@dataclass(slots=True, kw_only=True)
class Batch:
    """What has happened since the last one: items as they are now, with the refusals of this batch alone, and counts."""

    items: list[Item] = field(default_factory=list)
    counts: dict[Count, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.items and not self.counts


class Inventory:
    """One for each middleware. ``on_change`` is told, again and again, that there is something to keep; it must not wait."""

    def __init__(self, policy: Policy, on_change: Callable[[], None] | None = None) -> None:
        self._names = Names(policy)
        self._keys = KnownKeys(policy)
        self._on_change = on_change or _nobody
        self._items: dict[Key, Item] = {}
        self._room: dict[tuple[Kind, Source], int] = {}
        self._changed: set[Key] = set()
        self._counts: dict[Count, int] = {}
        self._taken: dict[Count, int] = {}
        self._written: BoundedCache[str, str] = BoundedCache(_WRITTEN)
        self._lock = threading.Lock()

    def follow(self, policy: Policy) -> None:
        """Write names as another version of the policy does."""
        self._names = Names(policy)
        self._keys = KnownKeys(policy)
        self._written.clear()

    def take_finding(self, finding: Finding) -> None:
        """Count one thing that a gate did, or would have done."""
        self.count(finding.action, finding.purpose, finding.name)

    def count(self, action: str, purpose: str, name: str, number: int = 1) -> None:
        """Add to a sum. Cookies and keys are named without what may identify a visitor; all else is the site's own words."""
        written = self._written.get(name) if action in _ON_COOKIES else name
        if action in _IN_STORES:
            written = self._keys.written(action, name)
        if written is None:
            written = self._write(name)
        key = (action, purpose, written)
        counts = self._counts
        if key not in counts and len(counts) >= _COUNTS:
            key = (action, purpose, OTHERS)
        counts[key] = counts.get(key, 0) + number
        self._on_change()

    def note(
        self,
        kind: Kind,
        source: Source,
        name: str,
        verdict: Callable[[], tuple[str, str, str]],
        *,
        page: str,
        domain: str = "",
        path: str = "/",
        lifetime: int = UNKNOWN,
    ) -> None:
        """Remember that something was seen. ``verdict`` says purpose, reason and rule; it is asked when a name is new."""
        written = self._written_as(kind, name)
        key, now = (kind, source, written), int(time.time())
        with self._lock:
            item = self._items.get(key)
            if item is not None:
                if item.last_seen >= now and lifetime <= item.lifetime:
                    return
                self._items[key] = replace(item, last_seen=now, lifetime=max(lifetime, item.lifetime))
            else:
                room = self._room.get((kind, source), LIMIT)
                if room <= 0:
                    return
                self._room[kind, source] = room - 1
                purpose, reason, rule = verdict()
                self._items[key] = Item(
                    kind=kind,
                    source=source,
                    name=written,
                    purpose=purpose,
                    reason=reason,
                    rule=rule,
                    page=written_path(page),
                    first_seen=now,
                    last_seen=now,
                    domain=domain[:_LONGEST_HOST],
                    path=written_path(path),
                    lifetime=lifetime,
                )
            self._changed.add(key)
        self._on_change()

    def items(self) -> list[Item]:
        """Everything that this process saw, the two sources put together."""
        refusals = _refusals(self._counts.copy())
        with self._lock:
            found = list(self._items.items())
        return merged(replace(item, refused=refusals.get(key, 0)) for key, item in found)

    def counts(self) -> dict[Count, int]:
        """How often what was done, since the start of this process."""
        return self._counts.copy()

    def take(self) -> Batch:
        """What has changed since the last time, to be kept elsewhere."""
        total = self._counts.copy()
        fresh = {key: number - self._taken.get(key, 0) for key, number in total.items()}
        fresh = {key: number for key, number in fresh.items() if number}
        self._taken = total
        refusals = _refusals(fresh)
        now = int(time.time())
        with self._lock:
            keys, self._changed = self._changed | (refusals.keys() & self._items.keys()), set()
            for key in refusals.keys() & self._items.keys():
                self._items[key] = replace(self._items[key], last_seen=now)
            items = [replace(self._items[key], refused=refusals.get(key, 0)) for key in sorted(keys)]
        return Batch(items=items, counts=fresh)

    def give_back(self, batch: Batch) -> None:
        """Take a batch back that could not be kept."""
        with self._lock:
            self._changed.update(item.key for item in batch.items)
        for key, number in batch.counts.items():
            self._taken[key] = self._taken.get(key, 0) - number

    def _written_as(self, kind: Kind, name: str) -> str:
        if kind == "host":
            return name[:_LONGEST_HOST]
        if kind != "cookie":
            return self._keys.written(kind, name)
        written = self._written.get(name)
        return self._write(name) if written is None else written

    def _write(self, name: str) -> str:
        written = self._names.of_cookie(name)
        if len(name) <= 256:
            self._written.put(name, written)
        return written


def _refusals(counts: Mapping[Count, int]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for (action, _, name), number in counts.items():
        belongs = _BELONGS.get(action)
        if belongs is not None:
            key = (*belongs, name)
            found[key] = found.get(key, 0) + number
    return found


def report_to(inventory: Inventory, others: Iterable[Callable[[Finding], None]]) -> Callable[[Finding], None]:
    """Return a report that counts, then tells all others."""
    listeners = tuple(others)
    if not listeners:
        return inventory.take_finding

    def report(finding: Finding) -> None:
        inventory.take_finding(finding)
        for listener in listeners:
            listener(finding)

    return report


def _nobody() -> None:
    """Nothing is kept beyond this process."""
