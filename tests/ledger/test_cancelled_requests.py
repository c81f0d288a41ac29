"""A request that is cancelled, at whichever of its steps: what was acknowledged is recorded, and the next one finds all in order."""

import asyncio
import contextlib
import logging
import types
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any

import pytest

from consent_middleware import ConsentMiddleware
from consent_middleware.asgi import Message, Scope
from consent_middleware.ledger import Ledger
from tests.driving import SAME_ORIGIN, Answer, App, mounted, scope_of

FORM = (b"content-type", b"application/x-www-form-urlencoded")
POLICY = """
[site]
minimum_age = 14
[recorder]
page_views = true
[rights]
kinds = ["correction"]
"""
CUTS: list[dict[str, Any]] = [
    *({"step": step} for step in range(1, 11)),
    *({"seconds": 0.0003 * 2**number} for number in range(12)),
]
"""Where a request is cancelled: at each of its steps, and at moments from before its transaction begins to after its commit."""


@types.coroutine
def cancelled_at(step: int, coroutine: Coroutine[Any, Any, None]) -> Generator[Any, Any, int]:
    """Cancel the running task where ``coroutine`` waits for the ``step``-th time; return how often it waited."""
    waits, thrown = 0, None
    task = asyncio.current_task()
    while True:
        try:
            waited = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
        except StopIteration:
            return waits
        waits, thrown = waits + 1, None
        if waits == step and task is not None:
            task.cancel()
        try:
            yield waited
        except BaseException as error:
            thrown = error


class Site:
    """A mounted middleware, and requests to it."""

    def __init__(self, url: str) -> None:
        self.middleware: ConsentMiddleware = mounted(App(), POLICY, ledger=url, subject=lambda scope: "somebody")
        assert self.middleware.ledger is not None
        self.ledger: Ledger = self.middleware.ledger

    async def post(self, path: str, body: bytes, *, cookie: str = "", step: int = 0, seconds: float = 0) -> Answer:
        """Send a form; cancelled at that step, or after that time."""
        answer = Answer()
        scope = scope_of(
            f"/-/privacy/{path}",
            method="POST",
            headers=[*SAME_ORIGIN, FORM],
            cookie=cookie,
            # One that nobody counts.
            client=("10.0.0.1", 50123),
        )
        task = asyncio.create_task(self._cut(step, self._serve(scope, body, answer)))
        if seconds:
            asyncio.get_running_loop().call_later(seconds, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return answer

    async def _cut(self, step: int, coroutine: Coroutine[Any, Any, None]) -> None:
        await cancelled_at(step, coroutine)

    async def _serve(self, scope: Scope, body: bytes, answer: Answer) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            answer.messages.append(message)

        await self.middleware(scope, receive, send)

    async def stop(self) -> None:
        report = await self.ledger.verify()
        assert report.holds, report.problems
        await self.ledger.stop()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.mark.parametrize("action", ["accept-all", "reject-all"])
def test_a_choice_that_was_acknowledged_is_recorded(url: str, action: str, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        site = Site(url)
        await site.ledger.start()
        form, acknowledged = f"age=over&action={action}".encode(), 0
        for cut in CUTS:
            answer = await site.post("choice", form, **cut)
            if answer.messages:
                acknowledged += 1
                assert answer.token is not None
                assert len(await site.ledger.of_visitor(answer.token[1][:16])) == 1
        assert acknowledged < len(CUTS)
        assert (await site.post("choice", form)).status == 303
        await site.stop()

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert caplog.records == []


def test_an_erasure_that_was_acknowledged_left_nothing_and_any_other_can_be_asked_for_again(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        site = Site(url)
        await site.ledger.start()
        acknowledged = 0
        for cut in CUTS:
            chosen = (await site.post("choice", b"age=over&action=accept-all")).token
            assert chosen is not None
            cookie, consent_id = "=".join(chosen), chosen[1][:16]
            answer = await site.post("data/erase", b"", cookie=cookie, **cut)
            if answer.messages:
                acknowledged += 1
            else:
                assert (await site.post("data/erase", b"", cookie=cookie)).status == 303
            assert await site.ledger.of_visitor(consent_id) == []
        assert acknowledged < len(CUTS)
        await site.stop()

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert caplog.records == []
