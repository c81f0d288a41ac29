"""One recorded page view or click."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["page-view", "click"]

_LONGEST_PATH = 1024
# PostgreSQL keeps no NUL, no encoding keeps half a surrogate pair, and no reader of an export wants a line break in a path.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a visitor did, as far as they allow it to be kept."""

    event_id: str
    """Random, so that writing it twice keeps it once."""
    consent_id: str
    """The random id of the choice that allows this."""
    occurred_at: int
    """Seconds since 1970, UTC."""
    kind: Kind
    path: str
    """The page's path, without its query."""
    name: str
    """What the site calls the thing that was clicked; empty for a page view."""
    details: Mapping[str, str]
    """Telemetry by field, as far as its purposes were allowed."""


def recordable_path(path: str) -> str:
    """Return a page's path as it may be kept: printable, without query or fragment, of bounded length."""
    plain = path.partition("?")[0].partition("#")[0]
    return _UNFIT.sub("\ufffd", plain[:_LONGEST_PATH])
