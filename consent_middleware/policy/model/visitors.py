"""What a site owes its visitors: rights, care for children, an end of keeping."""

from typing import Literal

import msgspec

from ..lifetimes import Lifetime
from ..rights import RequestKind
from ..texts import Text
from .table import Table


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
