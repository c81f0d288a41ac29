"""Compiles the catalogue that people edit (TOML) into the index that is loaded (JSON).

Run ``python -m consent_middleware.policy.catalogue_source`` after an edit; a test fails until it has been run.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from consent_middleware.policy import catalogue, lexicon
from consent_middleware.policy.catalogue import Group, Index, Vendor, split_template
from consent_middleware.policy.lexicon import Evidence

SOURCE = Path(__file__).with_name("catalogue")
WORDS = "words.toml"
NEUTRAL = "neutral"
_FOLDED_FROM = 5
"""Shorter names differ by case: an advertiser's ``ANON`` is not a forum's ``anon``."""

PURPOSES = ("authentication", "security", "preference", "analytics", "marketing")


class CatalogueError(ValueError):
    """A line of the catalogue that cannot be read; the message says which."""


class Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One vendor's table, as it is written."""

    vendor: str
    cookies: tuple[str, ...]
    hosts: tuple[str, ...] = ()


class Line(msgspec.Struct, frozen=True):
    """One line of a vendor's cookies, read."""

    purpose: str
    kind: str
    lifetime: str
    shared: bool
    names: tuple[str, ...]


def read_line(vendor: str, text: str) -> Line:
    """``"analytics, visitor, 2y: _ga _ga_<id>"``: purpose, kind, usual lifetime, then perhaps ``shared``: names."""
    heading, colon, names = text.replace(":\n", ": ", 1).partition(": ")
    words = [word.strip() for word in heading.split(",")]
    shared = words[-1] == "shared"
    if shared:
        words.pop()
    if not colon or len(words) not in (2, 3) or words[0] not in PURPOSES or not names.split():
        raise CatalogueError(f"[{vendor}] cannot read {text!r}; write 'purpose, kind, lifetime: name name'")
    lifetime = words[2] if len(words) == 3 else ""
    return Line(purpose=words[0], kind=words[1], lifetime=lifetime, shared=shared, names=tuple(names.split()))


def read_entries(folder: Path = SOURCE) -> Iterator[tuple[str, Entry]]:
    """Every vendor of every file, files in the order of their names."""
    for path in sorted(folder.glob("*.toml")):
        if path.name != WORDS:
            yield from msgspec.convert(tomllib.loads(path.read_text("utf-8")), type=dict[str, Entry]).items()


def build_index(folder: Path = SOURCE) -> Index:
    """Where two vendors use one name, the first in the order of the files has it."""
    vendors: list[Vendor] = []
    groups: list[Group] = []
    exact: dict[str, int] = {}
    templates: dict[str, list[tuple[str, str, int]]] = {}
    endings: dict[str, list[tuple[str, int]]] = {}
    shared: dict[str, int] = {}
    for key, entry in read_entries(folder):
        vendors.append(Vendor(key, entry.vendor, entry.hosts))
        for line in (read_line(key, text) for text in entry.cookies):
            number = len(groups)
            groups.append(Group(len(vendors) - 1, line.purpose, line.kind, line.lifetime))
            for name in line.names:
                parts = split_template(name)
                if line.shared:
                    shared.setdefault(f"{key} {name}", number)
                elif parts is None:
                    exact.setdefault(name, number)
                elif parts[0]:
                    templates.setdefault(parts[0], []).append((parts[1], parts[2], number))
                else:
                    endings.setdefault(parts[2], []).append((parts[1], number))
    return Index(
        vendors=tuple(vendors),
        groups=tuple(groups),
        exact=exact,
        folded=_fold(exact, groups),
        # The longest ending first, then the strictest filler.
        templates={key: tuple(sorted(found, key=_strictness)) for key, found in templates.items()},
        endings={key: tuple(found) for key, found in endings.items()},
        shared=shared,
    )


def _strictness(template: tuple[str, str, int]) -> tuple[int, int]:
    return -len(template[1]), -catalogue.FILLERS.index(template[0])


def _fold(exact: dict[str, int], groups: list[Group]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for name, number in exact.items():
        found.setdefault(name.lower(), set()).add(number)
    agreed = {name: numbers for name, numbers in found.items() if len({groups[n].purpose for n in numbers}) == 1}
    return {name: min(numbers) for name, numbers in agreed.items() if name not in exact and len(name) >= _FOLDED_FROM}


def build_words(folder: Path = SOURCE) -> lexicon.Compiled:
    """``[preference]`` with ``"language, 5" = "lang sprache"`` → two words' evidence for a preference.

    ``"session, 2.5, alone"`` heads words that count only beside words that are known.
    """
    tables = msgspec.convert(tomllib.loads((folder / WORDS).read_text("utf-8")), type=dict[str, dict[str, str]])
    found: dict[str, dict[str, Evidence]] = {}
    for purpose, lines in tables.items():
        for heading, words in lines.items():
            kind, weight, *company = heading.split(", ")
            evidence = Evidence(purpose, kind, float(weight), *company)
            for word in words.split():
                says = found.setdefault(word, {})
                if purpose != NEUTRAL:
                    says.setdefault(purpose, evidence)
    distinct: dict[tuple[Evidence, ...], int] = {}
    numbered = {word: distinct.setdefault(tuple(says.values()), len(distinct)) for word, says in found.items()}
    return lexicon.Compiled(tuple(distinct), numbered)


def compile_all(folder: Path = SOURCE) -> dict[Path, bytes]:
    """What each compiled file must hold."""
    return {
        catalogue.COMPILED: msgspec.json.encode(build_index(folder)) + b"\n",
        lexicon.COMPILED: msgspec.json.encode(build_words(folder)) + b"\n",
    }


def main() -> None:
    for path, content in compile_all().items():
        path.write_bytes(content)
        sys.stdout.write(f"{path.name}: {len(content)} bytes\n")


if __name__ == "__main__":
    main()
