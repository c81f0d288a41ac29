"""What a policy file may say: one typed struct per table.

Shapes only. ``loading`` fills them from TOML, ``checks`` compares them with each other, ``Policy`` makes them fast to ask.
"""

from datetime import date
from typing import Literal

import msgspec

from .lifetimes import Lifetime
from .purposes import Basis
from .rights import RequestKind
from .texts import Text


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common ground of all tables: immutable, named fields, no unknown keys."""


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


class PurposeTable(Table, frozen=True, kw_only=True):
    """``[purposes.<id>]``: a purpose of the site's own, or what it says differently about a built-in one."""

    basis: Basis | None = None
    """Necessary is always on; separate is never part of "accept all"."""
    title: Text | None = None
    """What the switch is called."""
    description: Text | None = None
    """What it is for, as a visitor would say it."""
    honors_gpc: bool | None = None
    """Whether Global Privacy Control holds it back."""
    offered: bool = True
    """``false`` takes a built-in purpose out of the site's policy: it is never asked for, so never allowed."""


class Cookie(Table, frozen=True, kw_only=True):
    """``[[cookies]]``: one cookie, or all cookies whose name matches a pattern with ``*`` and ``?``."""

    name: str | None = None
    """The whole name. Prefixed (``__Host-``) and chunked (``name.0``) forms are meant too."""
    pattern: str | None = None
    """Instead of ``name``."""
    purpose: str
    """The id of a purpose."""
    service: str | None = None
    """The id of the service it belongs to."""
    lifetime: Lifetime | None = None
    """Told to visitors, and the longest that the app may set it for."""
    description: Text = ""
    """What it does, as visitors are told."""
    explicit_act: bool | str | list[str] = False
    """May be set for the session when the visitor has just asked for it: ``true`` means by a same-origin POST, and
    ``"POST /settings"`` only by that request."""
    domain: str | None = None
    """The ``Domain`` it is set with, so that a withdrawal can expire it there."""
    paths: list[str] = msgspec.field(default_factory=list)
    """Where else than ``/`` the cookie lives, so that a withdrawal can expire it there."""
    partitioned: bool = False
    """It is set ``Partitioned``, so that a withdrawal can expire it."""
    secure: bool = False
    """Raised where the app does not set it; never lowered."""
    http_only: bool = False
    """The same."""
    same_site: Literal["Lax", "Strict"] | None = None
    """The same: the stricter of the two holds."""


class Service(Table, frozen=True, kw_only=True):
    """``[[services]]``: a recipient or third party."""

    id: str
    """Its name in code, in one namespace with purposes."""
    purpose: str
    """The id of a purpose."""
    name: Text = ""
    """What visitors know it by."""
    hosts: list[str] = msgspec.field(default_factory=list)
    """Where it is asked; each stands for its subdomains too."""
    cookies: list[str] = msgspec.field(default_factory=list)
    """Names or patterns that belong to this service and its purpose; a short form of ``[[cookies]]``."""
    recipient: Text = ""
    """The company that receives what it collects."""
    country: str | None = None
    """Where that company is."""
    description: Text = ""
    """What it does, as visitors are told."""
    privacy_url: str | None = None
    """The recipient's own privacy policy."""
    erasure_webhook: str | None = None
    """``https://…``: where the service is told that what it got of a visitor is to be erased."""


class StorageKey(Table, frozen=True, kw_only=True):
    """``[[storage]]``: something that scripts keep in the browser outside of cookies."""

    key: str
    """A key of local or session storage, or the name of an IndexedDB database; ``*`` and ``?`` stand for the changing part."""
    kind: Literal["local", "session", "indexeddb"] = "local"
    """Which of the stores."""
    purpose: str
    """The id of a purpose."""
    service: str | None = None
    """The id of the service it belongs to."""
    lifetime: Lifetime | None = None
    """After how long the site's own scripts remove it: browsers keep it until somebody does."""
    description: Text = ""
    """What it does, as visitors are told."""


class TelemetryField(Table, frozen=True, kw_only=True):
    """``[[telemetry]]``: something the site learns about a visitor's device or network, and what for.

    An identifier of the app's own (a session, client, account or device number) also says where it travels. Its cookies and request
    headers are kept from the app until the purpose is allowed; in an address or a form it is only reported.
    """

    field: str
    """A field of ``get_telemetry()``, or a name of your own for an identifier."""
    purpose: str
    """The id of the purpose it waits for."""
    title: Text = ""
    """What visitors are told it is."""
    description: Text = ""
    """What it is used for, as visitors are told."""
    cookie: str | list[str] = msgspec.field(default_factory=list)
    """Cookies that carry it."""
    header: str | list[str] = msgspec.field(default_factory=list)
    """Request headers that carry it."""
    query: str | list[str] = msgspec.field(default_factory=list)
    """Query parameters that carry it."""
    form: str | list[str] = msgspec.field(default_factory=list)
    """Form fields that carry it."""


class Ground(Table, frozen=True, kw_only=True):
    """``[[grounds]]``: a necessary purpose that needs a field unmasked, and why.

    A field that has grounds is disclosed for their purposes only; without any, for every necessary purpose.
    """

    purpose: str
    """The id of a necessary purpose."""
    reason: Text = ""
    """Why, as visitors are told."""
    fields: list[str] = msgspec.field(default_factory=lambda: ["ip"])
    """What may be disclosed."""
    paths: list[str] = msgspec.field(default_factory=list)
    """Where the app sees the address without asking for it: exact, or with ``*``. The server's log still does not."""


