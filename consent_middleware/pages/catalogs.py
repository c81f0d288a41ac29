"""The message catalogs: which of them fits a language of the policy."""

import functools
import gettext
import logging
from collections.abc import Iterable
from importlib import resources

logger = logging.getLogger("consent_middleware")

_SOURCE_LANGUAGE = "en"
_SCRIPTS = {"cn": "Hans", "sg": "Hans", "my": "Hans", "tw": "Hant", "hk": "Hant", "mo": "Hant"}
# Tags that browsers and sites write for a language whose catalog has another name.
_ALIASES = {"no": "nb", "nn": "nb", "iw": "he", "in": "id"}


@functools.cache
def catalog_of(language: str) -> gettext.NullTranslations:
    """Return the catalog for ``language``. The English one holds only names of countries: the messages are written in English.

    Where there is no compiled catalog the messages stay English, and one warning says so.
    """
    folder = resources.files("banner_templates") / "locales"
    for name in _locales_of(language):
        compiled = folder / name / "LC_MESSAGES" / "messages.mo"
        if compiled.is_file():
            with compiled.open("rb") as file:
                return gettext.GNUTranslations(file)
        if name == _SOURCE_LANGUAGE:
            break
        if (folder / name / "LC_MESSAGES" / "messages.po").is_file():
            logger.warning(
                "The catalog %s is not compiled, so its pages are in English. Run ./dev once, or install the package.",
                name,
            )
            break
    else:
        logger.warning(
            "There is no catalog for the language %s of the policy, so our own words are in English there.", language
        )
    return gettext.NullTranslations()


def _locales_of(language: str) -> Iterable[str]:
    """``zh-TW`` → ``zh_Hant_TW``, ``zh_Hant``; ``pt-BR`` → ``pt_BR``, ``pt``. Scripts never stand in for each other."""
    subtags = language.split("-")
    subtags[0] = _ALIASES.get(subtags[0].lower(), subtags[0].lower())
    if subtags[0] == "zh" and not any(len(subtag) == 4 for subtag in subtags[1:]):
        script = next((_SCRIPTS[subtag.lower()] for subtag in subtags[1:] if subtag.lower() in _SCRIPTS), "Hans")
        subtags.insert(1, script)
    shortest = 2 if subtags[0] == "zh" else 1
    for end in range(len(subtags), shortest - 1, -1):
        yield "_".join(subtags[:end])
