"""The gate on the way out where pages are the same for everybody: documents follow the strictest rules, all else the visitor's."""

from ..asgi import Header, Message, route_path
from . import headers as response_headers
from .exchange import gates_of
from .gates import Gates
from .insertion import Page
from .links import allowed_values
from .response import ResponseGate
from .rules import Rules
from .shared_pages import FRAGMENT, SharedPages


class SharedResponseGate(ResponseGate):
    """Takes the place of a ``ResponseGate`` under ``delivery = "fragment"``; other policies pay nothing for it."""

    is_for_all: bool = True
    """A cache may keep this document: it sets no cookie, or says of itself that it is shared. Another's cookies are one visitor's."""

    def page(self) -> Page:
        """Return how this answer is prepared if it is HTML."""
        if not self.is_document:
            return super().page()
        return _shared(gates_of(self)).page(self.scope, self.root_path, is_last=not self.is_superseded)

    def _changed(self, message: Message, given: list[Header]) -> Message:
        if not self.is_document or message["type"] != "http.response.start":
            return super()._changed(message, given)
        self.is_for_all = response_headers.is_shared(given) or not response_headers.first(given, b"set-cookie")
        changed = super()._changed(message, given)
        if self.made_visit is None or not self.made_visit.consent_was_read:
            return changed
        # The app has made something of the choice itself.
        headers = list(changed["headers"])
        response_headers.make_private(headers)
        return {**changed, "headers": headers}

    def rules(self) -> Rules:
        if self.is_document and self.is_for_all and not self.is_ours:
            return _shared(gates_of(self)).rules
        return super().rules()

    def _add_cookies(self, headers: list[Header], *, is_exempted: bool = False) -> None:
        """Expire what is refused in the answer that no cache keeps: the fragment, not the page."""
        visit = self.made_visit
        is_own_act = is_exempted or (visit is not None and visit.choice is not None and visit.is_committed)
        was_document = self.is_document
        if not is_own_act:
            is_fragment = self.is_ours and route_path(self.scope) == gates_of(self).prefix + FRAGMENT
            if was_document and self.is_for_all:
                return
            self.is_document = was_document or is_fragment
        super()._add_cookies(headers, is_exempted=is_exempted)
        self.is_document = was_document

    def _hinted(self, message: Message) -> Message:
        """A network that caches pages sends hints before it has seen the visitor's cookies."""
        message = super()._hinted(message)
        if not self.is_document or self.is_ours:
            return message
        gates = gates_of(self)
        links = list(message.get("links") or ())
        allowed = allowed_values(links, gates.html_gates.parties, _shared(gates).standing.decision.allows)
        return message if allowed == links else {**message, "links": allowed}


def _shared(gates: Gates) -> SharedPages:
    if gates.shared is None:
        raise RuntimeError("This gate stands only where pages are shared.")
    return gates.shared
