"""The counts of this process as OpenTelemetry instruments, where ``opentelemetry-api`` is installed.

The application that sets a meter provider gets them; without one, the interface does nothing
(https://opentelemetry.io/docs/specs/otel/metrics/api/).
"""

import functools
import importlib.util
import threading
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from .metrics import CHOICE, DISCLOSE, GATE, PAGE, WITHHOLD
from .release import release

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation


class Counting(Protocol):
    """Something that counts."""

    def counted(self, actions: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """How often each of these actions was counted so far, by action and label."""


_INSTRUMENTS = (
    ("consent.gate.actions", "What the gates did, or in observe mode would have done.", GATE, "purpose"),
    ("consent.disclosures", "Times that a masked value was asked for.", (DISCLOSE, WITHHOLD), "purpose"),
    ("consent.choices", "Recorded choices.", (CHOICE,), "outcome"),
    ("consent.page.views", "Pages opened, by whether there was a choice.", (PAGE,), "choice"),
)


# A meter has each instrument once, and for good: all middlewares of a process share it, as long as each is there.
_counting: "weakref.WeakSet[Counting]" = weakref.WeakSet()
_made = threading.Lock()
_is_made = False


def offer(counting: Counting) -> bool:
    """Let what is counted be read; say whether there is anything to read it with."""
    global _is_made
    if importlib.util.find_spec("opentelemetry") is None or importlib.util.find_spec("opentelemetry.metrics") is None:
        return False
    _counting.add(counting)
    with _made:
        if not _is_made:
            _is_made = True
            _make()
    return True


def _make() -> None:
    from opentelemetry.metrics import get_meter

    meter = get_meter("consent_middleware", release())
    for name, about, actions, label in _INSTRUMENTS:
        observe = functools.partial(_observe, actions, label)
        meter.create_observable_counter(name, callbacks=[observe], description=about)


def _observe(actions: Sequence[str], label: str, _: "CallbackOptions") -> "Iterator[Observation]":
    from opentelemetry.metrics import Observation

    sums: Counter[tuple[str, str]] = Counter()
    for counting in list(_counting):
        sums.update(counting.counted(actions))
    for (action, value), number in sums.items():
        yield Observation(number, {label: value} if len(actions) == 1 else {"action": action, label: value})
