"""Lets records go when their time is over, once a day, without anybody having to think of it.

Every process looks once an hour whether the day's turn was taken, and one of them takes it.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence

from ..errors import LedgerError
from ..policy import Policy
from ..storage.database import Run
from ..storage.tasks import take_task
from .ledger import Ledger
from .purging import Purged, retention_of

logger = logging.getLogger("consent_middleware")

Beside = Callable[[Policy, int], Awaitable[int]]

TASK = "purge"
_DAY = 86_400
_HOUR = 3600.0


class Housekeeping:
    """Does what ``consent-middleware ledger purge`` does, where the policy says ``automatic = true``."""

    def __init__(self, policy: Policy, ledger: Ledger, *, beside: Sequence[Beside] = ()) -> None:
        """``beside``: each lets go, at a moment and by a policy, what a room above keeps in the ledger's database."""
        self._ledger = ledger
        self._beside = beside
        self._watch: asyncio.Task[None] | None = None
        self.follow(policy)

    def follow(self, policy: Policy) -> None:
        """Keep records as long as another version of the policy says, from now on."""
        self._policy = policy
        self._is_on = policy.declarations.retention.automatic
        self._retention = retention_of(policy)

    def start(self) -> None:
        """Look after the retention for as long as the database is open. Never blocks; a second call changes nothing."""
        self._ledger.database.call_soon(self._begin)

    async def tidy(self, now: int) -> Purged | None:
        """Let go what has expired at ``now``, if it is this process's turn; ``None`` where it is not. Raises LedgerError."""
        if not self._is_on or not await take_task(self._ledger.database, TASK, now=now, period=_DAY):
            return None
        done = await self._ledger.purge(self._retention, now=now)
        for let_go in self._beside:
            await let_go(self._policy, now)
        return done

    def _begin(self, _: Run) -> None:
        watch = self._watch
        if watch is None or watch.done() or watch.get_loop() is not asyncio.get_running_loop():
            self._watch = asyncio.create_task(self._tidy_hourly())

    async def _tidy_hourly(self) -> None:
        while True:
            # Processes that were started together do not all come at once.
            await asyncio.sleep(random.uniform(0, _HOUR / 60))  # noqa: S311  (it keeps nobody out)
            try:
                done = await self.tidy(int(time.time()))
            except LedgerError:
                logger.exception("Records whose time is over stay for now.")
            else:
                if done is not None and (done.removed or done.erased):
                    logger.info("%d records were let go, %d more were erased.", done.removed, done.erased)
            await asyncio.sleep(_HOUR)
