"""What a purpose comes to in practice: who receives the data, for how long, and what the site sees at this moment."""

from ..policy import Policy
from ..policy.model import TelemetryField
from ..telemetry import Telemetry
from .wording import Wording


def practice_of(policy: Policy, wording: Wording, purpose: str) -> str:
    """Sum up what is declared: recipients with their countries, the longest lifetime."""
    recipients: dict[str, None] = {}
    for service in policy.services_of(purpose):
        name = wording.text(service.recipient or service.name) or service.id
        country = wording.country(service.country) if service.country else ""
        recipients[f"{name} ({country})" if country else name] = None
    said = (
        [wording.gettext("Goes to: %(recipients)s.", recipients=wording.join(list(recipients)))] if recipients else []
    )
    lifetimes = [cookie.lifetime for cookie in policy.cookies_of(purpose)]
    known = [lifetime for lifetime in lifetimes if lifetime is not None and lifetime.seconds is not None]
    if known and len(lifetimes) == len([lifetime for lifetime in lifetimes if lifetime is not None]):
        longest = max(known, key=lambda lifetime: lifetime.seconds or 0)
        said.append(wording.gettext("Kept for at most: %(duration)s.", duration=wording.duration(longest)))
    return " ".join(said)


def seen_now(wording: Wording, telemetry: Telemetry | None, field: TelemetryField) -> str:
    """Say what the app sees of a field at this moment; nothing of a field that only the app itself knows."""
    if telemetry is None or not hasattr(telemetry, field.field):
        return ""
    value = getattr(telemetry, field.field)
    if field.field == "ip" and value is None and telemetry.ip_prefix is not None:
        return wording.gettext("The site now sees: %(value)s, shortened.", value=telemetry.ip_prefix)
    if value is None or value is False:
        return wording.gettext("The site sees nothing of it now.")
    return wording.gettext("The site now sees: %(value)s.", value=value)
