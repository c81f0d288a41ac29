"""Stages one example: a small site whose every visitor is the one that the example is about.

The pages are the package's own, rendered for that visitor. What is pressed on them takes effect in the open page and nowhere
else: loaded again, the example is as before.
"""

from html import escape

from consent_middleware.asgi import Message, Receive, Scope, Send, route_path
from consent_middleware.consent import SCOPE_KEY, Consent, Decision, Signals, Visit, decide
from consent_middleware.gates.html.rewriting import Frame
from consent_middleware.pages import Banner, Pages
from consent_middleware.pages.answering import Answer, send_answer
from consent_middleware.pages.center import PreferenceCenter
from consent_middleware.pages.declaration import declaration
from consent_middleware.pages.form_token import FormTokens
from consent_middleware.pages.held import HeldPages
from consent_middleware.pages.mount import Mount
from consent_middleware.pages.placeholder import Placeholders
from consent_middleware.pages.screens import Screens
from consent_middleware.pages.shown import text_of
from consent_middleware.pages.submission import Submission
from consent_middleware.pages.wording import Wording

from .examples import Example
from .standings import DISCLOSED, VISITOR, consent_in, record_of

PREFIX = "/-/privacy"
_KEYS = ("only for pages that nobody's choice is recorded on",)
_CSP = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'self'"
# The same visitor for everyone: an address for documentation (RFC 5737), a browser that sends fetch metadata.
_CLIENT = ("203.0.113.77", 51234)
_AGENT = b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

# A page without words of its own, so that it speaks every language: bars where text would be.
_HOST_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/static/review-page.css">{script}</head>
<body>{banner}
<main><h1>{title}</h1>{content}<p class="text" aria-hidden="true"></p><p class="text" aria-hidden="true"></p></main>
</body></html>"""
_OPENING = '<script type="module" src="/static/review-open.js"></script>'


class Stage:
    """An ASGI app below any mount: ``/`` shows the example, ``/-/privacy/…`` are the pages it leads to."""

    def __init__(self, example: Example) -> None:
        self.example = example
        policy = self.policy = example.make_policy()
        self._consent = consent_in(example.state, policy)
        self._pages = Pages(policy=policy, prefix=PREFIX, secret_keys=_KEYS)
        self._banner = Banner(policy=policy, prefix=PREFIX, secret_keys=_KEYS)
        self._placeholders = Placeholders(policy=policy, prefix=PREFIX, secret_keys=_KEYS)
        # For what would have to be read from a ledger, or go wrong first.
        self._screens = Screens(policy=policy, mount=Mount(PREFIX), tokens=FormTokens(_KEYS), folder=None)
        self._center = PreferenceCenter(policy, self._screens)
        self._held = HeldPages(policy, self._screens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = {**scope, "client": _CLIENT, "headers": self._headers(scope), SCOPE_KEY: self._visit()}

        async def send_to_frame(message: Message) -> None:
            """Our pages refuse to be framed; the review page is of their own origin, and may."""
            if message["type"] == "http.response.start":
                headers = [
                    (name, value.replace(b"frame-ancestors 'none'", b"frame-ancestors 'self'"))
                    for name, value in message["headers"]
                    if name != b"x-frame-options"
                ]
                message = {**message, "headers": headers}
            await send(message)

        answer = self._answer(scope) if route_path(scope) == "/" and scope["method"] in ("GET", "HEAD") else None
        if answer is not None:
            await send_answer(answer, send_to_frame, without_body=scope["method"] == "HEAD")
        elif self._pages.owns(route_path(scope)):
            await self._pages(scope, receive, send_to_frame)
        else:
            await send_answer(self._host_page(scope), send_to_frame, without_body=scope["method"] == "HEAD")

    def _answer(self, scope: Scope) -> Answer:
        example, visit = self.example, self._visit()
        if not scope["query_string"]:
            scope["query_string"] = example.query.encode("ascii")
        match example.shows:
            case "preferences":
                return self._center.preferences(scope, visit)
            case "guardian":
                return self._center.guardian(scope, visit)
            case "declaration":
                return declaration(self.policy, self._screens, scope, visit)
            case "data":
                records = [record_of(self._consent, self.policy)] if self._consent.choice_made else []
                return self._held.data(
                    scope,
                    visit,
                    records,
                    consent_ids=[VISITOR] if records else [],
                    is_of_account=False,
                    others=0,
                    events=7 * len(records),
                    disclosures=[DISCLOSED] if records else [],
                )
            case "receipt":
                shown = text_of(self._banner.shown(self.policy.languages[0]))
                return self._held.receipt(scope, record_of(self._consent, self.policy), shown)
            case "message":
                again = Submission(action="accept-all", next="/") if example.message == "unsaved" else None
                return self._screens.message(scope, example.message, again=again)
            case _:
                return self._host_page(scope)

    def _host_page(self, scope: Scope) -> Answer:
        example, visit = self.example, self._visit()
        banner = ""
        if self._banner.is_needed(visit):
            banner = self._banner.render(visit, scope, nonce=None, link_only=example.shows == "link").decode("ascii")
        site = self.policy.text(self.policy.declarations.site.name, example.language)
        html = _HOST_PAGE.format(
            language=example.language,
            direction=Wording(self.policy, example.language).direction,
            title=escape(site),
            banner=banner,
            script=_OPENING if example.shows == "dialog" else "",
            content=self._frame(scope, visit)
            if example.shows == "placeholder"
            else '<p class="text" aria-hidden="true"></p>',
        )
        return Answer(body=html.encode(), headers={"content-security-policy": _CSP})

    def _frame(self, scope: Scope, visit: Visit) -> str:
        service = next(service for service in self.policy.services.values() if service.purpose != "analytics")
        frame = Frame(
            id=service.id,
            key=1,
            recipient=service.recipient,
            title=b"",
            width=b"560",
            height=b"315",
            css_class=b"",
            css_style=b"",
        )
        return self._placeholders.render(frame, visit, scope, None).decode("ascii")

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """What every visitor's browser sends, and of this one's request only what it asks for."""
        kept = (b"accept", b"accept-encoding", b"content-type", b"content-length", b"host", b"origin")
        asked = [(name, value) for name, value in scope["headers"] if name in kept]
        headers = [
            *asked,
            (b"user-agent", _AGENT),
            (b"accept-language", self.example.language.encode("ascii")),
            (b"sec-fetch-site", b"same-origin"),
            (b"sec-fetch-mode", b"navigate"),
        ]
        return [*headers, (b"sec-gpc", b"1")] if self.example.gpc else headers

    def _visit(self) -> Visit:
        signals = Signals(gpc=self.example.gpc)
        consent, decision = self._decide(self._consent, signals)
        return Visit(self.policy, consent, decision, signals, True, self._decide, _forget)

    def _decide(self, consent: Consent, signals: Signals) -> tuple[Consent, Decision]:
        return consent, decide(self.policy, consent, signals)


async def _forget(visit: Visit) -> None:
    """Nothing is recorded of an example."""
