"""What a policy that can be enforced had better declare too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from ..policy import Policy
from ..policy.lifetimes import UNITS
from ..policy.model import Table
from .pleading import tilting_texts
from .tilting import unreadable_colors

_SIX_MONTHS = 6 * UNITS["month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """``key`` is a place in the policy file such as ``cookies[2].lifetime``."""

    key: str
    message: str


def warnings_for(policy: Policy) -> list[Advice]:
    """Everything a visitor or a regulator would miss, in the order of the file."""
    found = [*_about_the_site(policy), *_about_purposes(policy), *_about_entries(policy)]
    found += [
        Advice(key=key, message=f"The text is missing in {', '.join(missing)}; visitors are shown another language.")
        for key, missing in _untranslated(policy.declarations, "", policy.languages)
    ]
    found += [Advice(key=tilting.key, message=f"“{tilting.words}” {tilting.says}") for tilting in tilting_texts(policy)]
    return found


def _about_the_site(policy: Policy) -> Iterator[Advice]:
    declared = policy.declarations
    if declared.unclassified == "allow":
        yield Advice(key="unclassified", message="A cookie that nothing classifies is set without being asked for.")
    if (declared.lifetime.seconds or 0) < _SIX_MONTHS:
        yield Advice(key="lifetime", message="Whoever has refused is asked again within six months (CNIL).")
    if not declared.site.controller:
        yield Advice(key="site.controller", message="Visitors are not told who is responsible (GDPR Art. 13).")
    if declared.site.url is None:
        yield Advice(
            key="site.url", message="Without it, whether our cookie is Secure hangs on what a proxy says of the scheme."
        )
    contact = declared.contact
    if not (contact.email or contact.url or contact.phone or contact.text):
        yield Advice(key="contact", message="Visitors are not told whom to ask.")
    for found in unreadable_colors(declared.banner):
        yield Advice(
            key=found.key,
            message=f"Hard to read: {found.pair} has a contrast of {found.contrast:.1f}:1, and 7:1 is what all can read.",
        )
    for index, version in enumerate(declared.versions):
        if version.effective > policy.day and version.material and not version.summary:
            yield Advice(
                key=f"versions[{index}].summary",
                message="Visitors are told that something changes, but not what.",
            )
    if not declared.versions:
        yield Advice(key="versions", message="Recorded choices will not say which version of the policy was shown.")


def _about_purposes(policy: Policy) -> Iterator[Advice]:
    for purpose in policy.optional:
        used = any(field.purpose == purpose for field in policy.declarations.telemetry)
        if not (used or policy.cookies_of(purpose) or policy.services_of(purpose)):
            yield Advice(
                key=f"purposes.{purpose}",
                message="Nothing declared needs it, but visitors are asked; declare what does, or write offered = false.",
            )


def _about_entries(policy: Policy) -> Iterator[Advice]:
    declared = policy.declarations
    for index, cookie in enumerate(declared.cookies):
        if cookie.lifetime is None:
            yield Advice(key=f"cookies[{index}].lifetime", message="Visitors are not told how long it stays.")
        if not cookie.description:
            yield Advice(key=f"cookies[{index}].description", message="Visitors are not told what it does.")
    for index, service in enumerate(declared.services):
        if not service.recipient:
            yield Advice(key=f"services[{index}].recipient", message="Visitors are not told who gets the data.")
        if service.country is None:
            yield Advice(key=f"services[{index}].country", message="Visitors are not told where the data goes.")
        # One without cookies and hosts gets its data from the server: a research partner, an auditor.
        if service.cookies and not service.hosts:
            yield Advice(key=f"services[{index}].hosts", message="Without its hosts, its scripts cannot be held back.")


def _untranslated(table: Table, key: str, languages: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each text given in several languages that lacks one of the site's, whichever table it stands in."""
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        place = f"{key}.{field.name}" if key else field.name
        if isinstance(value, Table):
            yield from _untranslated(value, place, languages)
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                if isinstance(entry, Table):
                    yield from _untranslated(entry, f"{place}[{index}]", languages)
        elif isinstance(value, dict):
            tables = {name: entry for name, entry in value.items() if isinstance(entry, Table)}
            for name, entry in tables.items():
                yield from _untranslated(entry, f"{place}.{name}", languages)
            missing = [tag for tag in languages if not _speaks(value, tag)]
            if value and not tables and missing:
                yield place, missing


def _speaks(text: dict[str, str], language: str) -> bool:
    return any(language == tag or language.startswith(f"{tag}-") for tag in text)
