"""Proof that a form came from one of our own pages: a random cookie, and its keyed digest in the form.

Another site can make a browser post here, but can neither read the cookie nor compute the digest; SameSite stops it earlier.
The cookie is made by the first form a visitor opens, not by a visit.
"""

import hashlib
import hmac
import secrets

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "form_guard"
FIELD = "form_token"
_LIMIT = 16_384


class FormGuard:
    """The guard of one request. ``token`` is what its forms carry."""

    def __init__(self, request: Request, key: bytes) -> None:
        carried = request.cookies.get(COOKIE)
        self._is_new = carried is None
        self._secret = carried or secrets.token_urlsafe(24)
        self._key = key
        self._is_used = False

    @property
    def token(self) -> str:
        self._is_used = True
        return hmac.new(self._key, self._secret.encode(), hashlib.sha256).hexdigest()

    def keep(self, response: Response) -> None:
        """Set the cookie where a form has just been written for a browser that has none."""
        if self._is_new and self._is_used:
            response.set_cookie(COOKIE, self._secret, path="/", httponly=True, samesite="lax")

    def accepts(self, form: FormData) -> bool:
        written = form.get(FIELD)
        return (
            not self._is_new and isinstance(written, str) and hmac.compare_digest(written.encode(), self.token.encode())
        )


async def read_form(request: Request, guard: FormGuard) -> dict[str, str]:
    """Return the fields of a form of our own; 403 for anyone else's, 413 for a long one."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _LIMIT:
        raise HTTPException(413)
    async with request.form(max_files=0, max_fields=40) as form:
        if request.headers.get("sec-fetch-site", "same-origin") == "cross-site" or not guard.accepts(form):
            raise HTTPException(403)
        return {name: value for name, value in form.items() if isinstance(value, str)}
