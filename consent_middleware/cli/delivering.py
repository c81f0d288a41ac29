"""``consent-middleware ledger deliver`` and ``webhook-secret``: tells recipients of erasures, for cron."""

import argparse
from typing import TYPE_CHECKING

import msgspec

from ..ledger import Ledger
from ..policy import Policy
from ..rights.outbox import Outbox
from ..rights.outbox_rows import Message
from ..rights.webhooks import webhook_secret
from . import ledgers
from .requests import as_json
from .tables import counted, table

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    delivering = tasks.add_parser(
        "deliver",
        help="tell recipients what is to be erased",
        description="Send what waits in the outbox and is due: recipients are told which visitor's data is to be erased. Safe "
        "beside the running site, which does the same, and beside itself. Exit code 1 while a message is given up.",
    )
    ledgers.add_url(delivering)
    ledgers.add_key(delivering)
    delivering.add_argument("--policy", metavar="FILE", help="the site's policy: where its services are told now")
    delivering.add_argument("--retry", action="store_true", help="try again what was given up, too")
    delivering.add_argument("--json", action="store_true", help="print a JSON object")
    delivering.set_defaults(run=deliver)
    secret = tasks.add_parser(
        "webhook-secret",
        help="print the secret with which a recipient verifies what it is told",
        description="Print the secret (Standard Webhooks, whsec_…) with which a service verifies that it was this site that "
        "told it. It follows from the site's key and the service's id.",
    )
    secret.add_argument("service", metavar="SERVICE", help="the id of the service in the policy")
    ledgers.add_key(secret)
    secret.set_defaults(run=print_secret)


def deliver(arguments: argparse.Namespace) -> int:
    keys = ledgers.secret_keys(arguments)
    policy = Policy.of(arguments.policy)

    async def work(ledger: Ledger) -> int:
        outbox = Outbox(ledger, keys, policy)
        if arguments.retry:
            await outbox.revive()
        done = await outbox.deliver()
        waiting = await outbox.waiting()
        given_up = [message for message in waiting if message.is_given_up]
        if arguments.json:
            print(as_json({"delivered": done.delivered, "waiting": [_facts(message) for message in waiting]}))
        else:
            print(f"Delivered: {counted(done.delivered, 'message') or 'nothing'}.")
            if waiting:
                print(*table(map(_row, waiting)), sep="\n")
        return int(bool(given_up))

    return ledgers.with_ledger(arguments, work, keys=keys)


def print_secret(arguments: argparse.Namespace) -> int:
    print(webhook_secret(ledgers.secret_keys(arguments)[0], arguments.service))
    return 0


def _row(message: Message) -> tuple[str, ...]:
    state = "given up" if message.is_given_up else "waits"
    return (message.message_id, message.service, state, counted(message.attempts, "attempt"), message.problem)


def _facts(message: Message) -> dict[str, object]:
    facts: dict[str, object] = msgspec.to_builtins(message)
    return {**facts, "is_given_up": message.is_given_up}
