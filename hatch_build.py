"""Compile the message catalogs of the visitor's pages, so that every build carries them.

Hatchling calls the hook for an editable install, an sdist or a wheel. `./dev` runs the file as a script where a catalog
is older than its source, and the tests call `compile_catalogs` for the same reason. What CLDR knows of a language (dates,
durations, lists, countries) is filled in here by Babel, so that nobody translates it by hand and nobody needs Babel later.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from gettext import c2py
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent

_SOURCE_LANGUAGE = "en"
_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}
_NEVER_A_LARGER_UNIT = 10.0**9
# A CLDR date pattern: quoted words, or runs of one letter.
_DATE_FIELD = re.compile(r"'([^']*)'|([a-zA-Z])\2*")
_SAMPLES = (*range(1, 200), 0, *range(200, 1000))


def compile_catalogs(root: Path = ROOT) -> list[Path]:
    """Compile each `.po` whose `.mo` is missing or older; return what was written.

    Raises ValueError, with file and line, for a malformed catalog. Fuzzy messages are left out, as msgfmt does.
    """
    written = []
    for source in sorted(root.glob("banner_templates/locales/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        locale = source.parent.parent.name
        with source.open("rb") as file:
            try:
                catalog = read_po(file, locale=locale, domain=source.stem, abort_invalid=True)
            except PoFileError as error:
                raise ValueError(f"{source}:{error.lineno}: {error}") from error
        fill_from_cldr(catalog, Locale.parse(locale))
        # Written beside and moved, so that a process reading at this moment never sees half a catalog.
        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalog)
        unfinished.replace(target)
        written.append(target)
    return written


def fill_from_cldr(catalog: Catalog, locale: Locale) -> None:
    """Add what CLDR knows, wherever the catalog does not say it itself."""
    plural = c2py(catalog.plural_expr)
    for message, string, context in _words(locale, catalog.num_plurals, plural):
        if catalog.get(message, context) is None:
            catalog.add(message, string, context=context)


def _words(
    locale: Locale, forms: int, plural: Callable[[int], int]
) -> Iterator[tuple[str | tuple[str, str], str | tuple[str, ...], str | None]]:
    for code, name in locale.territories.items():
        if len(code) == 2 and code.isalpha():
            yield code, name, "country"
    if locale.language == _SOURCE_LANGUAGE:
        return
    name = locale.get_language_name() or locale.language
    yield "English", name[0].upper() + name[1:], None
    english = Locale("en").months["format"]["wide"]
    for number, month in locale.months["format"]["wide"].items():
        yield english[number], month, None
    yield "%(day)d %(month)s %(year)d", _date_pattern(locale), None
    lists = locale.list_patterns["standard"]
    yield ", ", lists["middle"].replace("{0}", "").replace("{1}", ""), None
    yield "%(most)s and %(last)s", lists["end"].replace("{0}", "%(most)s").replace("{1}", "%(last)s"), None
    yield "%(first)s and %(last)s", lists["2"].replace("{0}", "%(first)s").replace("{1}", "%(last)s"), None
    # The first count of each plural form speaks for all of them: what differs between them is the number alone.
    samples = [next(count for count in _SAMPLES if plural(count) == form) for form in range(forms)]
    for unit in _SECONDS:
        yield (
            (f"%(count)d {unit}", f"%(count)d {unit}s"),
            tuple(_duration(locale, count, unit).replace(str(count), "%(count)d", 1) for count in samples),
            None,
        )


def _duration(locale: Locale, count: int, unit: Any) -> str:
    length = timedelta(seconds=count * _SECONDS[unit])
    return format_timedelta(length, granularity=unit, threshold=_NEVER_A_LARGER_UNIT, locale=locale)


def _date_pattern(locale: Locale) -> str:
    """`d 'de' MMMM 'de' y` → `%(day)d de %(month)s de %(year)d`."""
    fields = {
        "d": "%(day)d",
        "dd": "%(day)02d",
        "M": "%(number)d",
        "MM": "%(number)02d",
        "MMMM": "%(month)s",
        "y": "%(year)d",
        "G": locale.eras["abbreviated"][1],
    }
    pattern: str = locale.date_formats["long"].pattern
    return _DATE_FIELD.sub(lambda found: found[1] if found[2] is None else fields[found[0]], pattern)


class CatalogHook(BuildHookInterface[Any]):
    """Hatchling's entry: runs before the files of a build are chosen."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogs(Path(self.root))


if __name__ == "__main__":
    for path in compile_catalogs():
        print(path.relative_to(ROOT))
