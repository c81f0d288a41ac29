"""A bounded memory of answers that ages out by halves."""

from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Recall(Generic[Answer]):
    """Two generations of answers by name.

    When the young generation is full it becomes the old one and the old one is forgotten, so a burst of names
    made up by a visitor never empties the memory of the names that matter: those are asked for again and move up.
    """

    __slots__ = ("_limit", "_old", "_young")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._young: dict[str, Answer] = {}
        self._old: dict[str, Answer] = {}

    def get(self, name: str) -> Answer | None:
        answer = self._young.get(name)
        if answer is not None:
            return answer
        answer = self._old.get(name)
        if answer is not None:
            self.put(name, answer)
        return answer

    def put(self, name: str, answer: Answer) -> None:
        if len(self._young) >= self._limit:
            self._old, self._young = self._young, {}
        self._young[name] = answer

    def __len__(self) -> int:
        return len(self._young) + len(self._old)
