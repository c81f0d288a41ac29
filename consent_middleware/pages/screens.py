"""The pages themselves: preference center, declaration, short messages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from ..asgi import Scope
from ..consent import NO_CHOICE, Consent, Decision, Signals, Visit, decide, visit_of
from ..consent.names import TokenCookie
from ..ledger import ChoiceRecord
from ..policy import Policy, timeline
from ..policy.purposes import N_
from ..rights import Request
from ..telemetry import Disclosed, Telemetry, get_telemetry
from .answering import Answer, json_answer
from .assets import load_assets
from .bulletins import last_change, say_bulletins
from .changes import Changes, changes_in, say_changes, titles_with_services
from .content import CookieRow, content_for, content_of, titles_of
from .disclosure_items import disclosure_items
from .form_token import FormTokens, needs_token
from .messages import MESSAGES
from .mount import Mount, root_of
from .negotiation import LanguageOf, Negotiation
from .open_questions import asking_of, banner_words, open_question
from .request_items import asking_form, request_item
from .styling import has_many_services, stylesheet_of
from .submission import JSON, Submission, media_type_of
from .templates import Templates
from .way_back import LONGEST_PAGE, safe_next
from .wording import Wording, own_name

_HEADERS = {
    # Trusted Types: there is no script on these pages, so nothing may make one.
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    # Without a referrer a form's Origin would be "null".
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}


_ROLES = {
    "controller": N_("Controller"),
    "joint-controller": N_("Joint controller"),
    "processor": N_("Processor"),
}
_BEFALLEN = {
    "expiry": N_("This choice ran out."),
    "signal": N_("Your browser's signal changed what this choice allows."),
}
"""What a record says that is of no act of the visitor's, by its kind."""


