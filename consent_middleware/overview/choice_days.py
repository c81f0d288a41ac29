"""Sums recorded choices up, day by day.

The database groups: of one day, records with the same content are one row, however many there are. What is in a content is read here,
since databases agree on no way to look into JSON. A day is read again when it has more records than before, or fewer, which the index
alone tells of all days at once; or once a day, since an erased record still counts there.
"""

import functools
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec

from ..ledger.records import CHOICES, ChoiceContent
from ..storage.database import Database
from .dates import DAY

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

_FRESH = 15.0
"""Seconds in which nobody asks how many records there are."""
_GOOD_FOR = 86_400.0
"""Seconds for which a day's sums are good while its number of records stays the same."""
_REMEMBERED = 400

Outcome = Literal["accept", "partial", "reject"]
OUTCOMES: tuple[Outcome, ...] = ("accept", "partial", "reject")
Row = tuple[str, str, int]
"""Kind, content, how many."""

_decode = msgspec.json.Decoder(ChoiceContent).decode


@dataclass(slots=True, kw_only=True)
class Sums:
    """Choices by what they were, and how they came about."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    languages: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    layers: Counter[tuple[str, str, Outcome]] = field(default_factory=Counter)
    """By layer, by the digest of the text that was shown."""
    allowed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    versions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By version and digest of the policy."""
    withdrawals: int = 0
    with_signal: int = 0

    @property
    def total(self) -> int:
        return self.outcomes.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySums:
    """One day, counted from 1970-01-01 in UTC."""

    day: int
    sums: Sums


def sum_up(rows: Iterable[Row]) -> Sums:
    """Add rows up; one that holds no choice (somebody may have written to the table) counts for nothing."""
    sums = Sums()
    for kind, content, number in rows:
        try:
            choice = _decode(content)
        except msgspec.DecodeError:
            continue
        outcome = outcome_of(choice.action, choice.allowed, choice.refused)
        sums.outcomes[outcome] += number
        sums.languages[choice.language, outcome] += number
        sums.layers[choice.layer, choice.shown, outcome] += number
        sums.versions[choice.policy_version, choice.policy_digest] += number
        for name in choice.allowed:
            sums.allowed[name] += number
        for name in choice.refused:
            sums.refused[name] += number
        sums.withdrawals += number if kind == "withdrawal" else 0
        sums.with_signal += number if choice.gpc else 0
    return sums


def together(days: Iterable[DaySums]) -> Sums:
    """Put days together."""
    whole = Sums()
    for day in days:
        for name in ("outcomes", "languages", "layers", "allowed", "refused", "versions"):
            getattr(whole, name).update(getattr(day.sums, name))
        whole.withdrawals += day.sums.withdrawals
        whole.with_signal += day.sums.with_signal
    return whole


def outcome_of(action: str, allowed: Sequence[str], refused: Sequence[str]) -> Outcome:
    """Say what a visitor did, whatever the button was called: a saved form with every switch off is a refusal."""
    if action == "accept-all":
        return "accept"
    if action == "reject-all" or not allowed:
        return "reject"
    return "partial" if refused or action == "always-allow" else "accept"


class ChoiceDays:
    """Reads days from a ledger's database, and remembers them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, tuple[float, int, DaySums]] = {}
        """By day: until when it is good, how many records it had, its sums."""
        self._counted: tuple[float, range, Mapping[int, int]] = (0.0, range(0), {})

    async def of(self, days: range) -> list[DaySums]:
        """Return these days, of which the last is today. Raises LedgerError, LedgerUnavailable."""
        counts = await self._counts(days)
        for day in [day for day in self._known if day < days[-1] - _REMEMBERED]:
            self._known.pop(day, None)
        return [await self._of(day, counts.get(day, 0)) for day in days]

    async def _counts(self, days: range) -> Mapping[int, int]:
        now = time.monotonic()
        good_until, known, counts = self._counted
        if now < good_until and days[0] in known and days[-1] in known:
            return counts
        counts = await self._database.run(functools.partial(count_records, days=days))
        self._counted = (now + _FRESH, days, counts)
        return counts

    async def _of(self, day: int, count: int) -> DaySums:
        if not count:
            return DaySums(day=day, sums=Sums())
        now = time.monotonic()
        known = self._known.get(day)
        if known is not None and now < known[0] and count == known[1]:
            return known[2]
        rows = await self._database.run(functools.partial(read_day, day=day))
        found = DaySums(day=day, sums=sum_up(rows))
        self._known[day] = (now + _GOOD_FOR, count, found)
        return found


async def count_records(connection: "AsyncConnection", days: range) -> dict[int, int]:
    """How many records there are of each day, of any kind, erased ones too."""
    from sqlalchemy import func, literal_column, select

    from ..storage.schema import RECORDS

    # Written out, since a parameter in both places would count as two expressions. Both databases divide whole numbers to such.
    day: ColumnElement[int] = literal_column(f"recorded_at / {DAY}")
    query = (
        select(day, func.count())
        .select_from(RECORDS)
        .where(RECORDS.c.recorded_at >= days[0] * DAY, RECORDS.c.recorded_at < (days[-1] + 1) * DAY)
        .group_by(day)
    )
    return {int(found): number for found, number in await connection.execute(query)}


async def read_day(connection: "AsyncConnection", day: int) -> list[Row]:
    """One day's choices, those with the same content together."""
    from sqlalchemy import func, select

    from ..storage.schema import RECORDS

    query = (
        select(RECORDS.c.kind, RECORDS.c.content, func.count())
        .where(
            RECORDS.c.recorded_at >= day * DAY,
            RECORDS.c.recorded_at < (day + 1) * DAY,
            RECORDS.c.kind.in_(CHOICES),
            RECORDS.c.erased_at == 0,
        )
        .group_by(RECORDS.c.kind, RECORDS.c.content)
    )
    return [(kind, content, number) for kind, content, number in await connection.execute(query)]
