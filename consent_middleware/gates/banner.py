"""What the gates ask of the banner, which is made by a room above them."""

from typing import Protocol

from ..asgi import Scope
from ..consent import Standing


class Markup(Protocol):
    """What is put into a page of one kind of visitor. ``head``: what comes before every script of the page."""

    @property
    def head(self) -> bytes: ...
    def fill(self, scope: Scope) -> bytes: ...


class Banner(Protocol):
    """What the pages put into a document."""

    def is_needed(self, standing: Standing) -> bool: ...
    def variant(self, standing: Standing, scope: Scope) -> str: ...
    def plain(self, standing: Standing, accepted: bytes) -> Markup | None: ...
    def head(self, standing: Standing, scope: Scope, *, nonce: str | None) -> bytes: ...
    def render(self, standing: Standing, scope: Scope, *, nonce: str | None, link_only: bool) -> bytes: ...
