"""One page for everybody (``delivery = "fragment"``): a document is made as for somebody who has not chosen, whoever asks for it.

Nothing of the request goes into it but its path: no choice, no language, no query, no token. So a cache may keep it for all.
"""

from typing import NamedTuple

from ..asgi import Header, Scope
from ..consent import NO_CHOICE, Consent, Decision, Signals
from .banner import Banner
from .encodings import Body
from .html.answer import HtmlGates
from .insertion import Page, kind_of
from .page_policy import PagePolicy
from .recognition import Recognition

FRAGMENT = "/fragment"
"""Below the prefix: where the page's script asks for what differs by visitor."""


class Nobody(NamedTuple):
    """The standing of a visitor who has not chosen."""

    consent: Consent
    decision: Decision
    signals: Signals


class SharedPages:
    """Made once, where the policy says so."""

    def __init__(
        self, recognition: Recognition, page_policy: PagePolicy, banner: Banner, html_gates: HtmlGates
    ) -> None:
        signals = Signals()
        decision, self.rules = recognition.decide(NO_CHOICE, signals)
        self.standing = Nobody(NO_CHOICE, decision, signals)
        self._page_policy = page_policy
        self._banner = banner
        self._html_gates = html_gates

    def page(self, scope: Scope, root: str, *, is_last: bool) -> Page:
        """Return how a document is prepared. ``root``: the app's mount; ``is_last``: no middleware further in takes care of it."""
        restrictions = self.rules.masks.page_headers
        if is_last:
            restrictions += self._page_policy.for_everybody(root)
        quiet = {**scope, "root_path": root, "query_string": b"", "headers": _of_everybody(scope)}
        return SharedPage(self._banner, self._html_gates, self.standing, quiet, True, restrictions)


class SharedPage(Page):
    """A document whose bytes are the same for all, so that nothing has to keep it apart."""

    __slots__ = ()

    def prepare(self, status: int, headers: list[Header], *, is_ours: bool) -> tuple[list[Header], Body | None]:
        """Return the headers to send and what rewrites the body; Vary and Cache-Control stay the app's."""
        kind = kind_of(status, headers)
        if kind is None:
            return headers, None
        headers += [pair for pair in self.restrictions if pair not in headers]
        return self._opened(status, headers, is_xml=kind == "xml") if is_ours else (headers, None)

    def _keep_apart(self, headers: list[Header]) -> None:
        """Everybody gets this one."""


def _of_everybody(scope: Scope) -> list[Header]:
    """The headers that all browsers would have sent alike: with fetch metadata, no form needs a token of its own."""
    hosts = [pair for pair in scope.get("headers") or () if pair[0] == b"host"]
    return [*hosts, (b"sec-fetch-site", b"none"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document")]
