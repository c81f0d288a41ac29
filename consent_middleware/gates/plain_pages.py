"""The short way for most pages: what they get was worked out for an equal visitor before.

A page is plain if its request asks for nothing special, its headers say little more than that it is HTML, and it comes in one piece.
All others are prepared by ``insertion``, with the same result.
"""

from collections.abc import Callable
from operator import itemgetter

import msgspec

from ..asgi import Header, Message, Scope
from ..caches import BoundedCache
from ..consent import Standing
from .banner import Banner, Markup
from .encodings import Body
from .heads import heads
from .html.answer import Chained, HtmlGates
from .insertion import NO_BODY, PRIVATE, VARY, inserter, plain_types
from .page_policy import PagePolicy
from .recognition import Known
from .rules import Rules
from .whole_documents import places_of

_KINDS = 1024
_LONGEST = 256
"""Bytes of an Accept-Language that is remembered; browsers send thirty."""
_names = itemgetter(0)

PageSeen = Callable[[Standing, Scope, int], None]
"""Is told of a page that a visitor opens, once it is answered, with the status."""


class PlainPage(msgspec.Struct, frozen=True, eq=False):
    """What plain pages get of one kind of visitor."""

    headers: tuple[Header, ...]
    markup: Markup
    is_read: bool
    """Something may have to be taken out."""
    html_gates: HtmlGates
    seen: PageSeen | None

    def answered(self, message: Message, standing: Standing, scope: Scope) -> "tuple[Message, PlainBody] | None":
        """Return the start of the answer as it is to be sent and what rewrites the body; ``None`` where the answer is not plain."""
        headers = message.get("headers")
        if type(headers) is not list or message["status"] in NO_BODY:
            return None
        head = heads[tuple(map(_names, headers))]
        if not head.is_plain or not plain_types[headers[head.content_type][1]]:
            return None
        if self.seen is not None:
            self.seen(standing, scope, message["status"])
        body = PlainBody(self, standing, scope, self.markup.fill(scope))
        return {**message, "headers": [*head.lasting(headers), *self.headers]}, body


class PlainBody(msgspec.Struct, eq=False, gc=False):
    """Feed it one page. The response gate lets go of it, so that nothing refers to itself."""

    page: PlainPage
    standing: Standing
    scope: Scope
    markup: bytes
    rest: Body | None = None

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        """Return the bytes that can go out now."""
        if self.rest is None:
            page = self.page
            if is_last:
                places = page.html_gates.documents.places(data) if page.is_read else places_of(data)
                if places is not None:
                    return places.filled(page.markup.head, self.markup)
            self.rest = self._long_way()
        return self.rest.feed(data, is_last=is_last)

    def _long_way(self) -> Body:
        body = inserter(self.page.markup.head, self.markup)
        if not self.page.is_read:
            return body
        html_gates = self.page.html_gates
        terms = html_gates.terms(self.standing.decision, self.scope, is_document=True)
        return Chained(html_gates.body(terms, self.standing, self.scope, is_xml=False), body)


class PlainPages:
    """Knows what each kind of visitor gets; bounded, and losing it changes nothing."""

    def __init__(self, banner: Banner, html_gates: HtmlGates, page_policy: PagePolicy, seen: PageSeen | None) -> None:
        self._banner = banner
        self._html_gates = html_gates
        self._page_policy = page_policy
        self._seen = seen
        self._known: BoundedCache[tuple[Rules, bytes], PlainPage | None] = BoundedCache(_KINDS)

    def of(self, known: Known, accepted: bytes) -> PlainPage | None:
        """Return what a visitor's plain pages get; ``accepted``: the Accept-Language that the app sees.

        ``None`` where each page has to be looked at: nothing is put in for everybody, or the app says which language it is in.
        """
        # Equal consents share their rules, so that these stand for both.
        key = (known.rules, accepted)
        try:
            return self._known[key]
        except KeyError:
            page = self._make(known, accepted)
            if len(accepted) <= _LONGEST:
                self._known.put(key, page)
            return page

    def _make(self, known: Known, accepted: bytes) -> PlainPage | None:
        markup = self._banner.plain(known, accepted) if self._banner.is_needed(known) else None
        if markup is None:
            return None
        decision = known.decision
        restrictions = (*known.masks.page_headers, *self._page_policy.headers(decision, ""))
        is_read = self._html_gates.is_needed(self._html_gates.terms(decision, {}, is_document=True))
        return PlainPage((VARY, *restrictions, PRIVATE), markup, is_read, self._html_gates, self._seen)
