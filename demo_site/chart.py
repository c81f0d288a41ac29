"""The geometry of the usage chart, in percent of its area: the template draws it as inline SVG at any width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_STEPS = (10, 20, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000)
_LINES = 4
_BAR_SHARE = 0.68
"""How much of a day's column its bar fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    day: date
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One horizontal grid line."""

    value: int
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    """From the top down."""


def draw(series: Sequence[tuple[date, int]]) -> Chart:
    """Scale to a round maximum, so that the grid lines carry round numbers."""
    highest = max((value for _, value in series), default=0)
    step = next((step for step in _STEPS if step * _LINES >= highest), -(-highest // _LINES))
    top = step * _LINES
    column = 100 / max(len(series), 1)
    bars = tuple(
        Bar(
            day=day,
            value=value,
            x=round((place + (1 - _BAR_SHARE) / 2) * column, 2),
            y=round(100 - 100 * value / top, 2),
            width=round(column * _BAR_SHARE, 2),
            height=round(100 * value / top, 2),
        )
        for place, (day, value) in enumerate(series)
    )
    lines = tuple(Line(value=count * step, y=100 - 100 * count / _LINES) for count in range(_LINES, -1, -1))
    return Chart(bars=bars, lines=lines)
