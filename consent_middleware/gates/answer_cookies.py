"""The cookies that an answer gets from us: the token of a choice, and deletions of what is refused."""

import time
from itertools import islice

from ..asgi import Header, Scope
from ..consent import Visit
from . import headers as response_headers
from . import hints
from .expiry import within_budget
from .findings import Finding
from .gates import Gates
from .rules import Rules
from .set_cookies import CookieRequest
from .withdrawal import places_to_expire

_FORGET_AHEAD: Header = (b"clear-site-data", b'"prefetchCache", "prerenderCache"')
"""Pages that a browser fetched ahead of a click show the choice before this one (https://www.w3.org/TR/clear-site-data/). Never
``"cookies"``, which signs the visitor out of every host of the site; browsers that know neither word ignore them."""
_CRUMBS = 512
"""Cookies of a request that a choice looks at; browsers keep about 180 a site."""


def add_token(headers: list[Header], gates: Gates, visit: Visit, *, is_new: bool, is_secure: bool) -> None:
    """Append the token of a visit. ``is_new``: of a choice that was just made, not of one that was only added to."""
    tokens, consent = gates.tokens, visit.consent
    # One visitor's token is nothing to share.
    response_headers.make_private(headers)
    lifetime = tokens.lifetime if is_new else int(tokens.expires_at(consent) - time.time())
    cookie = gates.recognition.cookies[is_secure]
    headers.append((b"set-cookie", cookie.set_cookie(tokens.mint(consent), lifetime)))
    if is_new:
        hints.forget(headers, visit.decision)
        if is_secure:
            headers.append(_FORGET_AHEAD)


def forget_token(headers: list[Header], gates: Gates, *, is_secure: bool) -> None:
    """Append what takes a token out of the browser."""
    response_headers.make_private(headers)
    headers.append((b"set-cookie", gates.recognition.cookies[is_secure].set_cookie("", 0)))


def deletions(
    gates: Gates, rules: Rules, scope: Scope, *, hidden: tuple[bytes, ...], is_choice: bool, is_secure: bool
) -> list[Header]:
    """Return what expires the refused cookies of a request. ``hidden``: those that were kept from the app."""
    request = CookieRequest.of(scope)
    places = places_to_expire(
        rules,
        gates.seen,
        (*hidden, *_shown_cookies(scope)) if is_choice else hidden,
        host=request.host,
        path=request.path,
        is_secure=is_secure,
        is_choice=is_choice,
    )
    lines = list(within_budget(places, is_secure=is_secure))
    if gates.report is not None:
        for line in lines:
            name = line.partition(b"=")[0]
            rule = rules.rule(name)
            gates.report(
                Finding(action="expire", name=name.decode("latin-1"), purpose=rule.purpose, reason=rule.reason)
            )
    return [(b"set-cookie", line) for line in lines]


def _shown_cookies(scope: Scope) -> list[bytes]:
    """Names of the cookies that the app saw: a choice made since then may refuse them too."""
    crumbs = (crumb for name, value in scope.get("headers") or () if name == b"cookie" for crumb in value.split(b";"))
    names = [crumb.partition(b"=")[0].strip(b" \t") for crumb in islice(crumbs, _CRUMBS)]
    return [name for name in names if name]
