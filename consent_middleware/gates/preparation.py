"""What a page request must be relieved of, so that the banner can be written into the answer."""

import re
from operator import itemgetter

from ..asgi import Header, Scope
from ..consent import Visit
from . import variants
from .banner import Banner
from .masks import GONE, or_gone

# Asked for, and not refused with "q=0" (RFC 9110, section 12.4.2).
_GZIP = re.compile(rb"gzip(?!\s*;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|\Z))", re.IGNORECASE)
_CHANGED = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range"})
_names = itemgetter(0)
_BODY_SHORTCUTS = ("http.response.pathsend", "http.response.zerocopysend")


def prepare(scope: Scope, banner: Banner, visit: Visit) -> None:
    """Change the scope in place, for a page that will carry ``banner`` for this visit.

    The app is asked for an encoding we can open; validators lose our mark, or go where they speak of another variant; shortcuts
    that would send a body past us are withdrawn.
    """
    headers = list(scope["headers"])
    names = list(map(_names, headers))
    is_shorter = False
    for name in _CHANGED.intersection(names):
        place = -1
        for _ in range(names.count(name)):
            place = names.index(name, place + 1)
            headers[place] = _admitted(headers[place], scope, banner, visit)
            is_shorter |= headers[place] is GONE
    scope["headers"] = [pair for pair in headers if pair is not GONE] if is_shorter else headers
    extensions = scope.get("extensions")
    if extensions and any(name in extensions for name in _BODY_SHORTCUTS):
        scope["extensions"] = {name: value for name, value in extensions.items() if name not in _BODY_SHORTCUTS}


def _admitted(pair: Header, scope: Scope, banner: Banner, visit: Visit) -> Header:
    name, value = pair
    if name == b"accept-encoding":
        return (name, b"gzip" if _GZIP.search(value) else b"identity")
    if name == b"if-none-match":
        return or_gone(name, variants.take_off(value, banner.variant(visit, scope)) or None)
    # A date or a range of the app's own file says nothing about the page with the banner in it.
    return GONE
