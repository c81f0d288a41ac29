"""Keeps a database that does not answer from slowing down whoever asks next.

The first requests wait for it in vain. From then on each is told at once, and only a probe in the background waits, until the
database answers again.
"""

import asyncio
from collections.abc import Awaitable, Callable

from ..errors import LedgerUnavailable

_SOONEST = 0.05
_LATEST = 5.0
"""Seconds between two probes: each pause is twice the one before."""


class Breaker:
    """Belongs to one event loop. ``probe`` returns when the database answers, and raises LedgerUnavailable when it does not."""

    def __init__(self, probe: Callable[[], Awaitable[None]]) -> None:
        self._probe = probe
        self._probing: asyncio.Task[None] | None = None
        self._reason = ""

    def check(self) -> None:
        """Raise LedgerUnavailable where asking would be in vain."""
        if self._probing is not None:
            raise LedgerUnavailable(f"The ledger's database was found not to answer a moment ago: {self._reason}")

    def trip(self, reason: LedgerUnavailable) -> None:
        """Let nobody ask until the database answers a probe."""
        self._reason = str(reason)
        if self._probing is None:
            self._probing = asyncio.create_task(self._wait_until_it_answers())

    async def _wait_until_it_answers(self) -> None:
        pause = _SOONEST
        while True:
            await asyncio.sleep(pause)
            try:
                await self._probe()
            except LedgerUnavailable as error:
                self._reason = str(error)
                pause = min(pause * 2, _LATEST)
            except Exception:
                # It answers, if only to refuse: whoever asks next shall hear why.
                break
            else:
                break
        self._probing = None
