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
from .guesses import Guesses

Check = Callable[[Scope], bool | Awaitable[bool]]
"""An app's own answer."""

LIFETIME = 3600
"""Seconds that a sign-in lasts from the last look at the page on."""
REMEMBERED = 30 * 86_400
"""Seconds that a browser can show that it was signed in once. That opens nothing: see ``guesses``."""
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
        self._guesses = Guesses()
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
        return self._has_cookie(scope, LIFETIME)

    def accepts(self, scope: Scope, token: str) -> bool:
        """Say whether ``token`` is one of ours. What comes from where too many wrong ones came from is not looked at (``wait``)."""
        was_signed_in = self._has_cookie(scope, REMEMBERED)
        if self._guesses.wait(scope, is_known=was_signed_in):
            return False
        presented = self._print(token[:_LONGEST])
        is_right = any(hmac.compare_digest(presented, known) for known in self._prints)
        self._guesses.see(scope, is_known=was_signed_in, is_right=is_right)
        return is_right

    def wait(self, scope: Scope) -> int:
        """Seconds until a token from there is looked at again; 0 where it is now."""
        return self._guesses.wait(scope, is_known=self._has_cookie(scope, REMEMBERED))

    def has_bearer(self, scope: Scope) -> bool:
        """Say whether a token came in the Authorization header."""
        return bool(_bearer_in(scope))

    def _has_cookie(self, scope: Scope, lifetime: int) -> bool:
        name = name_of(is_secure=visit_of(scope).is_secure).encode("ascii")
        for header, value in scope["headers"]:
            if header != b"cookie":
                continue
            for crumb in value.split(b";")[:_CRUMBS]:
                key, _, content = crumb.strip(b" \t").partition(b"=")
                if key == name and self._holds(content, lifetime):
                    return True
        return False

    def sign_in(self, scope: Scope, path: str) -> str:
        """Return the Set-Cookie that says so for a while. ``path``: where our pages are."""
        value = self._signer.sign(self._prints[0]).decode("ascii")
        return self._cookie(scope, value, path, REMEMBERED)

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
        token = _bearer_in(scope)
        return bool(token) and self.accepts(scope, token)

    def _holds(self, content: bytes, lifetime: int) -> bool:
        try:
            presented = self._signer.unsign(content[:_LONGEST], max_age=lifetime)
        except BadData:
            return False
        return any(hmac.compare_digest(presented, known) for known in self._prints)


def _bearer_in(scope: Scope) -> str:
    scheme, _, token = first(scope["headers"], b"authorization").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def name_of(*, is_secure: bool) -> str:
    return f"__Secure-{TEAM_NAME}" if is_secure else TEAM_NAME
