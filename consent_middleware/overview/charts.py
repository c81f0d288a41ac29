"""The geometry of the overview's charts, in percent: the template draws them as inline SVG at any width, without style or script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WHOLE = 100
_STEPS = (1, 2, 3, 5)
_LINES = 4
_FILLED = 0.72
"""How much of its column a bar fills."""
_LABELS = 8
"""Days that are named below a chart, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of a bar. ``series`` is the place of what it counts in the legend."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day: what a pointer that rests on it is told, and where its label is."""

    label: str
    middle: float
    label_rank: int
    """1: always shown; 2: where there is room; 0: never."""
    told: str
    values: tuple[int, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Stacked columns over horizontal lines: ``lines`` are value and height."""

    legend: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[tuple[int, float], ...]

    @property
    def is_empty(self) -> bool:
        return not any(any(column.values) for column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of a table with a bar in it: the shares are percents, from the start of the bar on."""

    label: str
    values: tuple[int, ...]
    shares: tuple[tuple[float, float], ...]
    note: str = ""

    @property
    def total(self) -> int:
        return sum(self.values)

    def percent(self, place: int) -> str:
        """One value as a share of all, in whole percents."""
        return f"{round(100 * self.values[place] / self.total)} %" if self.total else "–"


def columns(legend: Sequence[str], days: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """Draw days, each with a label and one value for each entry of the legend; the first stands at the bottom."""
    top = _top(max((sum(values) for _, values in days), default=0))
    pitch = _WHOLE / max(len(days), 1)
    every = -(-len(days) // _LABELS) or 1
    drawn = []
    for place, (label, values) in enumerate(days):
        parts: list[Part] = []
        below = 0
        for series, value in enumerate(values):
            if value:
                height = _WHOLE * value / top
                y = _WHOLE - _WHOLE * below / top - height
                x, width = (place + (1 - _FILLED) / 2) * pitch, pitch * _FILLED
                parts.append(Part(series=series, x=_short(x), y=_short(y), width=_short(width), height=_short(height)))
            below += value
        said = ", ".join(f"{name} {value:,}" for name, value in zip(legend, values, strict=True))
        # Counted from the last day, which is today.
        steps, between = divmod(len(days) - 1 - place, every)
        drawn.append(
            Column(
                label=label,
                middle=_short((place + 0.5) * pitch),
                label_rank=0 if between else 1 if steps % 2 == 0 else 2,
                told=f"{label}: {said}",
                values=tuple(values),
                parts=tuple(parts),
            )
        )
    lines = tuple((top * count // _LINES, _WHOLE - _WHOLE * count / _LINES) for count in range(_LINES + 1))
    return Chart(legend=tuple(legend), columns=tuple(drawn), lines=lines)


def bars(rows: Mapping[str, Sequence[int]], notes: Mapping[str, str] | None = None) -> list[Bar]:
    """One bar for each row, of the same length: shares are compared, not sums."""
    drawn = []
    for label, values in rows.items():
        total, before = sum(values), 0
        shares = []
        for value in values:
            shares.append((_short(100 * before / total), _short(100 * value / total)) if total else (0.0, 0.0))
            before += value
        note = (notes or {}).get(label, "")
        drawn.append(Bar(label=label, values=tuple(values), shares=tuple(shares), note=note))
    return drawn


def _top(highest: int) -> int:
    """The value at the upper edge: a round number that four lines divide."""
    step, power = 1, 1
    while True:
        for factor in _STEPS:
            step = factor * power
            if step * _LINES >= highest:
                return step * _LINES
        power *= 10


def _short(number: float) -> float:
    return round(number, 2)
