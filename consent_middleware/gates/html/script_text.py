"""Follows the text of a script to its end tag, by the rules of WHATWG HTML (sections 13.2.5.15 to 13.2.5.31).

After ``<!--``, a ``<script`` has an end tag of its own, which does not end the text.
"""

import re

from .tags import NAME_ENDS

# The dashes of "<!-->" and "<!--->" are those of "-->".
_SIGNS = re.compile(rb"<!--(?=[^->]|-[^>])|-->|</?script" + NAME_ENDS, re.IGNORECASE)
_LONGEST = 8
"""Bytes of a sign that is cut."""


def read_script(buffer: bytes, place: int, escaped: int) -> tuple[re.Match[bytes] | None, int, int]:
    """Return the beginning of the end tag, where to go on (without one: once more has come), and ``escaped``.

    That is 0 in plain text, 1 after ``<!--``, 2 after a ``<script`` inside of that.
    """
    for match in _SIGNS.finditer(buffer, place):
        place = match.end()
        sign = match[0].lower()
        if sign == b"<!--":
            escaped = escaped or 1
        elif sign == b"-->":
            escaped = 0
        elif sign == b"<script":
            escaped = 2 if escaped else 0
        elif escaped == 2:
            escaped = 1
        else:
            return match, place, escaped
    return None, max(place, len(buffer) - _LONGEST), escaped
