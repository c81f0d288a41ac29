"""Remembers what browsers opened as a page and is none (a PDF, a picture), so that they may ask whether their copy is still good.

A validator on a navigation may be that of a page with another banner, or with third parties still in it, so that those of pages bear a
mark and all others go. One that was sent with something that is no HTML, at this very address, speaks of no page. Bounded, and losing
it costs one transfer.
"""

from ..asgi import Header, Scope
from ..caches import BoundedCache
from . import headers as response_headers

_FILES = 4096


class OpenedFiles:
    """Of each address hashes are kept, since both may be one visitor's."""

    def __init__(self) -> None:
        self._validators: BoundedCache[int, int] = BoundedCache(_FILES)

    def remember(self, scope: Scope, headers: list[Header]) -> None:
        """Note the validators of a whole answer that is no HTML."""
        etag, modified = (response_headers.first(headers, name) for name in (b"etag", b"last-modified"))
        if etag or modified:
            self._validators.put(_address(scope), hash((etag, modified)))

    def is_asked_for(self, scope: Scope) -> bool:
        """Say whether the conditions of a request are just those that browsers make of these validators."""
        tags, dates = (
            response_headers.values(scope["headers"], name) for name in (b"if-none-match", b"if-modified-since")
        )
        if len(tags) > 1 or len(dates) > 1 or not (tags or dates):
            return False
        return self._validators.get(_address(scope)) == hash((b"".join(tags), b"".join(dates)))


def _address(scope: Scope) -> int:
    # The path as it came: a router further in may move the scope's own.
    return hash((scope.get("raw_path") or scope["path"], scope.get("query_string")))
