"""Writes what goes out instead of a gated element, or of an element less its refused attributes."""

import functools
import html
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ...policy.texts import Text
from ..third_parties import ThirdParties
from .gated_elements import KEY, MARK, Fetch, has, value_of
from .tags import Attribute

INVALID = b"about:invalid"
AFTER_KEY = b'"></template>'
"""How a marker goes on."""
Allows = Callable[[str], bool]


class Frame(NamedTuple):
    """What a placeholder needs to know of the frame it stands for. All texts are as they stand in the HTML, escaped."""

    id: str
    key: int
    recipient: Text
    title: bytes
    width: bytes
    height: bytes
    css_class: bytes
    css_style: bytes


def marker(name: str, key: int) -> bytes:
    """Return an element that survives wherever another may stand, and does nothing."""
    return b"%b%d%b" % (marker_up_to_key(name), key, AFTER_KEY)


@functools.lru_cache(maxsize=256)
def marker_up_to_key(name: str) -> bytes:
    return b"<template" + marks_up_to_key(name)


def marks(name: str, key: int) -> bytes:
    return b'%b%d"' % (marks_up_to_key(name), key)


@functools.lru_cache(maxsize=256)
def marks_up_to_key(name: str) -> bytes:
    return b' %b="%b" %b="' % (MARK, html.escape(name).encode("ascii", "xmlcharrefreplace"), KEY)


def frame_of(name: str, key: int, recipient: Text, attributes: Sequence[Attribute]) -> Frame:
    return Frame(
        id=name,
        key=key,
        recipient=recipient,
        title=_quotable(value_of(attributes, b"title")),
        width=_quotable(value_of(attributes, b"width")),
        height=_quotable(value_of(attributes, b"height")),
        css_class=_quotable(value_of(attributes, b"class")),
        css_style=_quotable(value_of(attributes, b"style")),
    )


def is_hidden_frame(attributes: Sequence[Attribute]) -> bool:
    """Say whether a frame is there for its request only, so that nobody misses it."""
    style = value_of(attributes, b"style").replace(b" ", b"").lower()
    return (
        has(attributes, b"hidden")
        or b"display:none" in style
        or b"visibility:hidden" in style
        or any(value_of(attributes, name).strip().removesuffix(b"px") in (b"0", b"1") for name in (b"width", b"height"))
    )


def stripped(
    tag: bytes, name_end: int, attributes: Sequence[Attribute], fetches: Iterable[Fetch], added: bytes, rewritten: bytes
) -> bytes:
    """Return a tag without the attributes of ``fetches``, and without their repetitions, which would count now."""
    gone = {fetch.attribute.name for fetch in fetches}
    parts = [tag[:name_end], added]
    place = name_end
    for attribute in attributes:
        if attribute.name in gone:
            parts.append(tag[place : attribute.start])
            place = attribute.end
    if rewritten:
        parts.append(b' style="%b"' % rewritten)
    rest = tag[place:]
    # A value that is no longer before it must not leave its slash to the next one.
    return b"".join([*parts, rest if rest[:1] in b"\t\n\f\r />" else b" " + rest])


def without_addresses(css: bytes, parties: ThirdParties, allows: Allows) -> bytes:
    """Return a style text whose refused addresses lead nowhere."""
    parts: list[bytes] = []
    place = 0
    for mention in parties.mentions(css):
        if not allows(mention.match.recipient.id):
            parts += [css[place : mention.start], INVALID]
            place = mention.end
    return b"".join([*parts, css[place:]])


def escaped_css(css: bytes) -> bytes:
    return html.escape(css.decode("latin-1")).encode("latin-1")


def _quotable(value: bytes) -> bytes:
    return value.replace(b'"', b"&quot;")
