"""Tells the app of a request that was received."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from .requests import Request

logger = logging.getLogger("consent_middleware")

OnRequest = Callable[[Request], Awaitable[None]]
"""Is called after a request is durable, for example to write a mail to whoever answers."""

_PATIENCE = 5.0
"""Seconds that a visitor waits for the app at most."""


class Listener:
    """What fails in ``on_request`` is logged: the request is in the queue, whatever the app does with it."""

    def __init__(self, on_request: OnRequest, *, patience: float = _PATIENCE) -> None:
        self._on_request = on_request
        self._patience = patience
        self._running: set[asyncio.Task[None]] = set()

    async def tell(self, request: Request) -> None:
        """Return when the app is done, or has taken too long: then it goes on while the visitor is answered. Never raises."""
        task = asyncio.create_task(self._call(request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task}, timeout=self._patience)

    async def _call(self, request: Request) -> None:
        try:
            await self._on_request(request)
        except Exception:
            logger.exception("The request %s is in the queue, but on_request failed.", request.number)
