"""The gate on the way in: what the app gets to see of a request."""

from ..asgi import Client, Header, Scope
from ..telemetry import mask_client
from ..telemetry.addresses import networks
from .masks import GONE, HeaderGone, or_gone, replacement
from .recognition import Known
from .shapes import Shape


def admit(scope: Scope, headers: list[Header], shape: Shape, known: Known, client: Client) -> None:
    """Write the client and the headers that the app may see into the scope.

    In place, so that the server's own log sees no more than the app; the list of pairs is a new one, and the server's stays whole.
    """
    plan = shape.plans[known.masks.index]
    if plan.masks_client and client is not None:
        if shape.is_proxied:
            scope["client"] = mask_client(client, behind_proxy=True)
        else:
            try:
                # Addresses are as many as visitors, but their networks are few; mask_client knows all other kinds of client.
                scope["client"] = networks[client[0].rpartition(".")[0]]
            except (AttributeError, LookupError, TypeError):
                scope["client"] = mask_client(client, behind_proxy=False)
    seen = headers.copy()
    try:
        for place, replacements in plan.browser:
            seen[place] = replacements[seen[place][1]]
        for place, host, by_host in plan.pages:
            seen[place] = by_host[seen[place][1], seen[host][1]]
    except HeaderGone:
        scope["headers"] = _masked(headers, shape, known)
        return
    if plan.is_rare:
        scope["headers"] = _masked_rarer(seen, headers, shape, known)
        return
    cookie = known.cookie
    if cookie is not None:
        if cookie is GONE:
            del seen[shape.cookie]
        else:
            seen[shape.cookie] = cookie
    scope["headers"] = seen


def _masked_rarer(seen: list[Header], headers: list[Header], shape: Shape, known: Known) -> list[Header]:
    """Mask what proxies and hints add to what is masked in ``seen``, each in its place; every request behind a proxy comes here."""
    if shape.is_repeated:
        return _masked(headers, shape, known)
    host = headers[shape.host][1] if shape.host >= 0 else b""
    for place, mask in shape.others[known.masks.index]:
        seen[place] = replacement(headers[place], mask, host)
    if known.cookie is not None:
        seen[shape.cookie] = known.cookie
    hidden = known.rules.hidden_headers
    if hidden or GONE in seen:
        return [pair for pair in seen if pair is not GONE and pair[0] not in hidden]
    return seen


def _masked(headers: list[Header], shape: Shape, known: Known) -> list[Header]:
    """Mask header by header, and leave out what may not be seen at all."""
    host = headers[shape.host][1] if shape.host >= 0 else b""
    masks = known.masks.masks
    seen = [
        # HTTP/2 clients may send several Cookie headers (RFC 9113, section 8.2.3): each is filtered alone.
        _filtered(pair, known) if pair[0] == b"cookie" else replacement(pair, masks.get(pair[0]), host)
        for pair in headers
    ]
    hidden = known.rules.hidden_headers
    return [pair for pair in seen if pair is not GONE and pair[0] not in hidden]


def _filtered(pair: Header, known: Known) -> Header:
    kept, hidden = known.rules.filter_cookie(pair[1])
    return or_gone(b"cookie", kept or None) if hidden else pair
