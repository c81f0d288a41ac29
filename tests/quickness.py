"""Bounds what hostile input may cost. How fast the product is, ``./dev bench`` tells; a test only tells a blink from for ever."""

import time
from collections.abc import Callable

_TRIES = 3


def seconds(action: Callable[[], object], enough: float) -> float:
    """Return the processor's seconds that an action took, at the best of some tries; the first that takes no more than ``enough`` is.

    Other work on the machine slows an action down and never speeds it up. What remembers its last answer is not for this.
    """
    best = float("inf")
    for _ in range(_TRIES):
        started = time.process_time()
        action()
        best = min(best, time.process_time() - started)
        if best <= enough:
            break
    return best
