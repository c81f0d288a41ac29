"""Renders what stands in the place of a frame that is not loaded.

Rendered once for each language, mount and recipient; a frame then only fills in its own title and size.
"""

import re
import secrets
from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..asgi import Scope
from ..caches import BoundedCache
from ..consent import Decision, Standing
from ..gates.html.rewriting import Frame
from ..policy import Policy
from ..policy.texts import Text
from .form_token import FormTokens
from .mount import Mount, root_of
from .negotiation import LanguageOf, Negotiation
from .templates import Templates
from .way_back import page_of
from .wording import Wording

_STATES = 256
_MARK = secrets.token_hex(8)
_NAMES = ("key", "title", "look", "size", "next", "token")
_SLOTS = {name: f"[{_MARK}{index}]" for index, name in enumerate(_NAMES)}
_SLOT = re.compile(rf"\[{_MARK}(\d)\]")


class Placeholders:
    """Made once for a mount."""

    def __init__(
        self,
        *,
        policy: Policy,
        prefix: str,
        secret_keys: Sequence[str],
        templates: str | Path | None = None,
        language_of: LanguageOf | None = None,
    ) -> None:
        self._policy = policy
        self._mount = Mount(prefix)
        self._templates = Templates(templates)
        self._tokens = FormTokens(secret_keys)
        self._wordings = {language: Wording(policy, language) for language in policy.languages}
        self._negotiation = Negotiation(policy, language_of)
        self._rendered: BoundedCache[tuple[str, str, str, str, bool, bool], tuple[bytes, tuple[int, ...]]] = (
            BoundedCache(_STATES)
        )

    def page_language(self, scope: Scope) -> str | None:
        """Say which language a page is in; ``None`` where only the browser tells, which need not be asked for a page without frames."""
        if self._negotiation.asks_only_the_browser:
            return None
        return self._negotiation.for_page(scope, dict(scope["headers"]).get(b"accept-language", b""))

    def render(self, frame: Frame, standing: Standing, scope: Scope, language: str | None) -> bytes:
        """Return the markup for one frame, ASCII but for what the page itself says of it. ``language``: its page's, where known."""
        fields = dict(scope["headers"])
        language = language or self._negotiation.for_page(scope, fields.get(b"accept-language", b""))
        wording = self._wordings[language]
        name = wording.text(frame.recipient) or frame.id
        template, slots = self._find(language, root_of(scope), frame.id, name, standing.decision)
        values = (
            b"%d" % frame.key,
            frame.title or escape(name).encode("ascii", "xmlcharrefreplace"),
            _attribute(b"class", frame.css_class) + _attribute(b"style", frame.css_style),
            _size(frame),
            _next(fields, scope),
            self._token(fields, standing, scope),
        )
        return template % tuple(map(values.__getitem__, slots))

    def _token(self, fields: dict[bytes, bytes], standing: Standing, scope: Scope) -> bytes:
        """Browsers without fetch metadata need one, as in the banner."""
        if b"sec-fetch-site" in fields or b"sec-fetch-mode" in fields:
            return b""
        token = self._tokens.make(scope, standing.consent)
        return f'<input type="hidden" name="token" value="{token}">'.encode("ascii")

    def _find(
        self, language: str, root: str, name: str, recipient: str, decision: Decision
    ) -> tuple[bytes, tuple[int, ...]]:
        # Nobody loads something once who could not allow it at all.
        may_allow = not decision.is_childs
        key = (language, root, name, recipient, may_allow, may_allow and not decision.asks_age)
        found = self._rendered.get(key)
        if found is None:
            found = self._render_once(*key)
            self._rendered.put(key, found)
        return found

    def _render_once(
        self, language: str, root: str, name: str, recipient: str, may_allow: bool, may_load: bool
    ) -> tuple[bytes, tuple[int, ...]]:
        wording, policy = self._wordings[language], self._policy
        service = policy.services.get(name)
        what: Text = name
        if service is not None:
            what = service.name or name
        elif name in policy.purposes:
            what = policy.purposes[name].title
        html = self._templates.render(
            "placeholder.html",
            wording,
            base=root + self._mount.prefix,
            id=name,
            kind="service" if service is not None else "purpose",
            recipient=recipient,
            what=wording.text(what),
            may_allow=may_allow,
            may_load=may_load,
            slots=_SLOTS,
        )
        cut = _SLOT.split(html.strip())
        texts = [part.encode("ascii", "xmlcharrefreplace").replace(b"%", b"%%") for part in cut[::2]]
        return b"%b".join(texts), tuple(map(int, cut[1::2]))


def _next(fields: dict[bytes, bytes], scope: Scope) -> bytes:
    """Lead back to the page; a fragment is none."""
    if fields.get(b"sec-fetch-mode", b"navigate") != b"navigate":
        return b""
    page = escape(page_of(scope)).encode("ascii", "xmlcharrefreplace")
    return b'<input type="hidden" name="next" value="%b">' % page


def _attribute(name: bytes, value: bytes) -> bytes:
    return b' %b="%b"' % (name, value) if value else b""


def _size(frame: Frame) -> bytes:
    """Return an empty picture as large as the frame: size without a style, which the page's policy may forbid."""
    if not frame.width and not frame.height:
        return b""
    return b'<svg%b%b aria-hidden="true"></svg>' % (
        _attribute(b"width", frame.width),
        _attribute(b"height", frame.height),
    )
