"""An audit as JSON: what machines and ``init`` read. Names only, never a cookie's value."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from .auditing import Audit
from .evidence import Evidence
from .findings import SEVERITIES, Finding
from .judging import Judge


def as_json(audit: Audit, judge: Judge) -> bytes:
    """Return the whole audit; ``judge`` says what each cookie is for."""
    return msgspec.json.format(msgspec.json.encode(_audit(audit, judge)), indent=2)


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each severity."""
    found = Counter(finding.severity for finding in findings)
    return {severity: found[severity] for severity in SEVERITIES}


def third_parties(evidence: Evidence, judge: Judge) -> dict[str, int]:
    """Requests by third-party host."""
    found = Counter(request.host for request in evidence.requests if judge.is_third_party(request.host))
    return dict(sorted(found.items()))


def _audit(audit: Audit, judge: Judge) -> dict[str, object]:
    return {
        "url": audit.url,
        "made_at": audit.made_at.isoformat(timespec="seconds"),
        "policy": audit.policy.file if audit.policy is not None else None,
        "pages": list(audit.pages),
        "counts": counted(audit.findings),
        "findings": [
            {
                "severity": finding.severity,
                "rule": finding.rule,
                "subject": finding.subject,
                "says": finding.says,
                "way_out": finding.way_out,
                "situations": [str(situation) for situation in finding.situations],
            }
            for finding in audit.findings
        ],
        "situations": [_situation(evidence, judge, audit.made_at.timestamp()) for evidence in audit.situations],
    }


def _situation(evidence: Evidence, judge: Judge, made_at: float) -> dict[str, object]:
    situation = evidence.situation
    return {
        "state": situation.state,
        "gpc": situation.gpc,
        "javascript": situation.javascript,
        "allowed": sorted(evidence.allowed),
        "cookies": [
            {
                "name": cookie.name,
                "domain": cookie.domain,
                "path": cookie.path,
                "http_only": cookie.http_only,
                "session": cookie.is_session,
                "days": None if cookie.is_session else round((cookie.expires - made_at) / 86_400),
                "third_party": judge.is_third_party(cookie.host),
                "purpose": judge.verdict(cookie).purpose,
                "reason": judge.verdict(cookie).reason,
            }
            for cookie in sorted(evidence.cookies, key=str)
        ],
        "storage": [
            {"area": key.area, "origin": key.origin, "name": key.name} for key in sorted(evidence.keys, key=str)
        ],
        "third_parties": third_parties(evidence, judge),
        "probes": [
            {"family": probe.family, "script": probe.script}
            for probe in sorted(evidence.probes, key=lambda one: (one.script, one.family))
        ],
        "hints": sorted(evidence.hints),
    }
