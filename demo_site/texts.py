"""The console's own words, one TOML file a language."""

import functools
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

_FOLDER = Path(__file__).parent / "texts"

Translate = Callable[..., str]


@functools.cache
def words(language: str) -> Mapping[str, str]:
    """Every text of a language under its dotted key: ``console.title``."""
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{area}.{key}": text for area, table in tables.items() for key, text in table.items()}


def translator(language: str) -> Translate:
    """Return the templates' ``t``: ``t("console.minutes", count=3)``."""
    table = words(language)

    def translate(key: str, **values: object) -> str:
        return table[key].format(**values) if values else table[key]

    return translate
