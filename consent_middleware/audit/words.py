"""What the controls of consent notices are called, as regular expressions made from ``words.toml``."""

import tomllib
from pathlib import Path

_WRITTEN = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

PATTERNS = {
    kind: f"^(?:{'|'.join(_WRITTEN[kind]).replace('<cookies>', _WRITTEN['cookies'])})$"
    for kind in ("accept", "reject", "manage", "save")
}
"""By kind of control: an expression for its whole name."""

ABOUT = "|".join(_WRITTEN["about"])
"""Finds a word that a text has which asks for consent."""

NECESSARY = "|".join(_WRITTEN["necessary"])
"""Finds a word that the name of a switch has which must be on."""
