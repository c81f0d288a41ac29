"""What is kept in a browser, as rows of one table, in the words of one language."""

from dataclasses import dataclass

from ..consent.names import TokenCookie
from ..policy import Policy
from ..policy.model import Cookie, StorageKey
from ..policy.purposes import N_
from .wording import Wording

_KINDS = {"local": N_("Local storage"), "session": N_("Session storage"), "indexeddb": N_("Browser database")}
_UNTIL_DELETED = N_("Until it is deleted")
_UNTIL_CLOSED = N_("Until you close the tab")


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieRow:
    name: str
    lifetime: str
    description: str
    service: str
    kind: str = ""
    """Where it is kept, if it is no cookie."""


def own_row(policy: Policy, wording: Wording, *, is_secure: bool) -> CookieRow:
    """The one cookie of our own, declared like every other."""
    return CookieRow(
        name=TokenCookie.of(policy, is_secure=is_secure).name,
        lifetime=wording.duration(policy.declarations.lifetime),
        description=wording.gettext("Remembers your privacy choices. It is set when you choose, never before."),
        service="",
    )


def cookie_row(policy: Policy, wording: Wording, cookie: Cookie) -> CookieRow:
    return CookieRow(
        name=cookie.name or cookie.pattern or "",
        lifetime=wording.duration(cookie.lifetime),
        description=wording.text(cookie.description),
        service=_service_name(policy, wording, cookie.service),
    )


def storage_row(policy: Policy, wording: Wording, entry: StorageKey) -> CookieRow:
    """Session storage ends with its tab; the other two stay until somebody removes them."""
    until = _UNTIL_CLOSED if entry.kind == "session" else _UNTIL_DELETED
    return CookieRow(
        name=entry.key,
        lifetime=wording.duration(entry.lifetime) if entry.lifetime is not None else wording.gettext(until),
        description=wording.text(entry.description),
        service=_service_name(policy, wording, entry.service),
        kind=wording.gettext(_KINDS[entry.kind]),
    )


def _service_name(policy: Policy, wording: Wording, service_id: str | None) -> str:
    service = policy.services.get(service_id or "")
    return (wording.text(service.name) or service.id) if service else ""
