"""What commands that work with requests have in common: an open queue, and how one request is printed."""

import argparse
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

import msgspec

from ..ledger import Ledger
from ..rights import Request, RequestQueue
from . import ledgers


def add_number(parser: argparse.ArgumentParser) -> None:
    ledgers.add_url(parser)
    parser.add_argument("number", metavar="NUMBER", help="the request's number, for example 7K2M-9QXD-4T3W")


def with_queue(arguments: argparse.Namespace, work: Callable[[RequestQueue, Ledger], Awaitable[int]]) -> int:
    """Open a queue to write to it, and close it. Raises ConfigurationError without a key, LedgerError without a ledger."""
    keys = ledgers.secret_keys(arguments)

    async def run(ledger: Ledger) -> int:
        return await work(RequestQueue(ledger, keys), ledger)

    return ledgers.with_ledger(arguments, run, keys=keys)


def as_json(content: object) -> str:
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def due_in_words(request: Request) -> str:
    """``2026-12-18``, and what there is to say about it."""
    if not request.due_on:
        return "time not running"
    if request.is_overdue(datetime.now(UTC).date()):
        return f"{request.due_on} overdue"
    return f"{request.due_on} provisional" if request.is_provisional and request.is_pending else request.due_on


def day_in_words(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat() if seconds else ""


def day(text: str) -> date:
    """An argument that is a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day: write for example 2026-12-18") from None
