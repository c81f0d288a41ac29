"""The grammar of HTML tags, over bytes (WHATWG HTML, sections 13.2.5.6 to 13.2.5.40).

Patterns never try a byte twice: a tag that does not match has not come to its end.
"""

import re
from typing import NamedTuple

WHITE = rb"[\t\n\f\r ]"
NAME_ENDS = rb"(?=[\t\n\f\r />])"
TAG_NAME = re.compile(rb"</?([A-Za-z][^\t\n\f\r />]*)")
ATTRIBUTES = rb"""(?:(?>
        [\t\n\f\r /]*+
        (?: =[^\t\n\f\r />=]*+ | [^\t\n\f\r />=]++ )
        [\t\n\f\r ]*+
        (?: = [\t\n\f\r ]*+ (?: "[^"]*+" | '[^']*+' | (?=>) | [^\t\n\f\r >"'][^\t\n\f\r >]*+ ) | (?!=) )
    ))*+"""
REST = ATTRIBUTES + rb"[\t\n\f\r /]*+ >"
"""From the end of a tag's name to its end, in verbose notation."""
REST_OF_TAG = re.compile(REST, re.VERBOSE)
COMMENT = rb"<!-- (?: -?+> | (?: [^-]++ | -(?!-!?>) )*+ --!?> )"
"""A whole comment, in verbose notation."""
COMMENT_END = re.compile(rb"--!?>")

_ATTRIBUTE = re.compile(
    rb"""[\t\n\f\r /]*+ ( =[^\t\n\f\r />=]*+ | [^\t\n\f\r />=]++ ) [\t\n\f\r ]*+
    (?: = [\t\n\f\r ]*+ (?: "([^"]*+)" | '([^']*+)' | ([^\t\n\f\r >]*+) ) )?""",
    re.VERBOSE,
)


class Attribute(NamedTuple):
    """One attribute as it is written. ``start`` and ``end`` are places in the tag, the space before it included."""

    name: bytes
    value: bytes
    start: int
    end: int


def read_attributes(tag: bytes, name_end: int) -> list[Attribute]:
    """Read a whole start tag's attributes, names in lower case. Of a repeated name the first counts (section 13.2.5.33)."""
    found: list[Attribute] = []
    place = name_end
    while (match := _ATTRIBUTE.match(tag, place)) is not None:
        start, place = match.span()
        name, double, single, bare = match.groups()
        found.append(Attribute(name.lower(), double or single or bare or b"", start, place))
    return found


def raw_text_end(name: bytes) -> re.Pattern[bytes]:
    """Compile what finds the end tag of a raw text element."""
    return re.compile(rb"</" + name + NAME_ENDS, re.IGNORECASE)
