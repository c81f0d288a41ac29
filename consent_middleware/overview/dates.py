"""Days and moments in words. In UTC: the server knows nobody's time zone."""

from datetime import UTC, datetime, timedelta

DAY = 86_400
"""Seconds."""


def date_of(day: int) -> str:
    """``2026-11-29``; days count from 1970-01-01."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()


def moment(seconds: float) -> str:
    """``2026-11-29 17:40 UTC``."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
