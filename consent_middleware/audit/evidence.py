"""What a browser holds and does on a site, as plain values. A cookie's value stays in memory and is in no report."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

State = Literal["nothing chosen", "rejected", "accepted", "withdrawn", "selected"]

STORED_KEYS = """async () => {
  const found = [];
  for (const area of ["localStorage", "sessionStorage"]) {
    try { for (const name of Object.keys(window[area])) found.push([area, location.origin, name]); } catch {}
  }
  try { for (const { name } of await indexedDB.databases()) found.push(["IndexedDB", location.origin, name]); } catch {}
  return found;
}"""
"""Run in a page or frame: ``[area, origin, name]`` of each key it has stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What one visitor has chosen, and what their browser says and can do."""

    state: State = "nothing chosen"
    gpc: bool = False
    javascript: bool = True

    def __str__(self) -> str:
        extras = [", GPC" if self.gpc else "", "" if self.javascript else ", no JavaScript"]
        return f"{self.state}{''.join(extras)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCookie:
    """A cookie in the browser's own store."""

    name: str
    value: str = field(default="", repr=False, compare=False)
    domain: str
    """With a leading dot where the cookie also goes to subdomains."""
    path: str = "/"
    http_only: bool = False
    expires: float = -1
    """Seconds since 1970; -1 for the browser session."""

    @property
    def host(self) -> str:
        return self.domain.lstrip(".")

    @property
    def is_session(self) -> bool:
        return self.expires < 0

    def __str__(self) -> str:
        return f"{self.name} ({self.domain}{self.path})"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A key in ``localStorage``, ``sessionStorage`` or the name of an IndexedDB database."""

    area: Literal["localStorage", "sessionStorage", "IndexedDB"]
    origin: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.area} of {self.origin})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. ``kind`` is the browser's word for it: document, script, image, fetch, ping …"""

    url: str
    kind: str
    size: int | None = None
    """Bytes of the answer, where it says."""
    allowed: frozenset[str] = frozenset()
    """What the visitor had allowed when it was sent."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def place(self) -> str:
        """The address without its query, which may carry anything."""
        return self.url.partition("?")[0][:120]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question that a script asked about the device. ``script`` is the host of the script, or ``""``."""

    family: str
    """canvas, webgl, audio, fonts, voices, webrtc, hints, battery, plugins."""
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything seen in one situation, over all its pages."""

    situation: Situation
    allowed: frozenset[str]
    once_allowed: frozenset[str] = frozenset()
    """What held earlier in the same browser, before a withdrawal."""
    cookies: frozenset[KeptCookie] = frozenset()
    keys: frozenset[StoredKey] = frozenset()
    requests: tuple[Asked, ...] = ()
    probes: frozenset[Probe] = frozenset()
    hints: frozenset[str] = frozenset()
    """Details of the device that responses asked the browser to send (``Accept-CH``)."""
