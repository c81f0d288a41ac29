"""Cookie names and patterns as a policy writes them, made fast to look up."""

import re
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


def is_pattern(written: str) -> bool:
    return "*" in written or "?" in written


class NameTable(Generic[T]):
    """Exact names first, then patterns in the order of the file (``*`` any characters, ``?`` one; case counts)."""

    __slots__ = ("_exact", "_patterns")

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._exact: dict[str, T] = {}
        self._patterns: list[tuple[re.Pattern[str], T]] = []
        for written, entry in entries:
            if is_pattern(written):
                self._patterns.append((_compile(written), entry))
            else:
                self._exact.setdefault(written, entry)

    def find(self, name: str) -> T | None:
        found = self._exact.get(name)
        if found is not None:
            return found
        for pattern, entry in self._patterns:
            if pattern.fullmatch(name):
                return entry
        return None


def _compile(written: str) -> re.Pattern[str]:
    # Each text between two stars may take its first place for good: a later one never matches more. Atomic groups say so, and
    # without them a pattern with several stars would backtrack for minutes on a long name.
    first, *rest = ("".join("." if char == "?" else re.escape(char) for char in part) for part in written.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle if part) + ".*" + last, re.DOTALL)
