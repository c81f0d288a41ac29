"""A bounded cache that never forgets everything at once."""

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Never, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedCache(dict[K, V]):
    """A dictionary that makes room by dropping its oldest eighth.

    Reading is the dictionary's own ``get``, without the bookkeeping of an LRU: that is what a request pays. What is in use and gets
    dropped is worked out once more and is young again, so that a flood of new keys slows nobody down for long.

    Keys are what visitors sent: cookies, user agents, pages. Whatever prints or walks an object that leads here (an error page, a
    log line, a debugger's tree) sees an empty cache.
    """

    __slots__ = ("_size",)

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def put(self, key: K, value: V) -> None:
        if len(self) >= self._size:
            for old in list(islice(super().__iter__(), max(1, self._size // 8))):
                # Another thread may have been here: an app can be served from several.
                self.pop(old, None)
        self[key] = value

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}>"

    def __iter__(self) -> Iterator[Never]:
        return iter(())

    keys = values = items = __reversed__ = __iter__  # type: ignore[assignment]


class Memory(BoundedCache[K, V]):
    """Answers a function from memory: ``memory[key]``. A key that is longer than ``longest`` is answered, and not remembered.

    ``lru_cache`` keeps its entries in the order of their use, which costs more at each hit than most of what is remembered here.
    """

    __slots__ = ("_function", "_length", "_longest")

    def __init__(
        self, size: int, function: Callable[[K], V], *, longest: float = math.inf, length: Callable[[Any], int] = len
    ) -> None:
        super().__init__(size)
        self._function, self._longest, self._length = function, longest, length

    def __missing__(self, key: K) -> V:
        value = self._function(key)
        if self._length(key) <= self._longest:
            self.put(key, value)
        return value
