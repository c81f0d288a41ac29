"""Tells which of a policy's third parties an address or a text of a page speaks of."""

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from ..caches import BoundedCache
from ..policy import Policy
from ..policy.recipients import Recipient, Recipients
from .addresses import canonical, is_scripted, locate, trimmed, unescape
from .host_breaking import HostBreaker
from .host_scan import HostScanner

_ADDRESSES = 4096
_LONGEST = 1024
_HOST = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
_REST_OF_HOST = re.compile(rb"[A-Za-z0-9._-]*+(?::\d+)?+")
_PATH = re.compile(rb"(?:[^\s\"'`<>()\\,;]|\\/){0,256}")
# An address whose host is written plainly, and ends where every browser ends it.
_PLAIN = re.compile(rb"(?:https?:)?//([a-z0-9][a-z0-9.-]*[a-z0-9])(?=[/?#]|\Z)((?:/[A-Za-z0-9/_.~-]*)?+(?=[?#]|\Z))?+")
_BEFORE = re.compile(rb"(?:https?:)?(?:\\?/){2}\Z", re.IGNORECASE)
_WINDOW = 256


class Match(NamedTuple):
    """Whom an attribute would have a browser ask."""

    host: str
    recipient: Recipient


class Mention(NamedTuple):
    """A third party in a text, from the beginning of its address to the end."""

    start: int
    end: int
    match: Match


_BY_PATH = Match("", Recipient(id="", purpose="", name=""))
"""Stands for a host on which the path counts, too."""


class ThirdParties:
    """One for each middleware. It looks for all of them, allowed or not: a decision is asked afterwards."""

    def __init__(self, policy: Policy) -> None:
        self._recipients = Recipients(policy)
        self.optional = self._recipients.optional
        """What may have to be allowed: services, and purposes, of which the policy need not offer every one."""
        self._scanner = _scanner(self._recipients.hosts)
        self._matches: BoundedCache[bytes, Match | None] = BoundedCache(_ADDRESSES)
        self._hosts: BoundedCache[bytes, Match | None] = BoundedCache(_ADDRESSES)
        self._mentioned: BoundedCache[bytes, Match | None] = BoundedCache(_ADDRESSES)

    def scan(self, lowered: bytes, start: int) -> list[int]:
        """Return the places in a text in lower case where one may be named, whatever the spelling."""
        return self._scanner.scan(lowered, start)

    @property
    def breaker(self) -> HostBreaker:
        return self._scanner.breaker

    def of_address(self, value: bytes) -> Match | None:
        """Return whom an attribute's value names, if that is an address."""
        plain = _PLAIN.match(value)
        if plain is not None and len(plain[1]) < _LONGEST:
            match = self._of_host(plain[1])
            if match is not _BY_PATH:
                return match
            if plain[2] is not None:
                return self._found((plain[1].decode("ascii"), plain[2].decode("ascii")))
        if len(value) > _LONGEST:
            return self._of_address(value)
        try:
            return self._matches[value]
        except KeyError:
            match = self._of_address(value)
            self._matches.put(value, match)
            return match

    def of_addresses(self, value: bytes) -> Match | None:
        """Return whom a list of addresses names first (``srcset``, ``ping``)."""
        for word in unescape(value).split():
            match = self._found(locate(word.strip(",")))
            if match is not None:
                return match
        return None

    def of_text(self, text: bytes) -> Match | None:
        """Return whom a script or style speaks of first."""
        mention = next(self.mentions(text), None)
        return None if mention is None else mention.match

    def mentions(self, text: bytes) -> Iterator[Mention]:
        """Find plainly written hosts in a text, with what follows them."""
        end = 0
        for place in self._scanner.named(text):
            if place < end:
                continue
            before = text[max(0, place - _WINDOW) : place]
            name_start = place - (len(before) - len(before.rstrip(_HOST)))
            match = _REST_OF_HOST.match(text, place)
            name_end = match.end() if match is not None else place
            path = _PATH.match(text, name_end)
            end = path.end() if path is not None else name_end
            written = text[name_start:end]
            try:
                found = self._mentioned[written]
            except KeyError:
                host = canonical(text[name_start:name_end].decode("ascii").partition(":")[0])
                found = self.find(host, text[name_end:end].decode("latin-1").replace("\\/", "/"))
                if len(written) <= _LONGEST:
                    self._mentioned.put(written, found)
            if found is not None:
                scheme = _BEFORE.search(text[max(0, name_start - 16) : name_start])
                yield Mention(name_start - (len(scheme[0]) if scheme else 0), end, found)

    def find(self, host: str, path: str) -> Match | None:
        """Return who is behind a host."""
        return self._found((canonical(host), path))

    def _of_host(self, host: bytes) -> Match | None:
        try:
            return self._hosts[host]
        except KeyError:
            name = host.decode("ascii")
            found = self._recipients.candidates(name)
            match = _BY_PATH if found and found[0][0] else _match(name, found[0][1] if found else None)
            self._hosts.put(host, match)
            return match

    def _of_address(self, value: bytes) -> Match | None:
        address = trimmed(unescape(value))
        if is_scripted(address):
            return self.of_text(unquote(address).encode("utf-8", "replace"))
        return self._found(locate(address))

    def _found(self, location: tuple[str, str] | None) -> Match | None:
        return None if location is None else _match(location[0], self._recipients.find(*location))


def _match(host: str, recipient: Recipient | None) -> Match | None:
    return None if recipient is None or recipient.is_necessary else Match(host, recipient)


@functools.lru_cache(maxsize=8)
def _scanner(hosts: frozenset[str]) -> HostScanner:
    """Return the one for these hosts: a policy that follows another mostly names the same."""
    return HostScanner(hosts)
