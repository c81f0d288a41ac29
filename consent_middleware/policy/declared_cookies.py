"""The cookies that a policy declares, wherever in the file it does so."""

from dataclasses import dataclass

from .identifiers import identifiers_of
from .lifetimes import Lifetime
from .model import Cookie, Declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCookie:
    """What the policy says of one cookie name. ``key`` is its place in the file: ``cookies[3]``, ``services[0].cookies[1]`` or
    ``telemetry[2].cookie``."""

    purpose: str
    service: str | None
    key: str
    cookie: Cookie

    @property
    def lifetime(self) -> Lifetime | None:
        return self.cookie.lifetime


def declared_cookies(declared: Declarations) -> list[tuple[str, DeclaredCookie]]:
    found: list[tuple[str, DeclaredCookie]] = []
    for index, cookie in enumerate(declared.cookies):
        written = cookie.name or cookie.pattern or ""
        entry = DeclaredCookie(purpose=cookie.purpose, service=cookie.service, key=f"cookies[{index}]", cookie=cookie)
        found.append((written, entry))
    for index, service in enumerate(declared.services):
        for place, written in enumerate(service.cookies):
            cookie = Cookie(name=written, purpose=service.purpose, service=service.id)
            key = f"services[{index}].cookies[{place}]"
            found.append((written, DeclaredCookie(purpose=service.purpose, service=service.id, key=key, cookie=cookie)))
    known = {written for written, _ in found}
    for identifier in identifiers_of(declared):
        if identifier.source == "cookie" and identifier.name not in known:
            field = identifier.field
            cookie = Cookie(name=identifier.name, purpose=field.purpose, description=field.description or field.title)
            entry = DeclaredCookie(purpose=field.purpose, service=None, key=identifier.key, cookie=cookie)
            found.append((identifier.name, entry))
    return found
