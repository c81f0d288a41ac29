"""A recipient can tell with any library for Standard Webhooks that it was this site that told it."""

import base64
import hmac
import json

from consent_middleware.rights.webhooks import erasure_body, signed_headers, webhook_secret

BODY = erasure_body("abc", "mail", 1_795_000_000)


def verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What the specification tells a recipient to do."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    seal = base64.b64encode(hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), content, "sha256")).decode()
    return any(each == f"v1,{seal}" for each in headers["webhook-signature"].split(" "))


def test_it_says_whose_data_to_erase_and_no_more() -> None:
    assert json.loads(BODY) == {
        "type": "visitor.erased",
        "timestamp": "2026-11-18T11:06:40Z",
        "data": {"consent_id": "abc", "service": "mail"},
    }


def test_it_is_signed_as_the_specifications_own_library_verifies() -> None:
    # Verified once with standardwebhooks 1.0 from PyPI.
    headers = signed_headers(["new key", "old key"], "mail", "msg_1", 1_795_000_000, BODY)
    assert webhook_secret("new key", "mail") == "whsec_iADDz6bC36PS6XVeFCAG9Vr2T6aoECE5ZIr+n6MK6vE="
    assert headers["webhook-signature"] == (
        "v1,ee0D3bWTBKoF7rVbJnDzZ31nhd3u560cfQLc6urc684= v1,51y/ZL1chnWT9YvaROpuVIJgoxt//kthldP9hBCwq0I="
    )
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_1", "1795000000")


def test_the_secret_of_each_of_the_sites_keys_verifies_it() -> None:
    headers = dict(signed_headers(["new", "old"], "mail", "msg_1", 1_795_000_000, BODY))
    for key in ("new", "old"):
        assert verifies(webhook_secret(key, "mail"), headers, BODY)
    assert not verifies(webhook_secret("new", "another"), headers, BODY)
    assert not verifies(webhook_secret("other", "mail"), headers, BODY)
    assert not verifies(webhook_secret("new", "mail"), headers, BODY + b" ")
    assert not verifies(webhook_secret("new", "mail"), {**headers, "webhook-timestamp": "1795000001"}, BODY)
    assert not verifies(webhook_secret("new", "mail"), {**headers, "webhook-id": "msg_2"}, BODY)
