"""Reads the host of an address the way a browser does (WHATWG URL, sections 4.4 and 3.5), however it is spelled.

No name is resolved and nothing is fetched: this only says whom a browser would ask.
"""

import html
import re
import unicodedata
from html.entities import html5
from urllib.parse import unquote

from ..caches import Memory

# The special schemes need no slashes, take any number, and count backslashes as such.
_AUTHORITY = re.compile(r"(?:(?:https?|wss?):[/\\]*|[/\\]{2,})([^/\\?#]*)([^?#]*)", re.IGNORECASE)
_INSIDE = {ord(sign): None for sign in "\t\n\r"}
_AROUND = "".join(map(chr, range(0x21)))
_PORT = re.compile(r":\d*\Z")
_IGNORED = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
_LOWERED = {
    f"&{name.lower()}": text for name, text in html5.items() if name.endswith(";") and name.lower() not in html5
}
"""References whose name in lower case is no other one's."""
_SCRIPTED = re.compile(r"(?:data|javascript|blob|filesystem):", re.IGNORECASE)
_LONGEST = 2048
_references = Memory(1024, html.unescape)
"""What character references stand for; a page repeats the same few, and asking for each is slow."""


def unescape(value: bytes) -> str:
    """Return an attribute's value as a browser sees it. Hosts are ASCII in any charset that is read at all."""
    text = value.decode("utf-8", "replace")
    return _REFERENCE.sub(_decoded, text) if "&" in text else text


def unescape_lowered(value: bytes) -> str:
    """The same of a text in lower case, in which the name of a reference is too: ``&Tab;`` has become ``&tab;``, which is none."""
    text = value.decode("utf-8", "replace")
    return _REFERENCE.sub(lambda match: _LOWERED.get(match[0]) or _decoded(match), text) if "&" in text else text


def _decoded(match: re.Match[str]) -> str:
    return _references[match[0]]


def locate(address: str) -> tuple[str, str] | None:
    """Return host and path of an absolute or protocol-relative address; ``None`` for one on the page's own host."""
    match = _AUTHORITY.match(trimmed(address))
    if match is None:
        return None
    authority, path = match.groups()
    if "@" in authority or ":" in authority:
        authority = _PORT.sub("", authority.rpartition("@")[2])
    host = canonical(authority)
    return (host, unquote(path[:_LONGEST]).replace("\\", "/")) if host else None


def is_scripted(address: str) -> bool:
    """Say whether an address carries its document with it, such as ``data:text/html,…``."""
    return _SCRIPTED.match(trimmed(address)) is not None


def trimmed(address: str) -> str:
    """Return an address less what browsers leave out of it. Once is enough."""
    address = address.strip(_AROUND)
    return address if address.isprintable() else address.translate(_INSIDE)


def canonical(host: str) -> str:
    """Percent-decode a host, map it by UTS 46 as far as that leads to ASCII, and drop the root's dot and brackets."""
    if "%" in host:
        host = unquote(host)
    if not host.isascii():
        # Twice: a compatibility form may decompose into one that is ignored.
        host = unicodedata.normalize("NFKC", _IGNORED.sub("", unicodedata.normalize("NFKC", host).casefold()))
        host = host.replace("\u3002", ".")
    return host.lower().strip(".[]")
