"""Takes out of header fields what would have a browser ask, or report to, third parties that are not allowed."""

import re
from collections.abc import Callable, Iterable, Mapping

from ..asgi import Header
from .html.gated_elements import LINKS_THAT_FETCH
from .html.rewriting import Allows
from .third_parties import ThirdParties

# One link: an address in angle brackets, then parameters, up to a comma outside of both.
_LINK = re.compile(rb"""\s*+ (<[^>]*+> (?: [^",<]++ | "(?:[^"\\]++|\\.)*+" | " )*+ ) ,?+""", re.VERBOSE)
# One member of a structured field (RFC 9651): up to a comma outside of quotes.
_MEMBER = re.compile(rb"""\s*+ ( (?: [^",]++ | "(?:[^"\\]++|\\.)*+" | " )++ ) ,?+""", re.VERBOSE)
_REL = re.compile(rb""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)


def allowed_links(headers: list[Header], parties: ThirdParties, allows: Allows) -> list[Header]:
    """Return the header fields without what leads to refused third parties."""
    if not any(name.lower() in _READERS for name, _ in headers):
        return headers
    kept: list[Header] = []
    for name, value in headers:
        read = _READERS.get(name.lower())
        if read is not None:
            value = read(value, parties, allows)
            if not value:
                continue
        kept.append((name, value))
    return kept


def allowed_values(values: Iterable[bytes], parties: ThirdParties, allows: Allows) -> list[bytes]:
    """Do the same for the links of an early hint."""
    return [value for value in (allowed_in(bytes(value), parties, allows) for value in values) if value]


def _allowed_members(value: bytes, parties: ThirdParties, allows: Allows) -> bytes:
    members = [match[1].strip() for match in _MEMBER.finditer(value)]
    kept = [member for member in members if _allowed_whole(member, parties, allows)]
    return value if len(kept) == len(members) else b", ".join(kept)


def _allowed_whole(value: bytes, parties: ThirdParties, allows: Allows) -> bytes:
    is_refused = any(not allows(mention.match.recipient.id) for mention in parties.mentions(value))
    return b"" if is_refused else value


def allowed_in(value: bytes, parties: ThirdParties, allows: Allows) -> bytes:
    links = [match[1].strip() for match in _LINK.finditer(value)]
    kept = [link for link in links if not _is_refused(link, parties, allows)]
    return value if len(kept) == len(links) else b", ".join(kept)


def _is_refused(link: bytes, parties: ThirdParties, allows: Allows) -> bool:
    address, _, parameters = link[1:].partition(b">")
    match = parties.of_address(address)
    if match is None or allows(match.recipient.id):
        return False
    rel = _REL.search(parameters)
    return rel is not None and not LINKS_THAT_FETCH.isdisjoint((rel[1] or rel[2]).lower().split())


_READERS: Mapping[bytes, Callable[[bytes, ThirdParties, Allows], bytes]] = {
    b"link": allowed_in,
    b"reporting-endpoints": _allowed_members,
    b"speculation-rules": _allowed_members,
    # Objects of JSON, whose groups network error logging reports to: errors, and successes too, with the address and the page.
    b"report-to": _allowed_whole,
}