class Screens:
    """Renders whole pages for one mount, in the visitor's language."""

    def __init__(
        self,
        *,
        policy: Policy,
        mount: Mount,
        tokens: FormTokens,
        folder: str | Path | None,
        language_of: LanguageOf | None = None,
    ) -> None:
        self._policy = policy
        self._mount = mount
        self._tokens = tokens
        self._templates = Templates(folder)
        self._wordings = {language: Wording(policy, language) for language in policy.languages}
        self._negotiation = Negotiation(policy, language_of)

    def warm(self) -> None:
        self._templates.warm()

    def base_of(self, scope: Scope) -> str:
        return self._mount.base_of(scope)

    def language_of(self, scope: Scope) -> str:
        """``?lang=`` where the policy has that language, else what the site negotiates by."""
        accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
        return self._negotiation.for_own(scope, _query_of(scope), accepted)

    def preferences(self, scope: Scope, visit: Visit) -> Answer:
        """The preference center; ``?saved=1`` says that what it shows has just been saved."""
        return self._preferences(scope, visit, get_telemetry(scope))

    def guardian(self, scope: Scope, visit: Visit) -> Answer:
        """The same choices, for whoever decides for a child."""
        return self._preferences(scope, visit, get_telemetry(scope), for_guardian=True)

    def _preferences(
        self, scope: Scope, visit: Visit, telemetry: Telemetry | None, *, for_guardian: bool = False
    ) -> Answer:
        wording = self._wordings[self.language_of(scope)]
        policy, decision, consent = self._policy, visit.decision, visit.consent
        query = _query_of(scope)
        way_back = self._way_back(scope)
        here = f"{self.base_of(scope)}/preferences"
        content = content_of(policy, wording, decision, self._own_cookie(wording, visit), telemetry)
        by_signal = [name for name in policy.optional if name in policy.refused_by_gpc and not decision.allows(name)]
        lifetime = policy.declarations.lifetime.seconds or 0
        if not for_guardian:
            content = content_for(consent.age, content)
        return self._page(
            scope,
            "preferences.html",
            wording,
            content=content,
            way_back=way_back,
            after=f"{here}?" + urlencode({"saved": "1", "next": way_back, **_lang_of(query)}),
            saved="saved" in query and consent.choice_made,
            changed=say_changes(policy, wording, changes_in(policy, query, decision), decision)
            if consent.choice_made
            else "",
            many_services=has_many_services(policy),
            search_script=f"{self.base_of(scope)}/static/{load_assets()['search'].name}",
            has_rights=bool(policy.declarations.rights.kinds),
            reject_first=policy.declarations.banner.reject_first,
            allowed_titles=titles_with_services(
                policy, wording, [item.id for item in (*content.optional, *content.separate) if item.is_on], decision
            ),
            since=wording.date(_day(consent.chosen_at)) if consent.choice_made else "",
            until=wording.date(_day(consent.chosen_at + lifetime)) if consent.choice_made else "",
            from_account=consent.is_taken_over,
            age=consent.age,
            asks_age=policy.asked_age is not None,
            minimum_age=policy.declarations.site.minimum_age or 0,
            for_guardian=for_guardian,
            may_ask_guardian=decision.is_childs and policy.declarations.children.guardian == "form",
            told_digests=policy.told,
            question=open_question(policy, wording, asking_of(consent), decision),
            is_outdated=consent.is_outdated,
            last_change=last_change(policy, wording),
            bulletins=say_bulletins(policy.bulletins, wording),
            honored=wording.join(titles_of(policy, wording, by_signal)) if decision.honors_gpc else "",
            token=self._tokens.make(scope, consent) if needs_token(scope) else "",
        )

    def shown(self, language: str, *, for_guardian: bool = False) -> str:
        """Return the preference center of a visitor who has not chosen, or what a guardian is shown."""
        # A browser with fetch metadata, so that no token for a form is made.
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": f"{self._mount.prefix}/preferences",
            "query_string": urlencode({"lang": language}).encode(),
            "headers": [(b"sec-fetch-site", b"same-origin")],
        }
        consent, signals = NO_CHOICE, Signals()
        visit = Visit(
            self._policy, consent, decide(self._policy, consent, signals), signals, True, _undecided, _unrecorded
        )
        return self._preferences(scope, visit, None, for_guardian=for_guardian).body.decode()

    def say_changes(self, language: str, changes: Changes, decision: Decision) -> str:
        """What a choice changed, for a page that stays open."""
        wording = self._wordings[language]
        return f"{wording.gettext('Saved.')} {say_changes(self._policy, wording, changes, decision)}".strip()

    def ask_for_the_rest(self, language: str, visit: Visit) -> str:
        """What the banner of a page that stays open says from now on; empty where it has nothing more to ask."""
        return banner_words(self._policy, self._wordings[language], asking_of(visit.consent), visit.decision)

    def declaration(self, scope: Scope, visit: Visit) -> Answer:
        """Everything the policy declares."""
        wording = self._wordings[self.language_of(scope)]
        return self._page(
            scope,
            "declaration.html",
            wording,
            content=content_of(self._policy, wording, visit.decision, self._own_cookie(wording, visit)),
            way_back=self._way_back(scope),
            parties=[
                {
                    "name": wording.text(party.name),
                    "role": wording.gettext(_ROLES[party.role]),
                    "address": wording.text(party.address),
                    "contact": party.contact or "",
                }
                for party in self._policy.parties
            ],
            storage_place=wording.text(self._policy.declarations.site.storage_place),
            retention_choices=wording.duration(self._policy.declarations.retention.choices),
            retention_telemetry=wording.duration(self._policy.declarations.retention.telemetry),
            retention_text=wording.text(self._policy.declarations.retention.description),
            bulletins=say_bulletins(self._policy.bulletins, wording),
            versions=[
                {
                    "version": version.version,
                    "date": wording.date(version.effective),
                    "summary": wording.text(version.summary),
                }
                for version in reversed(timeline.in_effect(self._policy.declarations.versions, self._policy.day))
            ],
        )

    def asks(self, scope: Scope, name: str) -> str:
        """Return what the query says under ``name``; empty where it says nothing."""
        return _query_of(scope).get(name, "")

    def data(
        self,
        scope: Scope,
        visit: Visit,
        choices: Sequence[ChoiceRecord],
        *,
        consent_ids: Sequence[str],
        is_of_account: bool,
        others: int,
        events: int,
        disclosures: Sequence[Disclosed],
        requests: Sequence[Request] = (),
        ticket: str = "",
        tells_recipients: bool = False,
    ) -> Answer:
        """What is held about a visitor; ``?erased=1`` says that it was just erased. ``ticket``: that of the form that asks a person."""
        wording = self.wording_of(scope)
        has_form = bool(ticket and self._policy.declarations.rights.kinds)
        return self._page(
            scope,
            "data.html",
            wording,
            erased="erased" in _query_of(scope) and not visit.consent.choice_made,
            consent_ids=consent_ids,
            is_of_account=is_of_account,
            choices=[
                {
                    "record_id": choice.record_id,
                    "befell": wording.gettext(_BEFALLEN[choice.kind]) if choice.kind in _BEFALLEN else "",
                    "when": _moment(wording, choice.chosen_at),
                    "allowed": self._titles(wording, choice.allowed),
                }
                for choice in choices
            ],
            others=others,
            events=events,
            disclosures=disclosure_items(self._policy, wording, disclosures),
            requests=[request_item(wording, request) for request in requests],
            form=asking_form(self._policy, wording, ticket) if has_form else None,
            tells_recipients=tells_recipients,
            way_back=self._way_back(scope),
            token=self._tokens.make(scope, visit.consent) if needs_token(scope) else "",
        )

    def wording_of(self, scope: Scope) -> Wording:
        """Speak the language of a request."""
        return self._wordings[self.language_of(scope)]

    def form_page(
        self,
        scope: Scope,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> Answer:
        """A page with forms in it: they need a token where the browser says nothing of itself."""
        return self._page(
            scope,
            template,
            self.wording_of(scope),
            status=status,
            headers=headers,
            way_back=self._way_back(scope),
            token=self._tokens.make(scope, visit_of(scope).consent) if needs_token(scope) else "",
            **values,
        )

    def receipt(self, scope: Scope, choice: ChoiceRecord, text: str) -> Answer:
        """One recorded choice, with the text that was shown; or what happened to it, with what was left of it."""
        wording = self._wordings[self.language_of(scope)]
        left = choice.effective if choice.kind in _BEFALLEN else choice.allowed
        allowed = [name for name in choice.allowed if name in left]
        known = [*choice.refused, *choice.allowed]
        return self._page(
            scope,
            "receipt.html",
            wording,
            choice=choice,
            befell=wording.gettext(_BEFALLEN[choice.kind]) if choice.kind in _BEFALLEN else "",
            when=_moment(wording, choice.chosen_at),
            allowed=self._titles(wording, allowed),
            refused=self._titles(wording, [name for name in known if name not in allowed]),
            text=text,
            way_back=self._way_back(scope),
        )

    def _titles(self, wording: Wording, names: Sequence[str]) -> str:
        """Purposes and services in words; one that the policy no longer has keeps its id."""
        policy, said = self._policy, []
        for name in names:
            purpose, service = policy.purposes.get(name), policy.services.get(name)
            text = purpose.title if purpose is not None else service.name if service is not None else ""
            said.append((wording.text(text) if text else "") or name)
        return wording.join(said)

    def message(
        self, scope: Scope, name: str, *, headers: Mapping[str, str] | None = None, again: Submission | None = None
    ) -> Answer:
        """A short page, or JSON for whoever speaks JSON. ``again``: a choice to offer once more."""
        wording = self._wordings[self.language_of(scope)]
        shown = MESSAGES[name]
        if wants_json(scope):
            content = {"error": name, "message": wording.gettext(shown.text)}
            return json_answer(content, status=shown.status, headers=headers or {})
        visit = visit_of(scope)
        return self._page(
            scope,
            "message.html",
            wording,
            status=shown.status,
            headers=headers,
            title=wording.gettext(shown.title),
            text=wording.gettext(shown.text),
            again=again,
            asked_age=self._policy.asked_age if name == "age" else None,
            way_back=self._way_back(scope),
            token=self._tokens.make(scope, visit.consent) if again is not None and needs_token(scope) else "",
        )

    def _page(
        self,
        scope: Scope,
        template: str,
        wording: Wording,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> Answer:
        declared = self._policy.declarations
        base = self.base_of(scope)
        html = self._templates.render(
            template,
            wording,
            base=base,
            stylesheet=f"{base}/static/{stylesheet_of(self._policy).name}",
            page_stylesheet=f"{base}/static/{load_assets()['pages'].name}",
            site=wording.text(declared.site.name),
            controller=wording.text(declared.site.controller),
            address=wording.text(declared.site.address),
            privacy_url=declared.site.privacy_url or "",
            contact=declared.contact,
            contact_text=wording.text(declared.contact.text),
            languages=self._other_languages(scope, wording.language),
            lang_query="&" + urlencode(_lang_of(_query_of(scope))) if _lang_of(_query_of(scope)) else "",
            **values,
        )
        fields = {**_HEADERS, "content-language": wording.language, **(headers or {})}
        return Answer(status=status, body=html.encode("utf-8", "replace"), headers=fields)

    def _own_cookie(self, wording: Wording, visit: Visit) -> CookieRow:
        """The one cookie of our own, declared like every other."""
        return CookieRow(
            name=TokenCookie.of(self._policy, is_secure=visit.is_secure).name,
            lifetime=wording.duration(self._policy.declarations.lifetime),
            description=wording.gettext("Remembers your privacy choices. It is set when you choose, never before."),
            service="",
        )

    def _way_back(self, scope: Scope) -> str:
        return safe_next(_query_of(scope).get("next", ""), longest=LONGEST_PAGE) or root_of(scope) + "/"

    def _other_languages(self, scope: Scope, present: str) -> list[Mapping[str, str]]:
        """Links to this page in the policy's other languages."""
        if len(self._wordings) == 1 or scope["method"] not in ("GET", "HEAD"):
            return []
        query = {name: value for name, value in _query_of(scope).items() if name in ("next", "saved", "on", "off")}
        return [
            {
                "tag": tag,
                "name": own_name(tag),
                "query": urlencode({**query, "lang": tag}),
                "present": "yes" if tag == present else "",
            }
            for tag in self._wordings
        ]


def _query_of(scope: Scope) -> Mapping[str, str]:
    try:
        fields = parse_qs(scope.get("query_string", b"").decode("latin-1"), errors="replace", max_num_fields=50)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def _day(seconds: float) -> date:
    """In UTC: the server knows no visitor's time zone."""
    return datetime.fromtimestamp(seconds, UTC).date()


def _lang_of(query: Mapping[str, str]) -> Mapping[str, str]:
    return {"lang": query["lang"]} if "lang" in query else {}


def _moment(wording: Wording, seconds: float) -> str:
    """In UTC: the server knows no visitor's time zone."""
    return f"{wording.date(_day(seconds))}, {datetime.fromtimestamp(seconds, UTC):%H:%M} UTC"


def wants_json(scope: Scope) -> bool:
    """JSON for JSON, and for whoever accepts it but no page."""
    content_type = accepted = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value
        elif name == b"accept":
            accepted = value
    return media_type_of(content_type) == JSON or (b"application/json" in accepted and b"text/html" not in accepted)


def _undecided(consent: Consent, signals: Signals) -> tuple[Consent, Decision]:
    raise NotImplementedError("Nobody chooses on a page that is only rendered for the record.")


async def _unrecorded(visit: Visit) -> None:
    raise NotImplementedError("Nobody chooses on a page that is only rendered for the record.")
