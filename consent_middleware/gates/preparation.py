"""What a page request must be relieved of, so that the banner can be written into the answer."""

import re
from collections.abc import Callable

from ..asgi import Header, Scope
from . import variants

# Asked for, and not refused with "q=0" (RFC 9110, section 12.4.2).
_GZIP = re.compile(rb"gzip(?!\s*;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|\Z))", re.IGNORECASE)
_CHANGED = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range"})
_BODY_SHORTCUTS = ("http.response.pathsend", "http.response.zerocopysend")


def prepare(scope: Scope, variant: Callable[[], str]) -> None:
    """Change the scope in place, for a page that will carry the variant that ``variant`` names.

    The app is asked for an encoding we can open; validators lose our mark, or go where they speak of another variant; shortcuts
    that would send a body past us are withdrawn.
    """
    headers: list[Header] = []
    is_changed = False
    for pair in scope.get("headers") or ():
        name, value = pair
        if name not in _CHANGED:
            headers.append(pair)
            continue
        kept: bytes | None = value
        if name == b"accept-encoding":
            kept = b"gzip" if _GZIP.search(value) else b"identity"
        elif name == b"if-none-match":
            kept = variants.take_off(value, variant()) or None
        else:
            # A date or a range of the app's own file says nothing about the page with the banner in it.
            kept = None
        if kept is not value:
            is_changed = True
        if kept is not None:
            headers.append((name, kept))
    if is_changed:
        scope["headers"] = headers
    extensions = scope.get("extensions")
    if extensions and any(name in extensions for name in _BODY_SHORTCUTS):
        scope["extensions"] = {name: value for name, value in extensions.items() if name not in _BODY_SHORTCUTS}
