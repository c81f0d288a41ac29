"""Leaky buckets: how much may happen at once, and when more may."""

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from ..caches import BoundedCache

_FORGOTTEN_AFTER = 86_400.0
"""Seconds. Then the key of the marks is drawn anew, and every bucket is empty."""
_MOST = 8192
_MARK = 16


class Rate(NamedTuple):
    """``burst`` at once, then one more every ``pause`` seconds."""

    burst: int
    pause: float


class Buckets:
    """One bucket for each name: a network, a visitor's id, or one name for everybody.

    In memory only, and of this process. A name is kept as a mark under a random key that nobody has and that lasts a day: it tells
    who was here already, never who. Where there are too many, the oldest are forgotten.
    """

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._empty_at: BoundedCache[bytes, float] = BoundedCache(_MOST)
        self._key, self._until = b"", 0.0

    def wait(self, name: str, amount: int = 1) -> float:
        """Seconds until ``amount`` fits in; 0 where it does now. More than the whole burst never does."""
        burst, pause = self._rate
        now = self._clock()
        return max(0.0, self._level(name, now) + (amount - burst) * pause)

    def add(self, name: str, amount: int = 1) -> None:
        """Put ``amount`` in, whether or not it fits; less than none takes out what was put in for nothing."""
        now = self._clock()
        self._empty_at.put(self._mark(name, now), now + self._level(name, now) + amount * self._rate.pause)

    def _level(self, name: str, now: float) -> float:
        """Seconds until the bucket is empty: all that is kept of it (the generic cell rate algorithm of ITU-T I.371)."""
        return max(0.0, self._empty_at.get(self._mark(name, now), now) - now)

    def _mark(self, name: str, now: float) -> bytes:
        if now >= self._until or not self._key:
            self._key, self._until = secrets.token_bytes(_MARK), now + _FORGOTTEN_AFTER
            self._empty_at.clear()
        return hashlib.blake2b(name.encode("utf-8", "replace"), key=self._key, digest_size=_MARK).digest()
