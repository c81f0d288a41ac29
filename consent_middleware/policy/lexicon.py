"""Loads the words that cookie names are made of.

They are in ``catalogue/words.toml``, for people; the compiled form lies beside the compiled catalogue.
"""

from pathlib import Path

import msgspec

from consent_middleware.policy.morphology import Lexicon, Word

COMPILED = Path(__file__).with_name("words.json")


def load() -> Lexicon:
    """Read the compiled words that are installed beside this module."""
    return msgspec.json.decode(COMPILED.read_bytes(), type=dict[str, tuple[Word, ...]])
