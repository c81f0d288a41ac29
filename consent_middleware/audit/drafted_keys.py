"""Drafts declarations of what scripts keep in a browser outside of cookies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from ..overview.known_keys import KnownKeys
from ..policy import Policy
from ..policy.stanzas import in_comment, is_policy, storage_stanza
from .hosts import site_of

Area = Literal["localStorage", "sessionStorage", "IndexedDB"]
KINDS: dict[Area, str] = {"localStorage": "local", "sessionStorage": "session", "IndexedDB": "indexeddb"}
"""The words of a browser, and those of ``[[storage]]``."""


class SeenKey(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a storage key in an audit that a policy needs."""

    area: Area
    name: str
    origin: str = ""
    """Empty for the site's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedKey:
    """A key as a policy would write it. ``purpose``: ``None`` where nothing known says."""

    kind: str
    written: str
    purpose: str | None

    def lines(self) -> Iterator[str]:
        """The declaration, or a question."""
        declared = list(storage_stanza(self.written, self.kind, self.purpose or "…"))
        if self.purpose is not None and is_policy("\n".join(declared)):
            yield from declared
            yield '# TODO: description = "…"'
        else:
            yield f"# TODO: what is kept under {in_comment(self.written)} for?"
            yield from (f"# {in_comment(line)}" for line in declared)
        yield ""


def draft_keys(seen: Iterable[SeenKey], url: str) -> list[DraftedKey]:
    """The site's own keys, those of one pattern put together. ``url``: the site's, empty where it is not known."""
    known, own = KnownKeys(Policy()), site_of(urlsplit(url).hostname or "")
    found: dict[tuple[str, str], DraftedKey] = {}
    for key in seen:
        if key.origin and site_of(urlsplit(key.origin).hostname or "") != own:
            continue
        kind = KINDS[key.area]
        entry, written = known.find(kind, key.name), known.written(kind, key.name)
        found[kind, written] = DraftedKey(kind=kind, written=written, purpose=entry.purpose if entry else None)
    return [found[place] for place in sorted(found)]
