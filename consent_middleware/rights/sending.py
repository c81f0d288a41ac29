"""Sends one HTTP request, on a thread of its own, within a time."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from urllib.parse import urlsplit

_LONGEST_PROBLEM = 200


class NotDelivered(Exception):
    """Nobody answered. The message says why."""


class _Sending:
    """One request. ``abandon`` ends it from another thread."""

    def __init__(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> None:
        # Here, since most processes never send: it brings the whole package email.
        import http.client

        parts = urlsplit(url)
        host = parts.hostname or ""
        self._connection = (
            http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, parts.port, timeout=seconds)
        )
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = dict(headers)
        self._body = body
        self.status: Future[int] = Future()

    def run(self) -> None:
        from http.client import HTTPException

        try:
            self._connection.request("POST", self._target, self._body, self._headers)
            status = self._connection.getresponse().status
        except (OSError, HTTPException, ValueError) as error:
            self._settle(NotDelivered(f"{type(error).__name__}: {error}"[:_LONGEST_PROBLEM]))
        else:
            self._settle(status)
        finally:
            self._connection.close()

    def abandon(self) -> None:
        self.status.cancel()
        connected = self._connection.sock
        if connected is not None:
            # Or one that answers a byte a minute would keep the thread.
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def _settle(self, outcome: "int | NotDelivered") -> None:
        if not self.status.set_running_or_notify_cancel():
            return
        if isinstance(outcome, int):
            self.status.set_result(outcome)
        else:
            self.status.set_exception(outcome)


async def post(url: str, headers: Mapping[str, str], body: bytes, *, seconds: float) -> int:
    """Return the status of the answer; its body is not read, and a redirect is an answer like any other.

    Raises NotDelivered where there is none within ``seconds``. Certificates are verified; proxies of the environment are not used.
    """
    try:
        sending = _Sending(url, headers, body, seconds)
    except (ValueError, OSError) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}"[:_LONGEST_PROBLEM]) from error
    # Not the loop's own executor: the end of the process would wait for it.
    threading.Thread(target=sending.run, name="consent-webhook", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.wrap_future(sending.status)
    except TimeoutError:
        raise NotDelivered(f"no answer within {seconds:g} s") from None
    finally:
        sending.abandon()
