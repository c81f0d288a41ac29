"""What a page's own Content-Security-Policy leaves us.

CSP Level 3, sections 6.1 and 6.7.2: several policies all apply; a missing directive falls back to ``default-src``, and
``form-action`` to nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..asgi import Header


@dataclass(frozen=True, slots=True)
class Allowance:
    """``nonce``: put it on our script and stylesheet; ``is_excluded``: the page leaves us no more than a link."""

    nonce: str | None = None
    is_excluded: bool = False


FREE = Allowance()


def allowance(headers: Iterable[Header], host: bytes) -> Allowance:
    """Read every enforced policy of a response served from ``host``."""
    policies = [
        _directives(part)
        for name, value in headers
        if name.lower() == b"content-security-policy"
        for part in value.decode("latin-1").split(",")
    ]
    if not policies:
        return FREE
    nonce: str | None = None
    own = host.decode("latin-1").lower()
    for policy in policies:
        # Without "allow-same-origin" a form comes from nowhere, and is refused.
        if "sandbox" in policy and not {"allow-forms", "allow-same-origin"} <= set(map(str.lower, policy["sandbox"])):
            return Allowance(is_excluded=True)
        if "form-action" in policy and not _matches_self(policy["form-action"], own):
            return Allowance(is_excluded=True)
        for directive in ("script-src-elem", "style-src-elem"):
            sources = _sources(policy, directive)
            if sources is None or (_matches_self(sources, own) and not _is_strict(sources, directive)):
                continue
            wanted = next((source[7:-1] for source in sources if source[:7].lower() == "'nonce-"), None)
            if wanted is None or nonce not in (None, wanted):
                return Allowance(is_excluded=True)
            nonce = wanted
    return Allowance(nonce=nonce)


def _directives(policy: str) -> dict[str, list[str]]:
    """Split one policy; of a repeated directive the first counts."""
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        words = part.split()
        if words:
            found.setdefault(words[0].lower(), words[1:])
    return found


def _sources(policy: dict[str, list[str]], directive: str) -> list[str] | None:
    for name in (directive, directive.removesuffix("-elem"), "default-src"):
        if name in policy:
            return policy[name]
    return None


def _is_strict(sources: Iterable[str], directive: str) -> bool:
    """With ``'strict-dynamic'`` only a nonce counts, and only for scripts (section 6.7.1.1)."""
    return directive == "script-src-elem" and any(source.lower() == "'strict-dynamic'" for source in sources)


def _matches_self(sources: Iterable[str], host: str) -> bool:
    """Say whether the page's own host is among ``sources``; a port other than the scheme's own must be named, or any be allowed."""
    for source in sources:
        lowered = source.lower()
        bare = lowered.rpartition("://")[2].rstrip("/")
        own = host
        if bare.endswith(":*"):
            bare, own = bare[:-2], host.partition(":")[0]
        if lowered in ("'self'", "*", "https:", "http:") or bare == own:
            return True
        if bare.startswith("*.") and own.endswith(bare[1:]):
            return True
    return False
