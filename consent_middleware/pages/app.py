"""The visitor's own pages, as a plain ASGI app: the table of routes, the order of a request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from ..asgi import ASGIApp, Receive, Scope, Send, route_path
from ..consent import visit_of
from ..gates.shared_pages import FRAGMENT
from ..ledger import Ledger
from ..policy import Policy
from ..rights import Erasure, Listener, Outbox, RequestQueue
from ..telemetry import DisclosureLog, Recorder
from .accounts import Accounts
from .answering import Answer, json_answer, send_answer
from .assets import Asset, load_assets
from .banner import Banner
from .center import PreferenceCenter
from .choice import ChoiceEndpoint
from .data import DataEndpoint
from .declaration import declaration
from .dismissal import DismissalEndpoint
from .events import EventsEndpoint
from .form_token import FormTokens
from .fragment import FragmentEndpoint, Narrowed, PageSeen
from .mount import GPC_PATH, Mount
from .negotiation import LanguageOf
from .own_forms import OwnForms
from .page_again import PageAgain
from .page_scripts import PageScripts
from .reports import ReportsEndpoint, TakeViolation
from .requests import RequestsEndpoint
from .screens import Screens
from .stored_keys import TakeKeys
from .styling import stylesheet_of

Endpoint = Callable[[Scope, Receive], Awaitable[Answer | None]]

_STATEMENT_DATE = date(2026, 11, 24)
"""When this package's support for the signal was stated, where the policy has no dated version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragments:
    """What pages that are the same for everybody need besides. ``whole``: the middleware; the rest as in ``FragmentEndpoint``."""

    whole: ASGIApp
    banner: Banner
    narrowed: Narrowed
    page_seen: PageSeen | None


