"""A whole policy file, made of the tables beside this module."""

from typing import Literal

import msgspec

from ..lifetimes import Lifetime
from .banner import BannerTable
from .cookies import Cookie, PurposeTable, Service, StorageKey
from .site import Contact, Controller, Notice, Site, Version
from .table import Table
from .telemetry import Ground, Masks, RecorderTable, TelemetryField, Validators
from .visitors import Children, Retention, RightsTable


class Declarations(Table, frozen=True, kw_only=True):
    """A whole policy file."""

    unclassified: Literal["block", "hide", "allow"] = "block"
    """An unclassified cookie is not set (``block``), not shown to the app either (``hide``), or left alone (``allow``)."""
    entry: Literal["auto", "manual"] = "auto"
    """``auto`` puts the small "privacy choices" entry into every page; ``manual`` leaves that to the site's templates."""
    gpc: Literal["latest", "signal", "choice"] = "latest"
    """When Global Privacy Control and a stored "allow" disagree: the signal wins over an older choice (``latest``), always
    (``signal``), or never (``choice``)."""
    lifetime: Lifetime = Lifetime("6 months", 6 * 2_592_000)
    """How long a choice, a refusal too, is remembered."""
    unrecorded: Literal["refuse", "spool"] = "refuse"
    """While the ledger's database does not answer, an acceptance is not granted and may be tried again (``refuse``), or it is granted
    and its record waits on disk (``spool``). A refusal always takes effect, and its record waits."""
    csp: Literal["off", "report", "enforce"] = "report"
    """A Content-Security-Policy of ours on every page, beside the app's own: hosts that the policy does not declare, or the visitor
    refuses, are reported (``report``) or blocked (``enforce``)."""
    delivery: Literal["page", "fragment"] = "page"
    """``page`` puts the banner and what is allowed into the HTML, which is one visitor's then; ``fragment`` sends everybody the same
    HTML, which shared caches may keep, and lets a script ask for the rest."""
    guard: bool = True
    """A small script at the start of the page keeps other scripts from storing what is refused."""
    consent_mode: bool | dict[str, str] = False
    """Google Consent Mode v2: ``true``, or a table of its signals and the purposes they follow."""
    share: str | None = None
    """``example.com`` shares one choice across its sibling hosts."""
    next: str | None = None
    """The policy file that takes over on the day its new version takes effect, beside this one."""
    origins: list[str] = msgspec.field(default_factory=list)
    """Other origins of the site's own that may read and record a choice (CORS)."""

    site: Site = Site()
    controllers: list[Controller] = msgspec.field(default_factory=list)
    contact: Contact = Contact()
    banner: BannerTable = BannerTable()
    children: Children = Children()
    versions: list[Version] = msgspec.field(default_factory=list)
    notices: list[Notice] = msgspec.field(default_factory=list)
    purposes: dict[str, PurposeTable] = msgspec.field(default_factory=dict)
    cookies: list[Cookie] = msgspec.field(default_factory=list)
    services: list[Service] = msgspec.field(default_factory=list)
    storage: list[StorageKey] = msgspec.field(default_factory=list)
    telemetry: list[TelemetryField] = msgspec.field(default_factory=list)
    grounds: list[Ground] = msgspec.field(default_factory=list)
    masks: Masks = Masks()
    validators: list[Validators] = msgspec.field(default_factory=list)
    recorder: RecorderTable = RecorderTable()
    rights: RightsTable = RightsTable()
    retention: Retention = Retention()
