"""The story of one request."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from . import telemetry
from .asgi import ASGIApp, Message, Receive, Scope, Send, route_path
from .consent import SCOPE_KEY, Consent, Decision, Signals, Tokens, Visit
from .errors import ConfigurationError, LedgerError
from .gates import grounds, notices, observation, preparation, validators
from .gates.documents import is_navigation
from .gates.findings import Report
from .gates.html_answer import HtmlGates
from .gates.masks import MaskSets
from .gates.page_policy import PagePolicy
from .gates.recognition import Recognition, effective
from .gates.request import admit
from .gates.response import Gates, ResponseGate, supersede
from .gates.seen import SeenCookies
from .gates.set_cookies import SetCookieFilter
from .gates.shapes import Shapes
from .gates.violations import ObservedHosts
from .ledger import Ledger, proof_of
from .pages import Banner, Pages, Placeholders, ShownTexts
from .policy import Policy
from .telemetry import Recorder
from .veils import Veiled

logger = logging.getLogger("consent_middleware")

GPC_PATH = "/.well-known/gpc.json"
_STOPPING = frozenset({"lifespan.startup.failed", "lifespan.shutdown.complete", "lifespan.shutdown.failed"})
_SERVED = frozenset({"http", "websocket"})
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
        disclosed: Callable[[telemetry.Disclosure], None] | None = None,
        spool: str | Path | None = None,
    ) -> None:
        """Mount the middleware.

        ``policy``: a path, a ``Policy``, or ``None`` for the built-in one. ``secret_key``: one key or several, newest first.
        ``ledger``: a database URL that keeps the proof of every choice, and what a policy's ``[recorder]`` records, or ``None``.
        ``mode="observe"`` changes nothing and reports what it would have done, to ``report`` or to the log. ``prefix``: where
        the visitor's pages are. ``templates``: a folder whose templates replace ours. ``language_of``: from a page's scope to
        the language it is in. ``disclosed`` is told of every value that ``telemetry.disclose()`` was asked for, never of the
        value; ``middleware.disclosures.counts`` has the sums. ``spool``: a folder for records that the ledger's database does
        not take; by default beside a SQLite file, else below ``$STATE_DIRECTORY`` or ``~/.local/state``.
        """
        if mode not in ("enforce", "observe"):
            raise ConfigurationError(f'mode is "enforce" or "observe", not {mode!r}.')
        keys = _checked_keys(secret_key)
        prefix = _checked_prefix(prefix)
        self._prefix = prefix
        self.policy = Policy.of(policy)
        self._is_observing = mode == "observe"
        self._report = report or (observation.log_once() if self._is_observing else None)
        self._ledger = Ledger(ledger, secret_keys=keys, spool=spool) if ledger is not None else None
        self.recorder = Recorder(self.policy, self._ledger.database) if self._ledger is not None else None
        """Page views and clicks that visitors allowed; ``None`` without a database."""
        if self.recorder is None and self.policy.recording is not None and not self._is_observing:
            raise ConfigurationError(
                "The policy's [recorder] has no database to write to: pass one, for example "
                'ConsentMiddleware(app, ledger="sqlite:///consent.db").'
            )
        self._seen = SeenCookies(self._ledger.remember_cookie if self._ledger is not None else None)
        tokens = Tokens(self.policy, keys)
        # What tests of consent flows start from: ``consent_middleware.testing`` finds it here.
        self.prefix, self.tokens, self.ledger = prefix, tokens, self._ledger
        masks = MaskSets(self.policy)
        notice = self._report or observation.log_once()
        # By name only here, once for requests of one shape; observe mode looks at values too.
        self._shapes = Shapes(
            masks, lambda names: observation.note_suspects(masks.sets[0], [(name, b"") for name in names], notice)
        )
        self._recognition = Recognition(self.policy, tokens, masks)
        self.disclosures = telemetry.Disclosures(self.policy, disclosed)
        # What only some policies ask for stands around the app, so that others pay nothing for it.
        app = notices.around(app, self.policy, notice)
        app = validators.around(app, self.policy, self._report, is_observing=self._is_observing)
        self.app = app if self._is_observing else grounds.around(app, self.policy, self.disclosures)
        self._is_https = self.policy.is_https
        self.observed_hosts = ObservedHosts(self.policy, self._report)
        self._pages = Pages(
            policy=self.policy,
            prefix=prefix,
            secret_keys=keys,
            templates=templates,
            language_of=language_of,
            ledger=self._ledger,
            take_violation=self.observed_hosts.add,
            recorder=self.recorder,
        )
        self._banner = Banner(
            policy=self.policy, prefix=prefix, secret_keys=keys, templates=templates, language_of=language_of
        )
        self._shown = ShownTexts(self._pages, self._banner)
        placeholders = Placeholders(policy=self.policy, prefix=prefix, secret_keys=keys, templates=templates)
        self._gates = Gates(
            policy=self.policy,
            prefix="" if self._is_observing else prefix,
            recognition=self._recognition,
            decide=Veiled(self._decide),
            record=Veiled(self._record),
            tokens=tokens,
            set_cookies=SetCookieFilter(self._seen, self._report, is_observing=self._is_observing),
            seen=self._seen,
            banner=self._banner,
            html_gates=HtmlGates(self.policy, placeholders, self._report),
            page_policy=PagePolicy(self.policy, f"{prefix}/reports"),
            report=self._report,
            disclosures=self.disclosures,
            page_seen=self.recorder.see_page
            if self.recorder is not None and self.policy.recording is not None
            else None,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in _SERVED:
            await self._pass(scope, receive, send)
            return

        # What did this visitor choose, and what does that allow?
        headers, shape = self._shapes.read(scope)
        is_secure = self._is_https
        if is_secure is None:
            is_secure = scope.get("scheme") in _SECURE_SCHEMES
        known = self._recognition.recognize(headers, shape, is_secure)
        if self._report is not None and known.hidden:
            observation.report_hidden(known.hidden, known.rules, self._report)

        # Are they talking to us, and is it a page they open?
        path = scope["path"]
        is_ours = (self._prefix in path or GPC_PATH in path) and kind == "http" and self._pages.owns(route_path(scope))
        is_document = is_navigation(headers, shape) and kind == "http" and not is_ours
        client = scope.get("client")
        gate = ResponseGate(self._gates, known, scope, send, is_secure, is_document, headers, client)
        if SCOPE_KEY in scope and not is_ours and not self._is_observing:
            supersede(scope[SCOPE_KEY])
        scope[SCOPE_KEY] = gate
        if self._is_observing:
            if self._report is not None:
                observation.report_telemetry(scope, headers, shape, known, self._report)
            await self.app(scope, receive, observation.watch(gate, send))
            gate.close()
            return

        # Let the request in, less what was refused, and the response out the same way.
        admit(scope, headers, shape, known, client)
        if is_document:
            gate.root_path = scope.get("root_path") or ""
        if is_document and gate.page().is_rewritten:
            preparation.prepare(scope, shape, gate.page())
        elif shape.is_conditional and preparation.prepare_part(scope, gate.page()):
            # The visit is looked at, so that the answer is.
            gate.is_conditional = bool(gate.visit)
        app = self.app
        if is_ours:
            app, gate.is_ours = self._pages, True
        try:
            await app(scope, receive, gate.send)
        finally:
            gate.close()

    def _decide(self, consent: Consent, signals: Signals) -> tuple[Consent, Decision]:
        decision, _ = self._recognition.decide(consent, signals)
        return effective(consent, decision), decision

    async def _record(self, visit: Visit) -> None:
        """Write a choice down before it is answered; a withdrawal then also learns what other processes saw being set."""
        if self._ledger is None:
            return
        shown = self._shown.find(visit.layer, visit.language)
        choice = proof_of(visit, shown)
        may_spool = visit.only_refuses or self.policy.declarations.unrecorded == "spool"
        await self._ledger.append(choice, shown=shown, may_spool=may_spool)
        visit.record_id = choice.record_id
        if visit.consent.refused:
            try:
                self._seen.recall(await self._ledger.known_cookies())
            except LedgerError:
                logger.warning(
                    "Cookies that other processes set cannot all be expired now: the ledger does not answer."
                )

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let everything that is no request through; start and stop with the app where its server says when."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def receive_lifespan() -> Message:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._start()
            return message

        async def send_lifespan(message: Message) -> None:
            if message["type"] in _STOPPING and self._ledger is not None:
                if self.recorder is not None:
                    await self.recorder.stop()
                await self._ledger.stop()
            await send(message)

        await self.app(scope, receive_lifespan, send_lifespan)

    async def _start(self) -> None:
        """Load now what would make the first visitor wait."""
        telemetry.warm()
        # Templates are read from disk: on a thread, since a start-up may not block the server's loop, whichever it is.
        for warm in (self._pages.warm, self._banner.warm, self._gates.html_gates.warm):
            threading.Thread(target=warm, name="consent-warm-up", daemon=True).start()
        if self._ledger is None:
            return
        try:
            if self.recorder is not None:
                self.recorder.start()
            await self._ledger.start()
            self._seen.recall(await self._ledger.known_cookies())
        except LedgerError:
            logger.exception("The ledger does not answer. Requests are served; nothing can be accepted until it does.")


def _checked_keys(secret_key: str | Sequence[str] | None) -> list[str]:
    keys = [secret_key] if isinstance(secret_key, str) else list(secret_key or ())
    if not keys or not all(isinstance(key, str) and key for key in keys):
        raise ConfigurationError(
            "secret_key is missing: it signs every visitor's choice. Make one, keep it out of the repository, and pass it in:\n"
            '  python -c "import secrets; print(secrets.token_hex(32))"\n'
            '  ConsentMiddleware(app, secret_key=os.environ["CONSENT_SECRET_KEY"])'
        )
    return keys


def _checked_prefix(prefix: str) -> str:
    if not prefix.startswith("/") or prefix.endswith("/") or "//" in prefix:
        raise ConfigurationError(
            f'prefix starts with a slash and does not end with one, such as "/-/privacy", not {prefix!r}.'
        )
    return prefix
