"""Where this app's own pages are, as one request sees it."""

from dataclasses import dataclass
from urllib.parse import quote

from ..asgi import Scope

GPC_PATH = "/.well-known/gpc.json"


@dataclass(frozen=True, slots=True)
class Mount:
    """The prefix of all our pages, without a slash at its end: ``/-/privacy``."""

    prefix: str

    def owns(self, path: str) -> bool:
        """Say whether ``path``, relative to ``root_path``, is answered by our pages."""
        prefix = self.prefix
        if path.startswith(prefix):
            return path[len(prefix) : len(prefix) + 1] in ("", "/")
        return path == GPC_PATH

    def base_of(self, scope: Scope) -> str:
        """The start of every link to our pages: the request's ``root_path`` and the prefix, percent-encoded."""
        return root_of(scope) + self.prefix


def root_of(scope: Scope) -> str:
    """The request's ``root_path``, percent-encoded; empty where the app is mounted at the root.

    A mount with a parameter lets a visitor write it: one slash at its start, or ``//host`` would point our forms elsewhere.
    """
    root = scope.get("root_path")
    if not root:
        return ""
    trimmed = root.strip("/\\")
    return "/" + quote(trimmed, safe="/~:@!$&'()*+,;=", errors="replace") if trimmed else ""
