"""Identifiers of the app's own, as the policy declares them among its telemetry fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .model import Declarations, TelemetryField

Source = Literal["cookie", "header", "query", "form"]
SOURCES: tuple[Source, ...] = ("cookie", "header", "query", "form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One name under which a field travels. ``key`` is its place in the file: ``telemetry[3].header``."""

    field: TelemetryField
    source: Source
    name: str
    key: str

    @property
    def purpose(self) -> str:
        return self.field.purpose


def identifiers_of(declared: Declarations) -> Iterator[Identifier]:
    """Yield every name of every field, in the order of the file; names of headers in lower case."""
    for index, field in enumerate(declared.telemetry):
        for source in SOURCES:
            for place, (name, is_listed) in enumerate(_names(field, source)):
                key = f"telemetry[{index}].{source}" + (f"[{place}]" if is_listed else "")
                yield Identifier(field=field, source=source, name=name.lower() if source == "header" else name, key=key)


def names_of(field: TelemetryField, source: Source) -> list[str]:
    return [name for name, _ in _names(field, source)]


def _names(field: TelemetryField, source: Source) -> list[tuple[str, bool]]:
    written: str | list[str] = getattr(field, source)
    return [(written, False)] if isinstance(written, str) else [(name, True) for name in written]
