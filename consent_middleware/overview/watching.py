"""Shows requests and answers to the inventory: stands around the app where there is one, so that others pay nothing for it."""

import time
from collections.abc import Awaitable, Mapping
from itertools import islice

from ..asgi import ASGIApp, Header, Message, Receive, Scope, Send, route_path
from ..caches import BoundedCache
from ..consent import SCOPE_KEY
from ..gates.exchange import raw_request_of
from ..gates.headers import combined, first
from ..gates.insertion import html_kinds
from ..gates.recognition import Known
from ..gates.response import ResponseGate
from ..gates.rules import OWN_NAMES
from ..gates.set_cookie import SetCookie
from ..gates.set_cookies import CookieRequest
from ..gates.violations import Violation
from ..pages.reports import host_of
from ..pages.stored_keys import StoredKeys
from ..policy import Policy
from .inventory import Inventory
from .naming import written_path
from .page_hosts import AnyParties, PageReader, is_readable
from .verdicts import Verdicts

_VISITORS = 1024
_CRUMBS = 128
"""Cookies of one request that are looked at."""
_PAGES = 1024
_AGAIN = 64
"""A page whose path was seen before is read once in so many times: it may differ."""


class Watch:
    """What one middleware shows its inventory."""

    def __init__(self, policy: Policy, inventory: Inventory) -> None:
        self._inventory = inventory
        self.follow(policy)
        self._seen: BoundedCache[Known, int] = BoundedCache(_VISITORS)
        """Visitors as the gate knows them (one for each Cookie header), and the minute in which each was looked at."""
        self._pages: set[str] = set()
        self._since = 0

    def follow(self, policy: Policy) -> None:
        """Judge by another version of the policy."""
        self._verdicts = Verdicts(policy)
        self._parties = AnyParties(policy)
        self._own = (policy.host or "").lower()

    def see_request(self, gate: ResponseGate, path: str) -> None:
        """Note the cookies of a request; those of one Cookie header again only once a minute."""
        known, minute = gate.known, int(time.time()) // 60
        if self._seen.get(known) == minute:
            return
        self._seen.put(known, minute)
        for name, value in raw_request_of(gate)[0]:
            if name != b"cookie":
                continue
            for crumb in islice(value.split(b";"), _CRUMBS):
                written, equals, _ = crumb.partition(b"=")
                cookie = written.strip(b" \t").decode("latin-1")
                if equals and cookie and cookie not in OWN_NAMES:
                    self._inventory.note("cookie", "browser", cookie, self._verdicts.of_cookie(cookie), page=path)

    def see_set_cookie(self, cookie: SetCookie, request: CookieRequest) -> None:
        """Note a cookie that an answer sets, whether it may or not."""
        name = cookie.name.decode("latin-1")
        lifetime = cookie.lifetime
        if name in OWN_NAMES or (lifetime is not None and lifetime <= 0):
            return
        self._inventory.note(
            "cookie",
            "server",
            name,
            self._verdicts.of_cookie(name),
            page=request.path,
            domain=cookie.domain or "",
            path=cookie.path(request.path),
            lifetime=int(min(lifetime or 0, 400 * 86_400)),
        )

    def see_violation(self, violation: Violation) -> None:
        """Note a host that a browser reports, and count it."""
        verdict = self._verdicts.of_host(violation.host)
        self._inventory.note("host", "browser", violation.host, verdict, page=violation.path)
        self._inventory.count("host", verdict()[0], violation.host)

    def see_keys(self, stored: StoredKeys) -> None:
        """Note under which keys a page stored something, and count what its guard refused."""
        for store, name, is_refused in stored.keys:
            verdict = self._verdicts.of_key(store, name)
            self._inventory.note(store, "browser", name, verdict, page=stored.path)
            if is_refused:
                self._inventory.count(store, verdict()[0], name)

    def reader_of(self, path: str, host: str, headers: list[Header]) -> PageReader | None:
        """Return what reads a page that is due to be read."""
        kind = html_kinds[combined(headers, b"content-type")]
        coding = combined(headers, b"content-encoding").strip().lower()
        if kind is None or not is_readable(coding) or not self._is_due(path):
            return None

        def found(asked: str) -> None:
            if asked not in (host, self._own):
                self._inventory.note("host", "server", asked, self._verdicts.of_host(asked), page=path)

        return PageReader(self._parties, found, coding, is_xml=kind == "xml")

    def _is_due(self, path: str) -> bool:
        written = written_path(path)
        if written not in self._pages and len(self._pages) < _PAGES:
            self._pages.add(written)
            return True
        self._since = (self._since + 1) % _AGAIN
        return self._since == 0


class WatchedApp:
    """Stands between the gate and the app. ``beside``: paths that another app answers, for where the gate lets all pass."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self.app = app
        self.beside: Mapping[str, ASGIApp] = {}
        self._watch = watch

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Not a coroutine of its own: it hands the app's on, which saves a frame for every request."""
        gate = scope.get(SCOPE_KEY)
        if not isinstance(gate, ResponseGate):
            return self.app(scope, receive, send)
        if self.beside and scope["type"] == "http":
            other = self.beside.get(route_path(scope))
            if other is not None:
                return other(scope, receive, send)
        self._watch.see_request(gate, scope["path"])
        if gate.is_document:
            send = self._reading(scope["path"], host_of(first(raw_request_of(gate)[0], b"host")), send)
        return self.app(scope, receive, send)

    def _reading(self, path: str, host: str, send: Send) -> Send:
        reader: PageReader | None = None

        async def send_read(message: Message) -> None:
            nonlocal reader
            if message["type"] == "http.response.start":
                given = message.get("headers")
                reader = self._watch.reader_of(path, host, list(given)) if isinstance(given, list | tuple) else None
            elif message["type"] == "http.response.body" and reader is not None:
                is_last = not message.get("more_body", False)
                if not reader.feed(bytes(message.get("body") or b""), is_last=is_last):
                    reader = None
            await send(message)

        return send_read
