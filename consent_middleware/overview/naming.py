"""Writes names and paths down without what may tell one visitor from another.

A cookie may carry an id in its name (``_ga_ABC123``, ``session-4f0c…``), a path somebody's number. A star stands for it, as in a
policy; so one cookie of a thousand visitors is one line, too.
"""

import re
from urllib.parse import unquote

from ..policy import Policy, catalogue
from ..policy.catalogue import FILLERS

_LONGEST = 128
_LONGEST_PATH = 200
_ID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{4,27}"  # a UUID, or its beginning
    r"|[0-9]{5,}"
    r"|(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}"
    r"|(?=[0-9A-Za-z]*[0-9])[0-9A-Za-z]{16,}"
    r"|[0-9A-Za-z]{33,}"
)
_PERSONAL_KEY = re.compile(
    r"[?={[].*"  # scripts put queries and JSON into keys
    r"|[^\s:/|,;]*(?:@|[^\x20-\x7e])[^\s:/|,;]*"
    r"|[\da-f]{8}-[\da-f]{4}-[\da-f-]{4,27}|\d{5,}|(?=[\da-f]*\d)[\da-f]{8,}|(?=[\da-z]*\d)[\da-z]{16,}|[\da-z]{33,}",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
"""What pages write a star for before they tell: the same as in telling.js."""
_PERSONAL_SEGMENT = re.compile(r".*@.*|[^/]*[^\x20-\x7e][^/]*")


class Names:
    """How names are written down under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._catalogue = catalogue.load()

    def of_cookie(self, name: str) -> str:
        """The pattern by which the policy declares it, or the template of a well-known one, or the name without ids."""
        declared = self._policy.find_cookie(name)
        if declared is not None and declared.cookie.pattern:
            return declared.cookie.pattern
        known = self._catalogue.find(name)
        if known is not None and any(filler in known.name for filler in FILLERS):
            written = known.name
            for filler in FILLERS:
                written = written.replace(filler, "*")
            return written[:_LONGEST]
        return written_name(name) if declared is None and known is None else name[:_LONGEST]


def written_name(name: str) -> str:
    """``wp-settings-time-184467`` → ``wp-settings-time-*``."""
    return _printable(_ID.sub("*", name[: 4 * _LONGEST]))[:_LONGEST]


def written_key(name: str) -> str:
    """``user:jo@example.com:cart`` → ``user:*:cart``, for a key of a browser's storage."""
    return _printable(_PERSONAL_KEY.sub("*", name[: 4 * _LONGEST]))[:_LONGEST]


def written_path(path: str) -> str:
    """``/users/184467/mail/jo@example.com`` → ``/users/*/mail/*``; the query is not part of it. ``path``: percent-encoded or not."""
    plain = unquote(path.partition("?")[0].partition("#")[0][: 4 * _LONGEST_PATH], errors="replace")
    written = "/".join(_segment(segment) for segment in plain.split("/"))
    return _printable(written)[:_LONGEST_PATH] or "/"


def _segment(segment: str) -> str:
    return "*" if _PERSONAL_SEGMENT.fullmatch(segment) else _ID.sub("*", segment)


def _printable(text: str) -> str:
    """One line of what any database and terminal takes."""
    return "".join(char if char.isprintable() else "?" for char in text)
