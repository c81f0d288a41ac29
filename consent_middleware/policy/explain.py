"""Renders verdicts for people and programs: what ``consent-middleware classify`` prints."""

from collections.abc import Sequence

import msgspec

from consent_middleware.policy.verdict import Verdict

Judged = Sequence[tuple[str, Verdict]]
"""Cookie names with their verdicts, in the order to show."""

_HEADINGS = ("COOKIE", "PURPOSE", "KIND", "RULE", "SURE")
_WIDEST = 48


def as_table(judged: Judged, *, explain: bool = False) -> str:
    """One line a cookie; with ``explain``, the reason indented below it."""
    rows = [_row(name, verdict) for name, verdict in judged]
    widths = [max(len(row[column]) for row in [_HEADINGS, *rows]) for column in range(len(_HEADINGS))]
    lines = [_line(_HEADINGS, widths)]
    for row, (_, verdict) in zip(rows, judged, strict=True):
        lines.append(_line(row, widths))
        if explain:
            lines.append(f"  {verdict.reason}")
    return "\n".join(lines) + "\n"


def as_json(judged: Judged) -> str:
    """A JSON array of objects, one a cookie: its name and every field of its verdict."""
    objects = [{"name": _escape(name), **msgspec.to_builtins(verdict)} for name, verdict in judged]
    return msgspec.json.format(msgspec.json.encode(objects), indent=2).decode() + "\n"


def _row(name: str, verdict: Verdict) -> tuple[str, ...]:
    return (
        _shorten(_escape(name[: _WIDEST + 1])),
        verdict.purpose,
        verdict.kind or "–",
        _shorten(verdict.rule),
        f"{verdict.confidence:.0%}",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _escape(text: str) -> str:
    """A name is a visitor's: what a terminal or a JSON reader would choke on is spelled out."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def _shorten(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