class Pages:
    """Everything under the prefix, and ``/.well-known/gpc.json``. The visit must be in the scope.

    ``templates``: a folder with a team's own templates. ``take_violation``: is told what browsers report of a
    page, ``take_keys`` which keys its guard saw. Sets no cookies: ``send`` adds the token.
    """

    def __init__(
        self,
        *,
        policy: Policy,
        prefix: str,
        secret_keys: Sequence[str],
        templates: str | Path | None = None,
        recorder: Recorder | None = None,
        disclosure_log: DisclosureLog | None = None,
        accounts: Accounts | None = None,
        ledger: Ledger | None = None,
        take_violation: TakeViolation | None = None,
        take_keys: TakeKeys | None = None,
        language_of: LanguageOf | None = None,
        more: Mapping[str, Mapping[str, Endpoint]] = MappingProxyType({}),
        more_assets: Sequence[Asset] = (),
        queue: RequestQueue | None = None,
        listener: Listener | None = None,
        outbox: Outbox | None = None,
        fragments: Fragments | None = None,
    ) -> None:
        """Make them. ``more``: what a room above answers under the prefix, by path below it, and the files it needs."""
        self._policy = policy
        self._mount = Mount(prefix.rstrip("/"))
        tokens = FormTokens(secret_keys)
        self._screens = Screens(
            policy=policy, mount=self._mount, tokens=tokens, folder=templates, language_of=language_of
        )
        self._center = PreferenceCenter(policy, self._screens)
        choice = ChoiceEndpoint(policy=policy, screens=self._screens, tokens=tokens, accounts=accounts)
        erasure = None
        if ledger is not None and queue is not None and outbox is not None:
            erasure = Erasure(ledger, recorder=recorder, disclosure_log=disclosure_log, queue=queue, outbox=outbox)
        self._data = DataEndpoint(
            policy=policy,
            screens=self._screens,
            tokens=tokens,
            ledger=ledger,
            recorder=recorder,
            disclosure_log=disclosure_log,
            accounts=accounts,
            queue=queue,
            erasure=erasure,
            outbox=outbox,
        )
        base = self._mount.prefix
        self._receipts = f"{base}/receipt/"
        self._routes: dict[str, Mapping[str, Endpoint]] = {
            f"{base}/preferences": {"GET": self._preferences},
            f"{base}/cookies": {"GET": self._declaration},
            f"{base}/data": {"GET": self._data.show},
            f"{base}/data/erase": {"POST": self._data.erase},
            f"{base}/choice": {"GET": choice.show, "POST": choice.record, "OPTIONS": choice.preflight},
            GPC_PATH: {"GET": self._gpc},
        }
        if policy.declarations.children.guardian == "form" and policy.declarations.site.minimum_age is not None:
            self._routes[f"{base}/guardian"] = {"GET": self._guardian}
        if policy.bulletins:
            dismissal = DismissalEndpoint(
                policy=policy, screens=self._screens, form_tokens=tokens, secret_keys=secret_keys
            )
            self._routes[f"{base}/notice"] = {"POST": dismissal.dismiss}
        if recorder is not None and policy.recording is not None and policy.recording.clicks:
            events = EventsEndpoint(
                recorder=recorder, purpose=policy.recording.purpose, origins=policy.declarations.origins
            )
            self._routes[f"{base}/events"] = {"POST": events.record}
        if policy.declarations.csp == "off":
            take_violation = None
        if take_violation is not None or take_keys is not None:
            self._routes[f"{base}/reports"] = {"POST": ReportsEndpoint(take_violation, take_keys).take}
        if queue is not None and policy.declarations.rights.kinds:
            requests = RequestsEndpoint(
                policy=policy,
                screens=self._screens,
                forms=OwnForms(self._screens, tokens),
                identify=self._data.identify,
                queue=queue,
                listener=listener,
            )
            self._routes[f"{base}/data/requests"] = {"POST": requests.ask}
            self._routes[f"{base}/data/requests/find"] = {"POST": requests.find}
            self._routes[f"{base}/data/requests/withdraw"] = {"POST": requests.withdraw}
        self._routes |= {f"{base}{path}": methods for path, methods in more.items()}
        self._page_again: PageAgain | None = None
        if fragments is not None:
            self._page_again = PageAgain(whole=fragments.whole, screens=self._screens, secret_keys=secret_keys)
            endpoint = FragmentEndpoint(
                policy=policy,
                screens=self._screens,
                banner=fragments.banner,
                secret_keys=secret_keys,
                templates=templates,
                narrowed=fragments.narrowed,
                page_seen=fragments.page_seen,
            )
            self._routes[base + FRAGMENT] = {"POST": endpoint.show}
        scripts = PageScripts(policy, tells=take_keys is not None)
        assets = [*load_assets().values(), stylesheet_of(policy), *scripts.all, *more_assets]
        self._assets = {f"{base}/static/{asset.name}": asset for asset in assets}
        self._routes |= {path: {"GET": self._static} for path in self._assets}

    def owns(self, path: str) -> bool:
        """Say whether ``path``, relative to ``root_path``, is ours to answer."""
        return self._mount.owns(path)

    def warm(self) -> None:
        """Load templates, so that no request waits for them."""
        self._screens.warm()

    def shown(self, language: str) -> str:
        """Return what the preference center shows, in one language, whoever has not chosen yet."""
        return self._center.shown(language)

    def shown_to_guardians(self, language: str) -> str:
        """Return what it shows to whoever decides for a child."""
        return self._center.shown(language, for_guardian=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
            return
        if self._page_again is not None and route_path(scope) == f"{self._mount.prefix}/page":
            await self._page_again(scope, receive, send)
            return
        answer = await self._answer(scope, receive)
        if answer is not None:
            await send_answer(answer, send, without_body=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer | None:
        path = route_path(scope)
        methods = self._routes.get(path)
        if methods is None and path.startswith(self._receipts):
            methods = {"GET": self._receipt}
        if methods is None:
            return self._screens.message(scope, "not-found")
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        endpoint = methods.get(method)
        if endpoint is None:
            allowed = ", ".join(name for known in methods for name in (("GET", "HEAD") if known == "GET" else (known,)))
            return self._screens.message(scope, "wrong-method", headers={"allow": allowed})
        return await endpoint(scope, receive)

    async def _preferences(self, scope: Scope, receive: Receive) -> Answer:
        return self._center.preferences(scope, visit_of(scope))

    async def _guardian(self, scope: Scope, receive: Receive) -> Answer:
        visit = visit_of(scope)
        if not visit.decision.is_childs:
            return Answer(status=303, headers={"location": f"{self._mount.base_of(scope)}/preferences"})
        return self._center.guardian(scope, visit)

    async def _declaration(self, scope: Scope, receive: Receive) -> Answer:
        return declaration(self._policy, self._screens, scope, visit_of(scope))

    async def _receipt(self, scope: Scope, receive: Receive) -> Answer:
        return await self._data.receipt(scope, route_path(scope)[len(self._receipts) :])

    async def _static(self, scope: Scope, receive: Receive) -> Answer:
        asset = self._assets[route_path(scope)]
        headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "Accept-Encoding"}
        accepted = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding")
        if _accepts_gzip(accepted):
            headers["content-encoding"] = "gzip"
            return Answer(body=asset.gzipped, media_type=asset.media_type, headers=headers)
        return Answer(body=asset.body, media_type=asset.media_type, headers=headers)

    async def _gpc(self, scope: Scope, receive: Receive) -> Answer:
        """https://www.w3.org/TR/gpc/, section 4: the same for everyone."""
        policy = self._policy
        versions = [version.effective for version in policy.declarations.versions if version.effective <= policy.day]
        content = {
            "gpc": bool(policy.refused_by_gpc) or "marketing" not in policy.purposes,
            "lastUpdate": max(versions, default=_STATEMENT_DATE).isoformat(),
        }
        return json_answer(
            content, headers={"cache-control": "public, max-age=86400", "access-control-allow-origin": "*"}
        )


def _accepts_gzip(accepted: bytes) -> bool:
    """A browser says ``gzip`` plainly; whoever weighs it (``gzip;q=0``) gets the file as it is."""
    return any(part.strip().lower() == b"gzip" for part in accepted.split(b","))