class Masks(Table, frozen=True, kw_only=True):
    """``[masks]``: what the site says differently about the table of request headers (``policy/headers.toml``)."""

    providers: list[str] = msgspec.field(default_factory=list)
    """CDNs and carriers in front of the site, whose header names other programs use for other things."""
    mask: list[str] = msgspec.field(default_factory=list)
    """Single headers of that kind."""
    keep: list[str] = msgspec.field(default_factory=list)
    """Headers that the table masks and this site needs as they come."""
    drop: list[str] = msgspec.field(default_factory=list)
    """Headers that nobody may see, whatever a visitor allows."""


class Validators(Table, frozen=True, kw_only=True):
    """``[[validators]]``: routes whose ETag could bring a deleted identifier back; theirs wait for ``purpose``."""

    paths: list[str] = msgspec.field(default_factory=list)
    """Exact, or with ``*``."""
    purpose: str = "device"
    """The purpose they wait for."""


class RecorderTable(Table, frozen=True, kw_only=True):
    """``[recorder]``: what the site records of a visit by itself, once the visitor allows it. Off unless it is switched on."""

    page_views: bool = False
    """Pages that somebody opens in a tab."""
    clicks: bool = False
    """Clicks on what the site marks with ``data-privacy-event``."""
    purpose: str = "analytics"
    """The purpose that events wait for."""
    fields: list[str] = msgspec.field(default_factory=list)
    """Telemetry that is kept with each event. A field is declared in ``[[telemetry]]``, and waits for that purpose too."""
    skip_paths: list[str] = msgspec.field(default_factory=list)
    """Pages that are never recorded, as paths with ``*`` and ``?``: a path may hold a secret, such as ``/reset/*``."""


class RightsTable(Table, frozen=True, kw_only=True):
    """``[rights]``: what visitors may ask a person for, on "Your data". Off where no kind is named.

    Answers are due within ``contact.reply_working_days``.
    """

    kinds: list[RequestKind] = msgspec.field(default_factory=list)
    """What is offered: ``account-erasure``, ``correction``, ``access`` (to what the app itself holds), ``complaint``, ``other``."""
    contact: Literal["optional", "required", "off"] = "optional"
    """Whether the form asks how the visitor can be reached."""
    calendar: str = "CN"
    """Whose public holidays do not count as working days: a country (ISO 3166), perhaps with a part of it (``DE-BY``), or ``none``
    for weekends only."""
    verify: list[RequestKind] = msgspec.field(default_factory=lambda: ["account-erasure", "correction", "access"])
    """Kinds whose time to answer begins when the visitor's identity is verified; that of the others begins at once."""


class Children(Table, frozen=True, kw_only=True):
    """``[children]``: what is done for visitors younger than ``site.minimum_age``."""

    ask: bool = False
    """Whether the banner asks for the age group before anything can be allowed. The answer is kept with the choice, never a date."""
    guardian: Literal["form", "app"] = "form"
    """Who takes a guardian's consent: a form of ours, which believes whoever says to be one, or only your app, which can verify it
    (``record_choice(guardian=True)``)."""


class Colors(Table, frozen=True, kw_only=True):
    """``[banner.colors]``: ``#rrggbb`` each. Accept, reject and manage share one pair of button colors: there is no other."""

    background: str | None = None
    text: str | None = None
    muted: str | None = None
    """Text of the second rank."""
    border: str | None = None
    button: str | None = None
    """The ground of every answer alike."""
    button_text: str | None = None
    accent: str | None = None
    """Links, focus, switches."""


class BannerTable(Table, frozen=True, kw_only=True):
    """``[banner]``: how the banner and the preference center look. Nothing here is part of what a visitor consents to."""

    layout: Literal["bar", "corner", "dialog"] = "bar"
    """Where it stands. On a phone each is the bar."""
    theme: Literal["plain", "soft", "outline", "bold"] = "plain"
    """Its corners, lines and weights."""
    reject_first: bool = False
    """The order of the answers. Their look is the same whatever the order."""
    colors: Colors = Colors()
    dark_colors: Colors = Colors()
    """The same where a visitor, or the page, prefers dark colors."""


class Retention(Table, frozen=True, kw_only=True):
    """``[retention]``: how long each kind of record is kept."""

    choices: Lifetime = Lifetime("3 years", 3 * 31_536_000)
    """Recorded choices, and every other record that has no time of its own here."""
    signals: Lifetime | None = None
    """Records that a choice ran out, or that a browser's signal changed what it allows."""
    requests: Lifetime | None = None
    """Requests that a person answered, and the records of them."""
    erasures: Lifetime | None = None
    """Records that something was erased, and why; not whose it was."""
    automatic: bool = False
    """Let records go once a day while the app runs; ``ledger purge`` does the same at any time."""
    telemetry: Lifetime = Lifetime("90 days", 90 * 86_400)
    """Recorded events."""
    description: Text = ""
    """What else visitors should know of it."""


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
