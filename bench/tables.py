"""Print measurements as a table of plain text."""

from collections.abc import Sequence

Row = Sequence[str]


def as_table(head: Row, rows: Sequence[Row]) -> str:
    """Align the first column left and the others right, under a rule."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [_line(head, widths), "-" * (sum(widths) + 2 * (len(widths) - 1)), *(_line(row, widths) for row in rows)]
    return "\n".join(lines)


def _line(row: Row, widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "  ".join(cells).rstrip()
