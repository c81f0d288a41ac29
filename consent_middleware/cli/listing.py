"""``consent-middleware requests list`` and ``show``: who asked for what, and by when it is due."""

import argparse
from typing import TYPE_CHECKING

import msgspec

from ..errors import LedgerError
from ..ledger import Ledger
from ..rights import Request, RequestQueue
from ..rights.requests import PENDING, STATES
from . import ledgers
from .requests import add_number, as_json, day, day_in_words, due_in_words
from .tables import table

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    listing = tasks.add_parser(
        "list",
        help="list requests in the order in which they are due",
        description="List requests in the order in which they are due. Those that wait for a verification come first: their "
        "time does not run yet. Without --state, what is still to be answered.",
    )
    ledgers.add_url(listing)
    listing.add_argument(
        "--state", action="append", choices=(*STATES, "all"), help="only these; may be given several times"
    )
    listing.add_argument("--due-before", type=day, metavar="DAY", help="only what is due before this day (ISO 8601)")
    listing.add_argument("--json", action="store_true", help="print a JSON array with one object for each request")
    listing.set_defaults(run=list_requests)
    showing = tasks.add_parser(
        "show",
        help="show one request",
        description="Show one request, and whether it still is what its record in the ledger says.",
    )
    add_number(showing)
    showing.add_argument("--json", action="store_true", help="print a JSON object")
    showing.set_defaults(run=show)


def list_requests(arguments: argparse.Namespace) -> int:
    chosen = arguments.state or PENDING
    states = STATES if "all" in chosen else tuple(chosen)
    before = arguments.due_before.isoformat() if arguments.due_before is not None else ""

    async def work(ledger: Ledger) -> int:
        found = [request async for request in RequestQueue(ledger, ()).requests(states, due_before=before)]
        if arguments.json:
            print(as_json(found))
        elif found:
            print(*table(map(_row, found)), sep="\n")
        else:
            print("No requests.")
        return 0

    return ledgers.with_ledger(arguments, work)


def show(arguments: argparse.Namespace) -> int:
    async def work(ledger: Ledger) -> int:
        queue = RequestQueue(ledger, ())
        stored = await queue.find(arguments.number)
        if stored is None:
            raise LedgerError(f"There is no request {arguments.number}.")
        proven = await queue.is_proven(stored)
        if arguments.json:
            print(as_json({**msgspec.to_builtins(stored.request), "proven": proven}))
        else:
            print(*table(_facts(stored.request, proven)), sep="\n")
        return int(proven is False)

    return ledgers.with_ledger(arguments, work)


def _row(request: Request) -> tuple[str, ...]:
    return (request.number, request.kind, request.state, day_in_words(request.received_at), due_in_words(request))


def _facts(request: Request, proven: bool | None) -> list[tuple[str, str]]:
    said = {True: "it is what was received", False: "it is not what was received", None: "erased, or not recorded"}
    facts = [
        ("number", request.number),
        ("kind", request.kind),
        ("state", request.state),
        ("received", day_in_words(request.received_at)),
        ("verified", day_in_words(request.verified_at)),
        ("due", f"{due_in_words(request)} ({request.working_days} working days, calendar {request.calendar})"),
        ("consent id", request.consent_id),
        ("language", request.language),
        ("contact", _one_line(request.contact)),
        ("message", _one_line(request.message)),
        ("answered", day_in_words(request.answered_at)),
        ("answer", _one_line(request.answer)),
        ("record", said[proven]),
    ]
    return [(name, value) for name, value in facts if value]


def _one_line(text: str) -> str:
    """What a visitor wrote, without what a terminal would take for a command of its own."""
    return "".join(char if char.isprintable() else " " for char in text)
