"""Starts and stops a middleware with its app, where the server says when (ASGI, lifespan)."""

import logging
import threading

from . import telemetry
from .asgi import Message, Receive, Scope, Send
from .assembly import Parts
from .errors import LedgerError

logger = logging.getLogger("consent_middleware")

_STOPPING = frozenset({"lifespan.startup.failed", "lifespan.shutdown.complete", "lifespan.shutdown.failed"})


async def live(parts: Parts, scope: Scope, receive: Receive, send: Send) -> None:
    """Let the app live its lifespan, and do our part before it starts and after it stopped."""

    async def receive_lifespan() -> Message:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await _start(parts)
        return message

    async def send_lifespan(message: Message) -> None:
        if message["type"] in _STOPPING:
            await _stop(parts)
        await send(message)

    await parts.app(scope, receive_lifespan, send_lifespan)


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
