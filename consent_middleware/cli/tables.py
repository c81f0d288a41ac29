"""Sets rows in columns for a terminal."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_GAP = "  "


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Each row as an indented line; columns as wide as their widest cell, empty ones left out."""
    cells = [list(row) for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True) if width)
        yield (_GAP + _GAP.join(padded)).rstrip()


def counted(count: int, noun: str) -> str:
    """``2,000 cookies``, ``1 cookie``, and nothing for none."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}" if count else ""


def _width(text: str) -> int:
    """Columns in a terminal: a Chinese character takes two (Unicode Standard Annex 11)."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
