"""What the gates ask of the banner, which is made by a room above them."""

from typing import Protocol

from ..asgi import Scope
from ..consent import Visit


class Banner(Protocol):
    """What the pages put into a document."""

    def is_needed(self, visit: Visit) -> bool: ...
    def variant(self, visit: Visit, scope: Scope) -> str: ...
    def render(self, visit: Visit, scope: Scope, *, nonce: str | None, link_only: bool) -> bytes: ...
