"""Section 2 of the policy as a table: each field, the purpose it waits for, where it comes from, and what the app knows now."""

from collections.abc import Mapping
from dataclasses import dataclass

from consent_middleware import Consent, Policy, Telemetry

from .accounts import Account

# Fields nobody sends as such are read from these parts of a request; the rest the console makes or never asks for.
_SOURCES: Mapping[str, str] = {
    "ip": "client address",
    "os": "User-Agent",
    "os_version": "User-Agent, Sec-CH-UA-Platform-Version",
    "device_type": "User-Agent, Sec-CH-UA-Mobile",
    "device_brand": "User-Agent",
    "device_model": "User-Agent, Sec-CH-UA-Model",
    "browser": "User-Agent, Sec-CH-UA",
    "browser_version": "User-Agent, Sec-CH-UA",
    "language": "Accept-Language",
    "layout_engine": "User-Agent",
    "cid": "visitor_id",
    "sid": "console_session",
    "uid": "console_session",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownField:
    field: str
    title: Mapping[str, str] | str
    purpose: str
    source: str | None
    is_allowed: bool
    value: str | None


def known_fields(
    policy: Policy, consent: Consent, telemetry: Telemetry, cookies: Mapping[str, str], account: Account | None
) -> list[KnownField]:
    own = {
        "cid": cookies.get("visitor_id"),
        "sid": "•••" if account else None,
        "uid": str(account.id) if account else None,
    }
    rows = []
    for declared in policy.declarations.telemetry:
        value = own.get(declared.field) or getattr(telemetry, declared.field, None)
        rows.append(
            KnownField(
                field=declared.field,
                title=declared.title,
                purpose=declared.purpose,
                source=_SOURCES.get(declared.field),
                is_allowed=consent.allows(declared.purpose),
                value=None if value is None else str(value),
            )
        )
    return rows
