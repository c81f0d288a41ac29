"""An audit as JUnit XML, which CI systems show: a test case for each rule in each situation."""

import xml.etree.ElementTree as ElementTree

from .auditing import Audit
from .findings import SEVERITIES, Finding, Severity

RULES = (
    "cookie-not-allowed",
    "storage-not-allowed",
    "third-party-not-allowed",
    "third-party-not-declared",
    "device-details-asked",
    "fingerprinting",
    "identifier-before-a-choice",
    "reject-not-offered",
    "reject-less-visible",
    "ticked-in-advance",
    "asks-again",
    "cannot-refuse",
    "no-way-back",
)
"""Every rule there is: a rule that found nothing is a test that passed."""


def as_junit(audit: Audit, fail_on: Severity) -> bytes:
    """Findings of ``fail_on`` and graver are failures; lesser ones stand in the output of a case that passed."""
    suites = ElementTree.Element("testsuites", name=f"consent audit of {audit.url}")
    for evidence in audit.situations:
        suite = ElementTree.SubElement(suites, "testsuite", name=str(evidence.situation))
        failures = 0
        for rule in RULES:
            case = ElementTree.SubElement(suite, "testcase", classname=str(evidence.situation), name=rule)
            found = [one for one in audit.findings if one.rule == rule and evidence.situation in one.situations]
            grave = [one for one in found if is_failure(one, fail_on)]
            if grave:
                failures += 1
                failure = ElementTree.SubElement(case, "failure", message="; ".join(one.subject for one in grave))
                failure.text = _clean("\n".join(map(str, grave)))
            elif found:
                ElementTree.SubElement(case, "system-out").text = _clean("\n".join(map(str, found)))
        suite.set("tests", str(len(RULES)))
        suite.set("failures", str(failures))
    written: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return written


def is_failure(finding: Finding, fail_on: Severity) -> bool:
    return SEVERITIES.index(finding.severity) <= SEVERITIES.index(fail_on)


def _clean(text: str) -> str:
    # A cookie may be called anything; XML 1.0 cannot hold control characters.
    return "".join(char for char in text if char in "\t\n" or char >= " ")
