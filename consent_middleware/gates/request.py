"""The gate on the way in: what the app gets to see of a request."""

from ..asgi import Header, Scope
from ..telemetry import mask_client
from .recognition import Known
from .shapes import Shape

_GONE: Header = (b"", b"")


def admit(scope: Scope, headers: list[Header], shape: Shape, known: Known) -> None:
    """Write the client and the headers that the app may see into the scope.

    In place, so that the server's own log sees no more than the app. A list in which nothing changes stays the server's.
    """
    masks = known.rules.masks
    if masks.masks_address:
        client = scope.get("client")
        if client is not None:
            scope["client"] = mask_client(client, behind_proxy=shape.is_proxied)
    changes = known.changes
    drops = shape.drops[masks.index]
    if not changes and not drops and not shape.varying:
        return
    seen = headers.copy()
    is_shorter = bool(drops)
    places = shape.places
    for picked, pair in changes:
        if pair is None:
            seen[places[picked]] = _GONE
            is_shorter = True
        else:
            seen[places[picked]] = pair
    for place in drops:
        seen[place] = _GONE
    for place in shape.varying:
        name, value = headers[place]
        mask = masks.masks.get(name)
        if mask is not None:
            masked = mask(value, headers[shape.host][1] if shape.host >= 0 else b"")
            seen[place] = _GONE if masked is None else (name, masked)
            is_shorter |= masked is None
    scope["headers"] = [pair for pair in seen if pair is not _GONE] if is_shorter else seen
