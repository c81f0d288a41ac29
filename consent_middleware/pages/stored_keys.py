"""Reads under which keys a page stores something, as its guard tells where the team's overview is on."""

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import msgspec

LIMIT = 16 * 1024
"""Bytes; what a guard sends has room in it, whatever the script of its keys."""
_MOST = 20
_LONGEST = 100
_LONGEST_PATH = 256

Store = Literal["local", "session", "indexeddb"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST)]


class StoredKeys(msgspec.Struct, frozen=True):
    """``keys``: the store, a name, whether the guard refused it. Never a value. ``path``: the page's, as a browser writes it."""

    path: Annotated[str, msgspec.Meta(pattern="^/", max_length=_LONGEST_PATH)]
    keys: Annotated[Sequence[tuple[Store, Name, bool]], msgspec.Meta(max_length=_MOST)]


TakeKeys = Callable[[StoredKeys], None]
"""Is told of the keys of one page."""

_decode = msgspec.json.Decoder(StoredKeys).decode


def read_stored_keys(body: bytes) -> StoredKeys | None:
    """``{"path": "/page", "keys": [["local", "_ga_*", true], …]}``; ``None`` where it is anything else."""
    try:
        return _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
