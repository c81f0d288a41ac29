"""Reads what a page's script reports with ``navigator.sendBeacon``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, unquote

import msgspec

from ..telemetry import Click
from .submission import FORM, JSON

TEXT = "text/plain"
"""What a beacon of a string is sent as; it holds JSON."""
MEDIA_TYPES = (TEXT, JSON, FORM)
MOST_CLICKS = 50
_LONGEST_PATH = 4096
_OLDEST = 86_400.0
"""Seconds. A page that stays open for days reports its clicks when it is left."""
# A name for a thing, not a text: letters of any script, digits and few signs.
_NAME = re.compile(r"\w[\w.:/-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Clicks on one page."""

    path: str
    clicks: Sequence[Click]


class _Json(msgspec.Struct):
    path: Annotated[str, msgspec.Meta(max_length=_LONGEST_PATH)]
    clicks: Annotated[list[tuple[str, float]], msgspec.Meta(max_length=MOST_CLICKS)]


_decode = msgspec.json.Decoder(_Json).decode


def read_report(body: bytes, media_type: str) -> Report | None:
    """Read JSON (``text/plain`` holds JSON too) or a form; ``None`` when it is malformed."""
    return _read_form(body) if media_type == FORM else _read_json(body)


def _read_json(body: bytes) -> Report | None:
    """``{"path": "/page", "clicks": [["name", milliseconds ago], …]}``."""
    try:
        read = _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return _report(read.path, [Click(name, milliseconds / 1000) for name, milliseconds in read.clicks])


def _read_form(body: bytes) -> Report | None:
    """``path=/page&name=one&name=two``: clicks of this moment."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), errors="replace", max_num_fields=MOST_CLICKS + 1)
    except ValueError:
        return None
    paths = fields.get("path", [])
    return _report(paths[0], [Click(name, 0) for name in fields.get("name", [])]) if len(paths) == 1 else None


def _report(path: str, clicks: list[Click]) -> Report | None:
    """As a browser writes a path it is percent-encoded; page views know it decoded."""
    if not path.startswith("/") or len(path) > _LONGEST_PATH or not clicks:
        return None
    if not all(_NAME.fullmatch(click.name) for click in clicks):
        return None
    bounded = [Click(click.name, min(max(click.seconds_ago, 0.0), _OLDEST)) for click in clicks]
    plain = path.partition("?")[0].partition("#")[0]
    return Report(path=unquote(plain, errors="replace"), clicks=bounded)
