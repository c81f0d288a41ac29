"""The story of one request."""

import functools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from .asgi import ASGIApp, Receive, Scope, Send, route_path
from .assembly import assemble
from .consent import SCOPE_KEY, SubjectOf
from .errors import ConfigurationError
from .gates import observation, preparation
from .gates.documents import is_navigation
from .gates.findings import Report
from .gates.nesting import supersede
from .gates.recognition import Superseded
from .gates.request import admit
from .gates.shared_pages import FRAGMENT
from .ledger import Ledger
from .lifespan import live
from .overview.access import Access, Check
from .pages.mount import GPC_PATH
from .parts import Parts
from .policy import Policy
from .rights import Listener, OnRequest
from .telemetry import Disclosure

_SERVED = frozenset({"http", "websocket"})
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)+")
_SECURE_SCHEMES = frozenset({"https", "wss"})


class ConsentMiddleware:
    """Makes a visitor's choice a fact of the wire, for any ASGI app.

    Wrap the whole app, inside whatever resolves proxies: ``app = ConsentMiddleware(app, secret_key=…)``. Raises PolicyError for a
    policy that cannot be enforced and ConfigurationError for arguments that cannot work.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: Policy | str | Path | None = None,
        secret_key: str | Sequence[str] | None = None,
        ledger: str | None = None,
        mode: Literal["enforce", "observe"] = "enforce",
        prefix: str = "/-/privacy",
        templates: str | Path | None = None,
        language_of: Callable[[Scope], str | None] | None = None,
        report: Report | None = None,
        disclosed: Callable[[Disclosure], None] | None = None,
        spool: str | Path | None = None,
        subject: SubjectOf | None = None,
        overview_token: str | Sequence[str] | None = None,
        overview: Check | None = None,
        on_request: OnRequest | None = None,
    ) -> None:
        """Mount the middleware.

        ``policy``: a path, a ``Policy``, or ``None`` for the built-in one. ``secret_key``: one key or several, newest first.
        ``ledger``: a database URL that keeps the proof of every choice, and what a policy's ``[recorder]`` records, or ``None``.
        ``mode="observe"`` changes nothing and reports what it would have done, to ``report`` or to the log. ``prefix``: where
        the visitor's pages are. ``templates``: a folder whose templates replace ours. ``language_of``: from a page's scope to
        the language it is in. ``disclosed`` is told of every value that ``telemetry.disclose()`` was asked for, never of the
        value; ``middleware.disclosures.counts`` has the sums. ``spool``: a folder for records that the ledger's database does
        not take; by default beside a SQLite file, else below ``$STATE_DIRECTORY`` or ``~/.local/state``. ``subject``: from a
        request's scope to what the app calls the account that is signed in, or ``None``; may be async. A choice then follows the
        account to its other browsers, which takes a ledger. ``overview_token``: what opens the team's page at
        ``{prefix}/overview`` and the metrics; several while it is being changed. ``overview``: from a scope to whether it may see
        them, as the app knows it. Without either there are none. ``on_request``: an async function that is told of every
        request which needs a person (``[rights]``), once it is in the queue.
        """
        if mode not in ("enforce", "observe"):
            raise ConfigurationError(f'mode is "enforce" or "observe", not {mode!r}.')
        keys = _checked_keys(secret_key)
        self.prefix = _checked_prefix(prefix)
        self.policy = Policy.of(policy)
        self.ledger = Ledger(ledger, secret_keys=keys, spool=spool) if ledger is not None else None
        self._is_observing = mode == "observe"
        self._assemble = functools.partial(
            assemble,
            app,
            whole=self,
            secret_keys=keys,
            prefix=self.prefix,
            ledger=self.ledger,
            is_observing=self._is_observing,
            templates=templates,
            language_of=language_of,
            report=report,
            disclosed=disclosed,
            subject=subject,
            access=Access.of(overview_token, overview, keys),
            listener=Listener(on_request) if on_request is not None else None,
        )
        self._take(self._assemble(policy=self.policy))
        following = self.policy.following
        while following is not None:
            # What cannot be mounted on its day says so today.
            self._assemble(policy=following)
            following = following.following

    def _take(self, parts: Parts) -> None:
        """Work with these parts from now on."""
        self._parts = parts
        self.policy = parts.policy
        self._is_https = parts.policy.is_https
        self.app = parts.app
        self.tokens = parts.tokens
        self.recorder = parts.recorder
        self.disclosures = parts.disclosures
        self.observed_hosts = parts.observed_hosts
        self.inventory = parts.overview.inventory if parts.overview is not None else None
        # What every request needs is one step away.
        self._report = parts.report
        self._shapes = parts.shapes
        self._recognition = parts.recognition
        self._pages = parts.pages
        self._gates = parts.gates
        self._plain_pages = parts.gates.plain_pages
        self._follow = parts.choices.follow if parts.accounts is not None else None
        self._respond = parts.respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in _SERVED:
            await (live(self._parts, scope, receive, send) if kind == "lifespan" else self.app(scope, receive, send))
            return

        # What did this visitor choose, and what does that allow?
        headers, shape = self._shapes.read(scope)
        is_secure = self._is_https
        if is_secure is None:
            is_secure = scope.get("scheme") in _SECURE_SCHEMES
        try:
            known = self._recognition.recognize(headers, shape, is_secure)
        except Superseded:
            # A version of the policy took effect since the last request.
            self._take(self._assemble(policy=self.policy.successor(), before=self._parts))
            await self(scope, receive, send)
            return
        if self._report is not None and known.hidden:
            observation.report_hidden(known.hidden, known.rules, self._report)

        # Are they talking to us, and is it a page they open?
        path = scope["path"]
        is_ours = (self.prefix in path or GPC_PATH in path) and kind == "http" and self._pages.owns(route_path(scope))
        is_document = is_navigation(headers, shape) and kind == "http" and not is_ours
        client = scope.get("client")
        respond = self._respond
        gate = respond(self._gates, known, scope, send, is_secure, is_document, headers, client)
        if SCOPE_KEY in scope and not is_ours and not self._is_observing:
            supersede(scope[SCOPE_KEY], gate)
        scope[SCOPE_KEY] = gate
        if self._is_observing:
            if self._report is not None:
                observation.report_telemetry(scope, headers, shape, known, self._report)
            try:
                await self.app(scope, receive, observation.watch(gate, send))
            finally:
                gate.close()
            return

        # Let the request in, less what was refused, and the response out the same way.
        admit(scope, headers, shape, known, client)
        if self._follow is not None and (is_document or (is_ours and path.endswith(FRAGMENT))):
            await self._follow(scope, shape, gate)
        if is_document or shape.is_conditional:
            preparation.prepare(scope, shape, gate, self._plain_pages)
        elif scope.get("extensions"):
            preparation.keep_in_sight(scope, gate)
        app = self.app
        if is_ours:
            app, gate.is_ours = self._pages, True
        try:
            await app(scope, receive, gate.send)
        finally:
            gate.close()


def _checked_keys(secret_key: str | Sequence[str] | None) -> list[str]:
    keys = (
        list(secret_key)
        if isinstance(secret_key, Sequence) and not isinstance(secret_key, str | bytes)
        else [secret_key]
    )
    # Its kind, not its value: that may be a key.
    wrong = next((type(key).__name__ for key in keys if not isinstance(key, str | None)), None)
    if wrong is not None or not keys or not all(keys):
        problem = "is missing" if wrong is None else f"is a string, or several of them, not {wrong}"
        raise ConfigurationError(
            f"secret_key {problem}: it signs every visitor's choice. Make one, keep it out of the repository, and pass it in:\n"
            '  python -c "import secrets; print(secrets.token_urlsafe(32))"\n'
            '  ConsentMiddleware(app, secret_key=os.environ["CONSENT_SECRET_KEY"])'
        )
    return [key for key in keys if key is not None]


def _checked_prefix(prefix: str) -> str:
    # As browsers send it, whatever stands in it: nothing that they would encode, resolve or take for a query.
    if not _PREFIX.fullmatch(prefix):
        raise ConfigurationError(
            f'prefix starts with a slash, does not end with one, and is made of ASCII letters, digits and "-._~" between them, '
            f'such as "/-/privacy", not {prefix!r}.'
        )
    return prefix
