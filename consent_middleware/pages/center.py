"""The preference center: every choice of the policy, with what this visitor chose of it."""

from urllib.parse import urlencode

from ..asgi import Scope
from ..consent import NO_CHOICE, Consent, Decision, Signals, Visit, decide
from ..policy import Policy
from ..telemetry import Telemetry, get_telemetry
from .answering import Answer
from .assets import load_assets
from .bulletins import last_change, say_bulletins
from .changes import changes_in, say_changes, titles_with_services
from .content import content_for, content_of, titles_of
from .open_questions import asking_of, open_question
from .screens import Screens, lang_of, query_of
from .styling import has_many_services


class PreferenceCenter:
    """A page that works without JavaScript; the dialog in the app's pages is made of it too."""

    def __init__(self, policy: Policy, screens: Screens) -> None:
        self._policy = policy
        self._screens = screens

    def preferences(self, scope: Scope, visit: Visit) -> Answer:
        """The preference center; ``?saved=1`` says that what it shows has just been saved."""
        return self._preferences(scope, visit, get_telemetry(scope))

    def guardian(self, scope: Scope, visit: Visit) -> Answer:
        """The same choices, for whoever decides for a child."""
        return self._preferences(scope, visit, get_telemetry(scope), for_guardian=True)

    def _preferences(
        self, scope: Scope, visit: Visit, telemetry: Telemetry | None, *, for_guardian: bool = False
    ) -> Answer:
        wording = self._screens.wording_of(scope)
        policy, decision, consent = self._policy, visit.decision, visit.consent
        query = query_of(scope)
        way_back = self._screens.way_back(scope)
        here = f"{self._screens.base_of(scope)}/preferences"
        content = content_of(policy, wording, visit, telemetry)
        by_signal = [name for name in policy.optional if name in policy.refused_by_gpc and not decision.allows(name)]
        lifetime = policy.declarations.lifetime.seconds or 0
        if not for_guardian:
            content = content_for(consent.age, content)
        return self._screens.page(
            scope,
            "preferences.html",
            content=content,
            after=f"{here}?" + urlencode({"saved": "1", "next": way_back, **lang_of(query)}),
            saved="saved" in query and consent.choice_made,
            changed=say_changes(policy, wording, changes_in(policy, query, decision), decision)
            if consent.choice_made
            else "",
            many_services=has_many_services(policy),
            search_script=f"{self._screens.base_of(scope)}/static/{load_assets()['search'].name}",
            has_rights=bool(policy.declarations.rights.kinds),
            reject_first=policy.declarations.banner.reject_first,
            allowed_titles=titles_with_services(
                policy, wording, [item.id for item in (*content.optional, *content.separate) if item.is_on], decision
            ),
            since=wording.day(consent.chosen_at) if consent.choice_made else "",
            until=wording.day(consent.chosen_at + lifetime) if consent.choice_made else "",
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
            token=self._screens.token(scope, consent),
        )

    def shown(self, language: str, *, for_guardian: bool = False) -> str:
        """Return the preference center of a visitor who has not chosen, or what a guardian is shown."""
        # A browser with fetch metadata, so that no token for a form is made.
        scope: Scope = {
            "type": "http",
            "method": "GET",
            "path": f"{self._screens.mount.prefix}/preferences",
            "query_string": urlencode({"lang": language}).encode(),
            "headers": [(b"sec-fetch-site", b"same-origin")],
        }
        consent, signals = NO_CHOICE, Signals()
        visit = Visit(
            self._policy, consent, decide(self._policy, consent, signals), signals, True, _undecided, _unrecorded
        )
        return self._preferences(scope, visit, None, for_guardian=for_guardian).body.decode()


def _undecided(consent: Consent, signals: Signals) -> tuple[Consent, Decision]:
    raise NotImplementedError("Nobody chooses on a page that is only rendered for the record.")


async def _unrecorded(visit: Visit) -> None:
    raise NotImplementedError("Nobody chooses on a page that is only rendered for the record.")
