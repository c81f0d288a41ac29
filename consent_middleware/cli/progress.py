"""Shows how far something has got, to whoever looks at a terminal."""

import sys
import time

_WIDTH = 30
_PAUSE = 0.1


class Progress:
    """A bar on standard error; nothing where that is not a terminal, so that logs stay readable."""

    def __init__(self, total: int, noun: str) -> None:
        self._total = max(total, 1)
        self._noun = noun
        self._done = 0
        self._began = time.monotonic()
        self._drawn = 0.0
        self._is_seen = sys.stderr.isatty()

    def advance(self, count: int = 1) -> None:
        self._done += count
        now = time.monotonic()
        if self._is_seen and now - self._drawn >= _PAUSE:
            self._drawn = now
            self._draw(now - self._began)

    def finish(self) -> None:
        """Take the bar away."""
        if self._is_seen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _draw(self, elapsed: float) -> None:
        share = min(self._done / self._total, 1.0)
        bar = ("=" * round(share * _WIDTH)).ljust(_WIDTH)
        left = elapsed / share - elapsed if share else 0.0
        sys.stderr.write(f"\r[{bar}] {share:4.0%}  {self._done:,} {self._noun}, {left:.0f} s left\x1b[K")
        sys.stderr.flush()
