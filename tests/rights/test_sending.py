"""One request to a recipient: over verified TLS, within a time, and never anywhere else."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from consent_middleware.rights.sending import NotDelivered, post
from tests.rights.recipient import recipient


def send(url: str, *, seconds: float = 5) -> int:
    return asyncio.run(post(url, {"content-type": "application/json"}, b"{}", seconds=seconds))


def test_a_request_comes_as_it_was_sent() -> None:
    with recipient() as there:
        assert send(there.url) == 200
        (got,) = there.got
    assert (got.path, got.body) == ("/erasures?of=us", b"{}")
    assert got.headers["host"] == there.url.split("/")[2]
    assert got.headers["content-type"] == "application/json"


def test_a_redirect_is_not_followed() -> None:
    with recipient() as there:
        there.statuses = [302]
        assert send(there.url) == 302
        assert len(there.got) == 1


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with recipient() as there, recipient() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert send(there.url) == 200
        assert proxy.got == []


def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with recipient(context) as there:
        with pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"):
            send(there.url)
        assert there.got == []
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert send(there.url) == 200


def test_nobody_waits_for_a_recipient_that_does_not_answer() -> None:
    with recipient() as there:
        there.seconds = 20
        with pytest.raises(NotDelivered, match=r"no answer|timed out"):
            send(there.url, seconds=0.2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://no-such-host.invalid/", "http://127.0.0.1:99999/"])
def test_what_cannot_be_reached_is_not_delivered(url: str) -> None:
    with pytest.raises(NotDelivered):
        send(url)
