"""Finds the body of documents whose head is as simple as most, and which come in one piece.

Read in one go, to the same place as by the scanners of ``html``.
"""

import re

from .html_tags import NAME_ENDS, REST

_SIMPLE_HEAD = re.compile(
    rb"""(?:\xef\xbb\xbf)?+ [\t\n\f\r ]*+ <!doctype[^>]*+>
    (?> [\t\n\f\r ]*+ (?:
        </?+head NAME_ENDS REST
      | <(?:html|meta|link|base) NAME_ENDS REST
      | <title NAME_ENDS REST [^<]*+ </title NAME_ENDS REST
      | <style NAME_ENDS REST [^<]*+ </style NAME_ENDS REST
      | <script NAME_ENDS REST [^<]*+ </script NAME_ENDS REST
    ))*+
    [\t\n\f\r ]*+ <body NAME_ENDS REST""".replace(b"NAME_ENDS", NAME_ENDS).replace(b"REST", REST),
    re.VERBOSE | re.IGNORECASE,
)


def simple_body_place(document: bytes) -> int | None:
    """Return where the body of a whole document begins, ``None`` where its head is not one of the usual ones."""
    simple = _SIMPLE_HEAD.match(document)
    return simple.end() if simple is not None else None
