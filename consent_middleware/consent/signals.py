"""What the browser says by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..asgi import Header


@dataclass(frozen=True, slots=True)
class Signals:
    """``gpc``: Global Privacy Control is on (https://www.w3.org/TR/gpc/, section 3.1)."""

    gpc: bool = False


def read_gpc(headers: Iterable[Header]) -> bool:
    """Say whether one ``Sec-GPC`` field is exactly ``1``; ``0``, ``true``, ``1,1`` and ``1;x`` mean nothing."""
    return any(name == b"sec-gpc" and value == b"1" for name, value in headers)
