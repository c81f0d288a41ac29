"""Who may see the overview: whoever has its token, and whoever the app says."""

import hashlib
import hmac
import inspect
from collections.abc import Awaitable, Callable, Sequence

from itsdangerous import BadData, TimestampSigner

from ..asgi import Scope
from ..consent import visit_of
from ..consent.names import TEAM_NAME
from ..errors import ConfigurationError
from ..gates.headers import first

Check = Callable[[Scope], bool | Awaitable[bool]]
"""An app's own answer."""

LIFETIME = 3600
"""Seconds that a sign-in lasts from the last look at the page on."""
SHORTEST = 16
_LONGEST = 1024
_SALT = "consent_middleware.overview.1"
_CRUMBS = 256


class Access:
    """``tokens``: newest first, all of them good. Comparing takes the same time whatever is presented."""

    def __init__(self, *, tokens: Sequence[str], check: Check | None, secret_keys: Sequence[str]) -> None:
        if any(len(token) < SHORTEST for token in tokens):
            raise ConfigurationError(
                f"overview_token is too short to keep anybody out: take {SHORTEST} characters or more, for example from\n"
                '  python -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        if check is not None and not callable(check):
            raise ConfigurationError(
                "overview is a function of a scope that says who may see the page: bool, or awaitable."
            )
        self._check = check
        self._key = hashlib.sha256(_SALT.encode() + secret_keys[0].encode()).digest()
        self._prints = [self._print(token) for token in tokens]
        self._signer = TimestampSigner(list(reversed(secret_keys)), salt=_SALT, digest_method=hashlib.sha256)
        self.has_token = bool(tokens)
        """There is something to sign in with."""

    @classmethod
    def of(cls, tokens: str | Sequence[str] | None, check: Check | None, secret_keys: Sequence[str]) -> "Access | None":
        """Return who may look; ``None`` where nobody is named. Raises ConfigurationError for a token that is no secret."""
        if tokens is None and check is None:
            return None
        named = [tokens] if isinstance(tokens, str) else list(tokens or ())
        return cls(tokens=named, check=check, secret_keys=secret_keys)

    async def allows(self, scope: Scope) -> bool:
        """Say whether whoever asks may see the page. What the app's own check raises is the app's to mend."""
        if self._is_bearer(scope) or self.is_signed_in(scope):
            return True
        if self._check is None:
            return False
        answer = self._check(scope)
        return bool(await answer if inspect.isawaitable(answer) else answer)

    def is_signed_in(self, scope: Scope) -> bool:
        """Say whether a cookie of ours, made for a token that still holds, came with the request."""
        name = name_of(is_secure=visit_of(scope).is_secure).encode("ascii")
        for header, value in scope["headers"]:
            if header != b"cookie":
                continue
            for crumb in value.split(b";")[:_CRUMBS]:
                key, _, content = crumb.strip(b" \t").partition(b"=")
                if key == name and self._holds(content):
                    return True
        return False

    def accepts(self, token: str) -> bool:
        """Say whether ``token`` is one of ours."""
        presented = self._print(token[:_LONGEST])
        return any(hmac.compare_digest(presented, known) for known in self._prints)

    def sign_in(self, scope: Scope, path: str) -> str:
        """Return the Set-Cookie that says so for a while. ``path``: where our pages are."""
        value = self._signer.sign(self._prints[0]).decode("ascii")
        return self._cookie(scope, value, path, LIFETIME)

    def sign_out(self, scope: Scope, path: str) -> str:
        return self._cookie(scope, "", path, 0)

    def _cookie(self, scope: Scope, value: str, path: str, lifetime: int) -> str:
        is_secure = visit_of(scope).is_secure
        secure = "; Secure" if is_secure else ""
        return (
            f"{name_of(is_secure=is_secure)}={value}; Max-Age={lifetime}; Path={path}{secure}; HttpOnly; SameSite=Lax"
        )

    def _print(self, token: str) -> bytes:
        """What stands for a token, in a cookie too: with the key, so that nobody can try tokens on it."""
        return hmac.new(self._key, token.encode("utf-8", "surrogatepass"), "sha256").hexdigest().encode("ascii")

    def _is_bearer(self, scope: Scope) -> bool:
        scheme, _, token = first(scope["headers"], b"authorization").partition(b" ")
        return scheme.lower() == b"bearer" and self.accepts(token.strip().decode("latin-1"))

    def _holds(self, content: bytes) -> bool:
        try:
            presented = self._signer.unsign(content[:_LONGEST], max_age=LIFETIME)
        except BadData:
            return False
        return any(hmac.compare_digest(presented, known) for known in self._prints)


def name_of(*, is_secure: bool) -> str:
    return f"__Secure-{TEAM_NAME}" if is_secure else TEAM_NAME
