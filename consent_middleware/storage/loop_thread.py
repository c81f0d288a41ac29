"""A thread with an event loop of its own.

A database connection belongs to the event loop that opened it. An ASGI app may be called from several (a test client makes one for each
request), and a request's loop may end while a write is on its way. So the connections live on a loop that outlasts them all.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs from its making until ``stop_after``. A daemon: a process that never stops it can still end."""

    __slots__ = ("_loop", "_thread")

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """``False`` after a stop, and in a forked child, where threads do not follow."""
        return self._thread.is_alive()

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Call ``callback`` on the loop, from any thread."""
        self._loop.call_soon_threadsafe(callback)

    def submit(self, coroutine: Coroutine[object, object, T]) -> "Future[T]":
        """Run ``coroutine`` on the loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop_after(self, last: Coroutine[object, object, None]) -> "Future[None]":
        """Cancel what still runs, run ``last``, then end the thread."""
        future = self.submit(_finish(last))
        future.add_done_callback(lambda _: self._loop.call_soon_threadsafe(self._loop.stop))
        return future

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


async def _finish(last: Coroutine[object, object, None]) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        if not _gives_back(task):
            task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await last


def _gives_back(task: "asyncio.Task[object]") -> bool:
    """Say whether this is SQLAlchemy giving a connection back, which it does in a task of its own, shielded from a cancellation.

    Interrupted, it would keep its transaction open, and its thread, which is no daemon, the process alive.
    """
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame is not None and str(frame.f_globals.get("__name__")).startswith("sqlalchemy.")
