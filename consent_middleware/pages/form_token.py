"""The token that proves a form is ours where a browser's headers cannot.

Nothing is stored: it is an HMAC over the day, the visitor's network, browser and (after a first choice) random id. Before a
choice there is no secret that only this visitor's browser knows, since none may be kept; so it is asked for only where neither
Sec-Fetch-Site nor Origin says anything.
"""

import hashlib
import hmac
import time
from collections.abc import Sequence

from ..asgi import Scope
from ..caches import BoundedCache
from ..consent import Consent
from ..telemetry import mask_client
from ..telemetry.user_agents import reduce_user_agent

_SALT = b"consent_middleware.form.1"
_BUCKET = 86_400
"""Seconds. A token of this bucket or the one before is accepted, so each is good for 24 to 48 hours."""
_LENGTH = 32
_MADE = 2048
_LONGEST_AGENT = 512


class FormTokens:
    """Makes and checks form tokens. ``secret_keys`` come newest first; older ones still verify."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._made: BoundedCache[tuple[object, ...], str] = BoundedCache(_MADE)
        self._keys = [hashlib.sha256(_SALT + key.encode()).digest() for key in secret_keys]

    def make(self, scope: Scope, consent: Consent) -> str:
        """Return the token of today; for every page of a browser without fetch metadata, so from memory where it can be."""
        bucket = int(time.time()) // _BUCKET
        client = scope.get("client")
        host = client[0] if isinstance(client, tuple | list) and client else str(client)
        agent = dict(scope["headers"]).get(b"user-agent", b"")
        key = (bucket, host, agent, consent.id)
        made = self._made.get(key)
        if made is None:
            made = self._token(self._keys[0], bucket, scope, consent)
            if len(agent) <= _LONGEST_AGENT:
                self._made.put(key, made)
        return made

    def accepts(self, token: str, scope: Scope, consent: Consent) -> bool:
        if len(token) != _LENGTH or not token.isascii():
            return False
        bucket = int(time.time()) // _BUCKET
        return any(
            hmac.compare_digest(token, self._token(key, day, scope, consent))
            for key in self._keys
            for day in (bucket, bucket - 1)
        )

    def _token(self, key: bytes, bucket: int, scope: Scope, consent: Consent) -> str:
        # Masked and reduced, so that the token is the same whether or not the gates have done so already.
        client = mask_client(scope.get("client"), behind_proxy=False)
        agent = dict(scope["headers"]).get(b"user-agent", b"")
        network = client[0] if client else ""
        message = f"{bucket}|{network}|{consent.id or ''}|".encode() + reduce_user_agent(agent)
        return hmac.digest(key, message, "sha256").hex()[:_LENGTH]


def needs_token(scope: Scope) -> bool:
    """Say whether a form sent from this browser may need one: it sent no fetch metadata with this request.

    All other browsers get markup that is the same for everyone.
    """
    return all(name != b"sec-fetch-site" and name != b"sec-fetch-mode" for name, _ in scope["headers"])
