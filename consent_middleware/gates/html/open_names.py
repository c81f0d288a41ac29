"""Keeps the names of open elements, so that whether one of a name is open takes no longer however many are."""

from collections.abc import Iterator

_DEEPEST = 4096


class OpenNames:
    """A stack."""

    def __init__(self) -> None:
        self._names: list[bytes] = []
        self._counts: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._names)

    def __contains__(self, name: bytes) -> bool:
        return name in self._counts

    @property
    def last(self) -> bytes:
        return self._names[-1]

    @property
    def is_too_deep(self) -> bool:
        """Say whether more is open than is followed."""
        return len(self._names) >= _DEEPEST

    def push(self, name: bytes) -> None:
        self._names.append(name)
        self._counts[name] = self._counts.get(name, 0) + 1

    def pop(self) -> bytes:
        name = self._names.pop()
        if self._counts[name] == 1:
            del self._counts[name]
        else:
            self._counts[name] -= 1
        return name
