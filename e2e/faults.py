"""The demo console, broken on purpose: each fault is one that teams make, and that nobody sees by looking at the page."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from consent_middleware.asgi import ASGIApp, Header, Message, Receive, Scope, Send
from demo_site.assembly import POLICY, assemble

PAGE = b"</main>"


class Meddling:
    """Wrap the whole console, and change what comes and goes. Bodies are small here, so that they are read whole."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        ask: Callable[[list[Header]], list[Header]] = list,
        post: Callable[[bytes], bytes] = bytes,
        answer: Callable[[list[Header]], list[Header]] = list,
        page: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self.app = app
        self._ask, self._post, self._answer, self._page = ask, post, answer, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # A changed page needs a body that nobody has packed.
        scope["headers"] = self._ask([pair for pair in scope["headers"] if pair[0] != b"accept-encoding"])
        if scope["method"] == "POST":
            receive = await self._changed_body(scope, receive)
        began: list[Message] = []
        body = b""

        async def hold(message: Message) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                began.append(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            (start,) = began
            headers = self._answer([(bytes(name), bytes(value)) for name, value in start["headers"]])
            if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                body = self._page(body)
                headers = [pair for pair in headers if pair[0] not in (b"content-length", b"content-security-policy")]
            await send({**start, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, hold)

    async def _changed_body(self, scope: Scope, receive: Receive) -> Receive:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if scope["path"].endswith("/choice"):
            body = self._post(body)
        size = str(len(body)).encode()
        scope["headers"] = [(name, size if name == b"content-length" else value) for name, value in scope["headers"]]
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        return again


def added(content: bytes) -> Callable[[bytes], bytes]:
    return lambda page: page.replace(PAGE, content + PAGE)


def with_header(name: bytes, value: bytes) -> Callable[[list[Header]], list[Header]]:
    return lambda headers: [*headers, (name, value)]


def without_cookie(pattern: bytes) -> Callable[[list[Header]], list[Header]]:
    found = re.compile(pattern)
    return lambda headers: [pair for pair in headers if pair[0] != b"set-cookie" or not found.match(pair[1])]


def counts_past_the_middleware(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, answer=with_header(b"set-cookie", b"_ga=GA1.1.111.1700000000; Path=/; Max-Age=63072000"))


def takes_a_refusal_for_consent(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, post=lambda body: body.replace(b"reject-all", b"accept-all"))


def embeds_a_pixel_past_the_middleware(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, page=added(f'<img src="{tracker}/pixel.gif?page=x" alt="">'.encode()))


def keeps_a_cookie_after_a_withdrawal(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, answer=without_cookie(rb"visitor_id=;"))


def hides_reject(console: ASGIApp, tracker: str) -> ASGIApp:
    button = re.compile(rb'<button[^>]*data-privacy-action="reject-all".*?</button>', re.DOTALL)
    return Meddling(console, page=lambda page: button.sub(b"", page))


def stores_an_identifier(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, page=added(b'<script>localStorage.setItem("_hjSessionUser_1", "a1b2c3")</script>'))


def forgets_the_choice(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, answer=without_cookie(rb"(__Host-)?privacy="))


def writes_a_cookie_by_script(console: ASGIApp, tracker: str) -> ASGIApp:
    script = b'<script>document.cookie = "_fbp=fb.1.1700000000000.123456; path=/; max-age=7776000"</script>'
    return Meddling(console, page=added(script))


def ticks_in_advance(console: ASGIApp, tracker: str) -> ASGIApp:
    switch = b'data-privacy-purpose="analytics"'
    return Meddling(console, page=lambda page: page.replace(switch, switch + b" checked"))


def asks_for_the_device(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, answer=with_header(b"accept-ch", b"Sec-CH-UA-Model, Sec-CH-UA-Full-Version-List"))


FAULTS = (
    counts_past_the_middleware,
    takes_a_refusal_for_consent,
    embeds_a_pixel_past_the_middleware,
    keeps_a_cookie_after_a_withdrawal,
    hides_reject,
    stores_an_identifier,
    forgets_the_choice,
    writes_a_cookie_by_script,
    ticks_in_advance,
    asks_for_the_device,
)
"""Ten that a browser can see."""


def keeps_the_whole_user_agent(console: ASGIApp, tracker: str) -> ASGIApp:
    def copied(headers: Iterable[Header]) -> list[Header]:
        return [*headers, *((b"x-seen-by-edge", value) for name, value in headers if name == b"user-agent")]

    return Meddling(console, ask=copied)


def drops_the_signal(console: ASGIApp, tracker: str) -> ASGIApp:
    return Meddling(console, ask=lambda headers: [pair for pair in headers if pair[0] != b"sec-gpc"])


BEHIND = (keeps_the_whole_user_agent, drops_the_signal)
"""Two more that only show behind the page: in what the app got to see, and in the ledger."""


def broken_console(folder: Path, tracker: str, fault: Callable[[ASGIApp, str], ASGIApp]) -> ASGIApp:
    folder.mkdir(parents=True, exist_ok=True)
    # The guard would keep two of the faults from happening.
    policy = folder / "unguarded.toml"
    policy.write_text("guard = false\n" + POLICY.read_text(encoding="utf-8"), encoding="utf-8")
    console = assemble(data=folder, tracker=tracker, secret_key="a key for tests only", policy_file=policy)
    return fault(console, tracker)
