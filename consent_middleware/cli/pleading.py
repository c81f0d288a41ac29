"""Finds words that tilt a choice: that plead, belittle, threaten, shame, presume an answer or ask by a double negative.

The lists of ``tilting_words.toml`` hold what regulators name when they speak of misleading wording (EDPB Guidelines 03/2022 on
deceptive design patterns, "emotional steering" and "ambiguous wording"). A hit is a hint: the team reads the text and decides.
"""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

import msgspec

from ..policy import Policy
from ..policy.model import Table
from ..policy.texts import Text

_WAYS_OUT = {
    "urges": "pleads for an answer; say what it is for, and leave the answer to the visitor.",
    "belittles": "makes it smaller than it is; say what is used.",
    "threatens": "makes a refusal seem to break something; what cannot work without it belongs to a necessary purpose.",
    "shames": "puts words into the mouth of whoever refuses; say it without a feeling.",
    "presumes": "takes going on for consent, and silence is none (GDPR, recital 32).",
    "reverses": "asks by a double negative; say what happens where it is allowed.",
}
_TEXTS = ("title", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tilting:
    """``key``: the place in the policy; ``words``: what was found there; ``says``: what it does, and the way out."""

    key: str
    words: str
    says: str


def tilting_texts(policy: Policy) -> Iterator[Tilting]:
    """Look through what the site itself wrote about everything that waits for a choice."""
    for key, language, text in _texts(policy):
        for words, says in tilting_words(text, language):
            yield Tilting(key=key, words=words, says=says)


def tilting_words(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield what in ``text`` tilts, and why; nothing in a language that has no list."""
    for kind, pattern in _patterns().get(_listed(language), {}).items():
        found = pattern.search(text)
        if found is not None:
            yield found[0].strip(), _WAYS_OUT[kind]


def languages_with_a_list() -> frozenset[str]:
    return frozenset(_patterns())


def _texts(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Place, language and text. A text without a language is in the site's first."""
    declared = policy.declarations
    for name, purpose in declared.purposes.items():
        if name in policy.optional:
            yield from _spoken(policy, purpose, f"purposes.{name}")
    lists: tuple[tuple[str, list[Table]], ...] = (
        ("services", list(declared.services)),
        ("cookies", list(declared.cookies)),
        ("storage", list(declared.storage)),
        ("telemetry", list(declared.telemetry)),
    )
    for table, entries in lists:
        for index, entry in enumerate(entries):
            if getattr(entry, "purpose", "") in policy.optional:
                yield from _spoken(policy, entry, f"{table}[{index}]")


def _spoken(policy: Policy, entry: Table, place: str) -> Iterator[tuple[str, str, str]]:
    for field in msgspec.structs.fields(entry):
        text: Text | None = getattr(entry, field.name) if field.name in _TEXTS else None
        if isinstance(text, str):
            yield f"{place}.{field.name}", policy.languages[0], text
        elif text:
            for language, spoken in text.items():
                yield f"{place}.{field.name}.{language}", language, spoken


def _listed(language: str) -> str:
    """The list for a language: ``de-AT`` reads the German one, ``zh-TW`` the one in traditional characters."""
    parts = language.split("-")
    if parts[0] == "zh":
        is_traditional = "Hant" in parts or (not {"Hans"} & {*parts} and bool({"TW", "HK", "MO"} & {*parts}))
        return "zh-Hant" if is_traditional else "zh-Hans"
    return parts[0]


@functools.cache
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    written = tomllib.loads((resources.files("consent_middleware.cli") / "tilting_words.toml").read_text("utf-8"))
    return {
        language: {kind: re.compile("|".join(lines), re.IGNORECASE) for kind, lines in kinds.items()}
        for language, kinds in written.items()
    }
