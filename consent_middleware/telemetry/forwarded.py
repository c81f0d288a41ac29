"""Masks the headers in which proxies hand on addresses: `X-Forwarded-For` with its kin, and RFC 7239 `Forwarded`."""

import re
from functools import lru_cache

from .addresses import mask_ip

_LONGEST_HEADER = 2048

# RFC 7239 §4: `token "=" (token | quoted-string)`, pairs joined by ";" and elements by ",".
_PAIR = re.compile(r'[ \t]*(?:([!#$%&\'*+.^_`|~0-9A-Za-z-]{1,64})=("(?:[^"\\]|\\.)*"|[^\s",;]*))?[ \t]*([,;]|$)')
_KEPT_PARAMETER = re.compile(r"[A-Za-z0-9.:_\[\]-]{1,255}\Z")
_OBFUSCATED = re.compile(r"_[A-Za-z0-9._-]{1,64}\Z")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")


def mask_address_list(value: bytes) -> bytes | None:
    """`X-Forwarded-For` and its kin: each address masked, what is none left out, `None` when nothing remains."""
    return _mask_list_known(value) if len(value) <= _LONGEST_HEADER else None


@lru_cache(maxsize=4096)
def _mask_list_known(value: bytes) -> bytes | None:
    text = value.decode("latin-1")
    kept = [masked for part in text.split(",") if (masked := mask_ip(part)) is not None]
    return ", ".join(kept).encode("ascii") if kept else None


def mask_forwarded(value: bytes) -> bytes:
    """RFC 7239 `Forwarded`: `for` and `by` masked, `proto` and `host` kept, every other parameter left out."""
    return _mask_forwarded_known(value) if len(value) <= _LONGEST_HEADER else b"for=unknown"


@lru_cache(maxsize=2048)
def _mask_forwarded_known(value: bytes) -> bytes:
    text = value.decode("latin-1")
    elements: list[list[str]] = [[]]
    position = 0
    while position <= len(text):
        match = _PAIR.match(text, position)
        if match is None:
            return b"for=unknown"
        name, content, separator = match.groups()
        pair = _mask_pair(name.lower(), content) if name else None
        if pair:
            elements[-1].append(pair)
        if separator == ",":
            elements.append([])
        elif not separator:
            break
        position = match.end()
    written = ", ".join(";".join(pairs) for pairs in elements if pairs)
    return written.encode("ascii") or b"for=unknown"


def _mask_pair(name: str, content: str) -> str | None:
    if content.startswith('"'):
        content = re.sub(r"\\(.)", r"\1", content[1:-1])
    if name in ("for", "by"):
        node = _mask_node(content)
    elif name in ("proto", "host") and _KEPT_PARAMETER.match(content):
        node = content
    else:
        return None
    return f"{name}={node}" if _TOKEN.match(node) else f'{name}="{node}"'


def _mask_node(node: str) -> str:
    """A node identifier (RFC 7239 §6) without its port; an obfuscated one conceals by design and stays."""
    name = node.partition(":")[0] if node.startswith("_") else node
    if _OBFUSCATED.match(name):
        return name
    masked = mask_ip(node)
    if masked is None:
        return "unknown"
    return f"[{masked}]" if ":" in masked else masked
