"""What a page request must be relieved of, so that the answer can be rewritten."""

import re

from ..asgi import Header, Scope
from ..caches import Memory
from . import variants
from .exchange import gates_of
from .insertion import Page
from .masks import GONE, or_gone
from .plain_pages import PlainPages
from .response import ResponseGate
from .shapes import ABOUT_THE_BODY, Shape

# Asked for, and not refused with "q=0" (RFC 9110, section 12.4.2).
_GZIP = re.compile(rb"gzip(?!\s*;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|\Z))", re.IGNORECASE)
_LONGEST = 256
"""Bytes of an Accept-Encoding that are looked at; browsers send thirty."""
_VALIDATORS = (b"if-none-match", b"if-modified-since")
_BODY_SHORTCUTS = frozenset({"http.response.pathsend", "http.response.zerocopysend"})

_MARKUP = frozenset({b"document", b"iframe", b"frame", b"embed", b"object"})
"""What browsers ask for markup for (``Sec-Fetch-Dest``). A script asks for anything: what it gets bears a mark for everybody."""
_RESOURCES = frozenset({b"image", b"script", b"style", b"font", b"audio", b"video", b"track", b"manifest"})
"""What browsers never take markup for. Who says nothing may."""


def prepare(scope: Scope, shape: Shape, gate: ResponseGate, plain_pages: PlainPages) -> None:
    """Change the scope in place, where the answer may be HTML that is rewritten for this visitor."""
    root_path = scope.get("root_path")
    if root_path:
        gate.root_path = root_path
    elif shape.asks_plainly and gate.is_document and _prepare_plain_page(scope, shape, gate, plain_pages):
        return
    page = gate.page()
    if gate.is_document and page.is_rewritten:
        gate.has_file = shape.is_conditional and gates_of(gate).opened_files.is_asked_for(scope)
        _prepare_page(scope, shape, page, keeps_validators=gate.has_file)
        return
    if shape.is_conditional and _prepare_part(scope, page):
        gate.expect_part()
    if scope.get("extensions"):
        keep_in_sight(scope, gate)


def keep_in_sight(scope: Scope, gate: ResponseGate) -> None:
    """Withdraw what would send a body past us where it may be a part of a page: what is refused has to go from that too."""
    if _BODY_SHORTCUTS.isdisjoint(scope["extensions"]):
        return
    if dict(scope["headers"]).get(b"sec-fetch-dest") not in _RESOURCES and gate.page().is_rewritten:
        _withdraw_shortcuts(scope)


def _prepare_plain_page(scope: Scope, shape: Shape, gate: ResponseGate, plain_pages: PlainPages) -> bool:
    """Do the same for a request that every browser sends; say whether it is one."""
    headers, known = scope["headers"], gate.known
    if len(headers) != len(shape.names) or scope["method"] == "HEAD":
        return False
    page = plain_pages.of(known, headers[shape.language][1])
    # What is hidden by a choice is expired, and where that is not clear, by one page after the other.
    if page is None or (known.hidden and known.consent.choice_made):
        return False
    headers[shape.encoding] = _openable[headers[shape.encoding][1]]
    if scope.get("extensions"):
        _withdraw_shortcuts(scope)
    gate.plain_page = page
    return True


def _withdraw_shortcuts(scope: Scope) -> None:
    extensions = scope.get("extensions") or {}
    if not _BODY_SHORTCUTS.isdisjoint(extensions):
        scope["extensions"] = {name: value for name, value in extensions.items() if name not in _BODY_SHORTCUTS}


def _prepare_page(scope: Scope, shape: Shape, page: Page, *, keeps_validators: bool) -> None:
    """Ask for a page in a form that can be rewritten.

    The app is asked for an encoding we can open; validators lose our mark, or go where they speak of another variant; shortcuts
    that would send a body past us are withdrawn. ``shape`` is the request's own; its headers are already the app's copy.
    """
    headers = scope["headers"]
    places = shape.about_the_body
    if len(headers) != len(shape.names):
        # The request gate took some out.
        places = tuple(place for place, (name, _) in enumerate(headers) if name in ABOUT_THE_BODY)
    is_shorter = False
    for place in places:
        name, value = headers[place]
        if name == b"accept-encoding":
            headers[place] = _openable[value]
            continue
        if keeps_validators and name in _VALIDATORS:
            continue
        if name == b"if-none-match":
            tags = variants.take_off(value, page.variant())
            headers[place] = or_gone(name, tags or None)
        else:
            # A date or a range of the app's own file says nothing about the page with the banner in it.
            headers[place] = GONE
        is_shorter |= headers[place] is GONE
    if is_shorter:
        scope["headers"] = [pair for pair in headers if pair is not GONE]
    _withdraw_shortcuts(scope)


def _prepare_part(scope: Scope, page: Page) -> bool:
    """Take our mark off the validator of a request that may be for a part of a page; say whether there was one.

    Where something may have to be taken out of that part, a validator without a mark may be that of a page in which it still was.
    What browsers ask for as something else (a picture, data for a script) keeps its own.
    """
    headers = scope["headers"]
    is_gated = dict(headers).get(b"sec-fetch-dest") in _MARKUP and page.is_rewritten
    is_marked = False
    for place, (name, value) in enumerate(headers):
        if name == b"if-none-match" and (is_gated or variants.SIGN in value):
            is_marked |= variants.SIGN in value
            take_off = variants.take_off if is_gated else variants.take_off_marked
            headers[place] = or_gone(name, take_off(value, page.variant()) or None)
        elif name == b"if-modified-since" and is_gated:
            headers[place] = GONE
    if GONE in headers:
        scope["headers"] = [pair for pair in headers if pair is not GONE]
    return is_marked


def _ask_openable(accepted: bytes) -> Header:
    return (b"accept-encoding", b"gzip" if _GZIP.search(accepted[:_LONGEST]) else b"identity")


_openable = Memory(256, _ask_openable, longest=_LONGEST)
"""From an Accept-Encoding to one that asks for what can be opened here."""
