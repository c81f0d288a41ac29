"""What a recipient is sent, and how it is signed: Standard Webhooks (https://www.standardwebhooks.com), symmetric, version 1."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

_SALT = b"consent_middleware.webhook.1|"
_PREFIX = "whsec_"
_encode = msgspec.json.Encoder().encode


def webhook_secret(secret_key: str, service: str) -> str:
    """The secret that a service verifies signatures with: ``whsec_…``. It tells nothing of the site's key or another service's."""
    return _PREFIX + base64.b64encode(_key_of(secret_key, service)).decode()


def erasure_body(consent_id: str, service: str, at: int) -> bytes:
    """Say whose data is to be erased, and since when (seconds since 1970); no more."""
    moment = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    return _encode(
        {"type": "visitor.erased", "timestamp": moment, "data": {"consent_id": consent_id, "service": service}}
    )


def signed_headers(
    secret_keys: Sequence[str], service: str, message_id: str, at: int, body: bytes
) -> Mapping[str, str]:
    """Sign a message for one attempt, made ``at`` (seconds since 1970). Each of the site's keys signs, so that one can be changed."""
    content = b"%b.%d.%b" % (message_id.encode(), at, body)
    seals = (hmac.digest(_key_of(key, service), content, "sha256") for key in secret_keys)
    return {
        "content-type": "application/json",
        "user-agent": "consent-middleware",
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(seal).decode()}" for seal in seals),
    }


def _key_of(secret_key: str, service: str) -> bytes:
    return hmac.digest(secret_key.encode(), _SALT + service.encode(), "sha256")
