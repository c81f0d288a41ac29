"""The forms under which one cookie name may be known: as sent, without its prefix, its signature, its chunk number."""

import re

CONSIDERED = 256
"""Longer names are judged by their beginning: no real cookie needs more, and the work stays bounded."""

# RFC 6265bis 4.1.3 and the __Http- prefixes of the layered-cookies draft; browsers match them without regard to case.
_PREFIXES = ("__host-http-", "__host-", "__secure-", "__http-")
_BINDING = ("__host-", "__http-")

# ASP.NET's CookiesC1, Supabase's and Auth.js' token.0, others' name_1 and name-1: the parts of one long value.
_CHUNK = re.compile(r"(?:(?<=[A-Za-z])C[1-9][0-9]?|[._-][0-9]{1,2})\Z")

# What one installation appends so that its neighbor on the same host keeps a cookie of its own: a port, a hash, its role.
_INSTANCE = re.compile(
    r"[._~-](?:[0-9]{2,5}|(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{6,64}"
    r"|dev|test|qa|uat|stg|stag(?:e|ing)|preprod|prod|live|local|sandbox|beta|legacy|old|new|admin|setup)\Z",
    re.I,
)
_SHORTEST_NAME = 4

_SIGNATURE = ".sig"
"""Keygrip's (Koa, cookie-session, Ghost): ``name.sig`` signs the cookie ``name``, which counts for nothing without it."""


def peel_prefix(name: str) -> str:
    """Take a cookie name prefix (``__Host-`` …) off; what is left is the name the application chose."""
    if name[:2] != "__":
        return name
    lowered = name[:12].lower()
    for prefix in _PREFIXES:
        if lowered.startswith(prefix):
            return name[len(prefix) :]
    return name


def bound_to_host(name: str) -> bool:
    """Whether its prefix keeps the cookie to one host or away from scripts, which sessions need and trackers do not."""
    return name[:2] == "__" and name[:12].lower().startswith(_BINDING)


def forms(name: str) -> list[str]:
    """Every form of a name to look up, the most literal first."""
    found = [name]
    bare = peel_prefix(name)
    if bare != name and bare:
        found.append(bare)
    if bare.endswith(_SIGNATURE) and len(bare) > len(_SIGNATURE):
        bare = bare.removesuffix(_SIGNATURE)
        found.append(bare)
    tail = bare[-3:]
    chunk = _CHUNK.search(bare, max(len(bare) - 4, 0)) if tail[-1:].isdigit() else None
    if chunk and chunk.start() > 0:
        found.append(bare[: chunk.start()])
    return found


def name_of_instance(name: str) -> str | None:
    """``symfony_8080``, ``CAKEPHP-dev`` → the name without what tells one installation from its neighbor."""
    bare = peel_prefix(name)
    cut = max(map(bare.rfind, "._~-"))
    if cut < _SHORTEST_NAME or not _INSTANCE.match(bare, cut):
        return None
    return bare[:cut]
