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
    sent: str | None
    """What the browser's request says."""
    value: str | None
    """What the app knows of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One request, as it looks from one side of the middleware."""

    telemetry: Telemetry
    cookies: Mapping[str, str]

    def tell(self, field: str) -> str | None:
        if field == "cid":
            return self.cookies.get("visitor_id")
        if field == "sid":
            return "•••" if "console_session" in self.cookies else None
        value = getattr(self.telemetry, field, None)
        return None if value is None else str(value)


def known_fields(
    policy: Policy, consent: Consent, *, sent: Side, seen: Side, account: Account | None
) -> list[KnownField]:
    """One row a field of the policy."""
    return [
        KnownField(
            field=declared.field,
            title=declared.title,
            purpose=declared.purpose,
            source=_SOURCES.get(declared.field),
            is_allowed=consent.allows(declared.purpose),
            sent=sent.tell(declared.field),
            value=str(account.id) if account and declared.field == "uid" else seen.tell(declared.field),
        )
        for declared in policy.declarations.telemetry
    ]
