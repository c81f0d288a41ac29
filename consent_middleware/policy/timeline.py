"""Which versions of a policy hold on a day, and when that changes next.

Days begin at midnight UTC: a site has one clock, and no visitor's time zone is known.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from .model import Declarations, Notice, Version
from .texts import Text

NEVER = float("inf")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A version that visitors are told of before it takes effect. ``titles``: of the purposes that will be asked about again."""

    version: Version
    titles: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What visitors are shown today in the banner's place: a notice, or a version before it takes effect.

    ``id``: ``notice:<id>``, or ``notice:version:<version>``.
    """

    id: str
    notice: Notice | None = None
    announcement: Announcement | None = None


def bulletins(notices: Iterable[Notice], announcements: Iterable[Announcement]) -> list[Bulletin]:
    """Notices first: an incident is more urgent than what changes next month."""
    told = [Bulletin(id=f"notice:{notice.id}", notice=notice) for notice in notices]
    return told + [
        Bulletin(id=f"notice:version:{announcement.version.version}", announcement=announcement)
        for announcement in announcements
    ]


def today() -> date:
    """The day it is, by the clock that tokens are read by."""
    return datetime.fromtimestamp(time.time(), UTC).date()


def begins_at(day: date) -> float:
    """Seconds since 1970 at the beginning of ``day``."""
    return (day - _EPOCH).days * 86_400.0


def day_of(moment: float) -> date:
    """The day on which ``moment``, in seconds since 1970, falls."""
    return _EPOCH + timedelta(days=int(moment // 86_400))


def in_effect(versions: Iterable[Version], day: date) -> list[Version]:
    """Versions that hold on ``day``, oldest first."""
    return sorted((version for version in versions if version.effective <= day), key=_effective)


def generation_of(versions: Iterable[Version], day: date) -> int:
    """A number that grows with each version that takes effect: the day it did, counted from 1970; 0 without any."""
    return max(((version.effective - _EPOCH).days for version in in_effect(versions, day)), default=0)


def renewals(versions: Iterable[Version], day: date) -> dict[str, str]:
    """By purpose, the newest version in effect that asks about it again."""
    return {purpose: version.version for version in in_effect(versions, day) for purpose in version.purposes}


def is_announced(version: Version, day: date) -> bool:
    """Say whether visitors are told of a version today: it matters to them, and has not come yet."""
    matters = version.material or bool(version.purposes)
    return matters and version.effective > day and (version.announced is None or version.announced <= day)


def new_in(following: Declarations, present: Declarations) -> list[Version]:
    """The versions that only ``following`` declares, earliest first."""
    known = {version.version for version in present.versions}
    return sorted((version for version in following.versions if version.version not in known), key=_effective)


def current(notices: Iterable[Notice], day: date) -> list[Notice]:
    """Notices that are up on ``day``."""
    return [notice for notice in notices if notice.since <= day and (notice.until is None or day <= notice.until)]


def next_change(declared: Declarations, following: Sequence[Version], day: date) -> float:
    """When something begins or ends after ``day``, in seconds since 1970; ``NEVER`` where nothing does."""
    days = [
        moment
        for version in (*declared.versions, *following)
        for moment in (version.effective, version.announced)
        if moment is not None
    ]
    for notice in declared.notices:
        days.append(notice.since)
        if notice.until is not None and notice.until < date.max:
            days.append(notice.until + timedelta(days=1))
    return min((begins_at(moment) for moment in days if moment > day), default=NEVER)


def _effective(version: Version) -> date:
    return version.effective
