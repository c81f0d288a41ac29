"""What is known of one request while it is answered."""

from collections.abc import Sequence

from ..asgi import Header, Message, Scope, Send
from ..consent import Visit
from ..telemetry import Telemetry, TelemetrySource
from ..veils import conceal
from .encodings import Body
from .gates import Gates
from .insertion import Page
from .plain_pages import PlainPage
from .recognition import Known, effective
from .rules import Rules

_OVER: Scope = {}


class Exchange:
    """What is known of a request while it is answered; it also holds the visit for whoever asks for it.

    It stands in the scope, where everybody finds it, so what leads to the secret keys and what the browser sent is out of sight: only
    ``gates_of`` and ``raw_request_of`` read it. One of these is made for every request, which is quickest by slots and places.
    """

    known: Known
    scope: Scope
    server_send: Send
    is_secure: bool
    is_document: bool
    """The answer opens as a page."""
    root_path: str
    """Of a document's request, as it came: a router further in may move the scope's own."""
    plain_page: PlainPage | None
    """What the answer gets if it is as plain as its request."""
    made_visit: Visit | None
    body: Body | None
    has_started: bool
    is_conditional: bool
    """The request carried a validator with our mark, so that a 304 is about HTML."""
    has_file: bool
    """The browser has a copy of what is no page, so that a 304 is about that."""
    is_ours: bool
    """Our own pages answer, which hold nothing of third parties."""
    is_superseded: bool
    """A second middleware further in speaks to this visitor: one banner is enough."""

    __slots__ = (
        "_concealed",
        "body",
        "has_file",
        "has_started",
        "is_conditional",
        "is_document",
        "is_ours",
        "is_secure",
        "is_superseded",
        "known",
        "made_visit",
        "plain_page",
        "root_path",
        "scope",
        "server_send",
    )

    def __init__(
        self,
        gates: Gates,
        known: Known,
        scope: Scope,
        server_send: Send,
        is_secure: bool,
        is_document: bool,
        raw_headers: Sequence[Header],
        raw_client: object,
    ) -> None:
        """``raw_headers``: as the browser and its proxies sent them; ``raw_client``: the server's peer before it was masked."""
        _conceal(self, (gates, raw_headers, raw_client))
        self.known = known
        self.scope = scope
        self.server_send = server_send
        self.is_secure = is_secure
        self.is_document = is_document
        self.root_path = ""
        self.plain_page = self.made_visit = self.body = None
        self.has_started = self.is_conditional = self.has_file = self.is_ours = self.is_superseded = False

    @property
    def visit(self) -> Visit:
        """The visit that this response answers."""
        if self.made_visit is None:
            known, gates = self.known, gates_of(self)
            self.made_visit = Visit(
                gates.policy,
                effective(known.consent, known.decision),
                known.decision,
                known.signals,
                self.is_secure,
                gates.decide,
                gates.record,
            )
            self.made_visit.response_started = self.has_started
        return self.made_visit

    def describe(self) -> Telemetry:
        """Return what the visitor allows to be known, read from the request as it was before it was masked."""
        headers, client = raw_request_of(self)
        query = self.scope.get("query_string", b"")
        return TelemetrySource(headers, client, query, self.visit, gates_of(self).disclosures).describe()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Return nothing: a traceback that rich prints shows the values of scopes too."""
        return []

    def rules(self) -> Rules:
        """Return the rules that hold now: another choice may have been made since the request came."""
        visit, known = self.made_visit, self.known
        if visit is None or visit.decision is known.decision:
            return known.rules
        return gates_of(self).recognition.decide(visit.consent, visit.signals)[1]

    def page(self) -> Page:
        """Return how this answer is prepared if it is HTML."""
        standing, gates, scope = self.made_visit or self.known, gates_of(self), self.scope
        root = self.root_path if self.is_document else scope.get("app_root_path", scope.get("root_path")) or ""
        if (scope.get("root_path") or "") != root:
            scope = {**scope, "root_path": root}
        restrictions = self.rules().masks.page_headers if self.is_document else ()
        if self.is_document and not self.is_superseded:
            restrictions += gates.page_policy.headers(standing.decision, root)
        return Page(gates.banner, gates.html_gates, standing, scope, self.is_document, restrictions)

    def expect_part(self) -> None:
        """Take a 304 for HTML: the request had a validator with our mark. The visit is made now, so that no answer is passed by."""
        self.is_conditional, self.made_visit = True, self.visit

    def close(self) -> None:
        """Let go of the request, whose scope holds this: what refers to itself waits for the garbage collector.

        Measured, that was a third of a server's capacity. The visit stays, for layers further out that ask afterwards.
        """
        self.scope = _OVER
        self.server_send = _send_late
        self.body = None


_concealed = conceal(Exchange, "_concealed")
_conceal, _reveal = _concealed.__set__, _concealed.__get__


def gates_of(exchange: Exchange) -> Gates:
    gates: Gates = _reveal(exchange)[0]
    return gates


def raw_request_of(exchange: Exchange) -> tuple[Sequence[Header], object]:
    """Return what the server said of the request: its headers, and its client."""
    _, headers, client = _reveal(exchange)
    return headers, client


async def _send_late(message: Message) -> None:
    raise RuntimeError(f"{message['type']} was sent after the app had returned.")
