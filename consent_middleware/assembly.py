"""Puts the parts of one middleware together, once, at start-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import telemetry
from .asgi import ASGIApp, Scope
from .consent import Standing, SubjectOf, Subjects, Tokens
from .errors import ConfigurationError
from .gates import grounds, notices, observation, validators
from .gates.banner import Banner as Inserted
from .gates.findings import Report
from .gates.gates import Gates
from .gates.html_answer import HtmlGates
from .gates.masks import MaskSets
from .gates.page_policy import PagePolicy
from .gates.plain_pages import PlainPages
from .gates.recognition import Recognition
from .gates.response import ResponseGate
from .gates.seen import SeenCookies
from .gates.set_cookies import SetCookieFilter
from .gates.shapes import Shapes
from .gates.shared_pages import SharedPages
from .gates.shared_response import SharedResponseGate
from .gates.violations import ObservedHosts
from .ledger import Housekeeping, Ledger
from .overview.access import Access
from .overview.overview import Overview
from .pages import Accounts, Banner, Fragments, Pages, Placeholders, SharedBanner, ShownTexts
from .pages.negotiation import LanguageOf
from .policy import Policy
from .recording import Choices
from .rights import Listener, Outbox, RequestQueue
from .telemetry import Recorder
from .transitions import Transitions
from .veils import Veiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """All that one middleware consists of. ``app``: the site's, in what only some policies put around it."""

    app: ASGIApp
    policy: Policy
    report: Report | None
    tokens: Tokens
    ledger: Ledger | None
    recorder: Recorder | None
    seen: SeenCookies
    shapes: Shapes
    recognition: Recognition
    pages: Pages
    banner: Banner
    choices: Choices
    accounts: Accounts | None
    gates: Gates
    respond: type[ResponseGate]
    disclosures: telemetry.Disclosures
    disclosure_log: telemetry.DisclosureLog | None
    outbox: Outbox | None
    observed_hosts: ObservedHosts
    housekeeping: Housekeeping | None
    overview: Overview | None


def assemble(
    app: ASGIApp,
    *,
    whole: ASGIApp,
    policy: Policy,
    secret_keys: Sequence[str],
    prefix: str,
    ledger: Ledger | None,
    is_observing: bool,
    templates: str | Path | None,
    language_of: Callable[[Scope], str | None] | None,
    report: Report | None,
    disclosed: Callable[[telemetry.Disclosure], None] | None,
    access: Access | None,
    listener: Listener | None,
    before: Parts | None = None,
    subject: SubjectOf | None = None,
) -> Parts:
    """Make every part, and hand each what it needs of the others. ``whole``: the middleware itself, for pages asked for again.

    ``before``: the parts under the version of the policy that held until now. What they remember, or hold in hand, goes on.
    """
    recorder = _recorder(policy, ledger, is_observing=is_observing, before=before)
    seen = before.seen if before else SeenCookies(ledger.remember_cookie if ledger is not None else None)
    tokens = Tokens(policy, secret_keys)
    accounts = _accounts(subject, ledger, tokens, secret_keys)
    masks = MaskSets(policy)
    # Observing changes nothing, and records nothing of anybody.
    transitions = Transitions(policy, ledger) if ledger is not None and not is_observing else None
    recognition = Recognition(policy, tokens, masks, transitions)
    overview = None
    if is_observing or access is not None:
        mode = "observe" if is_observing else "enforce"
        overview = _overview(policy, ledger, mode, language_of, before)
    told = report or (observation.log_once() if is_observing else None)
    report, notice = told, told or observation.log_once()
    if overview is not None:
        report, notice = overview.hearing(told), overview.hearing(notice)
    disclosure_log = _disclosure_log(policy, ledger, before)
    listeners = (
        disclosed,
        disclosure_log.add if disclosure_log is not None else None,
        overview.see_disclosure if overview is not None else None,
    )
    disclosures = (
        before.disclosures
        if before
        else telemetry.Disclosures(policy, *(listener for listener in listeners if listener is not None))
    )
    queue = _queue(policy, ledger, secret_keys, is_observing=is_observing)
    outbox = _outbox(policy, ledger, secret_keys, is_observing=is_observing, before=before)
    # What only some policies ask for stands around the app, so that others pay nothing for it.
    app = notices.around(app, policy, notice)
    app = validators.around(app, policy, report, is_observing=is_observing)
    observed_hosts = before.observed_hosts if before else ObservedHosts(policy, told)
    if before:
        disclosures.follow(policy)
        observed_hosts.follow(policy)
    app = app if is_observing else grounds.around(app, policy, disclosures)
    team = None
    if overview is not None:
        app = watched = overview.around(app)
        if access is not None:
            team = overview.pages(access, prefix=prefix, templates=templates)
    page_policy = PagePolicy(policy, f"{prefix}/reports")
    # Observing serves no guard that could tell.
    take_keys = overview.watch.see_keys if overview is not None and not is_observing else None
    banner = Banner(
        policy=policy,
        prefix=prefix,
        secret_keys=secret_keys,
        templates=templates,
        language_of=language_of,
        tells_keys=take_keys is not None,
    )
    page_seen = _page_seen(policy, recorder, overview)
    is_shared = policy.declarations.delivery == "fragment" and not is_observing
    fragments = Fragments(whole=whole, banner=banner, narrowed=page_policy.narrowed, page_seen=page_seen)
    pages = Pages(
        policy=policy,
        prefix=prefix,
        secret_keys=secret_keys,
        templates=templates,
        language_of=language_of,
        ledger=ledger,
        take_violation=overview.hearing_violations(observed_hosts.add) if overview is not None else observed_hosts.add,
        take_keys=take_keys if policy.declarations.guard else None,
        recorder=recorder,
        disclosure_log=disclosure_log,
        accounts=accounts,
        more=team.routes if team is not None else {},
        more_assets=team.assets if team is not None else (),
        queue=queue,
        listener=listener,
        outbox=outbox,
        fragments=fragments if is_shared else None,
    )
    if team is not None and is_observing:
        # Nothing of the visitor's pages is answered here, but the team has asked for its own.
        watched.beside = dict.fromkeys(team.paths, pages)
    placeholders = Placeholders(policy=policy, prefix=prefix, secret_keys=secret_keys, templates=templates)
    choices = Choices(
        policy,
        recognition,
        ledger,
        seen,
        ShownTexts(pages, banner),
        accounts,
        queue=queue,
        listener=listener,
        recorded=overview.see_choice if overview is not None else None,
    )
    html_gates = HtmlGates(policy, placeholders, report)
    in_pages: Inserted = banner
    if is_shared:
        in_pages = SharedBanner(
            policy=policy,
            prefix=prefix,
            secret_keys=secret_keys,
            banner=banner,
            templates=templates,
            language_of=language_of,
        )
    gates = Gates(
        policy=policy,
        prefix="" if is_observing else prefix,
        recognition=recognition,
        decide=Veiled(choices.decide),
        record=Veiled(choices.record),
        tokens=tokens,
        set_cookies=SetCookieFilter(
            seen,
            report,
            is_observing=is_observing,
            noted=overview.watch.see_set_cookie if overview is not None else None,
        ),
        seen=seen,
        banner=in_pages,
        html_gates=html_gates,
        page_policy=page_policy,
        report=report,
        disclosures=disclosures,
        plain_pages=PlainPages(in_pages, html_gates, page_policy, page_seen),
        # A cache answers for us where pages are shared: their script tells of a page that is opened.
        page_seen=None if is_shared else page_seen,
        shared=SharedPages(recognition, page_policy, in_pages, html_gates) if is_shared else None,
    )
    return Parts(
        app=app,
        policy=policy,
        report=report,
        tokens=tokens,
        ledger=ledger,
        recorder=recorder,
        seen=seen,
        # By name only here, once for requests of one shape; observe mode looks at values too.
        shapes=Shapes(
            masks, lambda names: observation.note_suspects(masks.sets[0], [(name, b"") for name in names], notice)
        ),
        recognition=recognition,
        pages=pages,
        banner=banner,
        choices=choices,
        accounts=accounts,
        gates=gates,
        respond=SharedResponseGate if is_shared else ResponseGate,
        disclosures=disclosures,
        disclosure_log=disclosure_log,
        outbox=outbox,
        observed_hosts=observed_hosts,
        housekeeping=_housekeeping(policy, ledger, queue, before),
        overview=overview,
    )


