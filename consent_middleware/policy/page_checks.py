"""What a policy says of scripts in the page, held against the purposes it declares: stored keys, Google's consent signals."""

from .cookie_checks import Add, check_purpose, purpose_ids
from .loading import as_toml
from .model import Declarations
from .patterns import is_pattern

CONSENT_MODE = {
    "ad_storage": "marketing",
    "ad_user_data": "marketing",
    "ad_personalization": "marketing",
    "analytics_storage": "analytics",
    "functionality_storage": "preference",
    "personalization_storage": "preference",
    "security_storage": "security",
}
"""The signals of Google Consent Mode v2, and the purposes they follow where the policy names no other."""


def check_storage(declared: Declarations, add: Add) -> None:
    known = purpose_ids(declared)
    services = {service.id: service for service in declared.services}
    seen: dict[tuple[str, str], str] = {}
    for index, entry in enumerate(declared.storage):
        place = f"storage[{index}]"
        check_purpose(f"{place}.purpose", entry.purpose, known, add)
        if is_pattern(entry.key) and len(entry.key.replace("*", "").replace("?", "")) < 2:
            add(
                f"{place}.key",
                entry.key,
                "This pattern would claim nearly every key.",
                'Write at least two characters besides the wildcard, for example "ab_*".',
            )
        other = seen.setdefault((entry.kind, entry.key), place)
        if entry.key and other != place:
            add(f"{place}.key", entry.key, f"{other} declares the same key.", "Keep one of the two.")
        if entry.service is None:
            continue
        service = services.get(entry.service)
        if service is None:
            add(
                f"{place}.service",
                entry.service,
                "No service carries this id.",
                f"Declare it under [[services]], or write one of: {', '.join(services) or '(none declared)'}.",
            )
        elif entry.purpose and service.purpose != entry.purpose:
            add(
                f"{place}.purpose",
                entry.purpose,
                f'Its service "{service.id}" has the purpose "{service.purpose}".',
                "Give both the same purpose, or leave the service out.",
            )


def check_consent_mode(declared: Declarations, add: Add) -> None:
    if isinstance(declared.consent_mode, bool):
        return
    known = purpose_ids(declared)
    for signal, purpose in declared.consent_mode.items():
        if signal not in CONSENT_MODE:
            add(
                f"consent_mode.{signal}",
                as_toml(purpose),
                "Google Consent Mode has no such signal.",
                f"Write one of: {', '.join(CONSENT_MODE)}.",
            )
        check_purpose(f"consent_mode.{signal}", purpose, known, add)
