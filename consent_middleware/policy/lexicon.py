"""Holds the words that cookie names are made of, with the purpose each speaks for.

They are in ``catalogue/words.toml``, for people; the compiled form lies beside the compiled catalogue.
"""

from pathlib import Path

import msgspec

COMPILED = Path(__file__).with_name("words.json")


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """What one word says."""

    purpose: str
    kind: str
    weight: float
    company: str = ""
    """``"alone"`` counts only where every other word of the name is known too: ``sid`` is a session, ``acme_sid`` may
    be anyone's. ``"beside"`` counts only next to a strange word: ``acme_uid`` is a visitor, ``uid`` may be a login."""


class Compiled(msgspec.Struct, frozen=True, array_like=True):
    """Words by what they say; most say the same as many others, so they point into a short list."""

    evidence: tuple[tuple[Evidence, ...], ...]
    words: dict[str, int]


class Lexicon:
    """What each word says; a phrase joins its words with ``+``."""

    def __init__(self, compiled: Compiled) -> None:
        self._evidence = compiled.evidence
        self.known = compiled.words
        """What is a word at all; a plain dictionary, since a new name asks it some thirty times."""
        # Most places in a strange name begin no word: three letters tell, and how long a word they may begin.
        self.beginnings: dict[str, int] = {}
        """The first three letters of every word, with the length of the longest that begins so."""
        for word in compiled.words:
            self.beginnings[word[:3]] = max(len(word), self.beginnings.get(word[:3], 0))
        self.openers = frozenset(word.partition("+")[0] for word in compiled.words if "+" in word)
        """The words that phrases begin with."""

    def __getitem__(self, word: str) -> tuple[Evidence, ...]:
        return self._evidence[self.known[word]]

    def seeks_strangers(self, word: str) -> bool:
        """Whether the word speaks only next to a strange one, as ``uid`` does."""
        return any(evidence.company == "beside" for evidence in self[word])


def load() -> Lexicon:
    """Read the compiled words that are installed beside this module."""
    return Lexicon(msgspec.json.decode(COMPILED.read_bytes(), type=Compiled))
