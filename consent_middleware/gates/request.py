"""The gate on the way in: what the app gets to see of a request."""

from ..asgi import Header, Scope
from ..telemetry import mask_client
from ..telemetry.addresses import networks
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
        if type(client) is tuple and not shape.is_proxied:
            # Addresses are as many as visitors, but their networks are few; mask_client knows all other kinds of client.
            head, _, last = str(*client[:1]).rpartition(".")
            network = networks.get(head)
            if network is None or not last.isdecimal():
                network = mask_client(client, behind_proxy=False)
            scope["client"] = network
        elif client is not None:
            scope["client"] = mask_client(client, behind_proxy=shape.is_proxied)
    lasting, _, is_rare = shape.steps[masks.index]
    seen = headers.copy()
    for place, replacements in lasting:
        seen[place] = replacements[seen[place][1]]
    if known.cookie is not None:
        seen[shape.cookie] = known.cookie
        is_rare |= known.cookie is GONE
    if shape.referer >= 0 and masks.referers is not None:
        pair = masks.referers[seen[shape.referer][1], seen[shape.host][1]]
        seen[shape.referer] = pair
        is_rare |= pair is GONE
    if is_rare:
        seen = _admit_rarer(seen, shape, known)
    scope["headers"] = seen


def _admit_rarer(seen: list[Header], shape: Shape, known: Known) -> list[Header]:
    """Mask what few requests carry, and take out what may not be seen at all."""
    host = seen[shape.host][1] if shape.host >= 0 else b""
    referers = known.masks.referers
    for place, mask in shape.steps[known.masks.index].others:
        name, value = seen[place]
        seen[place] = replacement(name, mask(value, host))
    if shape.is_repeated or shape.referer < 0:
        for place, (name, value) in enumerate(seen):
            # HTTP/2 clients may send several Cookie headers (RFC 9113, section 8.2.3): each is filtered alone.
            if name == b"cookie":
                seen[place] = replacement(name, known.rules.filter_cookie(value)[0] or None)
            elif name == b"referer" and referers is not None:
                seen[place] = referers[value, host]
    return [pair for pair in seen if pair is not GONE]
