"""The gate on the way out: what a browser gets to see of one response.

One ``ResponseGate`` a request stands between the app and the server. It changes messages that carry headers, and the body of a
page into which the banner goes; every other message passes as it is.
"""

import logging
from collections.abc import Awaitable
from operator import itemgetter

from ..asgi import Header, Message
from ..errors import LedgerError
from . import headers as response_headers
from . import hints
from .answer_cookies import add_token, deletions, forget_token
from .encodings import Body
from .exchange import Exchange, gates_of, raw_request_of
from .findings import Action, Finding
from .heads import concerns
from .html.answer import is_activation
from .insertion import DEPENDS_ON, html_kinds, is_html, kind_of
from .links import allowed_values
from .nesting import adopt_sent
from .plain_pages import PlainPage
from .set_cookies import CookieRequest

logger = logging.getLogger("consent_middleware")

_STARTS = frozenset(
    {"http.response.start", "websocket.accept", "websocket.http.response.start", "http.response.trailers"}
)
_lower = bytes.lower
_names = itemgetter(0)
_ASKS_FOR_MORE = "It asks the browser for details that are not allowed."
DEPENDS: Header = (b"privacy-depends", b"consent")
"""Tells that script that more than the gated elements may differ: the app asked for the consent itself, or our policy is enforced,
and a page keeps the one it was loaded with. A tag manager may have been let in, and what it brought turned away."""


