"""What is compared with what: a layer, and the requests it gets."""

from dataclasses import dataclass

from .apps import CONSENT
from .visitors import FETCH, NAVIGATION, Kind, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the table. `layer` is None for the bare app, which the others of the same path are compared with."""

    name: str
    request: Kind
    layer: str | None = None


def _json(name: str, layer: str | None = None, token: Token = Token.NONE) -> Case:
    return Case(name=name, layer=layer, request=Kind(path="/data", headers=FETCH, token=token))


def _html(
    name: str,
    layer: str | None = None,
    token: Token = Token.NONE,
    refused_cookies: bool = True,
    path: str = "/page",
    is_first: bool = False,
) -> Case:
    kind = Kind(path=path, headers=NAVIGATION, token=token, refused_cookies=refused_cookies, is_first=is_first)
    return Case(name=name, layer=layer, request=kind)


BARE_JSON = _json("bare Starlette, JSON")
FLOOR = _json("floor: both header lists passed over", "copy")
SESSION = _json("SessionMiddleware, session read", "SessionMiddleware")
KNOWN = _json("consent, known token, JSON", CONSENT, Token.KNOWN)
FRESH = _json("consent, first sight of a token, JSON", CONSENT, Token.FRESH)
BARE_HTML = _html("bare Starlette, HTML of 20 kB")
BANNER = _html("consent, HTML with a banner", CONSENT)
BARE_CHANGING = _html("bare Starlette, another HTML each time", path="/changing")

CASES = [
    BARE_JSON,
    _json("no-op pure ASGI", "no-op pure ASGI"),
    FLOOR,
    KNOWN,
    FRESH,
    SESSION,
    _json("BaseHTTPMiddleware no-op", "BaseHTTPMiddleware no-op"),
    _json("asgi-csrf", "asgi-csrf"),
    BARE_HTML,
    _html("consent, HTML, choice made", CONSENT, Token.KNOWN, refused_cookies=False),
    _html("consent, HTML, two cookies expired", CONSENT, Token.KNOWN),
    BANNER,
    _html("consent, the same, a visitor's first page", CONSENT, is_first=True),
    BARE_CHANGING,
    _html("consent, another HTML each time, with a banner", CONSENT, path="/changing"),
]


def bare_of(case: Case) -> Case:
    """Return the line that a line is compared with."""
    return next(bare for bare in (BARE_JSON, BARE_HTML, BARE_CHANGING) if bare.request.path == case.request.path)
