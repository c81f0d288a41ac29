"""What the policy declares, in the words of one language, with the state of one visitor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..consent import Decision
from ..consent.value import Age
from ..policy import Policy
from ..policy.identifiers import SOURCES, names_of
from ..policy.model import Cookie, Service, StorageKey, TelemetryField
from ..policy.purposes import N_, Purpose
from ..policy.texts import Text
from ..telemetry import Telemetry
from .practice import practice_of, seen_now
from .wording import Wording

ADDRESS = N_("Full IP address")

# By whether page views and clicks are recorded.
_RECORDED = {
    (True, True): N_(
        "Recorded by this site: the pages you open and the buttons you press, with the time and the random number of "
        "your choice; never what you type. Kept for: %(duration)s."
    ),
    (True, False): N_(
        "Recorded by this site: the pages you open, with the time and the random number of your choice. "
        "Kept for: %(duration)s."
    ),
    (False, True): N_(
        "Recorded by this site: the buttons you press, with the time and the random number of your choice; never what "
        "you type. Kept for: %(duration)s."
    ),
}
_RECORDED_TOO = N_("Where you also allow “%(purpose)s”, this may be recorded with each page or button: %(fields)s.")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceItem:
    id: str
    name: str
    recipient: str
    country: str
    description: str
    hosts: Sequence[str]
    privacy_url: str
    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldItem:
    """``carriers``: where an identifier travels, as kind and name."""

    title: str
    description: str
    seen: str = ""
    """What the site sees of it at this moment, as a sentence."""
    carriers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeItem:
    """``is_held_off``: the browser's signal refuses it, and the policy lets the signal win over any choice."""

    id: str
    title: str
    description: str
    practice: str
    is_on: bool
    is_new: bool
    is_held_off: bool
    cookies: Sequence[CookieRow]
    storage: Sequence[CookieRow]
    """What scripts keep outside of cookies, as rows of the same table."""
    services: Sequence[ServiceItem]
    fields: Sequence[FieldItem]
    recorded: Sequence[str]
    """What the recorder keeps, in whole sentences."""

    @property
    def has_details(self) -> bool:
        return bool(self.cookies or self.storage or self.services or self.fields or self.recorded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Every purpose, by the way it is decided. ``separate`` is asked for by an act of its own."""

    optional: Sequence[PurposeItem]
    separate: Sequence[PurposeItem]
    necessary: Sequence[PurposeItem]


def content_of(
    policy: Policy, wording: Wording, decision: Decision, own_cookie: CookieRow, telemetry: Telemetry | None = None
) -> Content:
    """Put the whole policy into words.

    ``own_cookie``: the one that remembers the choice, declared with the necessary ones. ``telemetry``: what the app sees of this
    visitor now.
    """
    by_basis: dict[str, list[PurposeItem]] = {"consent": [], "separate": [], "necessary": []}
    for purpose in policy.purposes.values():
        cookies = [own_cookie] if purpose.id == "security" else []
        by_basis[purpose.basis].append(_purpose(policy, wording, decision, purpose, cookies, telemetry))
    return Content(optional=by_basis["consent"], separate=by_basis["separate"], necessary=by_basis["necessary"])


def content_for(age: Age, content: Content) -> Content:
    """Leave out what a visitor of this age cannot decide: a child nothing optional, or what a guardian allowed, to take it back."""
    if age not in ("under", "guardian"):
        return content
    return Content(
        optional=[item for item in content.optional if item.is_on],
        separate=[item for item in content.separate if item.is_on],
        necessary=content.necessary,
    )


def titles_of(policy: Policy, wording: Wording, purposes: Sequence[str]) -> list[str]:
    return [wording.text(policy.purposes[name].title) for name in purposes]


def allowed_ids(policy: Policy, decision: Decision) -> list[str]:
    """Every purpose and service that is allowed, in the order of the policy."""
    return [name for name in (*policy.purposes, *policy.services) if decision.allows(name)]


def _purpose(
    policy: Policy,
    wording: Wording,
    decision: Decision,
    purpose: Purpose,
    cookies: list[CookieRow],
    telemetry: Telemetry | None,
) -> PurposeItem:
    return PurposeItem(
        id=purpose.id,
        title=wording.text(purpose.title),
        description=wording.text(purpose.description),
        practice=practice_of(policy, wording, purpose.id),
        is_on=decision.allows(purpose.id),
        is_new=purpose.id in decision.asks,
        is_held_off=decision.honors_gpc and purpose.id in policy.refused_by_gpc and policy.declarations.gpc == "signal",
        cookies=[*cookies, *(_cookie(policy, wording, cookie) for cookie in policy.cookies_of(purpose.id))],
        storage=[_storage(policy, wording, entry) for entry in policy.storage_of(purpose.id)],
        services=[_service(wording, decision, service) for service in policy.services_of(purpose.id)],
        fields=[
            *(
                _field(wording, field, telemetry)
                for field in policy.declarations.telemetry
                if field.purpose == purpose.id
            ),
            *_grounds(policy, wording, purpose),
        ],
        recorded=_recorded(policy, wording, purpose.id),
    )


def _field(wording: Wording, field: TelemetryField, telemetry: Telemetry | None) -> FieldItem:
    return FieldItem(
        title=_said(wording, field.title) or field.field,
        description=_said(wording, field.description),
        seen=seen_now(wording, telemetry, field),
        carriers=[(source, name) for source in SOURCES for name in names_of(field, source)],
    )


def _grounds(policy: Policy, wording: Wording, purpose: Purpose) -> Iterator[FieldItem]:
    """What a necessary purpose sees before anybody is asked, with the reason."""
    titles = {field.field: field.title for field in policy.declarations.telemetry if field.title}
    for ground in policy.declarations.grounds:
        if ground.purpose == purpose.id:
            for field in ground.fields:
                unnamed = wording.gettext(ADDRESS) if field == "ip" else field
                title = _said(wording, titles.get(field, "")) or unnamed
                yield FieldItem(title=title, description=_said(wording, ground.reason))


def _recorded(policy: Policy, wording: Wording, purpose: str) -> list[str]:
    recording = policy.recording
    if recording is None:
        return []
    if purpose == recording.purpose:
        duration = wording.duration(policy.declarations.retention.telemetry)
        return [wording.gettext(_RECORDED[recording.page_views, recording.clicks], duration=duration)]
    titles = {field.field: _said(wording, field.title) or field.field for field in policy.declarations.telemetry}
    fields = [titles[field] for field in recording.fields_of(purpose)]
    if not fields:
        return []
    waits_for = wording.text(policy.purposes[recording.purpose].title)
    return [wording.gettext(_RECORDED_TOO, purpose=waits_for, fields=wording.join(fields))]


def _cookie(policy: Policy, wording: Wording, cookie: Cookie) -> CookieRow:
    return CookieRow(
        name=cookie.name or cookie.pattern or "",
        lifetime=wording.duration(cookie.lifetime),
        description=_said(wording, cookie.description),
        service=_service_name(policy, wording, cookie.service),
    )


def _storage(policy: Policy, wording: Wording, entry: StorageKey) -> CookieRow:
    """Session storage ends with its tab; the other two stay until somebody removes them."""
    until = _UNTIL_CLOSED if entry.kind == "session" else _UNTIL_DELETED
    return CookieRow(
        name=entry.key,
        lifetime=wording.duration(entry.lifetime) if entry.lifetime is not None else wording.gettext(until),
        description=_said(wording, entry.description),
        service=_service_name(policy, wording, entry.service),
        kind=wording.gettext(_KINDS[entry.kind]),
    )


def _service_name(policy: Policy, wording: Wording, service_id: str | None) -> str:
    service = policy.services.get(service_id or "")
    return (_said(wording, service.name) or service.id) if service else ""


def _service(wording: Wording, decision: Decision, service: Service) -> ServiceItem:
    return ServiceItem(
        id=service.id,
        name=_said(wording, service.name) or service.id,
        recipient=_said(wording, service.recipient),
        country=wording.country(service.country) if service.country else "",
        description=_said(wording, service.description),
        hosts=service.hosts,
        privacy_url=service.privacy_url or "" if _is_link(service.privacy_url) else "",
        is_on=decision.allows(service.id),
    )


def _said(wording: Wording, text: Text) -> str:
    return wording.text(text) if text else ""


def _is_link(url: str | None) -> bool:
    """A policy's link is the site's own, yet ``javascript:`` has no place in a page."""
    return url is not None and url.startswith(("https://", "http://", "/"))
