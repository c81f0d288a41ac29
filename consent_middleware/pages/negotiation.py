"""Which of the policy's languages a page speaks."""

from collections.abc import Callable, Mapping

from ..asgi import Scope
from ..callbacks import careful
from ..policy import Policy
from ..telemetry.languages import language_matcher

LanguageOf = Callable[[Scope], str | None]
"""An app's own answer: one of the policy's languages, or ``None`` to leave it to the policy."""


class Negotiation:
    """Asks the app where it wants to be asked, then what ``site.language_from`` names, then the browser.

    A language the policy does not have counts as no answer, and so does an error. Nothing of Accept-Language is kept but the match.
    """

    def __init__(self, policy: Policy, language_of: LanguageOf | None = None) -> None:
        self._language_of = careful("language_of", language_of) if language_of is not None else None
        self._by_tag = {tag.lower(): tag for tag in policy.languages}
        self._first = policy.languages[0]
        self._source = policy.declarations.site.language_from
        self._match = language_matcher(policy.languages)
        self.asks_only_the_browser = language_of is None and self._source == "browser"

    def for_page(self, scope: Scope, accepted: bytes) -> str:
        """The language of one of the app's pages. ``accepted``: its Accept-Language."""
        return self._answered(scope, scope["path"]) or self._match(accepted).decode("ascii")

    def for_own(self, scope: Scope, query: Mapping[str, str], accepted: bytes) -> str:
        """The language of one of our pages: what ``lang`` asks for, else that of the page it leads back to."""
        asked = self._by_tag.get(query.get("lang", "").lower())
        return asked or self._answered(scope, query.get("next", "")) or self._match(accepted).decode("ascii")

    def _answered(self, scope: Scope, path: str) -> str | None:
        if self._language_of is not None:
            said = self._language_of(scope)
            answer = self._by_tag.get(said.lower()) if isinstance(said, str) else None
            if answer is not None:
                return answer
        if self._source == "first":
            return self._first
        if self._source == "path":
            return self._by_tag.get(path.lstrip("/").partition("/")[0].lower())
        return None
