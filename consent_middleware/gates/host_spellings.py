"""Patterns of the ways in which a character of a host may be written in HTML, for text in lower case.

What may stand for a character: itself, a reference, a percent-encoded byte, or a letter beyond ASCII that is mapped to one.
"""

import re
from collections.abc import Collection

# References that are in many texts and in no host.
_PLAIN_REFERENCES = (
    rb"(?:nbsp|quot|amp|lt|gt|apos|[lr][sd]quo|[mn]dash|copy|reg|[lr]aquo|bull|middot"
    rb"|#(?:34|39|160|821[1-9]|822[0-3]|x27|x22|xa0|x201[0-9a-f]));"
)
# Percent-encoded, no host has them: what ends it in an address, spaces and the like.
_PLAIN_ESCAPES = rb"(?:[01][0-9a-f]|2[0-46-9abcf]|3[a-f]|40|5[b-e]|60|7[b-f])"
# Dashes, quotation marks and the space that does not break: they follow many full stops, and stand for nothing else.
_PLAIN_SIGNS = rb"(?:\xc2\xa0|\xe2\x80[\x93\x94\x98\x99\x9c\x9d])"
# A chunk may end in the middle, so its end counts too.
_SPELLED = (
    rb"&(?=[#a-z]|\Z)(?!" + _PLAIN_REFERENCES + rb")|%(?!" + _PLAIN_ESCAPES + rb")"
    rb"|(?!" + _PLAIN_SIGNS + rb")[\xc2\xc5\xca\xcb\xcd\xd8\xe1-\xe3\xea\xef\xf0\xf3]|\Z"
)
_BREAKS = rb"[\t\n\r]*+"
# Raw full stops of Chinese and Japanese end sentences too: then no letter of a domain's ending follows.
_GOES_ON = rb"(?=" + _BREAKS + rb"(?:[a-z0-9]|" + _SPELLED + rb"))"
_ESCAPED_DOT = rb"2e|e2%80%a4|e3%80%82|ef%b[89]%92|ef%bc%8e|ef%bd%a1"
_DOTS = (
    (
        b"&",
        0,
        rb"&(?:#(?:0*(?:37|46|8228|12290|65042|65106|65294|65377)(?![0-9])"
        rb"|x0*(?:25|2e|2024|3002|fe12|fe52|ff0e|ff61)(?![0-9a-f]))"
        rb"|period;|percnt;)",
    ),
    (b"%", 0, rb"%(?:" + _ESCAPED_DOT + rb"|25(?:25)*+(?:" + _ESCAPED_DOT + rb"))"),
    (b"\xa4", 2, rb"\xe2\x80\xa4" + _GOES_ON),
    (b"\xe3", 0, rb"\xe3\x80\x82" + _GOES_ON),
    (b"\xef", 0, rb"\xef(?:[\xb8\xb9]\x92|\xbc\x8e|\xbd\xa1)" + _GOES_ON),
)
DOTS = tuple((sign, before, re.compile(pattern)) for sign, before, pattern in _DOTS)
"""Spelled dots: a byte that is in every such spelling, after how many others, and the spelling."""
ANY_DOT = b"|".join(pattern for _, _, pattern in _DOTS)
ASCII_SIGNS = 2
"""So many of them are of ASCII alone."""
LABEL = b"abcdefghijklmnopqrstuvwxyz0123456789-_"
RUN = LABEL + b".&#;%\t\r\n" + bytes(range(0x80, 0x100))
"""What a host may be written with."""

# Before the last three characters of a name whose first may belong to the spelling of another, as in "analyti%63s".
_CODED = rb"(?:[\s\S]%|[%#&x0-9a-f][#x0-9a-f])[0-9a-fx]"
_NAMED = (b"shy", b"rdf", b"rdm", b"up[123]", b"lig")
"""The last letters of the references that need nothing after them either, and stand for a letter, a digit, or nothing in a host:
``&shy``, ``&ordf``, ``&ordm``, ``&sup1`` to ``&sup3``, ``&szlig``."""


def ending(endings: Collection[str]) -> bytes:
    """Write the pattern of what follows a dot: one of the endings, perhaps with breaks or spelled letters inside."""
    return _BREAKS + _any_of(endings)


def first_of(endings: Collection[str]) -> bytes:
    """Write the class of what ``ending`` may begin with. It says no to most dots before anything else is tried."""
    firsts = re.escape("".join(sorted({word[0] for word in endings})).encode())
    return rb"[" + firsts + rb"\t\n\r&%\x80-\xff]"


def other_name(names: Collection[str]) -> bytes:
    """Write the pattern of the last three bytes of another name: it ends in other letters, or is of two and none of these."""
    tails = {name[-3:] for name in names if len(name) >= 3 and name[-3:].isalnum()}
    pairs = {name for name in names if len(name) == 2}
    return rb"(?:%b[a-z0-9]{3}|[./]%b[a-z0-9]{2})" % (_none_of(tails), _none_of(pairs))


def other_written_name(names: Collection[str]) -> bytes:
    """The same of five bytes in HTML, where letters may belong to a spelling."""
    return rb"(?!" + _CODED + rb")[\s\S]{2}(?!" + b"|".join(_NAMED) + rb")" + other_name(names)


def _any_of(words: Collection[str]) -> bytes:
    """Write the pattern of a tree of lower-case words, perhaps with breaks or spelled letters inside."""
    ways = [
        re.escape(letter.encode()) + (_BREAKS if any(rests) else b"") + _any_of(rests)
        for letter, rests in _by_letter(words).items()
    ]
    # After the letters, since most dots are followed by none of these; before the end, which is none where a spelled letter follows:
    # ".co%6d" is ".com".
    ways.append(_SPELLED)
    if "" in words:
        ways.append(rb"(?![a-z0-9_-])")
    return b"(?:" + b"|".join(ways) + b")"


def _none_of(words: Collection[str]) -> bytes:
    return b"(?!" + _tree(words) + b")" if words else b""


def _tree(words: Collection[str]) -> bytes:
    """Write the pattern of words of equal length."""
    return b"|".join(
        re.escape(letter.encode()) + (b"(?:" + _tree(rests) + b")" if any(rests) else b"")
        for letter, rests in _by_letter(words).items()
    )


def _by_letter(words: Collection[str]) -> dict[str, list[str]]:
    """Group what follows the first letter of words by that letter."""
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        if word:
            found.setdefault(word[0], []).append(word[1:])
    return found
