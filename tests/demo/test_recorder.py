"""What the recorders note around a layer that masks."""

import asyncio

from consent_middleware.asgi import Message, Receive, Scope, Send
from demo_site.recorder import KEY, Exchange, InsideRecorder, OutsideRecorder


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"set-cookie", b"keep=1"), (b"set-cookie", b"drop=1")],
        }
    )


class Masking:
    """A stand-in for the middleware: it masks in place and drops a cookie."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = ("203.0.113.0", 0)
        inner = {**scope, "headers": []}

        async def filtered(message: Message) -> None:
            await send({**message, "headers": [(b"set-cookie", b"keep=1")]})

        await InsideRecorder(app)(inner, receive, filtered)


def test_both_sides_are_noted() -> None:
    headers = [(b"user-agent", b"Exact/1.2.3")]
    scope: Scope = {"type": "http", "client": ("203.0.113.77", 5000), "headers": headers}
    delivered: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        delivered.append(message)

    asyncio.run(OutsideRecorder(Masking())(scope, receive, send))
    exchange = scope[KEY]
    assert isinstance(exchange, Exchange)
    assert exchange.headers == tuple(headers)
    assert exchange.client == ("203.0.113.77", 5000)
    assert exchange.logged_client == ("203.0.113.0", 0)
    assert exchange.asked == [b"keep=1", b"drop=1"]
    assert exchange.answered == [b"keep=1"]
    assert len(delivered) == 1
