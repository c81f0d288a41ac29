"""What a test expects of a site, as text where it is not so."""

from collections.abc import Iterable, Sequence

from ..audit.evidence import KeptCookie, Situation, StoredKey
from ..audit.findings import Finding
from ..audit.judging import Judge
from .journal import Journal
from .traffic import VISITOR, Seen

_LOW_ENTROPY = frozenset({"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"})
_LEGACY_HINTS = frozenset({"dpr", "width", "viewport-width", "device-memory", "rtt", "downlink", "ect"})


def is_high_entropy(header: str) -> bool:
    """Say whether a client hint tells more than browsers send to everyone."""
    name = header.lower()
    return (name.startswith("sec-ch-") and name not in _LOW_ENTROPY) or name in _LEGACY_HINTS


class ConsentFailure(AssertionError):
    """A site does what its visitor did not allow; the message says what, since when, and the way out."""


def fail(
    heading: str, situation: Situation, allowed: Iterable[str], findings: Sequence[Finding], since: Sequence[str]
) -> None:
    """Raise ConsentFailure about ``findings``, each with the step that brought it."""
    lines = [f"{heading}", f"  visitor: {situation}; allowed: {', '.join(sorted(allowed)) or 'nothing'}"]
    for finding, when in zip(findings, since, strict=True):
        lines += [f"  ✗ {finding.subject}: {finding.says}"]
        if when:
            lines.append(f"      {when}")
        lines.append(f"      → {finding.way_out}")
    raise ConsentFailure("\n".join(lines))


def cookies_not_allowed(
    judge: Judge,
    cookies: Iterable[KeptCookie],
    allowed: frozenset[str],
    *,
    choice_made: bool,
    once_allowed: frozenset[str],
) -> list[Finding]:
    found = (
        judge.cookie(cookie, allowed, choice_made=choice_made, once_allowed=once_allowed)
        for cookie in sorted(cookies, key=str)
    )
    return [finding for finding in found if finding is not None and finding.severity != "note"]


def keys_not_allowed(judge: Judge, keys: Iterable[StoredKey], allowed: frozenset[str]) -> list[Finding]:
    found = (judge.key(key, allowed) for key in sorted(keys, key=str))
    return [finding for finding in found if finding is not None and finding.severity != "note"]


def third_parties_asked(judge: Judge, journal: Journal, excepted: Iterable[str]) -> tuple[list[Finding], list[str]]:
    """Every third party asked against the visitor's will at that moment, once, with the step in which it was."""
    findings: dict[tuple[str, str], Finding] = {}
    since: dict[tuple[str, str], str] = {}
    for step in journal.steps:
        for request in step.requests:
            finding = judge.request(request) if request.host not in excepted else None
            if finding is None:
                continue
            key = (finding.rule, finding.subject)
            if findings.setdefault(key, finding) is finding:
                since[key] = f"during {step.did}"
    return list(findings.values()), [since[key] for key in findings]


def telemetry_seen(
    seen: Iterable[Seen], browser_version: str, asked_hints: Iterable[str], allowed: frozenset[str]
) -> list[Finding]:
    """What the app learned of device and network beyond what was allowed when it did."""
    found: dict[str, Finding] = {}

    def note(subject: str, says: str, way_out: str) -> None:
        found.setdefault(
            subject, Finding(rule="telemetry-not-masked", severity="error", subject=subject, says=says, way_out=way_out)
        )

    way_out = "Wrap the whole app in the middleware, and read scope and headers only inside of it."
    for request in seen:
        if "network" not in request.allowed:
            if request.address == VISITOR:
                note("client address", f"the app saw all of {VISITOR} at {request.path}", way_out)
            for name, value in request.headers:
                if VISITOR in value:
                    note(f"header {name}", f"the app saw all of {VISITOR} in it at {request.path}", way_out)
        if "device" not in request.allowed:
            for name, value in request.headers:
                if browser_version in value:
                    note(
                        f"header {name}",
                        f"the app saw the exact version {browser_version} in it at {request.path}",
                        way_out,
                    )
                elif is_high_entropy(name):
                    note(f"header {name}", f"the app saw this detail of the device at {request.path}", way_out)
    if "device" not in allowed:
        for hint in sorted(asked_hints):
            note(
                f"Accept-CH: {hint}",
                "the site asks the browser for this detail of the device",
                "Do not send Accept-CH outside of the middleware: inside, it goes only to those who allowed it.",
            )
    return list(found.values())
