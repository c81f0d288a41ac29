"""Weighs what comes along with a cookie: its value, its attributes.

Evidence settles a name that says nothing by itself. It never overturns a verdict from a name, because a request
shows no attributes and both gates must judge alike.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_VALUE = 512

Attributes = Mapping[str, str | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A form of value that only one use of cookies has."""

    purpose: str
    kind: str
    pattern: re.Pattern[str]
    says: str


# Only bounded or single repetitions over disjoint classes: a value is a visitor's, and may be hostile.
_SHAPES = (
    Shape(
        purpose="analytics",
        kind="visitor",
        pattern=re.compile(r"GA1\.\d\.\d{1,12}\.\d{9,10}|GS[12]\.\d\.[\w$.]+|(?:\d{1,12}\.){4}\d{9,10}\.\d+"),
        says="its value is a Google Analytics identifier",
    ),
    Shape(
        purpose="marketing",
        kind="visitor",
        pattern=re.compile(r"fb\.\d\.\d{12,14}\.[\w-]+|GCL\.\d{9,10}\.[\w-]+|IDE[\w-]{20,}"),
        says="its value is an advertising identifier",
    ),
    Shape(
        purpose="authentication",
        kind="authentication",
        pattern=re.compile(r"(?:Bearer[ +]|Bearer%20)?eyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]*"),
        says="its value is a signed JSON web token",
    ),
    Shape(
        purpose="preference",
        kind="language",
        pattern=re.compile(r"[a-z]{2}(?:[-_](?:Hans|Hant))?[-_][A-Z]{2}"),
        says="its value is a language tag",
    ),
    Shape(
        purpose="preference",
        kind="time zone",
        pattern=re.compile(
            r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)(?:/|%2[Ff])[\w+-]{2,32}"
        ),
        says="its value is a time zone",
    ),
    Shape(
        purpose="preference",
        kind="theme",
        pattern=re.compile(r"dark|light|(?:dark|light)[-_](?:mode|theme)"),
        says="its value is a color scheme",
    ),
)


def read_value(value: str) -> Shape | None:
    """The one use that a value's form gives away, if any."""
    if len(value) > _LONGEST_VALUE:
        value = value[:_LONGEST_VALUE]
    value = value.strip('"')
    for shape in _SHAPES:
        if shape.pattern.fullmatch(value):
            return shape
    return None


def looks_like_login(attributes: Attributes) -> bool:
    """HttpOnly keeps scripts out, and no Domain keeps other hosts out: what sessions need and trackers do not."""
    return bool(attributes.get("httponly")) and not attributes.get("domain")
