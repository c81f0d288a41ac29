"""Drafts a policy from what was seen of a site: everything that is known filled in, everything that a person must decide left open."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from ..errors import ConfigurationError
from ..policy import Policy, catalogue
from ..policy.catalogue import FILLERS
from ..policy.purposes import BUILT_IN
from ..policy.recipients import Recipients
from ..policy.stanzas import cookie_stanza, in_comment, is_policy, quoted, service_stanza
from ..policy.verdict import UNCLASSIFIED
from .drafted_keys import SeenKey, draft_keys
from .hosts import site_of
from .judging import TOKENS


class SeenCookie(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a cookie in an audit that a policy needs."""

    name: str
    domain: str
    path: str = "/"
    third_party: bool = False
    purpose: str = UNCLASSIFIED
    reason: str = ""
    days: int | None = None
    knows_lifetime: bool = True
    """``days`` say how long it stays; without any, for the session."""


class SeenSituation(msgspec.Struct, frozen=True, kw_only=True):
    cookies: list[SeenCookie] = []
    storage: list[SeenKey] = []
    third_parties: dict[str, int] = {}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an audit's JSON that a policy needs."""

    url: str
    """Empty where it is not known."""
    situations: list[SeenSituation]
    source: str = "an audit"


def read_audit(text: bytes, file: str) -> Seen:
    """Read what ``audit --json`` wrote. Raises ConfigurationError where it is something else."""
    try:
        return msgspec.json.decode(text, type=Seen)
    except msgspec.MsgspecError as error:
        raise ConfigurationError(
            f"{file} is no audit as `consent-middleware audit --json` writes one: {error}"
        ) from error


def draft(seen: Seen) -> str:
    """Return a policy in TOML that can be enforced as it is, with the open questions as comments."""
    text = "\n".join(_lines(seen)) + "\n"
    Policy.parse(text, file="(draft)")
    return text


def _lines(seen: Seen) -> Iterator[str]:
    cookies = _by_written_name(seen)
    hosts = sorted({host for situation in seen.situations for host in situation.third_parties})
    services = list(_services(hosts))
    keys = draft_keys((key for situation in seen.situations for key in situation.storage), seen.url)
    used = {cookie.purpose for _, cookie in cookies} | {main_purpose for _, main_purpose, _ in services}
    used |= {key.purpose for key in keys if key.purpose is not None}
    yield f"# Drafted from {in_comment(seen.source)}. Each TODO is a question that only you can answer."
    yield "# Then: consent-middleware check consent.toml"
    yield ""
    yield "[site]"
    yield f"url = {quoted(_origin(seen.url))}" if seen.url else '# TODO: url = "https://…"'
    yield '# TODO: name = "…"         # what visitors call the site'
    yield '# TODO: controller = "…"   # who is responsible, with an address'
    yield '# TODO: languages = ["en"] # the first is the language of your own texts'
    yield ""
    yield "[contact]"
    yield '# TODO: email = "…"'
    yield ""
    yield "# Purposes that nothing seen needs are not asked for. Delete a table to offer its purpose."
    for purpose in BUILT_IN:
        if not purpose.is_necessary and purpose.id not in used:
            yield f"[purposes.{purpose.id}]"
            yield "offered = false"
    yield ""
    yield "# Cookies of the site's own."
    for written, cookie in cookies:
        yield from _cookie(written, cookie)
    if keys:
        yield "# What scripts keep in the browser besides cookies."
    for key in keys:
        yield from key.lines()
    yield "# Third parties."
    for vendor, main_purpose, found in services:
        yield from service_stanza(vendor.id, main_purpose, found, name=vendor.title)
        yield '# TODO: recipient = "…", country = "…"'
        yield ""
    declared = {host for _, _, found in services for host in found}
    recipients = Recipients(Policy())
    for host in hosts:
        if not any(host == one or host.endswith(f".{one}") for one in declared):
            known = recipients.find(host, "/")
            says = f"is known as a host of {known.name}" if known is not None else "nothing known says"
            yield f"# TODO: who is {in_comment(host)}, and what for? It is asked by pages, and {in_comment(says)}."
            service_id = site_of(host).replace(".", "-")
            for line in service_stanza(service_id, known.purpose if known is not None else "…", [host]):
                yield f"# {in_comment(line)}"
            yield ""


def _cookie(written: str, cookie: SeenCookie) -> Iterator[str]:
    """A cookie that nothing classifies is a question: until it is answered, the middleware does not let it be set."""
    lifetime = None if not cookie.knows_lifetime else (cookie.days or 0) * 86_400
    domain = cookie.domain[1:] if cookie.domain.startswith(".") else ""
    declared = list(cookie_stanza(written, cookie.purpose, lifetime=lifetime, domain=domain, path=cookie.path))
    if cookie.purpose != UNCLASSIFIED and is_policy("\n".join(declared)):
        yield f"# {in_comment(cookie.reason)}"
        yield from declared
        if lifetime is None:
            yield '# TODO: lifetime = "…"'
        yield '# TODO: description = "…"'
    else:
        yield f"# TODO: what is {in_comment(cookie.name)} for? Without a purpose it is blocked."
        if cookie.reason:
            yield f"# {in_comment(cookie.reason)}"
        question = cookie_stanza(written, "…", lifetime=lifetime, domain=domain, path=cookie.path)
        yield from (f"# {in_comment(line)}" for line in question)
    yield ""


def _by_written_name(seen: Seen) -> list[tuple[str, SeenCookie]]:
    """First-party cookies, those of one known template put together, in the order of names."""
    known = catalogue.load()
    found: dict[str, SeenCookie] = {}
    for cookie in (cookie for situation in seen.situations for cookie in situation.cookies):
        if cookie.third_party or cookie.name in TOKENS:
            continue
        entry = known.find(cookie.name)
        written = cookie.name
        if entry is not None and any(filler in entry.name for filler in FILLERS):
            written = entry.name
            for filler in FILLERS:
                written = written.replace(filler, "*")
        before = found.get(written)
        if before is None or (cookie.days or 0) > (before.days or 0):
            found[written] = cookie
    return sorted(found.items())


def _services(hosts: Sequence[str]) -> Iterator[tuple[catalogue.Vendor, str, list[str]]]:
    """Yield each known vendor among the hosts, with its main purpose and its hosts that were asked."""
    known = catalogue.load()
    found: dict[str, tuple[catalogue.Vendor, list[str]]] = {}
    for host in hosts:
        vendor = known.vendor_of_host(host)
        if vendor is not None:
            found.setdefault(vendor.id, (vendor, []))[1].append(host)
    for vendor, asked in found.values():
        yield vendor, known.main_group(vendor).purpose, asked


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
