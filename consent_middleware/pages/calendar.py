"""What dates, durations and lists are made of: messages that no translator writes.

Babel fills them into the catalogs when they are compiled, from CLDR. Unmarked, so that they are not extracted.
"""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DATE = "%(day)d %(month)s %(year)d"
"""``number``: the month as a number, for the languages that write it so."""
BETWEEN = ", "
"""Between the items of a list, but before the last one."""
LIST = "%(most)s and %(last)s"
PAIR = "%(first)s and %(last)s"
OWN_NAME = "English"
"""What the speakers of a language call it."""
COUNTRY = "country"
"""The context of two-letter codes (ISO 3166)."""


def counted(unit: str) -> tuple[str, str]:
    """The message of so many seconds, minutes, hours, days, weeks, months or years."""
    return f"%(count)d {unit}", f"%(count)d {unit}s"
