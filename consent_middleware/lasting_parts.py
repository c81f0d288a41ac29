"""Parts that a site has only with a database or by its own wish; each goes on under the next version of the policy."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from . import telemetry
from .asgi import Scope
from .consent import Standing, SubjectOf, Subjects, Tokens
from .errors import ConfigurationError
from .ledger import Housekeeping, Ledger
from .pages import Accounts
from .pages.negotiation import LanguageOf
from .policy import Policy
from .rights import Outbox, RequestQueue
from .telemetry import Recorder

if TYPE_CHECKING:
    from .overview.overview import Overview


def housekeeping_of(
    policy: Policy,
    ledger: Ledger | None,
    queue: RequestQueue | None,
    outbox: Outbox | None,
    before: Housekeeping | None,
) -> Housekeeping | None:
    if before is not None:
        before.follow(policy)
        return before
    if ledger is None:
        return None
    beside = [part.purge_expired for part in (queue, outbox) if part is not None]
    return Housekeeping(policy, ledger, beside=beside)


def overview_of(
    policy: Policy, ledger: Ledger | None, mode: str, language_of: LanguageOf | None, before: "Overview | None"
) -> "Overview":
    if before is not None:
        before.follow(policy)
        return before
    # Here, since most sites have none: it brings all that draws and sums up.
    from .overview.overview import Overview

    return Overview(policy, ledger, mode=mode, language_of=language_of)


def page_seen_of(
    policy: Policy, recorder: Recorder | None, overview: "Overview | None"
) -> Callable[[Standing, Scope, int], None] | None:
    listeners = [
        *([recorder.see_page] if recorder is not None and policy.recording is not None else []),
        *([overview.see_page] if overview is not None else []),
    ]
    if len(listeners) < 2:
        return listeners[0] if listeners else None

    def see_page(standing: Standing, scope: Scope, status: int) -> None:
        for listener in listeners:
            listener(standing, scope, status)

    return see_page


def disclosure_log_of(
    policy: Policy, ledger: Ledger | None, before: telemetry.DisclosureLog | None
) -> telemetry.DisclosureLog | None:
    if before is not None:
        before.follow(policy)
        return before
    return telemetry.DisclosureLog(policy, ledger.database) if ledger is not None else None


def accounts_of(
    subject: SubjectOf | None, ledger: Ledger | None, tokens: Tokens, secret_keys: Sequence[str]
) -> Accounts | None:
    if subject is None:
        return None
    if ledger is None:
        raise ConfigurationError(
            "subject= lets a choice follow an account, and there is no database to keep it in: pass one, for example "
            'ConsentMiddleware(app, ledger="sqlite:///consent.db", subject=…).'
        )
    return Accounts(subjects=Subjects(secret_keys, subject), bindings=ledger.bindings, tokens=tokens)


def recorder_of(
    policy: Policy, ledger: Ledger | None, *, is_observing: bool, before: Recorder | None
) -> Recorder | None:
    if before is not None:
        before.follow(policy)
        return before
    if ledger is not None:
        return Recorder(policy, ledger.database)
    if policy.recording is not None and not is_observing:
        raise ConfigurationError(
            "The policy's [recorder] has no database to write to: pass one, for example "
            'ConsentMiddleware(app, ledger="sqlite:///consent.db").'
        )
    return None


def queue_of(
    policy: Policy, ledger: Ledger | None, secret_keys: Sequence[str], *, is_observing: bool
) -> RequestQueue | None:
    if ledger is not None:
        return RequestQueue(ledger, secret_keys)
    if policy.declarations.rights.kinds and not is_observing:
        raise ConfigurationError(
            "What visitors ask a person for ([rights] in the policy) has no database to wait in: pass one, for example "
            'ConsentMiddleware(app, ledger="sqlite:///consent.db").'
        )
    return None


def outbox_of(
    policy: Policy, ledger: Ledger | None, secret_keys: Sequence[str], *, is_observing: bool, before: Outbox | None
) -> Outbox | None:
    if before is not None:
        before.follow(policy)
        # It may be the first version that has anybody told.
        before.wake()
        return before
    if ledger is not None:
        return Outbox(ledger, secret_keys, policy)
    told = [service.id for service in policy.services.values() if service.erasure_webhook]
    if told and not is_observing:
        raise ConfigurationError(
            f"The policy's services {', '.join(told)} want to be told of erasures (erasure_webhook), and there is no database in "
            'which that could wait: pass one, for example ConsentMiddleware(app, ledger="sqlite:///consent.db").'
        )
    return None
