"""One purpose in the words of one language: what it comes to, who receives it, and what a visitor has chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..consent import Decision
from ..policy import Policy
from ..policy.identifiers import SOURCES, names_of
from ..policy.model import Service, TelemetryField
from ..policy.purposes import N_, Purpose
from ..telemetry import Telemetry
from .cookie_rows import CookieRow, cookie_row, storage_row
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


def purpose_item(
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
        cookies=[*cookies, *(cookie_row(policy, wording, cookie) for cookie in policy.cookies_of(purpose.id))],
        storage=[storage_row(policy, wording, entry) for entry in policy.storage_of(purpose.id)],
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
        title=wording.text(field.title) or field.field,
        description=wording.text(field.description),
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
                title = wording.text(titles.get(field, "")) or unnamed
                yield FieldItem(title=title, description=wording.text(ground.reason))


def _recorded(policy: Policy, wording: Wording, purpose: str) -> list[str]:
    recording = policy.recording
    if recording is None:
        return []
    if purpose == recording.purpose:
        duration = wording.duration(policy.declarations.retention.telemetry)
        return [wording.gettext(_RECORDED[recording.page_views, recording.clicks], duration=duration)]
    titles = {field.field: wording.text(field.title) or field.field for field in policy.declarations.telemetry}
    fields = [titles[field] for field in recording.fields_of(purpose)]
    if not fields:
        return []
    waits_for = wording.text(policy.purposes[recording.purpose].title)
    return [wording.gettext(_RECORDED_TOO, purpose=waits_for, fields=wording.join(fields))]


def _service(wording: Wording, decision: Decision, service: Service) -> ServiceItem:
    return ServiceItem(
        id=service.id,
        name=wording.text(service.name) or service.id,
        recipient=wording.text(service.recipient),
        country=wording.country(service.country) if service.country else "",
        description=wording.text(service.description),
        hosts=service.hosts,
        privacy_url=service.privacy_url or "" if _is_link(service.privacy_url) else "",
        is_on=decision.allows(service.id),
    )


def _is_link(url: str | None) -> bool:
    """A policy's link is the site's own, yet ``javascript:`` has no place in a page."""
    return url is not None and url.startswith(("https://", "http://", "/"))
