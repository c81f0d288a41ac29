"""Judges what a cookie is for: the site's declaration, then known names, then words, then evidence."""

import functools
import re
from typing import Protocol

from consent_middleware.caches import BoundedCache
from consent_middleware.policy import catalogue, evidence, lexicon, morphology
from consent_middleware.policy.catalogue import Known, Vendor
from consent_middleware.policy.names import CONSIDERED, bound_to_host, forms, name_of_instance, peel_prefix
from consent_middleware.policy.verdict import UNCLASSIFIED, Verdict

REMEMBERED = 8192
"""Names remembered, for the classifier itself and for each policy."""

_POLICIES = 16
"""Policies whose answers are remembered; a process has one, a test suite many."""

_LIFETIME = re.compile(r"(\d+)(min|h|d|w|m|y)")
_UNITS = {"min": "minute", "h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}

_CATALOGUE = catalogue.load()
_LEXICON = lexicon.load()


class Declaration(Protocol):
    """One cookie that a policy declares."""

    @property
    def purpose(self) -> str: ...
    @property
    def service(self) -> str | None: ...
    @property
    def key(self) -> str: ...


class Declarations(Protocol):
    """What the classifier needs of a policy."""

    def find_cookie(self, name: str) -> Declaration | None: ...


_remembered: BoundedCache[str, Verdict] = BoundedCache(REMEMBERED)
_by_policy: BoundedCache[int, tuple[Declarations, BoundedCache[str, Verdict]]] = BoundedCache(_POLICIES)


def classify(
    name: str,
    *,
    value: str | None = None,
    attributes: evidence.Attributes | None = None,
    host: str | None = None,
    policy: Declarations | None = None,
) -> Verdict:
    """Say what one cookie is for.

    ``attributes`` are those of its ``Set-Cookie``, by lower-case name. ``host`` is the host that set the cookie: on a
    known vendor's host a name means what that vendor means by it, anywhere else what an app of its own would mean.
    A name's verdict does not depend on value or attributes; they only settle a name that has none.
    """
    verdict = _judge_name(name) if policy is None else _judge_for(policy, name)
    if host is not None and not verdict.rule.startswith("policy:"):
        vendor = _CATALOGUE.vendor_of_host(host)
        if vendor is not None:
            return _judge_at_vendor(name[:CONSIDERED], vendor, verdict)
    if verdict.purpose is not UNCLASSIFIED or (value is None and attributes is None):
        return verdict
    return _weigh_evidence(name[:CONSIDERED], verdict, value, attributes)


def weigh_words(name: str) -> list[tuple[str, str, float]]:
    """The words that count in a name, each with what it speaks for and its weight: the sum behind a ``name:`` rule."""
    return [
        (word.replace("+", " "), _finer(evidence.purpose, evidence.kind), evidence.weight)
        for word, evidence in morphology.list_evidence(peel_prefix(name[:CONSIDERED]), _LEXICON)
    ]


def _judge_for(policy: Declarations, name: str) -> Verdict:
    """The policy's own word on a name, else ours; remembered for as long as the policy is in use."""
    remembered = _by_policy.get(id(policy))
    if remembered is None or remembered[0] is not policy:
        # The policy is kept too, so that no other object can come to have its id.
        remembered = (policy, BoundedCache(REMEMBERED))
        _by_policy.put(id(policy), remembered)
    answers = remembered[1]
    verdict = answers.get(name)
    if verdict is None:
        verdict = _find_declared(name, policy) or _judge_name(name)
        if len(name) <= CONSIDERED:
            answers.put(name, verdict)
    return verdict


def _find_declared(name: str, policy: Declarations) -> Verdict | None:
    declaration = policy.find_cookie(name)
    if declaration is None:
        return None
    return Verdict(
        purpose=declaration.purpose,
        reason=f"The policy declares it at {declaration.key} for the purpose {declaration.purpose}.",
        rule=f"policy:{declaration.key}",
        confidence=1.0,
        service=declaration.service,
    )


def _judge_name(name: str) -> Verdict:
    if len(name) > CONSIDERED:
        name = name[:CONSIDERED]
    verdict = _remembered.get(name)
    if verdict is None:
        verdict = _judge_new_name(name)
        _remembered.put(name, verdict)
    return verdict


def _judge_new_name(name: str) -> Verdict:
    candidates = forms(name)
    for form in candidates:
        known = _CATALOGUE.find(form)
        if known is not None:
            return _tell_known(known, 0.98)
    for form in candidates:
        known = _CATALOGUE.find_folded(form)
        if known is not None:
            return _tell_known(known, 0.9)
    generic = name_of_instance(name)
    known = None if generic is None else _CATALOGUE.find(generic)
    if known is not None:
        return _tell_known(known, 0.8)
    reading = morphology.read(candidates[1] if len(candidates) > 1 else name, _LEXICON)
    if reading.purpose is not None:
        return _tell_words(reading.purpose, reading)
    if bound_to_host(name) and not reading.hints_at_tracking:
        return Verdict(
            purpose="authentication",
            reason="Its name says nothing but by its prefix, with which browsers keep it to one host or from scripts.",
            rule="name:prefix",
            confidence=0.55,
            kind="session",
        )
    return Verdict(
        purpose=UNCLASSIFIED,
        reason="No known cookie has this name, and its words do not say what it is for.",
        rule="none",
        confidence=0.0,
    )


def _judge_at_vendor(name: str, vendor: Vendor, verdict: Verdict) -> Verdict:
    for form in forms(name):
        known = _CATALOGUE.find_at(vendor, form)
        if known is not None:
            return _tell_known(known, 0.98)
    if verdict.purpose is not UNCLASSIFIED:
        return verdict
    group = _CATALOGUE.main_group(vendor)
    return Verdict(
        purpose=group.purpose,
        reason=f"A host of {vendor.title} set it, whose cookies are mostly for {group.purpose}.",
        rule="evidence:host",
        confidence=0.6,
        kind=group.kind,
        vendor=vendor.title,
    )


def _weigh_evidence(name: str, verdict: Verdict, value: str | None, attributes: evidence.Attributes | None) -> Verdict:
    shape = evidence.read_value(value) if value else None
    if shape is not None:
        return Verdict(
            purpose=shape.purpose,
            reason=f"Its name says nothing, but {shape.says}.",
            rule="evidence:value",
            confidence=0.75,
            kind=shape.kind,
        )
    if attributes is None or not evidence.looks_like_login(attributes):
        return verdict
    if morphology.read(name, _LEXICON).hints_at_tracking:
        return verdict
    return Verdict(
        purpose="authentication",
        reason="Its name says nothing, but scripts cannot read it and only this host gets it, as a session needs.",
        rule="evidence:presumed-authentication",
        confidence=0.55,
        kind="session",
    )


def _tell_known(known: Known, confidence: float) -> Verdict:
    vendor, group = known.vendor, known.group
    lifetime = f", usually kept {_spelled(group.lifetime)}" if group.lifetime not in ("", "s") else ""
    return Verdict(
        purpose=group.purpose,
        reason=f"{vendor.title} uses {known.name} for {_finer(group.purpose, group.kind)}{lifetime}.",
        rule=f"catalogue:{vendor.id}",
        confidence=confidence,
        kind=group.kind,
        vendor=vendor.title,
    )


def _tell_words(purpose: str, reading: morphology.Reading) -> Verdict:
    words = "”, “".join(reading.words).replace("+", " ")
    return Verdict(
        purpose=purpose,
        reason=f"Nobody is known to use this name, but “{words}” in it speaks for {_finer(purpose, reading.kind)}.",
        rule=f"name:{'+'.join(reading.words)}",
        confidence=round(min(0.9, 0.5 + reading.margin / 12), 2),
        kind=reading.kind,
    )


def _finer(purpose: str, kind: str | None) -> str:
    return purpose if kind in (None, purpose) else f"{purpose} ({kind})"


@functools.lru_cache(maxsize=128)
def _spelled(lifetime: str) -> str:
    """``2w`` → ``2 weeks``."""
    written = _LIFETIME.fullmatch(lifetime)
    if written is None:
        return lifetime
    number, unit = written.groups()
    return f"{number} {_UNITS[unit]}{'' if number == '1' else 's'}"
