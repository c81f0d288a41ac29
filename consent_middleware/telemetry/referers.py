"""Shortens a `Referer` to what a site needs: its own page, or another site's origin.

RFC 9110 §10.1.3; the outcome is Referrer Policy's `strict-origin-when-cross-origin`, less the query.
"""

import re
from functools import lru_cache

# Origin, then path; query and fragment fall away. A user name in it goes too, a backslash makes it no origin.
_PAGE = re.compile(rb"(https?://)(?:[^/?#@\\]*@)?([^/?#@\\\s]{1,255})(/[^?#\s]*)?(?=[?#]|\Z)", re.IGNORECASE)


def mask_referer(value: bytes, host: bytes) -> bytes | None:
    """Cross-origin: the origin. Same-origin: without query and fragment (Django's CSRF check needs scheme and host).

    What is no web page goes: `android-app://com.example` names an app.
    """
    # Only short ones are remembered, or hostile ones would fill the memory.
    return _mask_known(value, host) if len(value) + len(host) <= 512 else _mask(value, host)


def _mask(value: bytes, host: bytes) -> bytes | None:
    match = _PAGE.match(value)
    if match is None:
        return None
    scheme, authority, path = match.groups()
    if authority == host or authority.lower() == host.lower():
        return scheme + authority + (path or b"/")
    return scheme + authority + b"/"


_mask_known = lru_cache(maxsize=2048)(_mask)
