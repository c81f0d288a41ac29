"""``/choice``: records what a visitor chose, tells what holds."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ..asgi import Receive, Scope
from ..consent import Visit, visit_of
from ..errors import LedgerError
from ..policy import Policy
from .accounts import Accounts
from .ages import age_of, may_be_guardian
from .answering import Answer, json_answer
from .body import Unread, read_body
from .changes import changes_between, say_changes
from .content import allowed_ids
from .form_token import FormTokens
from .open_questions import asking_of, banner_words
from .screens import Screens
from .sender import Sender, origin_of, sender_of
from .submission import FORM, JSON, LAYERS, Submission, media_type_of, read_form, read_json
from .way_back import safe_next

_RETRY_AFTER = {"retry-after": "10"}


class ChoiceEndpoint:
    """A GET never changes anything; a POST changes only what one of our own pages, or a declared origin, sent."""

    def __init__(
        self, *, policy: Policy, screens: Screens, tokens: FormTokens, accounts: Accounts | None = None
    ) -> None:
        self._policy = policy
        self._screens = screens
        self._tokens = tokens
        self._accounts = accounts
        self._origins = frozenset(origin.lower() for origin in policy.declarations.origins)

    async def show(self, scope: Scope, receive: Receive) -> Answer:
        """Tell the present state as JSON."""
        return json_answer(self._state(visit_of(scope)), headers=self._cors(scope))

    async def preflight(self, scope: Scope, receive: Receive) -> Answer:
        """Answer a browser that asks whether another origin may send JSON (https://fetch.spec.whatwg.org/#http-cors-protocol)."""
        headers = {"allow": "GET, HEAD, POST, OPTIONS", **self._cors(scope)}
        if "access-control-allow-origin" in headers:
            headers |= {
                "access-control-allow-methods": "GET, POST",
                "access-control-allow-headers": "Content-Type",
                "access-control-max-age": "600",
            }
        return Answer(status=204, headers=headers)

    async def record(self, scope: Scope, receive: Receive) -> Answer | None:
        """Record a choice; the answer waits until it is durable."""
        cors = self._cors(scope)
        sender = sender_of(scope["headers"], self._origins)
        if sender is Sender.FOREIGN:
            return self._screens.message(scope, "foreign", headers=cors)
        media_type = media_type_of(next((value for name, value in scope["headers"] if name == b"content-type"), b""))
        if media_type not in (FORM, JSON):
            return self._screens.message(scope, "wrong-media-type", headers={"accept": f"{FORM}, {JSON}", **cors})
        body = await read_body(scope, receive)
        if body is Unread.DISCONNECTED:
            return None
        if isinstance(body, Unread):
            return self._screens.message(scope, "too-large", headers=cors)
        submission = read_form(body) if media_type == FORM else read_json(body)
        if submission is None:
            return self._screens.message(scope, "malformed", headers=cors)
        visit = visit_of(scope)
        if sender is Sender.UNPROVEN and not self._tokens.accepts(submission.token, scope, visit.consent):
            return self._screens.message(scope, "unproven", headers=cors)
        return await self._choose(scope, visit, submission, cors)

    async def _choose(self, scope: Scope, visit: Visit, submission: Submission, cors: Mapping[str, str]) -> Answer:
        language = (
            submission.language if submission.language in self._policy.languages else self._screens.language_of(scope)
        )
        if self._accounts is not None:
            await self._accounts.greet(scope, visit)
        before = visit.decision
        answers = submission.answers(self._policy, visit.consent)
        if submission.action == "guardian":
            if not may_be_guardian(self._policy, visit.consent.age, submission):
                return self._screens.message(scope, "no-guardian", headers=cors)
            visit.choose(answers, method="guardian", language=language, by_guardian=True)
        else:
            age = age_of(self._policy, visit.consent.age, submission, answers)
            if age is None:
                return self._screens.message(scope, "age", headers=cors, again=submission)
            visit.choose(answers, method=submission.method, language=language, age=age)
        # What was shown then is no longer at hand, so that the record says nothing of it.
        is_known = submission.layer in LAYERS and not submission.is_outdated(self._policy)
        visit.layer = submission.layer if is_known else ""
        try:
            await visit.commit(scope)
        except LedgerError:
            return self._screens.message(scope, "unsaved", headers={**_RETRY_AFTER, **cors}, again=submission)
        changes = changes_between(self._policy, before, visit.decision)
        if submission.method != "form":
            receipt = f"{self._screens.base_of(scope)}/receipt/{visit.record_id}" if visit.record_id else None
            wording = self._screens.wording_in(language)
            changed = say_changes(self._policy, wording, changes, visit.decision)
            words = {
                "said": f"{wording.gettext('Saved.')} {changed}".strip(),
                # What the banner of a page that stays open says from now on; empty where it has nothing more to ask.
                "asking": banner_words(self._policy, wording, asking_of(visit.consent), visit.decision),
            }
            return json_answer({**self._state(visit), "receipt": receipt, **words}, headers=cors)
        center = f"{self._screens.base_of(scope)}/preferences?saved=1"
        place = safe_next(submission.next) or center
        if place.startswith(center):
            place += changes.as_query()
        return Answer(status=303, headers={"location": place})

    def _state(self, visit: Visit) -> Mapping[str, object]:
        consent, decision = visit.consent, visit.decision
        known = (*self._policy.purposes, *self._policy.services)
        return {
            "choice_made": consent.choice_made,
            "allowed": allowed_ids(self._policy, decision),
            "refused": [name for name in known if name in decision.refused],
            "asks": list(decision.asks),
            "honors_gpc": decision.honors_gpc,
            "since": datetime.fromtimestamp(consent.chosen_at, UTC).isoformat() if consent.choice_made else None,
            "policy_version": self._policy.version,
            "policy_digest": self._policy.digest,
            **({"from_account": True} if consent.is_taken_over else {}),
            **({"asks_age": True} if decision.asks_age else {}),
        }

    def _cors(self, scope: Scope) -> dict[str, str]:
        """What lets a declared origin read the answer; nothing at all where the policy declares none."""
        if not self._origins:
            return {}
        origin = origin_of(scope["headers"])
        if origin.lower() not in self._origins:
            return {"vary": "Origin"}
        return {"vary": "Origin", "access-control-allow-origin": origin, "access-control-allow-credentials": "true"}
