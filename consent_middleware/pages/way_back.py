"""The way back to the page a visitor came from, kept on this origin.

A ``next`` is followed only when it is an absolute path of this origin. Browsers read ``//host``, ``/\\host`` and a path with a tab
or a newline in it as another origin (https://url.spec.whatwg.org/#url-parsing), so those never pass.
"""

import re
from urllib.parse import quote

from ..asgi import Scope
from .mount import root_of

LONGEST_PAGE = 2048
"""The longest address of a page that a banner leads back to."""
LONGEST_NEXT = 8192
"""The longest ``next`` that is followed: a preference page whose own ``next`` is a page."""

# Printable ASCII without the backslash. "/%5c" and "/%2f" are no other origin by themselves, but a server that
# decodes before it redirects would make one of them.
_SAFE = re.compile(r"/(?![/\\]|%5[cC]|%2[fF])[!-\[\]-~]*")
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_PLAIN = re.compile(rb"/(?:[A-Za-z0-9_.~-][A-Za-z0-9/_.~-]*)?")
_URL_SIGNS = "/?#[]@!$&'()*+,;=:%~"


def safe_next(value: str, *, longest: int = LONGEST_NEXT) -> str | None:
    """Return ``value`` as it may stand in a ``Location``, or ``None`` when it might lead off this origin."""
    if not value.startswith("/") or len(value) > longest or _CONTROL.search(value):
        return None
    if not value.isascii():
        value = quote(value, safe=_URL_SIGNS, errors="replace")
    return value if len(value) <= longest and _SAFE.fullmatch(value) else None


def plain_page_of(scope: Scope) -> bytes | None:
    """The page's address where it reads the same in a URL, in a query string and in HTML, as most do; ``None`` for others."""
    raw = scope.get("raw_path")
    if raw and not scope.get("query_string") and not scope.get("root_path") and len(raw) <= LONGEST_PAGE:
        return bytes(raw) if _PLAIN.fullmatch(raw) else None
    return None


def page_of(scope: Scope) -> str:
    """The request's own path and query string; the app's root where that is too long, or unsafe to return to."""
    root = scope.get("root_path")
    path: str = scope["path"]
    raw = scope.get("raw_path")
    if root:
        address = quote(path if path.startswith(root) else root + path, safe="/~:@!$&'()*+,;=", errors="replace")
    elif raw:
        # Some servers leave the query string in it.
        address = raw.partition(b"?")[0].decode("latin-1")
    else:
        address = quote(path, safe="/~:@!$&'()*+,;=", errors="replace")
    query = scope.get("query_string")
    if query:
        address = f"{address}?{query.decode('latin-1')}"
    return safe_next(address, longest=LONGEST_PAGE) or root_of(scope) + "/"
