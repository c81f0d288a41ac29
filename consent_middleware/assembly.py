"""Puts the parts of one middleware together, once, at start-up."""

from collections.abc import Callable, Sequence
from pathlib import Path

from . import telemetry
from .asgi import ASGIApp, Scope
from .callbacks import careful
from .consent import SubjectOf, Tokens
from .gates import grounds, notices, observation, validators
from .gates.banner import Banner as Inserted
from .gates.findings import Report
from .gates.gates import Gates
from .gates.html.answer import HtmlGates
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
from .lasting_parts import (
    accounts_of,
    disclosure_log_of,
    housekeeping_of,
    outbox_of,
    overview_of,
    page_seen_of,
    queue_of,
    recorder_of,
)
from .ledger import Ledger
from .overview.access import Access
from .pages import Banner, Fragments, Pages, Placeholders, SharedBanner, ShownTexts
from .parts import Parts
from .policy import Policy
from .recording import Choices
from .rights import Listener
from .transitions import Transitions
from .veils import Veiled


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
    recorder = recorder_of(policy, ledger, is_observing=is_observing, before=before.recorder if before else None)
    seen = before.seen if before else SeenCookies(ledger.remember_cookie if ledger is not None else None)
    tokens = Tokens(policy, secret_keys)
    accounts = accounts_of(subject, ledger, tokens, secret_keys)
    masks = MaskSets(policy)
    # Observing changes nothing, and records nothing of anybody.
    transitions = Transitions(policy, ledger) if ledger is not None and not is_observing else None
    recognition = Recognition(policy, tokens, masks, transitions)
    overview = None
    if is_observing or access is not None:
        mode = "observe" if is_observing else "enforce"
        overview = overview_of(policy, ledger, mode, language_of, before.overview if before else None)
    if report is not None:
        report = careful("report", report)
    told = report or (observation.log_once() if is_observing else None)
    report, notice = told, told or observation.log_once()
    if overview is not None:
        report, notice = overview.hearing(told), overview.hearing(notice)
    disclosure_log = disclosure_log_of(policy, ledger, before.disclosure_log if before else None)
    listeners = (
        careful("disclosed", disclosed) if disclosed is not None else None,
        disclosure_log.add if disclosure_log is not None else None,
        overview.see_disclosure if overview is not None else None,
    )
    disclosures = (
        before.disclosures
        if before
        else telemetry.Disclosures(policy, *(listener for listener in listeners if listener is not None))
    )
    queue = queue_of(policy, ledger, secret_keys, is_observing=is_observing)
    outbox = outbox_of(policy, ledger, secret_keys, is_observing=is_observing, before=before.outbox if before else None)
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
    page_seen = page_seen_of(policy, recorder, overview)
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
    placeholders = Placeholders(
        policy=policy, prefix=prefix, secret_keys=secret_keys, templates=templates, language_of=language_of
    )
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
        housekeeping=housekeeping_of(policy, ledger, queue, outbox, before.housekeeping if before else None),
        overview=overview,
    )
