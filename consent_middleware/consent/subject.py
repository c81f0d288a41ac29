"""Who is signed in, as far as a choice is concerned: a keyed digest, never what the app calls the account."""

import base64
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable

from ..asgi import Scope
from .value import Consent

logger = logging.getLogger("consent_middleware")

SALT = b"consent_middleware.subject.1"
TAG_LENGTH = 6
"""Characters of base64url: 36 bits tell the accounts of one browser apart, and say little about them."""

SubjectOf = Callable[[Scope], str | Awaitable[str | None] | None]
"""An app's own answer: what it calls the account that is signed in, for good; ``None`` where nobody is."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An account. ``digests``: one for each secret key, newest first; 43 characters of base64url."""

    digests: Sequence[str]

    @property
    def digest(self) -> str:
        return self.digests[0]

    @property
    def tag(self) -> str:
        """What a token carries, to say whose choice it is."""
        return self.digests[0][:TAG_LENGTH]

    def owns(self, consent: Consent) -> bool:
        """Say whether a choice was made, or taken over, under this account."""
        return any(consent.owner == digest[:TAG_LENGTH] for digest in self.digests)


class Subjects:
    """Asks the app who is signed in. ``secret_keys`` come newest first; digests of older ones still count."""

    def __init__(self, secret_keys: Sequence[str], ask: SubjectOf) -> None:
        self._keys = [hmac.digest(key.encode(), SALT, "sha256") for key in secret_keys]
        self._ask = ask

    async def of(self, scope: Scope) -> Subject | None:
        """Return who is signed in. Never raises: an app that cannot say is logged, and has nobody signed in."""
        try:
            answer = self._ask(scope)
            name = await answer if isawaitable(answer) else answer
        except Exception:
            logger.exception("The subject of a request could not be told; it counts as signed out.")
            return None
        if name is None or name == "":
            return None
        if not isinstance(name, str):
            logger.error("subject= returned a %s: return a str that stays the same, or None.", type(name).__name__)
            return None
        return self.named(name)

    def named(self, name: str) -> Subject:
        text = name.encode("utf-8", "surrogatepass")
        return Subject([_base64(hmac.new(key, text, hashlib.sha256).digest()) for key in self._keys])


def _base64(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
