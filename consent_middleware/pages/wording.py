"""Puts things into words of one language: messages, lists, durations, dates.

The words come from gettext catalogs alone: Babel would add 33 MB to every process for a dozen patterns.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from ..policy import Policy
from ..policy.lifetimes import Lifetime
from ..policy.purposes import BUILT_IN
from ..policy.texts import Text
from . import calendar
from .catalogs import catalog_of

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_CODE = re.compile("[A-Za-z]{2}")
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
        if not values:
            return translated
        said = translated % values
        # A company's own period and the sentence's ("Heat Inc..") are one.
        return said.replace("..", ".") if ".." in said and "..." not in said else said

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
        say = self._catalog.gettext
        if len(items) == 2:
            return say(calendar.PAIR) % {"first": items[0], "last": items[1]}
        return say(calendar.LIST) % {"most": say(calendar.BETWEEN).join(items[:-1]), "last": items[-1]}

    def duration(self, lifetime: Lifetime | None) -> str:
        """``13 months``; a session ends with the browser."""
        if lifetime is None:
            return self.gettext("Not stated")
        parts = lifetime.count_and_unit
        if parts is None:
            return self.gettext("Until you close the browser")
        count, unit = parts
        return self.ngettext(*calendar.counted(unit), count)

    def date(self, day: date) -> str:
        """``24 November 2026``."""
        say = self._catalog.gettext
        month = say(calendar.MONTHS[day.month - 1])
        return say(calendar.DATE) % {"day": day.day, "month": month, "year": day.year, "number": day.month}

    def day(self, seconds: float) -> str:
        """The day of a moment, in UTC: the server knows no visitor's time zone."""
        return self.date(datetime.fromtimestamp(seconds, UTC).date())

    def moment(self, seconds: float) -> str:
        """``24 November 2026, 09:30 UTC``."""
        return f"{self.day(seconds)}, {datetime.fromtimestamp(seconds, UTC):%H:%M} UTC"

    def country(self, code: str) -> str:
        """The name of a country; what is no two-letter code (ISO 3166) is already one."""
        if not _CODE.fullmatch(code):
            return code
        known = code.upper()
        return self._catalog.pgettext(calendar.COUNTRY, known)


def own_name(language: str) -> str:
    """What speakers of ``language`` call it."""
    name = catalog_of(language).gettext(calendar.OWN_NAME)
    return language if name == calendar.OWN_NAME and language.partition("-")[0].lower() != "en" else name
