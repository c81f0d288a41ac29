"""What a shared page says of itself, so that its script may ask for it again: its path, under our signature.

Nobody gets a page by ``POST {prefix}/page`` whose path they did not get from us: what a proxy keeps people out of by its path stays
closed. The signature is over the path alone, which is the same for everybody; a query is the visitor's own.
"""

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import unquote

from ..asgi import Scope
from .mount import root_of
from .way_back import page_of, safe_next

_SALT = b"consent_middleware.page.1"
_LENGTH = 32
_LONGEST_QUERY = 8192


class PageKeys:
    """Makes and reads them. ``secret_keys`` come newest first; older ones still verify, as long as pages stay in caches."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [hashlib.sha256(_SALT + key.encode()).digest() for key in secret_keys]

    def make(self, scope: Scope) -> str:
        """Return the key of the page that a request without a query opens; empty where its path cannot be sent back."""
        path = page_of(scope)
        if path == root_of(scope) + "/" and scope["path"] not in (path, "/", scope.get("root_path"), ""):
            return ""
        return self._sign(self._keys[0], path) + path

    def read(self, key: str) -> str | None:
        """Return the path, as a browser writes it; ``None`` where we never signed it."""
        signature, path = key[:_LENGTH], key[_LENGTH:]
        if not signature.isascii():
            return None
        if any(hmac.compare_digest(signature, self._sign(each, path)) for each in self._keys):
            return path
        return None

    @staticmethod
    def _sign(key: bytes, path: str) -> str:
        return hmac.digest(key, path.encode("utf-8", "replace"), "sha256").hex()[:_LENGTH]


def opened(scope: Scope, path: str, query: str) -> Scope:
    """Return the scope of a request that opens ``path`` with ``query`` (with or without its ``?``), else like ``scope``.

    Servers differ in whether a path holds the mount point: this one does where the given one did.
    """
    root = scope.get("root_path") or ""
    given: str = scope["path"]
    written = path.removeprefix(root_of(scope)) if root and not given.startswith(root) else path
    query = query.removeprefix("?")
    asked = f"/?{query}"
    is_plain = len(query) <= _LONGEST_QUERY and safe_next(asked, longest=_LONGEST_QUERY + 2) == asked
    return {
        **scope,
        "method": "GET",
        "path": unquote(written) or "/",
        "raw_path": (written or "/").encode("ascii", "replace"),
        "query_string": query.encode("ascii") if is_plain else b"",
    }
