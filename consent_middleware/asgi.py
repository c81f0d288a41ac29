"""The ASGI types this package speaks, and what it reads from raw headers.

ASGI specification: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

# `Any` is the specification's own: a scope and a message are open dictionaries.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Client = Any
"""What a scope says of the peer: ``(host, port)`` as a rule, a list from some servers, ``None`` on a unix socket."""

Header = tuple[bytes, bytes]
Headers = Iterable[Header]
Fields = Mapping[bytes, bytes]
"""Request headers by name; of a name that came twice, the last."""


def route_path(scope: Scope) -> str:
    """Return the path below the mount point: ASGI's ``path`` includes ``root_path``, as ASGI 3 says."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        return path[len(root) :] or "/"
    return path
