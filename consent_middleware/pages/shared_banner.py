"""What every page carries where the HTML is the same for everybody: the script that asks for the banner, and the way without it."""

import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..asgi import Scope
from ..caches import BoundedCache
from ..consent import Standing
from ..policy import Policy
from .assets import load_assets
from .banner import Banner
from .mount import Mount, root_of
from .negotiation import LanguageOf, Negotiation
from .page_keys import PageKeys
from .slots import Slots
from .styling import stylesheet_of
from .templates import Templates
from .way_back import page_of
from .wording import Wording

_STATES = 64
_SLOTS = Slots("nonce", "next", "page")


class SharedBanner:
    """Stands in the banner's place in pages; ``standing`` is always that of somebody who has not chosen."""

    def __init__(
        self,
        *,
        policy: Policy,
        prefix: str,
        secret_keys: Sequence[str],
        banner: Banner,
        templates: str | Path | None = None,
        language_of: LanguageOf | None = None,
    ) -> None:
        self._policy = policy
        self._mount = Mount(prefix.rstrip("/"))
        self._templates = Templates(templates)
        self._keys = PageKeys(secret_keys)
        self._banner = banner
        self._negotiation = Negotiation(policy, language_of)
        self._rendered: BoundedCache[tuple[str, str, bool], bytes] = BoundedCache(_STATES)

    def is_needed(self, standing: Standing) -> bool:
        """Always: what a visitor has to be asked is only known when the script asks."""
        return True

    def variant(self, standing: Standing, scope: Scope) -> str:
        """Name the markup of a page but for its own address."""
        head = self._banner.head(standing, scope, nonce=None)
        return hashlib.sha256(self._find(scope, link_only=False) + head).hexdigest()[:10]

    def plain(self, standing: Standing, accepted: bytes) -> None:
        """Nothing: each page says its own path."""

    def language(self, scope: Scope) -> str:
        """Without a word of the browser's: the page's own language, or the site's first."""
        return self._negotiation.for_page(scope, b"")

    def head(self, standing: Standing, scope: Scope, *, nonce: str | None) -> bytes:
        """Return what comes before every script: the guard as for somebody who allows nothing yet."""
        return self._banner.head(standing, scope, nonce=nonce)

    def render(self, standing: Standing, scope: Scope, *, nonce: str | None, link_only: bool) -> bytes:
        """Return the markup, ASCII only. ``link_only``: the page's policy excludes our style, script or form."""
        address = escape(page_of(scope))
        return _SLOTS.fill(
            self._find(scope, link_only=link_only),
            nonce=f' nonce="{escape(nonce)}"' if nonce else "",
            next=address,
            page=escape(self._keys.make(scope)),
        )

    def _find(self, scope: Scope, *, link_only: bool) -> bytes:
        key = (self.language(scope), root_of(scope), link_only)
        found = self._rendered.get(key)
        if found is None:
            found = self._render_once(*key)
            self._rendered.put(key, found)
        return found

    def _render_once(self, language: str, root: str, link_only: bool) -> bytes:
        base = root + self._mount.prefix
        assets = load_assets()
        html = self._templates.render(
            "shared.html",
            Wording(self._policy, language),
            base=base,
            stylesheet=f"{base}/static/{stylesheet_of(self._policy).name}",
            script=f"{base}/static/{assets['fragment'].name}",
            module=f"{base}/static/{assets['js'].name}",
            has_entry=self._policy.declarations.entry == "auto",
            link_only=link_only,
            slots=_SLOTS.marks,
        )
        return html.strip().encode("ascii", "xmlcharrefreplace") + b"\n"
