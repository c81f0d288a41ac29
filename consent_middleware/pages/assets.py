"""The static files, named by their content and kept ready to send."""

import functools
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

# Comments are for those who read the files here, a third of their weight, no use to a visitor. They stand on lines of their own.
_COMMENTS = re.compile(r"^[ ]*(?:/\*.*?\*/|//[^\n]*)\n", re.DOTALL | re.MULTILINE)

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FILES = {"css": "choices.css", "js": "choices.js", "events": "events.js"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """``name`` is ``choices.<hash>.css``: new content has a new name, so that a browser may keep it forever."""

    name: str
    media_type: str
    body: bytes
    gzipped: bytes


@functools.cache
def load_assets() -> Mapping[str, Asset]:
    """Return the files: ``css`` and ``js`` of the banner, and ``events``, which reports clicks."""
    folder = resources.files("banner_templates") / "static"
    found: dict[str, Asset] = {}
    for key, file in _FILES.items():
        stem, _, kind = file.partition(".")
        body = _COMMENTS.sub("", (folder / file).read_text(encoding="utf-8")).encode()
        name = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
        gzipped = gzip.compress(body, 9, mtime=0)
        found[key] = Asset(name=name, media_type=_TYPES[kind], body=body, gzipped=gzipped)
    return found
