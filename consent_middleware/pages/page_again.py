"""``POST {prefix}/page``: a shared page once more, as this visitor may see it, past every cache.

The app is asked by a GET of the page's own path, through the whole middleware, as if the browser had sent it. Only a path that we
signed in a page is asked for, and only for one of our own pages.
"""

from collections.abc import Sequence

from ..asgi import ASGIApp, Header, Message, Receive, Scope, Send
from ..consent import SCOPE_KEY
from ..gates.exchange import raw_request_of
from ..gates.headers import FOR_SHARED_CACHES, without
from ..gates.html.answer import ACTIVATION
from ..gates.response import ResponseGate
from .answering import Answer, send_answer
from .fragment import read_page
from .own_body import read_own
from .page_keys import PageKeys, opened
from .screens import Screens

_OF_THE_POST = frozenset(
    {b"content-length", b"content-type", b"transfer-encoding", b"origin", b"accept", b"cache-control"}
)
_FROM_A_SCRIPT: tuple[Header, ...] = (
    (b"accept", b"text/html"),
    (b"sec-fetch-site", b"same-origin"),
    (b"sec-fetch-mode", b"cors"),
    (b"sec-fetch-dest", b"empty"),
)
_REPLACED = frozenset({b"cache-control", *FOR_SHARED_CACHES})


class PageAgain:
    """``whole``: the middleware itself, with the app in it."""

    def __init__(self, *, whole: ASGIApp, screens: Screens, secret_keys: Sequence[str]) -> None:
        self._whole = whole
        self._screens = screens
        self._keys = PageKeys(secret_keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._refusal(scope, receive, send)
        if answer is not None:
            await send_answer(answer, send, without_body=False)

    async def _refusal(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Serve the page, or say why not."""
        if scope["method"] != "POST":
            return self._screens.message(scope, "wrong-method", headers={"allow": "POST"})
        body = await read_own(scope, receive, self._screens, is_by_script=True)
        if not isinstance(body, bytes):
            return body
        asked = read_page(body, self._keys)
        if asked is None:
            return self._screens.message(scope, "not-found")
        await self._whole(_asking(scope, *asked), _nothing_before(receive), _uncached(send))
        return None


def _asking(scope: Scope, path: str, query: str) -> Scope:
    """The request as a script of the page would have sent it, from what the server said: it goes through every gate anew."""
    headers, client = scope["headers"], scope.get("client")
    gate = scope.get(SCOPE_KEY)
    if isinstance(gate, ResponseGate):
        headers, client = raw_request_of(gate)
    kept = [
        (name, value)
        for name, value in headers
        if name not in _OF_THE_POST and not name.startswith((b"sec-fetch-", b"if-"))
    ]
    if not any(name == ACTIVATION for name, _ in kept):
        kept.append((ACTIVATION, b""))
    inner = opened(scope, path, query)
    del inner[SCOPE_KEY]
    inner.update(headers=[*kept, *_FROM_A_SCRIPT], client=client)
    return inner


def _nothing_before(receive: Receive) -> Receive:
    """A GET has no body; what comes after it is that the visitor leaves."""
    has_begun = False

    async def receive_nothing() -> Message:
        nonlocal has_begun
        if has_begun:
            return await receive()
        has_begun = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive_nothing


def _uncached(send: Send) -> Send:
    async def send_uncached(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = without(message.get("headers") or (), _REPLACED)
            message = {**message, "headers": [*headers, (b"cache-control", b"no-store")]}
        await send(message)

    return send_uncached
