"""The console with the middleware around it, in the order that matters."""

from collections.abc import AsyncIterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from consent_middleware import ConsentMiddleware, Policy
from consent_middleware.asgi import ASGIApp, Scope
from consent_middleware.telemetry import Event

from .accounts import Accounts
from .console import make_console
from .database import Database
from .examples import ExampleVisits
from .pages import SESSION
from .preferences import read_preferences
from .recorder import InsideRecorder, OutsideRecorder
from .review.app import Review

POLICY = Path(__file__).parent / "consent.toml"


def assemble(
    *,
    data: Path,
    tracker: str,
    secret_key: str,
    policy_file: Path = POLICY,
    overview_token: str | None = None,
    review: bool = False,
) -> ASGIApp:
    """From the inside out: the app, the middleware, the recorder that sees what the middleware will hide.

    ``overview_token`` opens the operator's page; ``review`` puts the review page in front of it all.
    """
    policy = Policy.load(policy_file)

    async def recorded(consent_id: str) -> AsyncIterator[Event]:
        if governed.recorder is not None:
            async for event in governed.recorder.events(consent_id):
                yield event

    accounts = Accounts(Database(data / "console.db"))

    async def subject(scope: Scope) -> str | None:
        """Whose session it is: the account's number, which stays when its address changes."""
        secret = Request(scope).cookies.get(SESSION)
        account = await run_in_threadpool(accounts.of_session, secret) if secret else None
        return str(account.id) if account is not None else None

    console = make_console(data=data, policy=policy, tracker=tracker, recorded=recorded)
    governed = ConsentMiddleware(
        InsideRecorder(console),
        policy=policy,
        secret_key=secret_key,
        ledger=f"sqlite:///{data / 'consent.db'}",
        language_of=lambda scope: read_preferences(Request(scope)).language,
        subject=subject,
        overview_token=overview_token,
    )
    outermost = ExampleVisits(OutsideRecorder(governed))
    return Review(outermost) if review else outermost
