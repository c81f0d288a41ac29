"""Judges a name that nobody knows by the words it is made of.

The words are in ``catalogue/words.toml``, each with a purpose, a kind and a weight. A name's score for a purpose is
the sum of its words' weights; the rule is named after the words that spoke, so a person can check the sum.
"""

import re
from dataclasses import dataclass

import msgspec

NECESSARY = frozenset({"authentication", "security"})
TRACKING = frozenset({"analytics", "marketing"})

_MOST_TOKENS = 24
_LONGEST_PHRASE = 3
_LONGEST_GLUED = 40
_SHORTEST_GLUED = 4
_LEAST_SCORE = 1.0
_LEAST_MARGIN = 0.5

# camelCase humps, acronyms, runs of digits, and whatever other letters there are. No two branches can start at one
# character with the same class, so the expression is linear.
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]|[0-9]+|[^\W\d_A-Za-z]+")


class Word(msgspec.Struct, frozen=True, array_like=True):
    """One word's evidence for one purpose."""

    purpose: str
    kind: str
    weight: float


Lexicon = dict[str, tuple[Word, ...]]
"""By word, or by phrase with its words joined by ``+``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the words of a name add up to."""

    purpose: str | None
    """``None`` where the words say too little, or contradict each other."""

    kind: str | None
    words: tuple[str, ...]
    """The words that spoke for the purpose."""

    margin: float
    """By how much the purpose leads the next group of purposes."""

    scores: dict[str, float]

    @property
    def hints_at_tracking(self) -> bool:
        return any(self.scores.get(purpose, 0.0) > 0 for purpose in TRACKING)


def tokenise(name: str) -> list[str]:
    """``wpUserLang_v2`` → ``["wp", "user", "lang", "v", "2"]``."""
    return [token.lower() for token in _TOKEN.findall(name)[:_MOST_TOKENS]]


def read(name: str, lexicon: Lexicon) -> Reading:
    """Weigh the words of a name."""
    scores: dict[str, float] = {}
    spoken: list[tuple[str, Word]] = []
    for word in _words(tokenise(name), lexicon):
        for evidence in lexicon[word]:
            scores[evidence.purpose] = scores.get(evidence.purpose, 0.0) + evidence.weight
            spoken.append((word, evidence))
    return _decide(scores, spoken)


def _decide(scores: dict[str, float], spoken: list[tuple[str, Word]]) -> Reading:
    # Mistaking authentication for security harms nobody: the two are weighed together against the rest.
    groups: dict[str, float] = {}
    for purpose, score in scores.items():
        group = "necessary" if purpose in NECESSARY else purpose
        groups[group] = groups.get(group, 0.0) + score
    ranked = sorted(groups.items(), key=lambda item: -item[1])
    nothing = Reading(purpose=None, kind=None, words=(), margin=0.0, scores=scores)
    if not ranked:
        return nothing
    best, score = ranked[0]
    margin = score - max(ranked[1][1] if len(ranked) > 1 else 0.0, 0.0)
    if score < _LEAST_SCORE or margin < _LEAST_MARGIN:
        return nothing
    if best == "necessary":
        best = max(sorted(NECESSARY), key=lambda purpose: scores.get(purpose, 0.0))
    voices = [(word, evidence) for word, evidence in spoken if evidence.purpose == best and evidence.weight > 0]
    loudest = max(voices, key=lambda voice: voice[1].weight)
    words = tuple(dict.fromkeys(word for word, _ in voices))
    return Reading(purpose=best, kind=loudest[1].kind, words=words, margin=margin, scores=scores)


def _words(tokens: list[str], lexicon: Lexicon) -> list[str]:
    """The known words and phrases of a name, longest phrase first, left to right."""
    found: list[str] = []
    position = 0
    count = len(tokens)
    while position < count:
        for size in range(min(_LONGEST_PHRASE, count - position), 1, -1):
            phrase = "+".join(tokens[position : position + size])
            if phrase in lexicon:
                found.append(phrase)
                position += size
                break
        else:
            token = tokens[position]
            if token in lexicon:
                found.append(token)
            elif len(token) > _SHORTEST_GLUED:
                parts = _unglue(token, lexicon)
                found.extend(_words(parts, lexicon) if len(parts) > 1 else parts)
            position += 1
    return found


def _unglue(token: str, lexicon: Lexicon) -> list[str]:
    """``usersessionid`` → ``["user", "session", "id"]``: known words inside one run of letters, longest first.

    Short words count at the ends only: ``tz`` in the middle of another word means nothing.
    """
    token = token[:_LONGEST_GLUED]
    found: list[str] = []
    start, size = 0, len(token)
    while start < size:
        for end in range(min(size, start + 16), start + 1, -1):
            part = token[start:end]
            if part in lexicon and (end - start >= _SHORTEST_GLUED or (end == size and (found or end - start > 2))):
                found.append(part)
                start = end
                break
        else:
            if start == 0 and token[:3] in lexicon and size > 5:
                # A short word may open the name, when another known word follows at once.
                rest = _unglue(token[3:], lexicon)
                if rest and token[3:].startswith(rest[0]):
                    return [token[:3], *rest]
            start += 1
    return found
