"""What the gates ask of the banner, which is made by a room above them."""

from typing import Protocol

from ..asgi import Scope
from ..consent import Standing


class Banner(Protocol):
    """What the pages put into a document."""

    def is_needed(self, standing: Standing) -> bool: ...
    def variant(self, standing: Standing, scope: Scope) -> str: ...
    def head(self, standing: Standing, scope: Scope, *, nonce: str | None) -> bytes: ...
    def render(self, standing: Standing, scope: Scope, *, nonce: str | None, link_only: bool) -> bytes: ...
