"""A thread with an event loop of its own.

A database connection belongs to the event loop that opened it. An ASGI app may be called from several (a test client makes one for each
request), and a request's loop may end while a write is on its way. So the connections live on a loop that outlasts them all.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_GIVING_BACK = 1.0
"""Seconds that the end waits at most for connections to be given back."""
_LATE = 1.0
"""Seconds for what was handed over while the end came."""


class LoopThread:
    """Runs from its making until ``stop_after``. A daemon: a process that never stops it can still end."""

    __slots__ = ("_handing_over", "_has_ended", "_loop", "_thread")

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._handing_over = threading.Lock()
        self._has_ended = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """``False`` after a stop, and in a forked child, where threads do not follow."""
        return self._thread.is_alive()

    @property
    def is_current(self) -> bool:
        """Whether it is this thread that asks."""
        return threading.current_thread() is self._thread

    def call_soon(self, callback: Callable[[], object]) -> bool:
        """Call ``callback`` on the loop, from any thread; ``False`` where that has ended."""
        with self._handing_over:
            if self._has_ended and not self.is_current:
                return False
            self._loop.call_soon_threadsafe(callback)
            return True

    def submit(self, coroutine: Coroutine[object, object, T]) -> "Future[T]":
        """Run ``coroutine`` on the loop, from any thread. Where the thread ends first, the future is cancelled."""
        with self._handing_over:
            if not self._has_ended or self.is_current:
                return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        coroutine.close()
        future: Future[T] = Future()
        future.cancel()
        return future

    def stop_after(self, last: Callable[[], Awaitable[None]]) -> "Future[None]":
        """Cancel what still runs, run ``last``, then end the thread."""
        future = self.submit(_finish(last))
        future.add_done_callback(lambda _: self._loop.call_soon_threadsafe(self._loop.stop))
        return future

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._loop.run_forever()
            with self._handing_over:
                self._has_ended = True
            # What came since the end began has nobody else to tell whoever waits for it.
            self._loop.run_until_complete(_cancel_late())
        finally:
            self._loop.close()


async def _finish(last: Callable[[], Awaitable[None]]) -> None:
    await _cancel_others()
    await last()


async def _cancel_late() -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LATE):
            await _cancel_others()


async def _cancel_others() -> None:
    """Cancel whatever else runs on this loop, and what that begins while it ends."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        ending = {task for task in others if not _gives_back(task)}
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending)
            continue
        _, hanging = await asyncio.wait(others, timeout=_GIVING_BACK)
        for task in hanging:
            # One that was cancelled twice waits for an answer of a thread that is gone.
            task.cancel()
        if hanging:
            await asyncio.wait(hanging, timeout=_LATE)
            return


def is_being_cancelled() -> bool:
    """Say whether somebody wants the running task to end: it may have learned of that as an answer like any other."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _gives_back(task: "asyncio.Task[object]") -> bool:
    """Say whether this is SQLAlchemy giving a connection back, which it does in a task of its own, shielded from a cancellation.

    Interrupted, it would keep its transaction open, and its thread, which is no daemon, the process alive.
    """
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame is not None and str(frame.f_globals.get("__name__")).startswith("sqlalchemy.")