def _housekeeping(
    policy: Policy, ledger: Ledger | None, queue: RequestQueue | None, before: Parts | None
) -> Housekeeping | None:
    if before is not None and before.housekeeping is not None:
        before.housekeeping.follow(policy)
        return before.housekeeping
    if ledger is None:
        return None
    return Housekeeping(policy, ledger, beside=queue.purge_expired if queue is not None else None)


def _overview(
    policy: Policy, ledger: Ledger | None, mode: str, language_of: LanguageOf | None, before: Parts | None
) -> Overview:
    if before is not None and before.overview is not None:
        before.overview.follow(policy)
        return before.overview
    return Overview(policy, ledger, mode=mode, language_of=language_of)


def _page_seen(
    policy: Policy, recorder: Recorder | None, overview: Overview | None
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


def _disclosure_log(policy: Policy, ledger: Ledger | None, before: Parts | None) -> telemetry.DisclosureLog | None:
    if before is not None and before.disclosure_log is not None:
        before.disclosure_log.follow(policy)
        return before.disclosure_log
    return telemetry.DisclosureLog(policy, ledger.database) if ledger is not None else None


def _accounts(
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


def _recorder(policy: Policy, ledger: Ledger | None, *, is_observing: bool, before: Parts | None) -> Recorder | None:
    if before is not None and before.recorder is not None:
        before.recorder.follow(policy)
        return before.recorder
    if ledger is not None:
        return Recorder(policy, ledger.database)
    if policy.recording is not None and not is_observing:
        raise ConfigurationError(
            "The policy's [recorder] has no database to write to: pass one, for example "
            'ConsentMiddleware(app, ledger="sqlite:///consent.db").'
        )
    return None


def _queue(
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


def _outbox(
    policy: Policy, ledger: Ledger | None, secret_keys: Sequence[str], *, is_observing: bool, before: Parts | None
) -> Outbox | None:
    if before is not None and before.outbox is not None:
        before.outbox.follow(policy)
        # It may be the first version that has anybody told.
        before.outbox.wake()
        return before.outbox
    if ledger is not None:
        return Outbox(ledger, secret_keys, policy)
    told = [service.id for service in policy.services.values() if service.erasure_webhook]
    if told and not is_observing:
        raise ConfigurationError(
            f"The policy's services {', '.join(told)} want to be told of erasures (erasure_webhook), and there is no database in "
            'which that could wait: pass one, for example ConsentMiddleware(app, ledger="sqlite:///consent.db").'
        )
    return None
