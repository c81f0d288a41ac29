"""Expressions that cross whole stretches of a page in which nothing matters.

They stop at tags after which other rules hold, such as ``<script>``, and never in the middle of a construct. For text in lower case:
alternatives that ignore case are tried one by one, others are told apart by their first letter.
"""

import re
from functools import cache

from .tags import COMMENT, REST

_RAW = rb"script|style|textarea|title|xmp|iframe|noembed|noframes|noscript"
# Most tags have attributes of a plain kind, which are read faster alone.
_PLAIN = rb"(?: [ ] [a-z:_-]++ =\"[^\"]*+\" )*+ >"
_TAG = rb"""(?: / | (?=[^smtxinp]) | (?!(?:STOPS)[\t\n\f\r />]) ) [a-z] [^\t\n\f\r />]*+ (?: > | PLAIN | REST )"""
# What cannot be open at its end in any reading. A script with "<!--" in it may be, and is left to the scanners. One by one: a group
# with a back reference inside of a possessive one trips over https://github.com/python/cpython/issues/106052.
_SIMPLE_RAW = rb"NAME (?=[\t\n\f\r />]) REST (?: [^<]++ | <(?!/NAME|!--) )*+ </NAME (?=[\t\n\f\r />]) REST"
# Without raw text and CDATA sections in it, SVG reads like HTML.
_SIMPLE_SVG = rb"""svg (?=[\t\n\f\r />]) REST (?: [^<]++ | < (?!/svg) (?: TAG | COMMENT )
    | <title (?=[\t\n\f\r />]) REST [^<]*+ </title> | <style (?=[\t\n\f\r />]) REST [^<]*+ </style> )*+ </svg>"""
# The text after a tag belongs to the tag's turn: half as many turns are taken as with a turn for each.
_DULL = rb"""[^<]*+ (?: < (?: TAG | (?=[^a-z/!?]) | COMMENT | SIMPLE_RAW | SIMPLE_SVG | /(?![a-z])[^>]*+>
    | [!?](?!--|\[CDATA)[^>]*+> ) [^<]*+ )*+"""
# Within SVG, whatever of it is open: what closes at once, or holds nothing but text, leaves nothing open.
_SHAPES = b"path|rect|line|circle|ellipse|polyline|polygon|use|stop|text|tspan|image"
_SHAPE = rb"NAME (?: [\t\n\f\r ]++ [a-z] [a-z0-9:._-]*+ =(?:\"[^\"]*+\"|'[^']*+') )*+ [\t\n\f\r ]*+ (?: /> | > [^<]*+ </NAME> )"
_SHAPES_OF_SVG = rb"[^<]*+ (?: < (?: SHAPES ) [^<]*+ )*+"
_DULL_XML = rb"[^<]*+ (?: < (?: TAG | !-- (?: [^-]++ | -(?!->) )*+ --> ) [^<]*+ )*+"


def _compiled(pattern: bytes, stops: bytes) -> re.Pattern[bytes]:
    raw = [name for name in _RAW.split(b"|") if name in stops]
    for name, part in (
        (b"SIMPLE_SVG", _SIMPLE_SVG),
        (b"SIMPLE_RAW", b" | ".join(_SIMPLE_RAW.replace(b"NAME", name) for name in raw)),
        (b"SHAPES", b" | ".join(_SHAPE.replace(b"NAME", name) for name in _SHAPES.split(b"|"))),
        (b"COMMENT", COMMENT.removeprefix(b"<")),
        (b"TAG", _TAG),
        (b"PLAIN", _PLAIN),
        (b"STOPS", stops),
        (b"REST", REST),
    ):
        pattern = pattern.replace(name, part)
    # For text in lower case: alternatives that ignore case are tried one by one, others are told apart by their first letter.
    return re.compile(pattern, re.VERBOSE)


# Compiled at the first page, or at start-up: together they take 40 ms, which no import should.


@cache
def skip_html() -> re.Pattern[bytes]:
    return _compiled(_DULL, _RAW + b"|plaintext|svg|math")


@cache
def skip_shapes() -> re.Pattern[bytes]:
    """For what stands directly in SVG."""
    return _compiled(_SHAPES_OF_SVG, b"")


@cache
def skip_xml() -> re.Pattern[bytes]:
    return _compiled(_DULL_XML, b"script|style")


def warm() -> None:
    """Compile what ordinary pages need."""
    skip_html()
