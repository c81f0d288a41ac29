"""A choice as a consent record of ISO/IEC TS 27560, in JSON-LD with terms of the Data Privacy Vocabulary.

The mapping follows the DPV community's guide (https://w3id.org/dpv/guides/consent-27560): one ``dpv:Process`` for each purpose that
was answered, each with its own status.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from ..policy import Policy
from ..policy.purposes import Purpose
from .records import CHOICES, ChoiceRecord

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record"
CONTEXT: Mapping[str, object] = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:conformsTo": {"@type": "@id"},
    "dct:date": {"@type": "xsd:dateTime"},
    "dpv:hasLegalBasis": {"@type": "@id"},
    "skos:broader": {"@type": "@id"},
}
_BROADER = {
    "authentication": "dpv:IdentityAuthentication",
    "security": "dpv:EnforceSecurity",
    "preference": "dpv:UserInterfacePersonalisation",
    "analytics": "dpv:ServiceUsageAnalytics",
    "marketing": "dpv:Marketing",
}


def consent_record(choice: ChoiceRecord, policy: Policy) -> Mapping[str, object]:
    """Return ``choice`` as a node without its ``@context``. ``policy`` has the words for what was answered then."""
    language = choice.language if choice.language in policy.languages else policy.languages[0]
    site = policy.declarations.site
    notice: dict[str, object] = {"@type": "dpv:ConsentNotice"}
    if choice.language:
        notice["dct:language"] = choice.language
    if choice.shown:
        notice["dct:identifier"] = f"sha256:{choice.shown}"
    if choice.policy_version:
        notice["dct:hasVersion"] = choice.policy_version
    if site.privacy_url:
        notice["dct:source"] = site.privacy_url
    record: dict[str, object] = {
        "@id": f"urn:uuid:{_uuid(choice.record_id)}",
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": PROFILE,
        "dct:identifier": choice.record_id,
        "dct:date": _moment(choice.chosen_at),
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": choice.consent_id},
        **_parties(choice, policy, language),
        "dpv:hasNotice": notice,
        "dpv:hasIndicationMethod": choice.method,
        # Nobody did anything where a choice ran out; a browser's signal is the visitor's.
        **({} if choice.kind == "expiry" else {"dpv:isIndicatedBy": choice.acting}),
        "dpv:hasStatus": {"@type": _state(choice), "dct:date": _moment(choice.chosen_at)},
        "dpv:hasProcess": [_process(name, choice, policy, language) for name in _answered(choice, policy)],
    }
    if site.storage_place:
        record["dpv:hasStorageCondition"] = {
            "dct:description": policy.text(site.storage_place, language),
            "dpv:hasDuration": policy.declarations.retention.choices.text,
        }
    if choice.jurisdiction:
        record["dpv:hasJurisdiction"] = choice.jurisdiction
    return record


def _parties(choice: ChoiceRecord, policy: Policy, language: str) -> Mapping[str, object]:
    """Who was responsible then, by role; address and contact of whoever the policy still names."""
    known = {policy.text(party.name, policy.languages[0]): party for party in policy.parties}
    named = [entry.partition(" ")[::2] for entry in choice.controllers]
    by_role: dict[str, list[object]] = {}
    for role, name in named or [(party.role, name) for name, party in known.items()]:
        party = known.get(name)
        node = {"@type": "dpv:DataProcessor" if role == "processor" else "dpv:DataController"}
        node["dpv:hasName"] = policy.text(party.name, language) if party else name
        if party is not None and party.address:
            node["dpv:hasAddress"] = policy.text(party.address, language)
        if party is not None and party.contact:
            node["dpv:hasContact"] = party.contact
        by_role.setdefault(role, []).append(node)
    joint = by_role.get("joint-controller")
    found: dict[str, object] = {}
    if joint:
        group = {"@type": "dpv:JointDataControllers", "dpv:hasDataController": joint}
        found["dpv:hasJointDataControllers"] = group
    if not joint or "controller" in by_role:
        found["dpv:hasDataController"] = _one_or_all(by_role.get("controller", [{"@type": "dpv:DataController"}]))
    if "processor" in by_role:
        found["dpv:hasDataProcessor"] = _one_or_all(by_role["processor"])
    return found


def _one_or_all(nodes: list[object]) -> object:
    return nodes[0] if len(nodes) == 1 else nodes


def _answered(choice: ChoiceRecord, policy: Policy) -> list[str]:
    """Purposes only: a service is a recipient of its purpose's process."""
    services = policy.services
    return [name for name in (*choice.allowed, *choice.refused) if name not in services and ":" not in name]


def _process(name: str, choice: ChoiceRecord, policy: Policy, language: str) -> Mapping[str, object]:
    known = policy.purposes.get(name)
    is_given = name in choice.allowed and (choice.kind in CHOICES or name in choice.effective)
    process: dict[str, object] = {
        "@type": "dpv:Process",
        "dpv:hasPurpose": _purpose(name, known, policy, language),
        "dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent" if _is_separate(known) else "dpv:Consent",
        "dpv:hasConsentStatus": {"@type": "dpv:ConsentGiven" if is_given else _lost(name, choice)},
    }
    recipients = [
        {
            "@type": "dpv:Recipient",
            "dct:identifier": service.id,
            "dpv:hasName": policy.text(service.recipient, language),
        }
        for service in policy.services_of(name)
        if service.id not in choice.refused
    ]
    if is_given and recipients:
        process["dpv:hasRecipient"] = recipients
    return process


def _purpose(name: str, known: Purpose | None, policy: Policy, language: str) -> Mapping[str, object]:
    purpose: dict[str, object] = {"@type": "dpv:Purpose", "dct:identifier": name}
    if known is not None:
        purpose["dct:title"] = policy.text(known.title, language)
        purpose["dct:description"] = policy.text(known.description, language)
    if name in _BROADER:
        purpose["skos:broader"] = _BROADER[name]
    return purpose


def _is_separate(purpose: Purpose | None) -> bool:
    return purpose is not None and purpose.basis == "separate"


def _state(choice: ChoiceRecord) -> str:
    if choice.kind == "withdrawal":
        return "dpv:ConsentWithdrawn"
    if choice.kind == "expiry":
        return "dpv:ConsentExpired"
    if choice.kind == "signal" and set(choice.allowed) - set(choice.effective):
        return "dpv:ConsentWithdrawn"
    return "dpv:ConsentGiven" if choice.allowed else "dpv:ConsentRefused"


def _lost(name: str, choice: ChoiceRecord) -> str:
    """Why a purpose is off: it was refused, or what was allowed ran out or was taken back by the browser's signal."""
    if name not in choice.allowed:
        return "dpv:ConsentRefused"
    return "dpv:ConsentExpired" if choice.kind == "expiry" else "dpv:ConsentWithdrawn"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
