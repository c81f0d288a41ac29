"""The two static files, named by their content and kept ready to send."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """``name`` is ``choices.<hash>.css``: new content has a new name, so that a browser may keep it forever."""

    name: str
    media_type: str
    body: bytes
    gzipped: bytes


@functools.cache
def load_assets() -> Mapping[str, Asset]:
    """Return the files by their kind, ``css`` and ``js``."""
    folder = resources.files("banner_templates") / "static"
    found: dict[str, Asset] = {}
    for kind, media_type in _TYPES.items():
        source = (folder / f"choices.{kind}").read_text(encoding="utf-8")
        body = _COMMENTS.sub("", source).encode()
        name = f"choices.{hashlib.sha256(body).hexdigest()[:12]}.{kind}"
        found[kind] = Asset(name=name, media_type=media_type, body=body, gzipped=gzip.compress(body, 9, mtime=0))
    return found
