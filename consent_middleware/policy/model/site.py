"""Who is responsible for a site, and what it announces."""

from datetime import date
from typing import Literal

import msgspec

from ..texts import Text
from .table import Table


class Site(Table, frozen=True, kw_only=True):
    """``[site]``: who is responsible, and where."""

    name: Text = ""
    """What visitors know the site by."""
    url: str | None = None
    """``https://…``: decides whether our own cookie is Secure, since a scheme seen behind a proxy lies."""
    controller: Text = ""
    """Who answers for the data: the name of the company or person."""
    address: Text = ""
    """The controller's postal address."""
    languages: list[str] = msgspec.field(default_factory=lambda: ["en"])
    """BCP 47 tags; the first is the language of the policy's own texts."""
    language_from: Literal["browser", "path", "first"] = "browser"
    """What decides: the browser's Accept-Language, the first segment of the page's path (``/de/…``), or always the first language."""
    storage_place: Text = ""
    """Where the records are kept, in words."""
    jurisdiction: str | None = None
    """Whose law the site answers to, such as ``CN``, ``EU`` or ``US-CA``: recorded with every choice."""
    minimum_age: int | None = None
    """Who is younger needs a guardian."""
    privacy_url: str | None = None
    """The site's full privacy policy, linked from the banner and the preference center."""


class Controller(Table, frozen=True, kw_only=True):
    """``[[controllers]]``: a party that decides about visitors' data, or works with it, beside ``site.controller``, and its role."""

    name: Text
    """As it is called in a contract."""
    role: Literal["controller", "joint-controller", "processor"] = "controller"
    """It decides alone, decides together with others, or works on somebody's behalf (GDPR Art. 4(7), 26, 28)."""
    address: Text = ""
    """Its postal address."""
    contact: str | None = None
    """Its e-mail or web address."""


class Contact(Table, frozen=True, kw_only=True):
    """``[contact]``: where questions go, and within how many working days they are answered."""

    email: str | None = None
    url: str | None = None
    phone: str | None = None
    text: Text = ""
    """What else a visitor should know who asks or complains."""
    reply_working_days: int = 15
    """Within how many working days a request is answered."""


class Version(Table, frozen=True, kw_only=True):
    """``[[versions]]``: one published version of the policy."""

    version: str
    """Its name, often its date. Recorded with every choice."""
    effective: date
    """It holds from the beginning of this day (UTC). One in the future is announced until then."""
    summary: Text = ""
    """What changed, in plain words: shown before it takes effect, where it asks again, and in the list of versions."""
    material: bool = True
    """``false``: visitors need not be told before; the version is only listed."""
    purposes: list[str] = msgspec.field(default_factory=list)
    """Purposes that are asked about again once it holds, besides those whose description here changes."""
    announced: date | None = None
    """Since when visitors are told; without it, since the file says so."""


class Notice(Table, frozen=True, kw_only=True):
    """``[[notices]]``: something every visitor is told in the banner's place, without being asked anything."""

    id: str
    """By this it is remembered as dismissed: a notice with another id is shown to everybody again."""
    text: Text
    """What there is to say, in plain words."""
    title: Text = ""
    """Its heading; without one, the kind is."""
    kind: Literal["notice", "incident", "rights", "controller"] = "notice"
    """An incident, something about visitors' rights, a change of who is responsible, or none of these."""
    since: date = msgspec.field(name="from")
    """The first day on which it is shown (UTC)."""
    until: date | None = None
    """The last day on which it is shown; without it, until it is taken out of the file."""
    url: str | None = None
    """Where there is more to read."""
