"""A pytest plugin that puts a layer around the app of every Starlette TestClient, and writes down each test's outcome.

Runs inside Starlette's own test suite, in an environment of its own: it imports nothing of the benchmark's. The
environment variable TRANSPARENCY_LAYER names the layer, TRANSPARENCY_OUTCOMES the file.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette import testclient
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consent_middleware import ConsentMiddleware, Policy, get_consent
from consent_middleware.testing import consent_cookie

SECRET_KEY = "for Starlette's own tests, which keep no secrets"
# Nothing is left for the middleware to do: every name passes, and the entry is placed by hand, which nobody does.
POLICY = Policy.parse('unclassified = "allow"\nentry = "manual"\n[site]\nname = "Starlette"\n')


class _Everything:
    """Sends a token that allows everything along, and takes it out again before the app could count its cookies."""

    def __init__(self, app: ASGIApp) -> None:
        name, value = consent_cookie(POLICY, SECRET_KEY, allow=set(POLICY.optional))
        bare = name.removeprefix("__Host-")
        # Under both names: which of them counts follows the scheme, and the tests use http and https.
        self._sent = [(b"cookie", f"{each}={value}".encode()) for each in (bare, f"__Host-{bare}")]
        self._consent = ConsentMiddleware(self._without(app), policy=POLICY, secret_key=SECRET_KEY, ledger=None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "headers" in scope:
            scope["headers"] = [*scope["headers"], *self._sent]
        await self._consent(scope, receive, send)

    def _without(self, app: ASGIApp) -> ASGIApp:
        async def inner(scope: Scope, receive: Receive, send: Send) -> None:
            if "headers" in scope:
                scope["headers"] = [header for header in scope["headers"] if tuple(header) not in self._sent]
            await app(scope, receive, send)

        return inner


def _observe(app: ASGIApp) -> ASGIApp:
    return ConsentMiddleware(app, policy=POLICY, secret_key=SECRET_KEY, ledger=None, mode="observe")


async def _pass(request: Request, call_next: RequestResponseEndpoint) -> Response:
    return await call_next(request)


LAYERS: dict[str, Callable[[ASGIApp], ASGIApp] | None] = {
    "bare": None,
    "observe": _observe,
    "enforce": _Everything,
    # Known to lose some fifty: shows that this way of measuring finds what it should.
    "BaseHTTPMiddleware": lambda app: BaseHTTPMiddleware(app, dispatch=_pass),
}
_outcomes: dict[str, str] = {}
_requests = 0


class _Counted:
    """Counts what really went through the layer: a layer that nobody asked loses no test either."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        global _requests
        _requests += scope["type"] in ("http", "websocket")
        await self.app(scope, receive, send)


def pytest_configure(config: pytest.Config) -> None:
    _check_that_everything_is_allowed()
    layer = LAYERS[os.environ["TRANSPARENCY_LAYER"]]
    if layer is None:
        return
    original = testclient.TestClient.__init__

    def wrapped(self: testclient.TestClient, app: Any, *arguments: Any, **options: Any) -> None:
        single = app if testclient._is_asgi3(app) else testclient._WrapASGI2(app)
        original(self, _Counted(layer(single)), *arguments, **options)

    testclient.TestClient.__init__ = wrapped  # type: ignore[method-assign]


async def _no_body() -> Message:
    return {"type": "http.request", "body": b""}


async def _nowhere(message: Message) -> None:
    pass


def _check_that_everything_is_allowed() -> None:
    """Stop if the token is not understood: the enforcing run would then measure something else."""
    allowed: list[set[str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        consent = get_consent(scope)
        allowed.append({purpose for purpose in POLICY.optional if consent.allows(purpose)})

    async def ask() -> None:
        for scheme in ("http", "https"):
            headers = [(b"host", b"testserver")]
            scope: Scope = {"type": "http", "method": "GET", "scheme": scheme, "path": "/", "headers": headers}
            await _Everything(app)(scope, _no_body, _nowhere)

    anyio.run(ask)
    if allowed != [set(POLICY.optional)] * 2 or not POLICY.optional:
        raise pytest.UsageError(f"the token does not allow everything, but {allowed} of {POLICY.optional}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # Three reports a test; the worst counts: a test whose teardown fails has not passed.
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish() -> None:
    Path(os.environ["TRANSPARENCY_OUTCOMES"]).write_text(
        json.dumps({"requests": _requests, "tests": _outcomes}), encoding="utf-8"
    )
