"""Finds the body of documents whose head is as simple as most, and which come in one piece.

Read in one go, to the same place as by the scanners of ``html``.
"""

import re

from .html.tags import COMMENT, NAME_ENDS, REST

# Elements whose content is text up to their own end tag; a script with "<!--" in it has states of its own.
_RAW = rb"<ELEMENT NAME_ENDS REST (?: [^<]++ | <(?!/ELEMENT NAME_ENDS) )*+ </ELEMENT NAME_ENDS REST"
_SCRIPT = rb"<script NAME_ENDS REST (?: [^<]++ | <(?!/script NAME_ENDS|!--) )*+ </script NAME_ENDS REST"
_WHITE = rb"[\t\n\f\r ]*+"
_IN_BOTH = rb" | ".join(
    (
        rb"<(?:html|meta|link|base) NAME_ENDS REST",
        _RAW.replace(b"ELEMENT", b"title"),
        _RAW.replace(b"ELEMENT", b"style"),
        _SCRIPT,
        COMMENT,
    )
)
_IN_HEAD = _RAW.replace(b"ELEMENT", b"noscript")
# What cannot be in a head opens the body by itself, where its tag is written out.
_IN_BODY = rb"""<(?:a|article|aside|b|blockquote|button|canvas|center|div|dl|figure|footer|form|h[1-6]|header|hr|i|iframe|img|input|main
    |nav|ol|p|pre|section|span|strong|svg|table|ul|video) NAME_ENDS REST"""

_SIMPLE_HEAD = re.compile(
    rb"""(?:\xef\xbb\xbf)?+ (?> WHITE (?: <[?][^>]*+> | COMMENT ))*+ WHITE <!doctype[^>]*+>
    (?> WHITE (?: <head NAME_ENDS REST | IN_HEAD | IN_BOTH ))*+
    (?: WHITE </head NAME_ENDS REST (?> WHITE (?: IN_BOTH ))*+ )?+
    WHITE (?: <body NAME_ENDS REST | (?= IN_BODY ) )""".replace(b"COMMENT", COMMENT)
    .replace(b"IN_BOTH", _IN_BOTH)
    .replace(b"IN_HEAD", _IN_HEAD)
    .replace(b"IN_BODY", _IN_BODY)
    .replace(b"WHITE", _WHITE)
    .replace(b"NAME_ENDS", NAME_ENDS)
    .replace(b"REST", REST),
    re.VERBOSE | re.IGNORECASE,
)


def simple_body_place(document: bytes) -> int | None:
    """Return where the body of a whole document begins, ``None`` where its head is not one of the usual ones."""
    simple = _SIMPLE_HEAD.match(document)
    return simple.end() if simple is not None else None
