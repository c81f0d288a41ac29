"""A small site with the pages and the banner mounted by hand: no gates, only the token."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from consent_middleware.asgi import Message, Receive, Scope, Send, route_path
from consent_middleware.consent import NO_CHOICE, SCOPE_KEY, Consent, Decision, Signals, Tokens, Visit, decide
from consent_middleware.errors import LedgerUnavailable
from consent_middleware.pages import Banner, Pages
from consent_middleware.policy import Policy

KEYS = ["newest-key", "older-key"]
COOKIE = "privacy"
PREFIX = "/-/privacy"

POLICY = """
origins = ["https://app.example.com"]
[site]
name = {en = "Example Cloud", zh-Hans = "示例云"}
controller = "Example Cloud Ltd."
address = "1 Harbour Road, Shenzhen"
languages = ["en", "zh-Hans"]
privacy_url = "/privacy"
storage_place = {en = "Mainland China", zh-Hans = "中国大陆"}
[contact]
email = "privacy@example.com"
[purposes.disclosure]
basis = "separate"
title = {en = "Disclosure to partners", zh-Hans = "向合作伙伴提供"}
[purposes.disclosure.description]
en = "Shares your contact details with the partner you ask to be called by."
zh-Hans = "向您请求回电的合作伙伴提供您的联系方式。"
[[versions]]
version = "2024-08"
effective = 2024-08-26
summary = {en = "First version", zh-Hans = "首个版本"}
[[cookies]]
name = "sid"
purpose = "authentication"
lifetime = "session"
description = {en = "Keeps you signed in.", zh-Hans = "保持您的登录状态。"}
[[cookies]]
name = "lang"
purpose = "preference"
lifetime = "12 months"
description = {en = "The language you picked.", zh-Hans = "您选择的语言。"}
[[cookies]]
pattern = "_ga*"
purpose = "analytics"
service = "tracker"
lifetime = "13 months"
description = {en = "Tells one visitor from another.", zh-Hans = "区分不同的访客。"}
[[storage]]
key = "trk_*"
purpose = "analytics"
service = "tracker"
lifetime = "13 months"
description = {en = "Remembers which experiment you see.", zh-Hans = "记住您看到的实验版本。"}
[[storage]]
key = "trk_tab"
kind = "session"
purpose = "analytics"
[[storage]]
key = "trk-events"
kind = "indexeddb"
purpose = "analytics"
[[services]]
id = "tracker"
purpose = "analytics"
name = "Tracker Analytics"
hosts = ["tracker.example.net"]
recipient = "Tracker GmbH"
country = "DE"
privacy_url = "https://tracker.example.net/privacy"
[[services]]
id = "heatmap"
purpose = "analytics"
name = "Heatmap"
hosts = ["heat.example.net"]
recipient = "Heat Inc."
country = "US"
[[services]]
id = "ads"
purpose = "marketing"
name = "Ads"
hosts = ["ads.example.org"]
recipient = "Ads Ltd."
country = "IE"
[[telemetry]]
field = "ip"
purpose = "network"
title = {en = "IP address", zh-Hans = "IP 地址"}
[[telemetry]]
field = "device_model"
purpose = "device"
title = {en = "Device model", zh-Hans = "设备型号"}
"""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sample</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head><body>{banner}
<main><h1>Harbour lights</h1>{text}<p><a href="/other">Another page</a></p></main></body></html>"""
TEXT = "<p>" + "The ferry crosses the bay twice an hour and carries more bicycles than cars. " * 6 + "</p>"


class Site:
    """An ASGI app. ``recorded`` holds every visit that was committed; ``is_ledger_down`` makes the ledger fail."""

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        prefix: str = PREFIX,
        templates: str | Path | None = None,
        head: str = "",
        body: str = TEXT * 4,
        csp: str = "default-src 'self'",
        keys: Sequence[str] = KEYS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.policy = policy or Policy.parse(POLICY)
        self.tokens = Tokens(self.policy, keys)
        self.pages = Pages(policy=self.policy, prefix=prefix, secret_keys=keys, templates=templates)
        self.banner = Banner(policy=self.policy, prefix=prefix, secret_keys=keys, templates=templates)
        self.recorded: list[Visit] = []
        self.is_ledger_down = False
        self._head = head
        self._body = body
        self._csp = csp
        self._now = now

    def visit(self, consent: Consent = NO_CHOICE, signals: Signals | None = None) -> Visit:
        signals = signals or Signals()
        consent, decision = self._decide(consent, signals)
        return Visit(
            policy=self.policy,
            consent=consent,
            decision=decision,
            signals=signals,
            is_secure=False,
            decide=self._decide,
            record=self._record,
        )

    def _decide(self, consent: Consent, signals: Signals) -> tuple[Consent, Decision]:
        return consent, decide(self.policy, consent, signals)

    async def _record(self, visit: Visit) -> None:
        if self.is_ledger_down:
            raise LedgerUnavailable("the ledger is down")
        self.recorded.append(visit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
        token = next((crumb[len(COOKIE) + 1 :] for crumb in cookies.split("; ") if crumb.startswith(f"{COOKIE}=")), "")
        consent = self.tokens.read(token.encode(), self._now()) if token else NO_CHOICE
        visit = self.visit(consent, Signals(gpc=(b"sec-gpc", b"1") in list(scope["headers"])))
        scope[SCOPE_KEY] = visit

        async def send_with_token(message: Message) -> None:
            if message["type"] == "http.response.start" and visit.choice is not None and visit.is_committed:
                value = f"{COOKIE}={self.tokens.mint(visit.consent)}; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax"
                message = {**message, "headers": [*message["headers"], (b"set-cookie", value.encode())]}
            await send(message)

        if self.pages.owns(route_path(scope)):
            await self.pages(scope, receive, send_with_token)
            return
        banner = b""
        if self.banner.is_needed(visit):
            banner = self.banner.render(visit, scope, nonce=None, link_only="link-only" in route_path(scope))
        html = PAGE.format(head=self._head, banner=banner.decode("ascii"), text=self._body).encode()
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", self._csp.encode()),
            (b"cache-control", b"no-store"),
        ]
        await send_with_token({"type": "http.response.start", "status": 200, "headers": headers})
        await send_with_token({"type": "http.response.body", "body": html})
