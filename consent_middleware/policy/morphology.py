"""Judges a name that nobody knows by the words it is made of.

The words are in ``catalogue/words.toml``, each with a purpose, a kind and a weight. A name's score for a purpose is
the sum of its words' weights; the rule is named after the words that spoke, so a person can check the sum.
"""

import re
from itertools import islice
from operator import attrgetter

import msgspec

from consent_middleware.policy.lexicon import Evidence, Lexicon

NECESSARY = frozenset({"authentication", "security"})
TRACKING = frozenset({"analytics", "marketing"})

_MOST_TOKENS = 24
_LONGEST_PHRASE = 3
_LONGEST_GLUED = 32
_SHORTEST_GLUED = 4
_PIECE = 2
_MIXED = 3
_LONG_ENOUGH = 6
_LEAST_SCORE = 1.0
_LEAST_MARGIN = 0.5
_REPETITION = 0.3
_SESSIONS = ("session", "authentication")
_TELLING_HEAD = 2.0

# camelCase humps, acronyms, runs of digits, and whatever other letters there are. No two branches can start at one
# character with the same class, so the expression is linear.
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]|[0-9]+|[^\W\d_A-Za-z]+|\?\?")

# Letters and digits of a length that only random identifiers have. What looks like a word in one is chance: Gradio's
# `access-token-…D6AAdKw1vA` does not advertise.
_SHORTEST_RUN = 16
_RUN = re.compile(rf"[A-Za-z0-9]{{{_SHORTEST_RUN},}}")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_LETTERS_OF_A_WORD = 3
_NOISE = "??"
"""Stands for a random identifier among the tokens: a stranger."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
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


def tokenise(name: str) -> tuple[list[str], list[bool]]:
    """``wpUserLang_v2`` → ``["wp", "user", "lang", "v", "2"]``, and which of them continue the one before."""
    if len(name) >= _SHORTEST_RUN:
        name = _RUN.sub(_without_noise, name)
    tokens: list[str] = []
    joined: list[bool] = []
    end = -1
    for found in islice(_TOKEN.finditer(name), _MOST_TOKENS):
        tokens.append(found[0].lower())
        joined.append(found.start() == end)
        end = found.end()
    return tokens, joined


def _without_noise(run: re.Match[str]) -> str:
    """Return a run of letters and digits as it is, or what stands for it where no words are in it: a number, or scraps."""
    text = run[0]
    if text.isalpha() or text.isdigit():
        return text
    is_noise = _HEX.fullmatch(text) is not None or len(_TOKEN.findall(text)) * _LETTERS_OF_A_WORD > len(text)
    return _NOISE if is_noise else text


def read(name: str, lexicon: Lexicon) -> Reading:
    """Weigh the words of a name."""
    spoken = list_evidence(name, lexicon)
    weights: dict[str, list[float]] = {}
    for _, evidence in spoken:
        weights.setdefault(evidence.purpose, []).append(evidence.weight)
    return _decide({purpose: _add(found) for purpose, found in weights.items()}, spoken)


def list_evidence(name: str, lexicon: Lexicon) -> list[tuple[str, Evidence]]:
    """Each word that counts in this name with each thing it says, in the order of the name."""
    words, strangers = _words(*tokenise(name), lexicon)
    unfit = "alone" if strangers else "beside"
    return [(word, evidence) for word in words for evidence in lexicon[word] if evidence.company != unfit]


def _add(weights: list[float]) -> float:
    """The strongest word in full, the others in part: three weak words must not outvote one that is telling."""
    if len(weights) == 1:
        return weights[0]
    strongest = max(weights)
    return strongest + _REPETITION * (sum(weights) - strongest)


def _decide(scores: dict[str, float], spoken: list[tuple[str, Evidence]]) -> Reading:
    # Mistaking authentication for security harms nobody: the two are weighed together against the rest.
    if not scores:
        return Reading(purpose=None, kind=None, words=(), margin=0.0, scores=scores)
    groups = {purpose: score for purpose, score in scores.items() if purpose not in NECESSARY}
    if len(groups) < len(scores):
        groups["necessary"] = _add([score for purpose, score in scores.items() if purpose in NECESSARY])
    best = max(groups, key=groups.__getitem__)
    score = groups.pop(best)
    margin = score - max(groups.values()) if groups else score
    if best == "preference" and _ends_in_session(spoken) and not TRACKING.intersection(scores):
        best, margin = "necessary", _LEAST_MARGIN
    if score < _LEAST_SCORE or margin < _LEAST_MARGIN:
        return Reading(purpose=None, kind=None, words=(), margin=0.0, scores=scores)
    if best == "necessary":
        best = "security" if scores.get("security", 0.0) > scores.get("authentication", 0.0) else "authentication"
    voices = {word: evidence for word, evidence in spoken if evidence.purpose == best}
    loudest = max(voices.values(), key=attrgetter("weight"))
    return Reading(purpose=best, kind=loudest.kind, words=tuple(voices), margin=margin, scores=scores)


def _ends_in_session(spoken: list[tuple[str, Evidence]]) -> bool:
    """Whether the last word says session or sign-in, as in ``teamstore_session``: the last word says what a thing is.

    A chat's session stays a chat.
    """
    _, last = spoken[-1]
    is_session = last.purpose == "authentication" and last.kind in _SESSIONS and last.weight >= _TELLING_HEAD
    return is_session and not any(evidence.kind == "chat" for _, evidence in spoken)


def _words(tokens: list[str], joined: list[bool], lexicon: Lexicon) -> tuple[list[str], bool]:
    """The known words and phrases of a name, longest first, left to right; and whether strange words remain.

    ``sessionId`` is the word ``sessionid``; ``session_id`` is the phrase ``session+id``, which trackers prefer.
    """
    found: list[str] = []
    strangers = False
    position = 0
    count = len(tokens)
    known, openers = lexicon.known, lexicon.openers
    while position < count:
        token = tokens[position]
        size, phrase = 1, ""
        # Most tokens stand alone and begin no phrase: nothing to join and look up.
        if token in openers or (position + 1 < count and joined[position + 1]):
            size, phrase = _find_phrase(tokens, joined, position, lexicon)
        if phrase:
            found.append(phrase)
        elif token in known:
            if len(token) == _PIECE and _is_piece(tokens, joined, position):
                strangers = True
            else:
                found.append(token)
        elif len(token) > _SHORTEST_GLUED and (parts := _unglue(token, lexicon)):
            found.extend(_words(parts, [False] * len(parts), lexicon)[0] if len(parts) > 1 else parts)
            strangers |= sum(map(len, parts)) < len(token)
        else:
            strangers |= _is_strange(token)
        position += size
    return found, strangers


def _find_phrase(tokens: list[str], joined: list[bool], position: int, lexicon: Lexicon) -> tuple[int, str]:
    """The longest word of several humps, or phrase of several words, that begins here; how many tokens it takes."""
    known = lexicon.known
    opens = tokens[position] in lexicon.openers
    end = min(position + _LONGEST_PHRASE, len(tokens))
    for stop in range(end, position + 1, -1):
        parts = tokens[position:stop]
        word = "".join(parts) if all(joined[position + 1 : stop]) else ""
        if word in known and (len(word) > _MIXED or not _is_in_id(tokens, joined, position, stop)):
            return stop - position, word
        if opens and (phrase := "+".join(parts)) in known:
            return stop - position, phrase
    return 1, ""


def _is_piece(tokens: list[str], joined: list[bool], position: int) -> bool:
    """Whether two letters stand at a number of several digits, as in an id: ``cart-ab12cd`` is no A/B test."""
    before = position > 0 and joined[position] and tokens[position - 1]
    after = position + 1 < len(tokens) and joined[position + 1] and tokens[position + 1]
    return any(len(number) > 1 and number.isdigit() for number in (before, after) if number)


def _is_in_id(tokens: list[str], joined: list[bool], position: int, stop: int) -> bool:
    """Whether letters and digits run on as in an id on either side of a few: in ``id.32f5`` is no F5 and no ``2fa`` in ``92fa1c``."""
    if not any(token.isdigit() for token in tokens[position:stop]):
        return False
    before = position > 0 and joined[position] and tokens[position - 1]
    after = stop < len(tokens) and joined[stop] and tokens[stop]
    return any(text.isdigit() or len(text) == 1 for text in (before, after) if text)


def _is_strange(token: str) -> bool:
    return len(token) > 1 and not token.isdigit()


def _unglue(token: str, lexicon: Lexicon) -> list[str]:
    """``usersessionid`` → ``["user", "session", "id"]``: known words inside one run of letters, longest first.

    A long word counts anywhere. A short one must end the run or be followed by what does, and have a neighbour
    that is known or long enough to be a word: ``stat`` in ``smartstate`` means nothing.
    """
    token = token[:_LONGEST_GLUED]
    found: list[str] = []
    start, size, known_until = 0, len(token), 0
    beginnings = lexicon.beginnings
    while start < size:
        longest = beginnings.get(token[start : start + 3], 0)
        end = _longest_word(token, start, min(size, start + longest), known_until, lexicon) if longest else 0
        if end:
            found.append(token[start:end])
            start = known_until = end
        else:
            start += 1
    return found


def _longest_word(token: str, start: int, furthest: int, known_until: int, lexicon: Lexicon) -> int:
    size = len(token)
    known = lexicon.known
    for end in range(furthest, start + 1, -1):
        part = token[start:end]
        if part not in known:
            continue
        length = end - start
        if length >= _LONG_ENOUGH:
            return end
        closed = end == size or token[end:] in known
        opened = start == known_until or (start > 1 and (length > 3 or (length == 3 and lexicon.seeks_strangers(part))))
        if closed and opened:
            return end
    return 0
