"""What may be known of a visitor's device, network and visit."""

import msgspec

from ..texts import Text
from .table import Table


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
