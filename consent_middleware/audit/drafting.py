"""Drafts a policy from what an audit saw: everything that is known filled in, everything that a person must decide left open."""

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from ..errors import ConfigurationError, PolicyError
from ..policy import Policy, catalogue
from ..policy.catalogue import FILLERS
from ..policy.purposes import BUILT_IN
from ..policy.verdict import UNCLASSIFIED
from .hosts import site_of
from .judging import TOKENS

_LONGEST_DAYS = 400


class SeenCookie(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a cookie in an audit that a policy needs."""

    name: str
    domain: str
    path: str = "/"
    third_party: bool = False
    purpose: str = UNCLASSIFIED
    reason: str = ""
    days: int | None = None


class SeenSituation(msgspec.Struct, frozen=True, kw_only=True):
    cookies: list[SeenCookie] = []
    third_parties: dict[str, int] = {}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an audit's JSON that a policy needs."""

    url: str
    situations: list[SeenSituation]


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
    used = {cookie.purpose for _, cookie in cookies} | {main_purpose for _, main_purpose, _ in services}
    yield "# Drafted from an audit. Each TODO is a question that only you can answer. Then: consent-middleware check consent.toml"
    yield ""
    yield "[site]"
    yield f"url = {_text(_origin(seen.url))}"
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
    yield "# Third parties."
    for vendor, main_purpose, found in services:
        yield "[[services]]"
        yield f"id = {_text(vendor.id)}"
        yield f"name = {_text(vendor.title)}"
        yield f"purpose = {_text(main_purpose)}"
        yield f"hosts = {json.dumps(found)}"
        yield '# TODO: recipient = "…", country = "…"'
        yield ""
    known = {host for _, _, found in services for host in found}
    for host in hosts:
        if not any(host == one or host.endswith(f".{one}") for one in known):
            yield f"# TODO: who is {_comment(host)}, and what for? It is asked by pages, and nothing known says."
            yield "# [[services]]"
            yield f"# id = {_text(site_of(host).replace('.', '-'))}"
            yield '# purpose = "…"'
            yield f"# hosts = {json.dumps([host])}"
            yield ""


def _cookie(written: str, cookie: SeenCookie) -> Iterator[str]:
    """A cookie that nothing classifies is a question: until it is answered, the middleware does not let it be set."""
    declared = list(_declaration(written, cookie, cookie.purpose))
    if cookie.purpose != UNCLASSIFIED and _is_policy("\n".join(declared)):
        yield f"# {_comment(cookie.reason)}"
        yield from declared
        yield '# TODO: description = "…"'
    else:
        yield f"# TODO: what is {_comment(cookie.name)} for? Without a purpose it is blocked."
        yield from (f"# {_comment(line)}" for line in _declaration(written, cookie, "…"))
    yield ""


def _declaration(written: str, cookie: SeenCookie, purpose: str) -> Iterator[str]:
    yield "[[cookies]]"
    yield f"{'pattern' if '*' in written else 'name'} = {_text(written)}"
    yield f"purpose = {_text(purpose)}"
    days = None if cookie.days is None else max(1, min(cookie.days, _LONGEST_DAYS))
    yield f"lifetime = {_text('session' if days is None else f'{days} days')}"
    if cookie.domain.startswith("."):
        yield f"domain = {_text(cookie.domain[1:])}"
    if cookie.path != "/":
        yield f"paths = [{_text(cookie.path)}]"


def _is_policy(text: str) -> bool:
    try:
        Policy.parse(text)
    except PolicyError:
        return False
    return True


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


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    # One line, whatever a cookie is called.
    return "".join(char if char.isprintable() else "?" for char in text)
