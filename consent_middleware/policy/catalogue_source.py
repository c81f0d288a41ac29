"""Compiles the catalogue that people edit (TOML) into the one that is loaded (JSON).

Run ``python -m consent_middleware.policy.catalogue_source`` after an edit; a test fails until it has been run.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from consent_middleware.policy import lexicon
from consent_middleware.policy.catalogue import COMPILED, Group, Vendor
from consent_middleware.policy.morphology import Lexicon, Word

SOURCE = Path(__file__).with_name("catalogue")
WORDS = "words.toml"
PURPOSES = ("authentication", "security", "preference", "analytics", "marketing")


class CatalogueError(ValueError):
    """A line of the catalogue that cannot be read; the message says which."""


class Entry(msgspec.Struct, forbid_unknown_fields=True):
    """One vendor's table, as it is written."""

    vendor: str
    cookies: tuple[str, ...]
    hosts: tuple[str, ...] = ()


def read_group(vendor: str, line: str) -> Group:
    """``"analytics, visitor, 2y: _ga _ga_<id>"``: purpose, kind, usual lifetime, then perhaps ``shared``: names."""
    heading, colon, names = line.partition(": ")
    words = [word.strip() for word in heading.split(",")]
    shared = words[-1] == "shared"
    if shared:
        words.pop()
    if not colon or len(words) not in (2, 3) or words[0] not in PURPOSES or not names.split():
        raise CatalogueError(f"[{vendor}] cannot read {line!r}; write 'purpose, kind, lifetime: name name'")
    lifetime = words[2] if len(words) == 3 else ""
    return Group(purpose=words[0], kind=words[1], lifetime=lifetime, shared=shared, names=tuple(names.split()))


def read_source(folder: Path = SOURCE) -> tuple[Vendor, ...]:
    """Every vendor of every file, files in the order of their names."""
    paths = [path for path in sorted(folder.glob("*.toml")) if path.name != WORDS]
    return tuple(vendor for path in paths for vendor in _read_file(path))


def _read_file(path: Path) -> Iterator[Vendor]:
    tables = msgspec.convert(tomllib.loads(path.read_text("utf-8")), type=dict[str, Entry])
    for key, entry in tables.items():
        groups = tuple(read_group(key, line) for line in entry.cookies)
        yield Vendor(id=key, title=entry.vendor, hosts=entry.hosts, groups=groups)


def read_words(folder: Path = SOURCE) -> Lexicon:
    """``[preference]`` with ``"language, 5" = "lang sprache"`` → two words' evidence for a preference."""
    tables = msgspec.convert(tomllib.loads((folder / WORDS).read_text("utf-8")), type=dict[str, dict[str, str]])
    found: dict[str, dict[str, Word]] = {}
    for purpose, lines in tables.items():
        for heading, words in lines.items():
            kind, _, weight = heading.rpartition(", ")
            for word in words.split():
                found.setdefault(word, {}).setdefault(purpose, Word(purpose, kind, float(weight)))
    return {word: tuple(evidence.values()) for word, evidence in found.items()}


def compile_catalogue(folder: Path = SOURCE) -> bytes:
    return msgspec.json.encode(read_source(folder)) + b"\n"


def compile_words(folder: Path = SOURCE) -> bytes:
    return msgspec.json.encode(read_words(folder)) + b"\n"


def main() -> None:
    for path, content in ((COMPILED, compile_catalogue()), (lexicon.COMPILED, compile_words())):
        path.write_bytes(content)
        sys.stdout.write(f"{path.name}: {len(content)} bytes\n")


if __name__ == "__main__":
    main()
