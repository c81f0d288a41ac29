"""What a response may not ask a browser for, or plant in it, while `device` is not allowed."""

from ..asgi import Header

# The Client Hints specification calls the Accept-CH cache an alternative cookie store:
# https://wicg.github.io/client-hints-infrastructure/#privacy
RESPONSE_DROPS: frozenset[bytes] = frozenset({b"accept-ch", b"critical-ch", b"observe-browsing-topics"})

# On withdrawal: the browser forgets which hints this origin had asked for.
FORGET_HINTS: Header = (b"accept-ch", b"")

# Frames and scripts may not ask either. A browser joins several fields and lets the last mention of a feature win
# (RFC 8941 §3.2), so this can stand after an app's own field.
RESTRICT_FEATURES: Header = (
    b"permissions-policy",
    b"browsing-topics=(), ch-ua-arch=(), ch-ua-bitness=(), ch-ua-full-version-list=(), ch-ua-model=(), "
    b"ch-ua-platform-version=(), ch-ua-wow64=(), ch-ua-form-factors=()",
)

# A validator that the browser keeps and sends back works as a cookie does. On routes that the policy marks, before
# consent, these do not reach the browser ...
RESPAWNING_RESPONSE_HEADERS: frozenset[bytes] = frozenset({b"etag", b"last-modified", b"use-as-dictionary"})
# ... and what it stored earlier does not reach the app. If-Match, If-Unmodified-Since and If-Range guard against lost
# updates and mixed ranges; they stay.
RESPAWNING_REQUEST_HEADERS: frozenset[bytes] = frozenset(
    {b"if-none-match", b"if-modified-since", b"available-dictionary", b"dictionary-id"}
)
