"""The purposes every policy starts from.

Names, basis and order follow section 3 of the European regulators' cookie guidance (WP29 Opinion 04/2012): what keeps a
visitor signed in and safe is necessary; everything else waits for a choice.
"""

from typing import Literal

import msgspec

from .texts import Text

Basis = Literal["necessary", "consent", "separate"]


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "translate later")
    """Mark ``text`` for the catalogs; the pages translate it when they show it."""
    return text


class Purpose(msgspec.Struct, frozen=True, kw_only=True):
    """What a cookie, a service or a telemetry field is for.

    ``honors_gpc``: a Global Privacy Control signal refuses it. ``wording``: the version of the built-in text, or ``None`` where
    the site wrote its own; the digest hashes the one or the other, so that a reworded release of this package asks nobody again.
    """

    id: str
    basis: Basis
    title: Text
    description: Text
    honors_gpc: bool = False
    wording: int | None = None

    @property
    def is_necessary(self) -> bool:
        return self.basis == "necessary"


BUILT_IN: tuple[Purpose, ...] = (
    Purpose(
        id="authentication",
        basis="necessary",
        title=N_("Signing in"),
        description=N_("Remembers who you are after you sign in, so that pages meant for you can open."),
        wording=1,
    ),
    Purpose(
        id="security",
        basis="necessary",
        title=N_("Security and delivery"),
        description=N_("Protects forms and accounts against abuse and keeps the service running."),
        wording=1,
    ),
    Purpose(
        id="preference",
        basis="consent",
        title=N_("Preferences"),
        description=N_("Remembers settings such as language, time zone, region and font for your next visit."),
        wording=1,
    ),
    Purpose(
        id="analytics",
        basis="consent",
        title=N_("Analytics"),
        description=N_("Counts visits and clicks, so that we learn which pages work and which do not."),
        wording=1,
    ),
    Purpose(
        id="marketing",
        basis="consent",
        title=N_("Marketing"),
        description=N_("Recognizes you on other sites, to show advertising and to measure it."),
        honors_gpc=True,
        wording=1,
    ),
    Purpose(
        id="network",
        basis="consent",
        title=N_("Network details"),
        description=N_(
            "Your full IP address and what can be told from it, such as provider and place. Until then, a shortened one is seen."
        ),
        wording=1,
    ),
    Purpose(
        id="device",
        basis="consent",
        title=N_("Device details"),
        description=N_(
            "The exact browser version, operating system and device model. Until you allow it, we see only the kind of browser."
        ),
        wording=1,
    ),
)
