"""``POST /notice``: a visitor has read a notice and need not see it again.

No identifier is made for that: whoever has chosen has a token, which remembers it; whoever has not gets one that says nothing else,
for the session.
"""

import time
from collections.abc import Sequence
from urllib.parse import parse_qs

from ..asgi import Receive, Scope
from ..consent import Tokens, Visit, visit_of
from ..consent.names import TokenCookie
from ..policy import Policy
from .answering import Answer
from .form_token import FormTokens
from .mount import root_of
from .own_body import read_own
from .screens import Screens
from .sender import Sender, sender_of
from .way_back import safe_next

_MOST_FIELDS = 20


class DismissalEndpoint:
    """Dismisses what is named and up today; anything else is ignored."""

    def __init__(
        self, *, policy: Policy, screens: Screens, form_tokens: FormTokens, secret_keys: Sequence[str]
    ) -> None:
        self._policy = policy
        self._screens = screens
        self._form_tokens = form_tokens
        self._tokens = Tokens(policy, secret_keys)
        self._known = frozenset(bulletin.id for bulletin in policy.bulletins)

    async def dismiss(self, scope: Scope, receive: Receive) -> Answer | None:
        """Remember it, and lead back to the page."""
        body = await read_own(scope, receive, self._screens)
        if not isinstance(body, bytes):
            return body
        fields = _fields_in(body)
        visit = visit_of(scope)
        if sender_of(scope["headers"], ()) is Sender.UNPROVEN and not self._form_tokens.accepts(
            _last(fields, "token"), scope, visit.consent
        ):
            return self._screens.message(scope, "unproven")
        place = safe_next(_last(fields, "next")) or root_of(scope) + "/"
        headers = {"location": place}
        named = self._known.intersection(fields.get("notice", ()))
        if named - visit.consent.seen:
            visit.dismiss(named)
            headers["set-cookie"] = self._cookie(visit)
        return Answer(status=303, headers=headers)

    def _cookie(self, visit: Visit) -> str:
        consent = visit.consent
        left = int(self._tokens.expires_at(consent) - time.time()) if consent.choice_made else None
        cookie = TokenCookie.of(self._policy, is_secure=visit.is_secure)
        return cookie.set_cookie(self._tokens.mint(consent), left).decode("ascii")


def _fields_in(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode("utf-8", "replace"), errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


def _last(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[-1]
