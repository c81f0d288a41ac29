"""The team's addresses: the overview, its sign-in, the metrics."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

from ..asgi import Receive, Scope
from ..pages.answering import Answer
from ..pages.assets import Asset, read_asset
from ..pages.body import Unread, read_body
from ..pages.mount import root_of
from ..pages.sender import Sender, sender_of
from ..pages.styling import stylesheet_of
from ..pages.templates import Templates
from ..pages.wording import Wording
from ..policy import Policy
from .access import Access
from .board import Boards
from .dates import moment
from .metrics import MEDIA_TYPE

Endpoint = Callable[[Scope, Receive], Awaitable[Answer | None]]

PERIODS = (7, 30, 90)
_USUAL = 30
_NO_HEADERS: Mapping[str, str] = {}
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
    "vary": "Cookie, Authorization",
}


class TeamPages:
    """Answers nobody who may not look. English only: it speaks to those who read the policy file."""

    def __init__(
        self,
        *,
        policy: Policy,
        prefix: str,
        access: Access,
        boards: Boards,
        scrape: Callable[[], Awaitable[bytes | None]],
        folder: str | Path | None,
    ) -> None:
        self._policy = policy
        self._prefix = prefix
        self._access = access
        self._boards = boards
        self._scrape = scrape
        self._templates = Templates(folder)
        self._wording = Wording(policy, "en")
        self._style, self._script = read_asset("overview.css"), read_asset("overview.js")

    @property
    def assets(self) -> list[Asset]:
        return [self._style, self._script]

    @property
    def routes(self) -> Mapping[str, Mapping[str, Endpoint]]:
        """By path below the prefix."""
        return {
            "/overview": {"GET": self._show, "POST": self._sign_in},
            "/overview/sign-out": {"POST": self._sign_out},
            "/metrics": {"GET": self._metrics},
        }

    @property
    def paths(self) -> frozenset[str]:
        """Everything that a look at the overview asks for."""
        assets = (f"{self._prefix}/static/{asset.name}" for asset in (*self.assets, stylesheet_of(self._policy)))
        return frozenset({*assets, *(f"{self._prefix}{path}" for path in self.routes)})

    async def _show(self, scope: Scope, receive: Receive) -> Answer:
        if not await self._access.allows(scope):
            return self._refuse_bearer(scope)
        days = _days_asked(scope)
        board = await self._boards.make(days)
        is_signed_in = self._access.is_signed_in(scope)
        # Its hour begins again with each look.
        headers = {"set-cookie": self._access.sign_in(scope, self._path(scope))} if is_signed_in else {}
        return self._page(scope, "overview.html", 200, headers, board=board, periods=PERIODS, is_signed_in=is_signed_in)

    async def _sign_in(self, scope: Scope, receive: Receive) -> Answer | None:
        if sender_of(scope["headers"], ()) is Sender.FOREIGN:
            return self._refuse(scope, status=403, says="This form was sent by another site.")
        body = await read_body(scope, receive)
        if body is Unread.DISCONNECTED:
            return None
        presented = "" if isinstance(body, Unread) else _token_in(body)
        wait = self._access.wait(scope)
        if wait:
            return self._put_off(scope, wait)
        if not self._access.accepts(scope, presented):
            return self._refuse(scope, says="That is not the token.")
        here = f"{self._path(scope)}/overview"
        headers = {"location": here, "set-cookie": self._access.sign_in(scope, self._path(scope))}
        return Answer(status=303, headers=headers)

    async def _sign_out(self, scope: Scope, receive: Receive) -> Answer:
        if sender_of(scope["headers"], ()) is Sender.FOREIGN:
            return self._refuse(scope, status=403, says="This form was sent by another site.")
        here = f"{self._path(scope)}/overview"
        headers = {"location": here, "set-cookie": self._access.sign_out(scope, self._path(scope))}
        return Answer(status=303, headers=headers)

    async def _metrics(self, scope: Scope, receive: Receive) -> Answer:
        if not await self._access.allows(scope):
            return self._refuse_bearer(scope)
        content = await self._scrape()
        if content is None:
            # A gap tells the truth; sums of one process would look like a restart of all.
            return Answer(status=503, body=b"The ledger's database does not answer.\n", media_type=MEDIA_TYPE)
        return Answer(body=content, media_type=MEDIA_TYPE)

    def _refuse_bearer(self, scope: Scope) -> Answer:
        wait = self._access.wait(scope) if self._access.has_bearer(scope) else 0
        return self._put_off(scope, wait) if wait else self._refuse(scope)

    def _put_off(self, scope: Scope, wait: int) -> Answer:
        says = f"Too many tokens were wrong. The next one is looked at in {wait} seconds."
        return self._refuse(scope, status=429, says=says, more={"retry-after": str(wait)})

    def _refuse(
        self, scope: Scope, *, status: int | None = None, says: str = "", more: Mapping[str, str] = _NO_HEADERS
    ) -> Answer:
        """Offer the form where there is a token to sign in with."""
        can_sign_in = self._access.has_token
        status = status or (401 if can_sign_in else 403)
        headers = {"www-authenticate": 'Bearer realm="overview"'} if status == 401 else more
        return self._page(scope, "overview_sign_in.html", status, headers, says=says, can_sign_in=can_sign_in)

    def _page(
        self, scope: Scope, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> Answer:
        base = self._path(scope)
        html = self._templates.render(
            template,
            self._wording,
            base=base,
            stylesheet=f"{base}/static/{stylesheet_of(self._policy).name}",
            own_stylesheet=f"{base}/static/{self._style.name}",
            script=f"{base}/static/{self._script.name}",
            site=self._wording.text(self._policy.declarations.site.name) or self._policy.host or "",
            version=self._policy.version,
            digest=self._policy.digest,
            moment=moment,
            **values,
        )
        return Answer(status=status, body=html.encode("utf-8", "replace"), headers={**_HEADERS, **(headers or {})})

    def _path(self, scope: Scope) -> str:
        return root_of(scope) + self._prefix


def _days_asked(scope: Scope) -> int:
    asked = _fields(scope.get("query_string", b"")).get("days", "")
    return int(asked) if asked in map(str, PERIODS) else _USUAL


def _token_in(body: bytes) -> str:
    return _fields(body).get("token", "").strip()


def _fields(encoded: bytes) -> Mapping[str, str]:
    try:
        return {name: values[-1] for name, values in parse_qs(encoded.decode("latin-1"), max_num_fields=10).items()}
    except ValueError:
        return {}
