"""One thing that is wrong on a site, or that somebody should know."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from .evidence import Situation

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""``error``: something happens that the visitor did not allow; ``warning``: it may be, or the question is not fairly put;
``note``: worth knowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``rule`` names the check, ``subject`` what was found: a cookie's name, a key, a host, a control."""

    rule: str
    severity: Severity
    subject: str
    says: str
    way_out: str
    situations: tuple[Situation, ...] = ()
    page: str = ""

    def __str__(self) -> str:
        return f"{self.subject}: {self.says}\n    → {self.way_out}"


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Put together what several situations show alike; the gravest first, then in the order found."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.subject)
        before = found.get(key)
        if before is None:
            found[key] = finding
            continue
        new = tuple(situation for situation in finding.situations if situation not in before.situations)
        graver = min(before, finding, key=lambda one: SEVERITIES.index(one.severity))
        found[key] = replace(graver, situations=before.situations + new, page=before.page or finding.page)
    return sorted(found.values(), key=lambda one: SEVERITIES.index(one.severity))
