"""Reads the body of a request that one of our own pages sends, and of nobody else's."""

from ..asgi import Receive, Scope
from .answering import Answer
from .body import LIMIT, Unread, read_body
from .screens import Screens
from .sender import Sender, sender_of


async def read_own(
    scope: Scope, receive: Receive, screens: Screens, *, is_by_script: bool = False, limit: int = LIMIT
) -> bytes | Answer | None:
    """Return the body, or the answer to whoever is not let in; ``None`` where the visitor left.

    A form may come without anything that tells its sender: then its token must, which is for the caller to ask for.
    ``is_by_script``: our script sends it, and every browser that runs it tells.
    """
    sender = sender_of(scope["headers"], ())
    if sender is Sender.FOREIGN or (is_by_script and sender is not Sender.OWN):
        return screens.message(scope, "foreign")
    body = await read_body(scope, receive, limit)
    if body is Unread.DISCONNECTED:
        return None
    return screens.message(scope, "too-large") if isinstance(body, Unread) else body
