"""A scope of the app's own, where the server's must stay as it is.

What routers and middlewares further in write into it (route, endpoint, path_params, user …) is carried back, since those further out
look for it in theirs: before each message of the answer, and when the app has returned.
"""

from collections.abc import Mapping

from ..asgi import ASGIApp, Message, Receive, Scope, Send


async def run_inside(app: ASGIApp, scope: Scope, receive: Receive, send: Send, own: Mapping[str, object]) -> None:
    """Run ``app`` in a copy of ``scope`` in which the values of ``own`` stand; those are never carried back."""
    inner = {**scope, **own}

    def carry_back() -> None:
        for key, value in inner.items():
            if key not in own and scope.get(key) is not value:
                scope[key] = value

    async def send_on(message: Message) -> None:
        carry_back()
        await send(message)

    try:
        await app(inner, receive, send_on)
    finally:
        carry_back()
