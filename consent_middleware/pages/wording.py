"""Puts things into words of one language: messages, lists, durations, dates.

The words come from gettext catalogs alone: Babel would add 33 MB to every process for a dozen patterns.
"""

from collections.abc import Sequence
from datetime import date

from ..policy import Policy
from ..policy.lifetimes import Lifetime
from ..policy.purposes import BUILT_IN, N_
from ..policy.texts import Text
from .catalogs import catalog_of

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_OWN_NAMES = {
    "en": "English",
    "zh-Hans": "简体中文",
    "zh": "简体中文",
    "zh-CN": "简体中文",
    "zh-Hant": "繁體中文",
    "zh-TW": "繁體中文",
}
_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
_BUILT_IN_TEXTS = frozenset(
    text for purpose in BUILT_IN for text in (purpose.title, purpose.description) if isinstance(text, str)
)


class Wording:
    """Speaks one language of the policy."""

    def __init__(self, policy: Policy, language: str) -> None:
        self._policy = policy
        self._catalog = catalog_of(language)
        self.language = language
        self.direction = "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"

    def gettext(self, message: str, **values: object) -> str:
        """Translate ``message`` and fill in ``%(name)s``."""
        translated = self._catalog.gettext(message)
        return translated % values if values else translated

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Translate a message that counts: ``%(count)d`` stands for the number."""
        return self._catalog.ngettext(singular, plural, count) % {"count": count}

    def text(self, text: Text) -> str:
        """Return a text of the policy. A built-in one is a message; what the site wrote stays as it is."""
        if isinstance(text, str) and text in _BUILT_IN_TEXTS:
            return self._catalog.gettext(text)
        return self._policy.text(text, self.language)

    def join(self, items: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        # Translators: between the items of a list, but before the last one.
        most = self.gettext(", ").join(items[:-1])
        return self.gettext("%(most)s and %(last)s", most=most, last=items[-1])

    def duration(self, lifetime: Lifetime | None) -> str:
        """``13 months``; a session ends with the browser."""
        if lifetime is None:
            return self.gettext("Not stated")
        parts = lifetime.count_and_unit
        if parts is None:
            return self.gettext("Until you close the browser")
        count, unit = parts
        return {
            "second": lambda: self.ngettext("%(count)d second", "%(count)d seconds", count),
            "minute": lambda: self.ngettext("%(count)d minute", "%(count)d minutes", count),
            "hour": lambda: self.ngettext("%(count)d hour", "%(count)d hours", count),
            "day": lambda: self.ngettext("%(count)d day", "%(count)d days", count),
            "week": lambda: self.ngettext("%(count)d week", "%(count)d weeks", count),
            "month": lambda: self.ngettext("%(count)d month", "%(count)d months", count),
            "year": lambda: self.ngettext("%(count)d year", "%(count)d years", count),
        }[unit]()

    def date(self, day: date) -> str:
        """``24 November 2026``."""
        return self.gettext(
            # Translators: a date; %(number)d is the month as a number.
            "%(day)d %(month)s %(year)d",
            day=day.day,
            month=self.gettext(_MONTHS[day.month - 1]),
            number=day.month,
            year=day.year,
        )


def own_name(language: str) -> str:
    """What speakers of ``language`` call it."""
    return _OWN_NAMES.get(language, language)
