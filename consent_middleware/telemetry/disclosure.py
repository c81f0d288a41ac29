"""Counts every value that was shown unmasked because a necessary purpose needed it.

Never the value: field, purpose and reason say what happened, and how often.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..errors import ConfigurationError
from ..policy import Policy

logger = logging.getLogger("consent_middleware.disclosures")

_DISTINCT = 1024
_LONGEST_REASON = 200
OTHER_REASONS = "(other reasons)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One time that a masked value was asked for. ``is_raw``: the policy grounds it, and the whole value was returned."""

    field: str
    purpose: str
    reason: str
    is_raw: bool
    at: float
    """Seconds since the epoch."""
    consent_id: str | None = None
    """Whose choice the request carried, where there is one: what is held about a visitor names these disclosures too."""


Listener = Callable[[Disclosure], None]


class Disclosures:
    """The disclosures of one middleware. ``listeners`` are told of each, to keep it beyond this process."""

    def __init__(self, policy: Policy, *listeners: Listener) -> None:
        self._policy = policy
        self._listeners = listeners
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str, bool], int] = {}

    def follow(self, policy: Policy) -> None:
        """Ask another version of the policy from now on."""
        self._policy = policy

    @property
    def counts(self) -> Mapping[tuple[str, str, str, bool], int]:
        """How often, by field, purpose, reason and whether the raw value was returned; bounded, since reasons are free text."""
        with self._lock:
            return dict(self._counts)

    def judge(self, field: str, *, purpose: str, reason: str, consent_id: str | None = None) -> bool:
        """Say whether ``purpose`` may see ``field`` unmasked, and write down that it was asked for."""
        if not reason.strip():
            raise ConfigurationError(
                f'Nothing says why "{field}" is needed for "{purpose}". Give disclose() a reason, such as "login rate limit".'
            )
        disclosure = Disclosure(
            field=field,
            purpose=purpose,
            reason=reason[:_LONGEST_REASON],
            is_raw=self._policy.grounds(purpose, field),
            at=time.time(),
            consent_id=consent_id,
        )
        self._count(disclosure)
        for listener in self._listeners:
            listener(disclosure)
        return disclosure.is_raw

    def _count(self, disclosure: Disclosure) -> None:
        key = _key(disclosure)
        with self._lock:
            if key not in self._counts and len(self._counts) >= _DISTINCT:
                key = _key(replace(disclosure, reason=OTHER_REASONS))
            times = self._counts[key] = self._counts.get(key, 0) + 1
        if disclosure.is_raw:
            # %r: a reason made of user input starts no line of its own.
            logger.info("disclosed %s for %s: %r", disclosure.field, disclosure.purpose, disclosure.reason)
        elif times == 1:
            logger.warning(
                "not disclosed: %s for %s (%r). Only a necessary purpose that the policy grounds may see it.",
                disclosure.field,
                disclosure.purpose,
                disclosure.reason,
            )


def _key(disclosure: Disclosure) -> tuple[str, str, str, bool]:
    return (disclosure.field, disclosure.purpose, disclosure.reason, disclosure.is_raw)
