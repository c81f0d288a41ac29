"""What visitors are told without being asked: a site's notices, and versions of the policy before they take effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..consent import Decision
from ..policy import Policy
from ..policy.purposes import N_
from ..policy.timeline import Announcement, Bulletin
from .wording import Wording

_HEADINGS = {
    "notice": N_("Notice"),
    "incident": N_("Security notice"),
    "rights": N_("Your rights"),
    "controller": N_("Who is responsible changes"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinItem:
    """One of them in words. ``asks``: what is asked about once it takes effect, as a sentence; ``url``: empty for a version."""

    id: str
    heading: str
    text: str
    asks: str = ""
    url: str = ""


def unseen(policy: Policy, decision: Decision) -> list[Bulletin]:
    """What this visitor has not dismissed."""
    return [bulletin for bulletin in policy.bulletins if bulletin.id not in decision.seen]


def say_bulletins(bulletins: Sequence[Bulletin], wording: Wording) -> list[BulletinItem]:
    items = []
    for bulletin in bulletins:
        notice = bulletin.notice
        if bulletin.announcement is not None:
            items.append(_announced(bulletin.id, bulletin.announcement, wording))
        elif notice is not None:
            items.append(
                BulletinItem(
                    id=bulletin.id,
                    heading=wording.text(notice.title) or wording.gettext(_HEADINGS[notice.kind]),
                    text=wording.text(notice.text),
                    url=notice.url or "",
                )
            )
    return items


def last_change(policy: Policy, wording: Wording) -> str:
    """What the newest version changed, for whoever is asked again."""
    version = policy.last_change
    return wording.text(version.summary) if version is not None else ""


def _announced(name: str, announcement: Announcement, wording: Wording) -> BulletinItem:
    titles = wording.join([wording.text(title) for title in announcement.titles])
    return BulletinItem(
        id=name,
        heading=wording.gettext("This changes on %(date)s", date=wording.date(announcement.version.effective)),
        text=wording.text(announcement.version.summary),
        asks=wording.gettext("You will then be asked about this again: %(purposes)s.", purposes=titles)
        if titles
        else "",
    )
