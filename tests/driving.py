"""Sends one request through an ASGI app, message by message, the way a server would."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import ASGIApp, Header, Message, Receive, Scope, Send
from consent_middleware.testing import consent_cookie

KEY = "a key that only the tests know"
HOST = "www.shop.example"
OPENING: tuple[Header, ...] = ((b"sec-fetch-dest", b"document"), (b"sec-fetch-mode", b"navigate"))
NAVIGATION: tuple[Header, ...] = (*OPENING, (b"accept-encoding", b"gzip, br"), (b"accept-language", b"en"))
"""As every browser opens a page."""
SAME_ORIGIN: tuple[Header, ...] = ((b"sec-fetch-site", b"same-origin"),)
PAGE = b"<!doctype html><html><head><title>Shop</title></head><body><p>Hello</p></body></html>"
HTML: Header = (b"content-type", b"text/html; charset=utf-8")
MARK = b'id="privacy-consent-ui"'


@dataclass
class Answer:
    """What the server got: the messages as they were sent, and what the app raised."""

    messages: list[Message] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def start(self) -> Message:
        return next(message for message in self.messages if "headers" in message or message["type"].endswith("start"))

    @property
    def status(self) -> int:
        status: int = self.start["status"]
        return status

    @property
    def headers(self) -> list[Header]:
        return [(bytes(name), bytes(value)) for name, value in self.start.get("headers") or ()]

    @property
    def body(self) -> bytes:
        return b"".join(bytes(m.get("body", b"")) for m in self.messages if m["type"].endswith(".body"))

    @property
    def set_cookies(self) -> list[bytes]:
        return self.values(b"set-cookie")

    @property
    def names_set(self) -> list[str]:
        """Names of cookies that this answer leaves in the browser."""
        return [name(line) for line in self.set_cookies if b"max-age=0" not in line.lower()]

    @property
    def names_expired(self) -> list[str]:
        return [name(line) for line in self.set_cookies if b"max-age=0" in line.lower()]

    @property
    def token(self) -> tuple[str, str] | None:
        for line in self.set_cookies:
            if name(line) in ("privacy", "__Host-privacy", "__Secure-privacy"):
                return name(line), line.partition(b"=")[2].partition(b";")[0].decode()
        return None

    def values(self, wanted: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == wanted]

    def value(self, wanted: bytes) -> bytes | None:
        return next(iter(self.values(wanted)), None)


def name(set_cookie: bytes) -> str:
    return set_cookie.partition(b"=")[0].decode("latin-1")


def scope_of(
    path: str = "/",
    *,
    kind: str = "http",
    method: str = "GET",
    headers: Iterable[Header] = (),
    cookie: str | bytes | Sequence[bytes] = (),
    scheme: str = "http",
    client: object = ("203.0.113.77", 50123),
    host: str = HOST,
    **more: object,
) -> Scope:
    """A scope as uvicorn makes it. ``cookie``: one Cookie header, or several."""
    cookies = [cookie.encode()] if isinstance(cookie, str) else [cookie] if isinstance(cookie, bytes) else cookie
    pairs = [(b"host", host.encode()), *headers, *((b"cookie", each) for each in cookies if each)]
    scope: Scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": scheme,
        "path": path.partition("?")[0],
        "raw_path": path.partition("?")[0].encode(),
        "query_string": path.partition("?")[2].encode(),
        "root_path": "",
        "headers": pairs,
        "client": client,
        "server": ("127.0.0.1", 80),
        "extensions": {},
        "state": {},
    }
    if kind == "http":
        scope["method"] = method
    else:
        scope["subprotocols"] = []
    return {**scope, **more}


def call(app: ASGIApp, scope: Scope, body: bytes = b"") -> Answer:
    """Run ``app`` to its end. What it raises is kept, since a server would only log it."""
    return asyncio.run(_exchange(app, scope, body))


def drive(app: ASGIApp, scope: Scope) -> Answer:
    """``call`` without an event loop, for apps that wait for nothing: a hundred times faster, for property tests."""
    coroutine: Coroutine[Any, Any, Answer] = _exchange(app, scope, b"")
    try:
        coroutine.send(None)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    raise RuntimeError("The app waits for something; use call().")


async def _exchange(app: ASGIApp, scope: Scope, body: bytes) -> Answer:
    answer = Answer()
    sent, finished = False, asyncio.Event()

    async def receive() -> Message:
        nonlocal sent
        if sent:
            # A browser goes away when it has its answer.
            await finished.wait()
            return {"type": "http.disconnect" if scope["type"] == "http" else "websocket.disconnect"}
        sent = True
        if scope["type"] == "websocket":
            return {"type": "websocket.connect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        answer.messages.append(message)
        if message["type"] in ("http.response.body", "websocket.close") and not message.get("more_body"):
            finished.set()

    try:
        await app(scope, receive, send)
    except Exception as error:
        answer.error = error
    return answer


@contextmanager
def serving(*middlewares: ConsentMiddleware) -> Iterator[None]:
    """Start and stop them as a server does; their apps must be an ``App``."""
    try:
        for middleware in middlewares:
            tell(middleware, "lifespan.startup")
        yield
    finally:
        for middleware in middlewares:
            tell(middleware, "lifespan.shutdown")


def tell(middleware: ConsentMiddleware, event: str) -> list[Message]:
    """Send one lifespan event."""
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": event}

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(middleware({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send))
    return answers


def live_through(middleware: ConsentMiddleware) -> list[Message]:
    """Start and stop it in one lifespan, as a server does; return what it answered."""
    events = iter(("lifespan.startup", "lifespan.shutdown"))
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": next(events)}

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(middleware({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send))
    return answers


def get(app: ASGIApp, path: str = "/", **options: Any) -> Answer:
    return call(app, scope_of(path, **options))


def visit_page(app: ASGIApp, path: str = "/", *, headers: Iterable[Header] = (), **options: Any) -> Answer:
    """Open a page as a person does."""
    return call(app, scope_of(path, headers=[*NAVIGATION, *headers], **options))


class App:
    """An app that answers every request alike and remembers what it saw. It sends exactly what it was told to."""

    def __init__(
        self,
        *set_cookies: str | bytes,
        status: int = 200,
        headers: Iterable[Header] = ((b"content-type", b"text/plain"),),
        body: bytes | Sequence[bytes] = b"ok",
    ) -> None:
        cookies = [line.encode("latin-1") if isinstance(line, str) else line for line in set_cookies]
        self.headers = [*headers, *((b"set-cookie", line) for line in cookies)]
        self.status = status
        self.chunks = [body] if isinstance(body, bytes) else list(body)
        self.scope: Scope = {}
        self.seen: list[Header] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            event = (await receive())["type"]
            await send({"type": f"{event}.complete"})
            return
        self.scope = scope
        self.seen = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept", "headers": list(self.headers)})
            await send({"type": "websocket.close"})
            return
        await self.act()
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        for place, chunk in enumerate(self.chunks):
            await send({"type": "http.response.body", "body": chunk, "more_body": place < len(self.chunks) - 1})

    async def act(self) -> None:
        """What happens between the request and the answer."""

    @property
    def cookies(self) -> list[bytes]:
        """The Cookie headers as the app saw them."""
        return [value for key, value in self.seen if key == b"cookie"]

    def saw(self, wanted: bytes) -> bytes | None:
        return next((value for key, value in self.seen if key == wanted), None)


def page(*set_cookies: str | bytes, headers: Iterable[Header] = (), **options: Any) -> App:
    """An app whose answer is a whole page."""
    return App(*set_cookies, headers=[HTML, *headers], **{"body": PAGE, **options})


def mounted(app: ASGIApp, policy: Policy | str | None = None, **options: Any) -> ConsentMiddleware:
    """``app`` behind the middleware; ``policy`` may be the text of a policy file."""
    if isinstance(policy, str):
        policy = Policy.parse(policy)
    return ConsentMiddleware(app, policy=policy, secret_key=options.pop("secret_key", KEY), **options)


def token(policy: Policy | str | None = None, *allow: str, **options: Any) -> str:
    """A Cookie header that carries a valid choice: ``allow`` is allowed, everything else refused."""
    if isinstance(policy, str):
        policy = Policy.parse(policy)
    key, value = consent_cookie(policy, options.pop("secret_key", KEY), allow=allow, **options)
    return f"{key}={value}"
