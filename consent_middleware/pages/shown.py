"""What visitors are shown when they choose, as text for the record.

The text of a layer as it is before a choice: which switches are on, and where a link leads back to, is each visitor's own.
"""

import hashlib
from html.parser import HTMLParser

from ..ledger import Shown
from .app import Pages
from .banner import Banner

_UNSEEN = frozenset({"script", "style", "head"})


class ShownTexts:
    """Each layer in each language, rendered once."""

    def __init__(self, pages: Pages, banner: Banner) -> None:
        self._render = {
            "banner": banner.shown,
            "preferences": pages.shown,
            "guardian": pages.shown_to_guardians,
        }
        self._found: dict[tuple[str, str], Shown] = {}

    def find(self, layer: str, language: str) -> Shown | None:
        """Return the text of ``layer``; ``None`` where the visitor was looking at something that is not ours."""
        render = self._render.get(layer)
        if render is None:
            return None
        found = self._found.get((layer, language))
        if found is None:
            content = text_of(render(language))
            digest = hashlib.sha256(f"{layer}\n{language}\n{content}".encode()).hexdigest()
            found = Shown(digest=digest, language=language, layer=layer, content=content)
            self._found[layer, language] = found
        return found


def text_of(html: str) -> str:
    """Return the text of a page, one line for each piece of it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN

    def handle_data(self, data: str) -> None:
        line = " ".join(data.split())
        if line and not self._unseen:
            self.lines.append(line)
