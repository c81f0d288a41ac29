"""Starts and stops a middleware with its app, when the server says so (ASGI, lifespan)."""

import logging
import threading

from . import telemetry
from .asgi import Message, Receive, Scope, Send
from .errors import LedgerError
from .parts import Parts

logger = logging.getLogger("consent_middleware")

_STOPPING = frozenset({"lifespan.startup.failed", "lifespan.shutdown.complete", "lifespan.shutdown.failed"})


async def live(parts: Parts, scope: Scope, receive: Receive, send: Send) -> None:
    """Let the app live its lifespan, and do our part before it starts and after it stopped.

    An app that knows no lifespan (Django) says so by an error, or returns, before it has read a message. Servers then never tell
    anybody when they stop. A ledger has to know, lest what waits to be written is lost: so we answer in the app's place.
    """
    has_spoken = False

    async def receive_lifespan() -> Message:
        nonlocal has_spoken
        has_spoken = True
        message = await receive()
        if message["type"] == "lifespan.startup":
            await _start(parts)
        return message

    async def send_lifespan(message: Message) -> None:
        nonlocal has_spoken
        has_spoken = True
        if message["type"] in _STOPPING:
            await _stop(parts)
        await send(message)

    try:
        await parts.app(scope, receive_lifespan, send_lifespan)
    except Exception as error:
        if has_spoken:
            await _stop(parts)
        if has_spoken or parts.ledger is None:
            raise
        logger.debug("The app has no lifespan of its own: %s", error)
    if not has_spoken and parts.ledger is not None:
        await _live_alone(parts, receive, send)


async def _live_alone(parts: Parts, receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        if kind == "lifespan.startup":
            await _start(parts)
        elif kind == "lifespan.shutdown":
            await _stop(parts)
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _start(parts: Parts) -> None:
    """Load now what would make the first visitor wait."""
    telemetry.warm()
    # Templates are read from disk: on a thread, since a start-up may not block the server's loop, whichever it is.
    for warm in (parts.pages.warm, parts.banner.warm, parts.gates.html_gates.warm):
        threading.Thread(target=warm, name="consent-warm-up", daemon=True).start()
    if parts.ledger is None:
        return
    try:
        if parts.recorder is not None:
            parts.recorder.start()
        if parts.disclosure_log is not None:
            parts.disclosure_log.start()
        if parts.outbox is not None:
            parts.outbox.wake()
        await parts.ledger.start()
        if parts.housekeeping is not None:
            parts.housekeeping.start()
        parts.seen.recall(await parts.ledger.known_cookies())
    except LedgerError:
        logger.exception("The ledger does not answer. Requests are served; nothing can be accepted until it does.")


async def _stop(parts: Parts) -> None:
    if parts.outbox is not None:
        await parts.outbox.stop()
    if parts.recorder is not None:
        await parts.recorder.stop()
    if parts.disclosure_log is not None:
        await parts.disclosure_log.stop()
    if parts.overview is not None:
        await parts.overview.stop()
    if parts.ledger is not None:
        await parts.ledger.stop()
