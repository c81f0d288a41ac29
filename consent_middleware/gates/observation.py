"""Observe mode: what the gates would have done, told and not done."""

import logging
from collections.abc import Iterable

from ..asgi import Message, Send
from .findings import Finding, Report
from .response import ResponseGate
from .rules import Rules

logger = logging.getLogger("consent_middleware.observe")

_DISTINCT = 1024


def log_once() -> Report:
    """Return a report that logs each distinct finding once, up to a bound."""
    seen: set[Finding] = set()

    def report(finding: Finding) -> None:
        if finding in seen or len(seen) >= _DISTINCT:
            return
        seen.add(finding)
        logger.info("would %s %r (%s): %s", finding.action, finding.name, finding.purpose, finding.reason)

    return report


def report_hidden(names: Iterable[bytes], rules: Rules, report: Report) -> None:
    """Tell which request cookies are (or would be) kept from the app."""
    for name in names:
        rule = rules.rule(name)
        report(Finding(action="hide", name=name.decode("latin-1"), purpose=rule.purpose, reason=rule.reason))


def watch(gate: ResponseGate, send: Send) -> Send:
    """Return a send that shows each message to ``gate`` and sends it on as it was."""

    async def watched(message: Message) -> None:
        await send(gate.observe(message))

    return watched
