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
    # A run of stars equals one: without folding, "a**b" would backtrack quadratically on a long name.
    parts = {"*": ".*", "?": "."}
    folded = re.sub(r"\*+", "*", written)
    return re.compile("".join(parts.get(char, re.escape(char)) for char in folded), re.DOTALL)
