"""Finds all text that can be reached from an object without calling anything: what a crash report or a careless log line shows."""

import functools
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import CellType, FunctionType, MethodType, ModuleType

_TEXTS = (str, bytes, bytearray, memoryview)
_ATOMS = (int, float, complex, type(None), type, ModuleType)
_CONTAINERS = (list, tuple, set, frozenset, deque)
_ENOUGH = 500_000


def texts_of(*roots: object, but: Collection[str] = ()) -> Iterator[bytes]:
    """Yield every text found by following attributes, slots, containers, closures and bound methods, and every ``repr``.

    ``but``: packages whose objects are not entered, such as the server's own: what it keeps of a connection is its business.
    """
    waiting: list[object] = list(roots)
    seen: dict[int, object] = {}
    while waiting and len(seen) < _ENOUGH:
        found = waiting.pop()
        if isinstance(found, _TEXTS):
            yield found.encode("utf-8", "surrogatepass") if isinstance(found, str) else bytes(found)
        elif id(found) not in seen and not isinstance(found, _ATOMS):
            seen[id(found)] = found
            if type(found).__module__.partition(".")[0] not in but:
                yield repr(found).encode("utf-8", "surrogatepass")
                waiting += _held_by(found)
    if waiting:
        raise RuntimeError("There is no end to what can be reached.")


def _held_by(holder: object) -> Iterator[object]:
    if isinstance(holder, Mapping):
        for name, value in holder.items():
            yield name
            yield value
    elif isinstance(holder, _CONTAINERS):
        yield from holder
    elif isinstance(holder, MethodType):
        yield from (holder.__self__, holder.__func__)
    elif isinstance(holder, functools.partial):
        yield from (holder.func, holder.args, holder.keywords)
    elif isinstance(holder, FunctionType):
        yield from (holder.__closure__, holder.__defaults__, holder.__kwdefaults__)
    elif isinstance(holder, CellType):
        yield _attribute(holder, "cell_contents")
    yield from getattr(holder, "__dict__", {}).values()
    for name in _slots(type(holder)):
        yield _attribute(holder, name)


def _slots(cls: type) -> Iterable[str]:
    for each in cls.__mro__:
        slots = vars(each).get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else slots


def _attribute(holder: object, name: str) -> object:
    try:
        return getattr(holder, name)
    except (AttributeError, ValueError):  # nothing there, or an empty cell
        return None
