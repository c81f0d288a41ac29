"""Entity tags of pages that carry the banner, so that a 304 never revives another visitor's variant.

The variant's name is appended to the app's own tag on the way out (``"abc"`` → ``"abc--privacy-x1"``) and taken off
``If-None-Match`` on the way in, where it must be the variant that would be sent now (RFC 9110, section 8.8.3).
"""

import re

SIGN = b"--privacy-"
_TAG = re.compile(rb'(?:W/)?"[^"]*"')


def add(etag: bytes, variant: str) -> bytes:
    """Mark a strong or weak tag."""
    if not etag.endswith(b'"') or len(etag) < 2:
        return etag
    return etag[:-1] + SIGN + variant.encode("ascii") + b'"'


def take_off(header: bytes, variant: str) -> bytes:
    """Return the If-None-Match that the app may compare: tags of this variant without the mark, others gone."""
    if header.strip() == b"*":
        return header
    suffix = SIGN + variant.encode("ascii") + b'"'
    return b", ".join(tag.removesuffix(suffix) + b'"' for tag in _TAG.findall(header) if tag.endswith(suffix))


def take_off_marked(header: bytes, variant: str) -> bytes:
    """The same where the answer need not be HTML: a tag without any mark is that of something else, and stays."""
    suffix = SIGN + variant.encode("ascii") + b'"'
    tags = [tag for tag in _TAG.findall(header) if SIGN not in tag or tag.endswith(suffix)]
    return b", ".join(tag.removesuffix(suffix) + b'"' if tag.endswith(suffix) else tag for tag in tags)
