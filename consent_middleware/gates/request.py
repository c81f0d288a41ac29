"""The gate on the way in: what the app gets to see of a request."""

from ..asgi import Header, Scope
from ..telemetry import mask_client
from .masks import GONE, replacement
from .recognition import Known
from .shapes import Shape


def admit(scope: Scope, headers: list[Header], shape: Shape, known: Known) -> None:
    """Write the client and the headers that the app may see into the scope.

    In place, so that the server's own log sees no more than the app; the list of pairs is a new one, and the server's stays whole.
    """
    masks = known.masks
    if masks.masks_address:
        client = scope.get("client")
        if client is not None:
            scope["client"] = mask_client(client, behind_proxy=shape.is_proxied)
    by_value, by_page, drops = shape.steps[masks.index]
    seen = headers.copy()
    is_shorter = False
    if known.cookie is not None:
        seen[shape.cookie] = known.cookie
        is_shorter = known.cookie is GONE
    elif shape.is_repeated:
        is_shorter = _filter_each_cookie(seen, known)
    for place, replacements in by_value:
        pair = replacements[seen[place][1]]
        if pair is not None:
            seen[place] = pair
            is_shorter |= pair is GONE
    for place, mask in by_page:
        name, value = seen[place]
        masked = mask(value, headers[shape.host][1] if shape.host >= 0 else b"")
        seen[place] = GONE if masked is None else (name, masked)
        is_shorter |= masked is None
    for place in drops:
        seen[place] = GONE
        is_shorter = True
    scope["headers"] = [pair for pair in seen if pair is not GONE] if is_shorter else seen


def _filter_each_cookie(seen: list[Header], known: Known) -> bool:
    """Filter each of several Cookie headers alone (RFC 9113, section 8.2.3); say that some may be gone."""
    for place, (name, value) in enumerate(seen):
        if name == b"cookie":
            pair = replacement(name, value, known.rules.filter_cookie(value)[0] or None)
            if pair is not None:
                seen[place] = pair
    return True
