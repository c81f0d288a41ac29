"""Numbers what of third parties is in a tag or in a text.

The numbers are the same whoever is allowed, so that a page with gaps and one without can be laid upon each other.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ...policy.texts import Text
from ..third_parties import Match, ThirdParties
from .gated_elements import KEY, MARK, Fetch, fetches, unescaped, value_of
from .rewriting import Allows
from .tags import Attribute

_NEVER_WHOLE = frozenset({b"html", b"head", b"body", b"frameset"})
_MOST_TOLD = 64
"""Third parties of one text that are told of. Until one of them is refused, all of it is read."""

Seen = Callable[[str, str, bool], None]
"""Is told of a third party: its host (empty where the author named a purpose), what has to be allowed, and whether it is refused."""


class Gated(NamedTuple):
    """What was found of third parties in one element. ``name``: what has to be allowed for it; ``refused``: its attributes."""

    key: int
    name: str
    recipient: Text
    is_refused: bool
    is_marked: bool
    """The author says so, of the whole element."""
    found: tuple[Match, ...]
    refused: tuple[Fetch, ...]


class GatedText(NamedTuple):
    """What was found in the text of a script or style; ``name`` is ``None`` where all of it is allowed."""

    key: int
    name: str | None
    found: tuple[Match, ...]


class PartyJudge:
    """One for each page."""

    def __init__(self, parties: ThirdParties, allows: Allows, seen: Seen | None) -> None:
        self.parties = parties
        self.allows = allows
        self.seen = seen
        self.count = 0
        self.heard: list[Match] | None = None
        """What was told, for whoever wants to tell it again."""

    def of_tag(self, name: bytes, attributes: Sequence[Attribute]) -> Gated | None:
        """Say what of third parties is in a start tag, and count it."""
        names = [attribute.name for attribute in attributes]
        is_marked = MARK in names
        if is_marked and KEY in names:
            # Our own marker, from a middleware further in.
            return None
        is_marked = is_marked and name not in _NEVER_WHOLE
        found = fetches(name, attributes, self.parties)
        if not is_marked and not found:
            return None
        key = self.next_key()
        refused = tuple([fetch for fetch in found if not self.allows(fetch.match.recipient.id)])
        matches = tuple([fetch.match for fetch in found])
        self.tell(matches)
        if is_marked:
            wanted = unescaped(value_of(attributes, MARK)).decode("utf-8", "replace").strip()
            if not self.allows(wanted):
                if self.seen is not None:
                    self.seen("", wanted, True)
                return Gated(key, wanted, _name_of(refused), True, True, matches, refused)
        if not refused:
            return Gated(key, "", "", False, is_marked, matches, ())
        return Gated(key, refused[0].match.recipient.id, _name_of(refused), True, False, matches, refused)

    def of_text(self, text: bytes) -> GatedText | None:
        """Say whose third party is in the text of a script or style, and count it."""
        found: dict[tuple[str, str], Match] = {}
        refused = None
        left = _MOST_TOLD if self.seen is not None else 1
        for mention in self.parties.mentions(text):
            match = mention.match
            id = match.recipient.id
            if len(found) < _MOST_TOLD:
                found[match.host, id] = match
            if refused is None and not self.allows(id):
                refused = id
            if refused is not None:
                left -= 1
                if not left:
                    break
        if not found:
            return None
        matches = tuple(found.values())
        self.tell(matches)
        return GatedText(self.next_key(), refused, matches)

    def next_key(self) -> int:
        key = self.count
        self.count = key + 1
        return key

    def tell(self, matches: Iterable[Match]) -> None:
        if self.heard is not None:
            self.heard += matches
        if self.seen is not None:
            for match in matches:
                self.seen(match.host, match.recipient.id, not self.allows(match.recipient.id))


def _name_of(refused: Sequence[Fetch]) -> Text:
    return refused[0].match.recipient.name if refused else ""
