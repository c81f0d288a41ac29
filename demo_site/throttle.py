"""Limits how often a wrong password may be tried from one address."""

import time
from collections.abc import Callable

_ADDRESSES = 4096


class Throttle:
    """Allows ``times`` failures in ``seconds``; remembers nothing longer, and no more than a few thousand addresses."""

    def __init__(self, times: int = 10, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._times = times
        self._seconds = seconds
        self._clock = clock
        self._failures: dict[str, list[float]] = {}

    def allows(self, address: str) -> bool:
        return len(self._recent(address)) < self._times

    def fail(self, address: str) -> None:
        recent = [*self._recent(address), self._clock()]
        self._failures.pop(address, None)
        if len(self._failures) >= _ADDRESSES:
            del self._failures[next(iter(self._failures))]
        self._failures[address] = recent[-self._times :]

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - self._seconds
        return [failed for failed in self._failures.get(address, ()) if failed > since]
