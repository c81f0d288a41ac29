"""Observe mode: what the gates would have done, told and not done."""

import logging
from collections.abc import Iterable

from ..asgi import Client, Header, Message, Scope, Send
from ..policy.known_headers import rules_by_header
from ..telemetry import mask_client, suspicious_headers
from .findings import Finding, Report
from .masks import MaskSet
from .recognition import Known
from .response import ResponseGate
from .rules import Rules
from .shapes import Shape

logger = logging.getLogger("consent_middleware.observe")

_DISTINCT = 1024
_SUSPECT = "It looks like telemetry, and no rule covers it: see [masks], and header in [[telemetry]]."


def log_once() -> Report:
    """Return a report that logs each distinct finding once, up to a bound."""
    seen: set[Finding] = set()

    def report(finding: Finding) -> None:
        if finding in seen or len(seen) >= _DISTINCT:
            return
        seen.add(finding)
        said = "%s %r (%s): %s" if finding.action == "notice" else "would %s %r (%s): %s"
        logger.info(said, finding.action, finding.name, finding.purpose, finding.reason)

    return report


def report_hidden(names: Iterable[bytes], rules: Rules, report: Report) -> None:
    """Tell which request cookies are (or would be) kept from the app."""
    for name in names:
        report(rules.hiding(name))


def report_telemetry(scope: Scope, headers: list[Header], shape: Shape, known: Known, report: Report) -> None:
    """Tell which headers the app would not see, or not whole, and which ones look as if a rule were missing."""
    client: Client = scope.get("client")
    peer = tuple(client) if isinstance(client, list) else client
    if known.masks.masks_address and peer != mask_client(client, behind_proxy=shape.is_proxied):
        report(Finding(action="mask", name="client", purpose="network", reason="It is the visitor's address."))
    masks, host = known.masks.masks, headers[shape.host][1] if shape.host >= 0 else b""
    for name, value in headers:
        mask = masks.get(name)
        if name in known.rules.hidden_headers:
            _tell_own(name, known.rules, report)
        elif mask is not None and mask(value, host) != value:
            rule = rules_by_header().get(name.decode("latin-1"))
            report(
                Finding(
                    action="mask",
                    name=name.decode("latin-1"),
                    purpose=rule.purpose if rule else "never",
                    reason=f"{rule.title}." if rule else "The policy drops it.",
                )
            )
    note_suspects(known.masks, headers, report)


def note_suspects(masks: MaskSet, headers: Iterable[Header], report: Report) -> None:
    """Tell which headers look like telemetry, but are in no rule: a name alone is no ground for taking one away from an app."""
    for suspect in suspicious_headers(headers):
        name = suspect.encode("latin-1")
        if name not in masks.own and name not in masks.masks:
            report(Finding(action="notice", name=suspect, purpose="unclassified", reason=_SUSPECT))


def _tell_own(name: bytes, rules: Rules, report: Report) -> None:
    for identifier in rules.policy.identifiers:
        if identifier.source == "header" and identifier.name.encode("ascii") == name:
            reason = f"{identifier.key} in the policy declares it."
            report(Finding(action="hide", name=identifier.name, purpose=identifier.purpose, reason=reason))


def watch(gate: ResponseGate, send: Send) -> Send:
    """Return a send that shows each message to ``gate`` and sends it on as it was."""

    async def watched(message: Message) -> None:
        await send(gate.observe(message))

    return watched
