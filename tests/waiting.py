"""Waits for what another thread or process does: as long as it takes on the slowest machine, and not a moment longer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which it will never happen."""
_PAUSE = 0.01


def until(
    read: Callable[[], T],
    is_right: Callable[[T], bool] = bool,
    *,
    pause: Callable[[], object] | None = None,
    patience: float = PATIENCE,
) -> T:
    """Return what ``read`` gives once that is right, or at last what it gave then: for a test to assert, and to show.

    ``pause``: what goes on between two looks, where somebody else's event loop has to be kept going.
    """
    deadline = time.monotonic() + patience
    while not is_right(found := read()) and time.monotonic() < deadline:
        if pause is None:
            time.sleep(_PAUSE)
        else:
            pause()
    return found


async def until_async(read: Callable[[], Awaitable[T]], is_right: Callable[[T], bool] = bool) -> T:
    """The same, where reading has to be awaited."""
    deadline = time.monotonic() + PATIENCE
    while not is_right(found := await read()) and time.monotonic() < deadline:  # noqa: ASYNC110 (what makes it so knows no event of ours)
        await asyncio.sleep(_PAUSE)
    return found
