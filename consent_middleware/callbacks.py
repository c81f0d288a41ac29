"""Calls what an app handed in: what that raises is logged, and no request fails for it."""

import logging
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger("consent_middleware")


def careful(argument: str, function: Callable[[T], R]) -> Callable[[T], R | None]:
    """Return a function that answers ``None`` where ``function`` raises. ``argument``: what the app handed it in as, for the log."""

    def call(value: T) -> R | None:
        try:
            return function(value)
        except Exception:
            logger.exception("What was passed as %s= failed; the request goes on without it.", argument)
            return None

    return call
