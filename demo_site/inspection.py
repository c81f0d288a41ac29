"""The two columns of the inspect page: what the browser sent, and what of it the app saw."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from consent_middleware import Consent, Policy, classify
from consent_middleware.asgi import Header
from consent_middleware.policy.known_headers import rules_by_header

State = Literal["same", "changed", "hidden", "added"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRow:
    """``purpose``: what it waits for, ``"never"`` where no choice covers it, ``None`` where it says nothing of the visitor."""

    name: str
    purpose: str | None
    sent: str | None
    seen: str | None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieRow:
    name: str
    sent: str
    state: State
    purpose: str
    reason: str
    rule: str
    is_allowed: bool


def compare_headers(sent: Iterable[Header], seen: Iterable[Header], policy: Policy) -> list[HeaderRow]:
    """One row a header name, in the order sent; what changed comes first. Cookies have a table of their own."""
    before, after = _by_name(sent), _by_name(seen)
    rows = [
        HeaderRow(
            name=name,
            purpose=_purpose(name, policy),
            sent=before.get(name),
            seen=after.get(name),
            state=_state(before.get(name), after.get(name)),
        )
        for name in dict.fromkeys([*before, *after])
        if name != "cookie"
    ]
    return sorted(rows, key=lambda row: row.state == "same")


def compare_cookies(
    sent: Iterable[Header], seen: Iterable[Header], consent: Consent, policy: Policy
) -> list[CookieRow]:
    """One row a cookie, with the verdict that decided over it."""
    left = _crumbs(seen)
    rows = []
    for name, value in _crumbs(sent):
        verdict = classify(name, policy=policy)
        is_kept = (name, value) in left
        rows.append(
            CookieRow(
                name=name,
                sent=shorten(value),
                state="same" if is_kept else "hidden",
                purpose=verdict.purpose,
                reason=verdict.reason,
                rule=verdict.rule,
                is_allowed=consent.allows(verdict.purpose),
            )
        )
    return rows


def shorten(value: str, length: int = 28) -> str:
    """Enough of a value to recognize it, too little to use it: a screenshot of this page must not sign anyone in."""
    return value if len(value) <= length else f"{value[: length // 3]}…({len(value)})"


def _purpose(name: str, policy: Policy) -> str | None:
    for identifier in policy.identifiers:
        if (identifier.source, identifier.name) == ("header", name):
            return identifier.purpose
    rule = rules_by_header().get(name)
    return None if rule is None or rule.ambiguous else rule.purpose


def _state(sent: str | None, seen: str | None) -> State:
    if sent == seen:
        return "same"
    if seen is None:
        return "hidden"
    return "added" if sent is None else "changed"


def _by_name(headers: Iterable[Header]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return {name: "\n".join(values) for name, values in found.items()}


def _crumbs(headers: Iterable[Header]) -> list[tuple[str, str]]:
    lines = [value.decode("latin-1") for name, value in headers if name.lower() == b"cookie"]
    crumbs = [crumb.strip() for line in lines for crumb in line.split(";")]
    return [(name, value) for name, _, value in (crumb.partition("=") for crumb in crumbs if crumb)]
