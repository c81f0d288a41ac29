"""What a visitor asks a person for, read from a form or from JSON."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..policy.model import RightsTable

LONGEST_MESSAGE = 4000
LONGEST_CONTACT = 200
LIMIT = 64 * 1024
"""Bytes of a whole form: a character outside of Latin takes up to twelve."""
_SPEAK_FOR_THEMSELVES = frozenset({"account-erasure", "access"})
"""Kinds that need no word of explanation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Texts as they are kept: with plain line ends, without control characters and half pairs."""

    kind: str = ""
    contact: str = ""
    message: str = ""
    ticket: str = ""

    def faults(self, rights: RightsTable) -> Sequence[str]:
        """Names of the fields that have to be filled in, or are too long."""
        found = []
        if self.kind not in rights.kinds:
            found.append("kind")
        needs_words = self.kind not in _SPEAK_FOR_THEMSELVES
        if len(self.message) > LONGEST_MESSAGE or (needs_words and not self.message):
            found.append("message")
        if len(self.contact) > LONGEST_CONTACT or (rights.contact == "required" and not self.contact):
            found.append("contact")
        return found


def read_asked(fields: Mapping[str, str], rights: RightsTable) -> Asked:
    """Read the fields of a form."""
    return Asked(
        kind=fields.get("kind", ""),
        contact="" if rights.contact == "off" else _plain(fields.get("contact", "")).replace("\n", " "),
        message=_plain(fields.get("message", "")),
        ticket=fields.get("ticket", ""),
    )


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")).strip()