class ResponseGate(Exchange):
    """Handles the messages of one response; it also holds the visit for whoever asks for it."""

    __slots__ = ()

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message of the app on, less what was refused.

        Not a coroutine of its own: it hands the server's on, which saves a frame for every message.
        """
        # Read first and called then: the interpreter finds a field faster than a method that might be one.
        server_send = self.server_send
        kind = message["type"]
        if kind == "http.response.body":
            body = self.body
            return server_send(message if body is None else self._rewritten(message, body))
        if kind in _STARTS:
            self.has_started = True
            visit = self.made_visit
            if visit is None:
                if not self.is_document:
                    headers = message.get("headers")
                    if type(headers) is list:
                        for name, value in headers:
                            concern = concerns[name]
                            if concern and (concern == "judged" or html_kinds[value]):
                                break
                        else:
                            # Nobody asked about the visitor, and nothing in the answer is ours to judge.
                            return server_send(message)
            elif visit.choice is not None and not visit.is_committed:
                return self._send_committed(message)
            page = self.plain_page
            answered = self._answered(message, page) if page is not None else None
            if answered is None:
                return server_send(self._start(message))
            message, self.body = answered
            return server_send(message)
        if kind == "http.response.early_hint":
            return server_send(self._hinted(message))
        return server_send(message)

    async def _send_committed(self, message: Message) -> None:
        """Record a choice that the app made itself, before the answer leaves."""
        try:
            await self.visit.commit(self.scope)
        except LedgerError:
            logger.exception("A choice was not recorded, so nothing new is allowed and no token was sent.")
        await self.server_send(self._start(message))

    def _answered(self, message: Message, page: PlainPage) -> tuple[Message, Body] | None:
        """Start a page as its like are started, unless something sets it apart."""
        visit = self.made_visit
        if visit is None:
            return page.answered(message, self.known, self.scope)
        if visit.decision is not self.known.decision or visit.choice is not None:
            return None
        visit.response_started = True
        return page.answered(message, visit, self.scope)

    def observe(self, message: Message) -> Message:
        """Judge what a message would set and what of third parties a page holds, and return it to be sent as it is."""
        kind = message["type"]
        if kind == "http.response.body" and self.body is not None:
            self._rewritten(message, self.body)
        if kind not in _STARTS or message.get("headers") is None:
            return message
        message = _readable(message)
        headers = list(message["headers"])
        if kind == "http.response.start":
            self._watch(headers)
        headers, _ = self._filtered(headers, self.rules().masks.handled)
        self._add_cookies(headers)
        return message

    def _watch(self, headers: list[Header]) -> None:
        html = html_kinds[response_headers.combined(headers, b"content-type")]
        if html is not None and not response_headers.combined(headers, b"content-encoding"):
            decision = (self.made_visit or self.known).decision
            self.body = gates_of(self).html_gates.watcher(decision, is_xml=html == "xml")

    def _start(self, message: Message) -> Message:
        headers = message.get("headers")
        if type(headers) is not list:
            message = _readable(message)
            headers = list(message.get("headers") or ())
        return self._changed(message, headers)

    def _changed(self, message: Message, given: list[Header]) -> Message:
        """Do all that may have to be done to the headers of a message, which itself stays as the app made it."""
        present = set(map(_lower, map(_names, given)))
        if self.is_superseded and b"set-cookie" in present:
            adopt_sent(self, given)
        visit, kind = self.made_visit, message["type"]
        if visit is not None:
            visit.response_started = True
        headers, is_exempted = list(given), False
        masks = self.rules().masks
        if not present.isdisjoint(masks.handled):
            headers, is_exempted = self._filtered(given, masks.handled)
        if kind == "http.response.start":
            was_read = visit is not None and visit.consent_was_read
            if was_read:
                response_headers.add_vary(headers, *DEPENDS_ON)
            if (
                (was_read or gates_of(self).page_policy.is_enforced)
                and not self.is_document
                and is_activation(self.scope)
            ):
                headers.append(DEPENDS)
            status = message["status"]
            if self._may_be_html(status, headers):
                page, is_last = self.page(), not self.is_superseded
                page_seen = gates_of(self).page_seen
                if page_seen is not None and self.is_document and is_last and is_html(status, headers):
                    page_seen(page.standing, self.scope, status)
                headers, self.body = page.prepare(status, headers, is_ours=is_last)
                if self.is_document and status == 200 and kind_of(status, headers) is None:
                    gates_of(self).opened_files.remember(self.scope, headers)
                if self.is_document and masks.page_headers:
                    hints.forget_refused(headers, page.standing.decision, raw_request_of(self)[0])
        if kind != "http.response.trailers":
            self._add_cookies(headers, is_exempted=is_exempted)
        return message if headers == given else {**message, "headers": headers}

    def _may_be_html(self, status: int, headers: list[Header]) -> bool:
        """Say whether the answer may be HTML: a document, a frame, a fragment for a script, a page asked for once more."""
        if self.is_document:
            return status != 304 or not self.has_file
        if self.is_ours:
            return False
        if status == 304:
            return self.is_conditional
        return html_kinds[response_headers.combined(headers, b"content-type")] is not None

    def _hinted(self, message: Message) -> Message:
        """Leave out of an early hint what leads to refused third parties."""
        gates, decision = gates_of(self).html_gates, (self.made_visit or self.known).decision
        links = list(message.get("links") or ())
        allowed = links if self.is_ours else allowed_values(links, gates.parties, decision.allows)
        return message if allowed == links else {**message, "links": allowed}

    def _filtered(self, headers: list[Header], handled: frozenset[bytes]) -> tuple[list[Header], bool]:
        """Judge every Set-Cookie, and leave out what asks the browser for more than is allowed.

        Also say whether an explicit act set a cookie that the token refuses: the token then has to remember that.
        """
        kept: list[Header] = []
        rules = self.rules()
        request: CookieRequest | None = None
        is_exempted = False
        for name, value in headers:
            lowered = name.lower()
            if lowered not in handled:
                kept.append((name, value))
            elif lowered == b"set-cookie":
                request = request or CookieRequest.of(self.scope)
                judged, exempted = gates_of(self).set_cookies.judge(value, rules, request)
                if judged is not None:
                    kept.append((name, judged))
                if exempted is not None and exempted not in self.visit.consent.allowed:
                    self.visit.exempt(exempted)
                    is_exempted = True
            else:
                self._tell("drop", lowered, "device", _ASKS_FOR_MORE)
        return kept, is_exempted

    def _add_cookies(self, headers: list[Header], *, is_exempted: bool = False) -> None:
        """Append the token of a new choice, and the deletions of what is refused by now."""
        visit = self.made_visit
        is_choice = visit is not None and visit.choice is not None and visit.is_committed
        if visit is not None and visit.is_forgotten and not is_choice:
            forget_token(headers, gates_of(self), is_secure=self.is_secure)
        elif visit is not None and (is_choice or is_exempted or visit.is_reissued):
            add_token(headers, gates_of(self), visit, is_new=is_choice, is_secure=self.is_secure)
        hidden = self.known.hidden
        if not (self.known if visit is None else visit).consent.choice_made:
            return
        if is_choice or (hidden and self.is_document and not response_headers.is_shared(headers)):
            headers += deletions(
                gates_of(self),
                self.rules(),
                self.scope,
                hidden=hidden,
                is_choice=is_choice,
                is_secure=self.is_secure,
            )

    def _tell(self, action: Action, name: bytes, purpose: str, reason: str) -> None:
        report = gates_of(self).report
        if report is not None:
            report(Finding(action=action, name=name.decode("latin-1"), purpose=purpose, reason=reason))

    def _rewritten(self, message: Message, body: Body) -> Message:
        is_last = not message.get("more_body", False)
        if is_last:
            # What an app sends after the end is between it and the server.
            self.body = None
        return {**message, "body": body.feed(bytes(message.get("body") or b""), is_last=is_last)}


def _readable(message: Message) -> Message:
    """Return a message whose headers can be read more than once."""
    headers = message.get("headers")
    return message if headers is None or isinstance(headers, list | tuple) else {**message, "headers": list(headers)}
