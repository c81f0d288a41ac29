"""``consent-middleware requests verify``, ``answer`` and ``close``: what becomes of a request."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError, LedgerError
from ..ledger import Ledger
from ..policy import Policy
from ..rights import Erasure, Outbox, RequestQueue
from ..telemetry import DisclosureLog, Recorder
from . import ledgers
from .requests import add_number, due_in_words, with_queue
from .tables import counted

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(tasks: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    verifying = tasks.add_parser(
        "verify",
        help="say that it is known who asks",
        description="Say that the visitor's identity is verified: the time to answer runs from today.",
    )
    add_number(verifying)
    ledgers.add_key(verifying)
    verifying.set_defaults(run=verify)
    answering = tasks.add_parser(
        "answer",
        help="answer a request, or refuse it with a reason",
        description="Answer a request, or refuse it with a reason. The visitor reads it under “Your data”, or with the "
        "reference of the request. Nothing is sent.",
    )
    add_number(answering)
    ledgers.add_key(answering)
    said = answering.add_mutually_exclusive_group(required=True)
    said.add_argument("--text", help="the answer")
    said.add_argument("--file", type=Path, metavar="FILE", help="the answer, in a file of text; - for standard input")
    said.add_argument("--refuse", metavar="REASON", help="refuse the request, for this reason")
    answering.add_argument(
        "--erase",
        action="store_true",
        help="also erase all that is held under the request's consent id; needs --policy",
    )
    answering.add_argument(
        "--policy", metavar="FILE", help="the site's policy: which recipients are told of an erasure"
    )
    answering.set_defaults(run=answer)
    closing = tasks.add_parser(
        "close",
        help="erase what was written in an answered request",
        description="Close a request that was answered or refused: what was written in it and whose it was is erased; its "
        "number, kind and days stay.",
    )
    add_number(closing)
    ledgers.add_key(closing)
    closing.set_defaults(run=close)


def verify(arguments: argparse.Namespace) -> int:
    async def work(queue: RequestQueue, _: Ledger) -> int:
        request = await queue.verify(arguments.number)
        print(f"{request.number} is due on {due_in_words(request)}.")
        return 0

    return with_queue(arguments, work)


def answer(arguments: argparse.Namespace) -> int:
    text = _answer_in(arguments)
    if not text:
        raise ConfigurationError("The answer is empty: write what the visitor is to read.")

    if arguments.erase and arguments.policy is None:
        raise ConfigurationError("--erase needs --policy FILE: the policy says which recipients are to be told.")

    async def work(queue: RequestQueue, ledger: Ledger) -> int:
        if arguments.erase:
            await _erase(arguments, queue, ledger)
        request = await queue.answer(arguments.number, text, is_refused=arguments.refuse is not None)
        print(f"{request.number} is {request.state}.")
        return 0

    return with_queue(arguments, work)


async def _erase(arguments: argparse.Namespace, queue: RequestQueue, ledger: Ledger) -> None:
    """Before the answer: where it fails, the request is still open."""
    stored = await queue.find(arguments.number)
    if stored is None or not stored.request.is_pending or not stored.request.consent_id:
        raise LedgerError(f"There is no request {arguments.number} to be answered that names a consent id.")
    policy = Policy.load(arguments.policy)
    outbox = Outbox(ledger, ledgers.secret_keys(arguments), policy)
    erasure = Erasure(
        ledger,
        recorder=Recorder(policy, ledger.database),
        disclosure_log=DisclosureLog(policy, ledger.database),
        queue=queue,
        outbox=outbox,
    )
    erased = await erasure.run(stored.request.consent_id, reason=f"request {stored.request.number}")
    parts = [counted(count, name.removesuffix("s")) for name, count in asdict(erased).items()]
    print(f"Erased: {', '.join(filter(None, parts)) or 'nothing'}.")
    await outbox.deliver()
    await erasure.finish()


def close(arguments: argparse.Namespace) -> int:
    async def work(queue: RequestQueue, _: Ledger) -> int:
        request = await queue.close(arguments.number)
        print(f"{request.number} is closed; what was written in it is erased.")
        return 0

    return with_queue(arguments, work)


def _answer_in(arguments: argparse.Namespace) -> str:
    if arguments.file is None:
        return str(arguments.text or arguments.refuse or "").strip()
    try:
        text = sys.stdin.read() if str(arguments.file) == "-" else arguments.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f'The answer in "{arguments.file}" cannot be read: {error}.') from error
    return str(text).strip()
