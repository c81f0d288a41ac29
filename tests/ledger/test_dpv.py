"""An exported consent record speaks the published vocabulary, and says of each purpose what was answered."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from consent_middleware.ledger import ChoiceRecord
from consent_middleware.ledger.dpv import CONTEXT, PROFILE, consent_record
from consent_middleware.policy import Policy
from tests.pages.site import POLICY

MakeRecord = Callable[[], ChoiceRecord]
TERMS = {
    line
    for line in Path(__file__).with_name("dpv_terms.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}
PROFILES = {"record", "record-eu-gdpr", "receipt", "receipt-eu-gdpr"}
"""https://github.com/w3c/dpv, schema/dpv-27560.ttl"""
DUBLIN_CORE = {"conformsTo", "identifier", "date", "language", "hasVersion", "source", "title", "description"}


def record_of(make_record: MakeRecord, **changes: object) -> dict[str, object]:
    choice = dataclasses.replace(make_record(), allowed=("analytics", "disclosure"), **changes)  # type: ignore[arg-type]
    found: dict[str, object] = json.loads(msgspec.json.encode(consent_record(choice, Policy.parse(POLICY))))
    return found


def names_in(node: object) -> Iterator[str]:
    """Every property, type and identifier that JSON-LD would expand."""
    if isinstance(node, list):
        for each in node:
            yield from names_in(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield name
            if isinstance(value, str) and (name == "@type" or name in ("dpv:hasLegalBasis", "skos:broader")):
                yield value
            yield from names_in(value)


def test_every_term_is_published(make_record: MakeRecord) -> None:
    used = set(names_in(record_of(make_record, shown="ab", kind="withdrawal", jurisdiction="CN")))
    used |= set(names_in(record_of(make_record)))
    for name in used - {"@id", "@type"}:
        prefix, _, term = name.partition(":")
        assert prefix in CONTEXT, name
        if prefix == "dpv":
            assert term in TERMS, name
        elif prefix == "dct":
            assert term in DUBLIN_CORE, name
        else:
            assert name == "skos:broader"
    prefix, _, profile = PROFILE.partition("#")
    assert prefix == "https://w3id.org/dpv/schema/dpv-27560"
    assert profile in PROFILES


def test_each_purpose_has_its_own_answer(make_record: MakeRecord) -> None:
    record = record_of(make_record)
    processes = record["dpv:hasProcess"]
    assert isinstance(processes, list)
    answers = {
        process["dpv:hasPurpose"]["dct:identifier"]: process["dpv:hasConsentStatus"]["@type"] for process in processes
    }
    assert answers == {
        "analytics": "dpv:ConsentGiven",
        "disclosure": "dpv:ConsentGiven",
        "marketing": "dpv:ConsentRefused",
        "network": "dpv:ConsentRefused",
        "device": "dpv:ConsentRefused",
    }
    bases = {process["dpv:hasPurpose"]["dct:identifier"]: process["dpv:hasLegalBasis"] for process in processes}
    assert bases["disclosure"] == "dpv:ExplicitlyExpressedConsent"
    assert bases["analytics"] == "dpv:Consent"
    assert processes[0]["dpv:hasRecipient"][0]["dpv:hasName"] == "Tracker GmbH"
    assert processes[0]["dpv:hasPurpose"]["skos:broader"] == "dpv:ServiceUsageAnalytics"


def test_the_state_of_the_record_is_what_happened(make_record: MakeRecord) -> None:
    def state(**changes: object) -> object:
        choice = dataclasses.replace(make_record(), **changes)  # type: ignore[arg-type]
        status = consent_record(choice, Policy.parse(POLICY))["dpv:hasStatus"]
        assert isinstance(status, dict)
        return status["@type"]

    assert state() == "dpv:ConsentGiven"
    assert state(allowed=()) == "dpv:ConsentRefused"
    assert state(kind="withdrawal", allowed=()) == "dpv:ConsentWithdrawn"


def test_it_says_who_when_and_what_was_shown(make_record: MakeRecord) -> None:
    record = record_of(make_record, shown="ab", record_id="0123456789abcdef0123456789abcdef", chosen_at=1_795_000_000)
    assert record["@id"] == "urn:uuid:01234567-89ab-cdef-0123-456789abcdef"
    assert record["dct:date"] == "2026-11-18T11:06:40Z"
    assert record["dpv:hasDataController"] == {
        "@type": "dpv:DataController",
        "dpv:hasName": "Example Cloud Ltd.",
        "dpv:hasAddress": "1 Harbour Road, Shenzhen",
        "dpv:hasContact": "privacy@example.com",
    }
    assert record["dpv:hasNotice"] == {
        "@type": "dpv:ConsentNotice",
        "dct:language": "zh-Hans",
        "dct:identifier": "sha256:ab",
        "dct:hasVersion": "2024-08-26",
        "dct:source": "/privacy",
    }


def test_a_purpose_that_the_policy_no_longer_has_keeps_its_id(make_record: MakeRecord) -> None:
    record = record_of(make_record, refused=("gone",))
    processes = record["dpv:hasProcess"]
    assert isinstance(processes, list)
    assert processes[-1]["dpv:hasPurpose"] == {"@type": "dpv:Purpose", "dct:identifier": "gone"}
