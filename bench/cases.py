"""What is compared with what: a layer, the requests it gets, and the bound it has to keep."""

from dataclasses import dataclass

from .apps import CONSENT
from .visitors import FETCH, NAVIGATION, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the table. `layer` is None for the bare app, which the others of the same path are compared with."""

    name: str
    path: str
    layer: str | None = None
    token: Token = Token.NONE

    @property
    def headers(self) -> dict[str, str]:
        return FETCH if self.path == "/data" else NAVIGATION


BARE_DATA = Case(name="bare Starlette, JSON", path="/data")
BARE_PAGE = Case(name="bare Starlette, HTML of 20 kB", path="/page")
SESSION = Case(name="SessionMiddleware, session read", path="/data", layer="SessionMiddleware")
KNOWN = Case(name="consent, known token, JSON", path="/data", layer=CONSENT, token=Token.KNOWN)
FRESH = Case(name="consent, first sight of a token, JSON", path="/data", layer=CONSENT, token=Token.FRESH)
BANNER = Case(name="consent, HTML with a banner", path="/page", layer=CONSENT)

CASES = [
    BARE_DATA,
    Case(name="no-op pure ASGI", path="/data", layer="no-op pure ASGI"),
    Case(name="floor: both header lists passed over", path="/data", layer="copy"),
    KNOWN,
    FRESH,
    SESSION,
    Case(name="BaseHTTPMiddleware no-op", path="/data", layer="BaseHTTPMiddleware no-op"),
    Case(name="asgi-csrf", path="/data", layer="asgi-csrf"),
    BARE_PAGE,
    Case(name="consent, HTML, choice made", path="/page", layer=CONSENT, token=Token.KNOWN),
    BANNER,
]
