"""``consent-middleware requests add`` and ``purge``: what came in another way, and what has been kept long enough."""

import argparse
import time
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..ledger import Ledger
from ..policy import Policy
from ..policy.lifetimes import Lifetime
from ..policy.rights import QUEUED_KINDS
from ..policy.working_days import fault_of
from ..rights import RequestQueue
from ..rights.queue import Asking
from . import ledgers
from .requests import due_in_words, with_queue
from .tables import counted

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    adding = tasks.add_parser(
        "add",
        help="put a request into the queue that came in another way",
        description="Put a request into the queue that came by letter or telephone, or the deletion of what is held about a "
        "child of whom no guardian had consented: that is due from its discovery, today. Prints the request's number, and "
        "the reference with which its visitor can read the answer.",
    )
    ledgers.add_url(adding)
    ledgers.add_key(adding)
    adding.add_argument("--kind", choices=QUEUED_KINDS, required=True)
    adding.add_argument("--consent-id", default="", metavar="ID", help="the random id whose data it is about")
    adding.add_argument("--contact", default="", metavar="TEXT", help="how the person can be reached")
    adding.add_argument("--message", default="", metavar="TEXT", help="what is asked for")
    adding.add_argument(
        "--verified", action="store_true", help="it is known who asks, so that the time runs from today"
    )
    adding.add_argument("--policy", metavar="FILE", help="the site's policy: its calendar and working days")
    adding.set_defaults(run=add)
    purging = tasks.add_parser(
        "purge",
        help="delete requests that ended long ago",
        description="Delete requests that were answered or withdrawn longer ago than a policy's [retention] of requests, or "
        "TIME. With automatic = true the site does so by itself. Their steps stay in the ledger until `ledger purge` lets them go.",
    )
    ledgers.add_url(purging)
    ledgers.add_key(purging)
    kept = purging.add_mutually_exclusive_group(required=True)
    kept.add_argument("--policy", metavar="FILE", help="the site's policy, whose [retention] counts")
    kept.add_argument("--keep", metavar="TIME", help="keep them this long, for example '1 year'")
    purging.set_defaults(run=purge)


def add(arguments: argparse.Namespace) -> int:
    policy = Policy.of(arguments.policy)
    declared = policy.declarations
    fault = fault_of(declared.rights.calendar)
    if fault is not None:
        raise ConfigurationError(" ".join(fault))

    async def work(queue: RequestQueue, _: Ledger) -> int:
        received = await queue.receive(
            Asking(
                kind=arguments.kind,
                ticket=queue.numbers.ticket(),
                consent_id=arguments.consent_id,
                contact=arguments.contact,
                message=arguments.message,
                language=policy.languages[0],
                working_days=declared.contact.reply_working_days,
                calendar=declared.rights.calendar,
                needs_verification=arguments.kind in declared.rights.verify and not arguments.verified,
            )
        )
        print(
            f"{received.request.number} is due on {due_in_words(received.request)}."
            if received.request.due_on
            else f"{received.request.number} waits for a verification."
        )
        print(f"Its reference is {received.reference}: with it, its visitor can read the answer.")
        return 0

    return with_queue(arguments, work)


def purge(arguments: argparse.Namespace) -> int:
    policy = Policy.load(arguments.policy) if arguments.policy is not None else None
    seconds = _kept_for(arguments.keep) if policy is None else 0

    async def work(queue: RequestQueue, _: Ledger) -> int:
        now = int(time.time())
        deleted = await (queue.purge(now - seconds) if policy is None else queue.purge_expired(policy, now))
        print(f"Deleted: {counted(deleted, 'request') or 'nothing'}.")
        return 0

    return with_queue(arguments, work)


def _kept_for(written: str) -> int:
    try:
        return Lifetime.parse(written).seconds or 0
    except ValueError as error:
        raise ConfigurationError(f"--keep {written!r}: {error}") from error
