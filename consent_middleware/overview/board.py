"""Gathers what the overview shows: choices, what was refused, what nobody has declared, what is due, how the ledger is."""

import functools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..ledger import Ledger
from ..policy import Policy
from ..rights.requests import PENDING, Request
from ..rights.rows import page_in_time
from . import breakdowns, rows
from .charts import Bar, Chart
from .choice_days import ChoiceDays, DaySums, Sums, together
from .dates import DAY, moment
from .health import Health, Pulse
from .inventory import Inventory
from .items import STORES, Item, merged
from .metrics import DISCLOSE, PAGE, WITHHOLD
from .rows import Counted
from .undeclared import Open, open_cookies, open_hosts, open_keys
from .verdicts import Verdicts

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

REFUSING = ("hide", "drop", "gate", "host", *STORES)
SAID = {
    "hide": "kept from the app",
    "drop": "not set",
    "expire": "expired",
    "clamp": "lifetime shortened",
    "mask": "masked",
    "gate": "taken out of a page",
    "host": "reported by a browser",
    "local": "kept out of local storage",
    "session": "kept out of session storage",
    "indexeddb": "database not opened",
    "notice": "passed, but worth a look",
}
_PAGES = {"none": "no choice yet", "again": "asked again", "made": "chosen"}
_MOST = 40
_DUE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A request that waits for an answer: nothing of what was written in it."""

    request: Request
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What all processes wrote down."""

    counted: Sequence[Counted]
    items: Sequence[Item]
    languages: dict[str, str]
    due: Sequence[Request]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything on the page. ``trouble``: why it is only what this process remembers."""

    days: int
    made_at: str
    has_ledger: bool
    trouble: str
    sums: Sums
    choices: Chart
    pages: Chart
    purposes: Sequence[Bar]
    languages: Sequence[Bar]
    layers: Sequence[Bar]
    rollout: Chart
    refusals: Chart
    refused: Sequence[tuple[str, str, str, int]]
    """Today's: the name, its purpose, what happened, how often."""
    refused_today: int
    cookies: Sequence[Open]
    keys: Sequence[Open]
    hosts: Sequence[Open]
    inventory: Sequence[Item]
    disclosures: Sequence[tuple[str, str, int, int]]
    """Field, purpose, how often disclosed and withheld."""
    due: Sequence[Due]
    health: Health | None


class Boards:
    """Makes boards for one middleware."""

    def __init__(
        self, policy: Policy, inventory: Inventory, ledger: Ledger | None, *, flush: Callable[[], Awaitable[None]]
    ) -> None:
        """``flush`` writes what this process has not written yet. Raises LedgerUnavailable."""
        self._flush = flush
        self._policy = policy
        self._inventory = inventory
        self._verdicts = Verdicts(policy)
        self._ledger = ledger
        self._choices = ChoiceDays(ledger.database) if ledger is not None else None
        self._pulse = Pulse(ledger) if ledger is not None else None

    async def make(self, days: int) -> Board:
        """Gather the last ``days`` days, today among them. What the database does not answer is left out, and said."""
        today = int(time.time()) // DAY
        span = range(today - days + 1, today + 1)
        choices, trouble = await self._last(span)
        kept, also = await self._kept(span)
        items = [self._judged(item) for item in kept.items]
        sums = together(choices)
        refused = _of_today(kept.counted, today)
        health = await self._pulse.take() if self._pulse is not None else None
        return Board(
            days=days,
            made_at=moment(time.time()),
            has_ledger=self._ledger is not None,
            trouble=trouble or also,
            sums=sums,
            choices=breakdowns.answers_by_day(choices),
            pages=breakdowns.counted_by_day(kept.counted, span, [*_PAGES.values()], _page_series),
            purposes=breakdowns.by_purpose(self._policy, sums),
            languages=breakdowns.by_language(sums, kept.counted),
            layers=breakdowns.by_layer(sums, kept.languages),
            rollout=breakdowns.by_version(choices),
            refusals=breakdowns.counted_by_day(
                kept.counted, span, ["refused"], lambda row: 0 if row[1] in REFUSING else None
            ),
            refused=[(name, purpose, SAID[action], number) for action, purpose, name, number in refused[:_MOST]],
            refused_today=sum(number for action, _, _, number in refused if action in REFUSING),
            cookies=open_cookies(items),
            keys=open_keys(items),
            hosts=open_hosts(items),
            inventory=items,
            disclosures=_disclosed(kept.counted),
            due=[Due(request=request, is_overdue=request.is_overdue(datetime.now(UTC).date())) for request in kept.due],
            health=health,
        )

    async def _last(self, span: range) -> tuple[list[DaySums], str]:
        trouble = ""
        if self._choices is not None:
            try:
                return await self._choices.of(span), ""
            except LedgerError as error:
                trouble = str(error)
        return [DaySums(day=day, sums=Sums()) for day in span], trouble

    async def _kept(self, span: range) -> tuple[Kept, str]:
        trouble = ""
        if self._ledger is not None:
            try:
                await self._flush()
                return await self._ledger.database.run(functools.partial(_read, since=span[0])), ""
            except LedgerError as error:
                trouble = str(error)
        mine = [(span[-1], *key, number) for key, number in self._inventory.counts().items()]
        return Kept(counted=mine, items=self._inventory.items(), languages={}, due=[]), trouble

    def _judged(self, item: Item) -> Item:
        """By the present policy, whatever the one said under which it was seen."""
        purpose, reason, rule = self._verdicts.of(item)
        return replace(item, purpose=purpose, reason=reason, rule=rule)


def _page_series(row: Counted) -> int | None:
    return [*_PAGES].index(row[2]) if row[1] == PAGE and row[2] in _PAGES else None


def _of_today(counted: Sequence[Counted], today: int) -> list[tuple[str, str, str, int]]:
    """Action, purpose, name, number; the most frequent first."""
    found = [row[1:] for row in counted if row[0] == today and row[1] in SAID]
    return sorted(found, key=lambda row: (-row[3], row))


def _disclosed(counted: Sequence[Counted]) -> list[tuple[str, str, int, int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for _, action, purpose, field, number in counted:
        if action in (DISCLOSE, WITHHOLD):
            found.setdefault((field, purpose), [0, 0])[action == WITHHOLD] += number
    return [(field, purpose, given, withheld) for (field, purpose), (given, withheld) in sorted(found.items())]


async def _read(connection: "AsyncConnection", since: int) -> Kept:
    from sqlalchemy import select

    from ..storage.schema import TEXTS

    languages = select(TEXTS.c.digest, TEXTS.c.language).limit(1000)
    return Kept(
        counted=await rows.read_counts(connection, since),
        items=merged(await rows.read_items(connection)),
        languages={row.digest: row.language for row in await connection.execute(languages)},
        due=await page_in_time(connection, None, PENDING, "", _DUE),
    )
