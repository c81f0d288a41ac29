"""``POST {prefix}/fragment``: the banner and the state of one visitor, for a page that is the same for all.

A POST, since no cache keeps its answer, whatever it was told to do with the paths of a site.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs

from ..asgi import Receive, Scope
from ..consent import NO_CHOICE, Decision, Signals, Standing, decide, visit_of
from ..policy import Policy
from .answering import Answer
from .banner import Banner
from .content import allowed_ids
from .own_body import read_own
from .page_keys import PageKeys, opened
from .screens import Screens
from .templates import Templates
from .wording import Wording

Narrowed = Callable[[Decision], str]
"""The content security policy of one visitor, where ours is enforced."""
PageSeen = Callable[[Standing, Scope, int], None]
_MOST_FIELDS = 10


class FragmentEndpoint:
    """``page_seen``: is told of every page that a visitor opens, also of those that came out of a cache."""

    def __init__(
        self,
        *,
        policy: Policy,
        screens: Screens,
        banner: Banner,
        secret_keys: Sequence[str],
        templates: str | Path | None,
        narrowed: Narrowed,
        page_seen: PageSeen | None,
    ) -> None:
        self._policy = policy
        self._screens = screens
        self._banner = banner
        self._keys = PageKeys(secret_keys)
        self._templates = Templates(templates)
        self._wording = Wording(policy, policy.languages[0])
        self._strictest = decide(policy, NO_CHOICE, Signals())
        self._narrowed = narrowed
        self._page_seen = page_seen

    async def show(self, scope: Scope, receive: Receive) -> Answer | None:
        """Answer with one template, in which nothing runs before the page's script has put it in its place."""
        body = await read_own(scope, receive, self._screens, is_by_script=True)
        if not isinstance(body, bytes):
            return body
        asked = read_page(body, self._keys)
        visit = visit_of(scope)
        page = opened(scope, *(asked or ("/", "")))
        if asked is not None and self._page_seen is not None:
            self._page_seen(visit, page, 200)
        decision = visit.decision
        known = (*self._policy.purposes, *self._policy.services)
        html = self._templates.render(
            "fragment.html",
            self._wording,
            banner=self._banner.render(visit, page, nonce=None, link_only=False).decode("ascii"),
            allowed=" ".join(allowed_ids(self._policy, decision)),
            refused=" ".join(name for name in known if name in decision.refused),
            activates=not decision.allowed <= self._strictest.allowed,
            restriction=self._narrowed(decision),
        )
        return Answer(body=html.encode("ascii", "xmlcharrefreplace"))


def read_page(body: bytes, keys: PageKeys) -> tuple[str, str] | None:
    """Return the path and the query of the page that a form speaks of; ``None`` where we never signed that path."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    path = keys.read(fields.get("page", [""])[-1])
    return None if path is None else (path, fields.get("query", [""])[-1])
