"""Turns the table of header rules into one function per header that must be masked.

The table is the policy's (`policy/headers.toml`). A mask takes the header's value and the request's `Host`, returns the
new value or `None` (the header goes), never raises, and changes nothing when applied twice.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from ..policy.known_headers import header_rules
from .forwarded import mask_address_list, mask_forwarded
from .languages import language_matcher
from .referers import mask_referer
from .responses import RESPONSE_DROPS as RESPONSE_DROPS  # the other direction's table
from .user_agents import reduce_user_agent

Mask = Callable[[bytes, bytes], bytes | None]

_SCHEME = re.compile(rb'\{"scheme":"https?"\}\Z')
_SCRIPT_MARKERS = frozenset({b"xmlhttprequest", b"fetch"})


def build_masks(
    *,
    network: bool,
    device: bool,
    languages: Sequence[str] = ("en",),
    declared: frozenset[str] = frozenset(),
    kept: frozenset[str] = frozenset(),
    dropped: frozenset[str] = frozenset(),
) -> dict[bytes, Mask]:
    """The masks a request needs, by lower-case header name; a header that is not in it is kept as it came.

    `network` and `device` say what the visitor allows. `declared` names the CDNs and carriers (or the headers
    themselves) of the policy, for header names that other programs use for other things. `kept` and `dropped` are
    the policy's own say on header names, which wins over the table: an identifier of the app's own (a device id)
    whose purpose is not allowed belongs in `dropped`.
    """
    actions: dict[str, Mask] = {
        "drop": drop_header,
        "address": _mask_addresses,
        "forwarded": _mask_forwarded,
        "user-agent": _reduce_user_agent,
        "language": _language_mask(languages),
        "referer": mask_referer,
        "script-marker": _keep_script_marker,
        "scheme": _keep_scheme,
    }
    untouched = frozenset(name.encode("latin-1") for name in kept)
    table = _actions(network, device, declared)
    masks = {name: actions[action] for name, action in table if name not in untouched}
    masks.update((name.lower().encode("latin-1"), drop_header) for name in dropped)
    return masks


@lru_cache(maxsize=32)
def _actions(network: bool, device: bool, declared: frozenset[str]) -> Sequence[tuple[bytes, str]]:
    """Return what is done to each header: the same for every policy that declares the same, and for those that follow it."""
    return tuple(
        (name.encode("latin-1"), rule.action)
        for rule in header_rules()
        if rule.applies(network=network, device=device)
        for name in rule.names(declared)
    )


def drop_header(value: bytes, host: bytes) -> None:
    return None


def _mask_addresses(value: bytes, host: bytes) -> bytes | None:
    return mask_address_list(value)


def _mask_forwarded(value: bytes, host: bytes) -> bytes:
    return mask_forwarded(value)


def _reduce_user_agent(value: bytes, host: bytes) -> bytes:
    return reduce_user_agent(value)


def _language_mask(languages: Sequence[str]) -> Mask:
    match = language_matcher(languages or ("en",))
    return lambda value, host: match(value)


def _keep_script_marker(value: bytes, host: bytes) -> bytes | None:
    # An Android WebView puts its app's package name here; Django and others look for the scripts' values.
    return value if value.lower() in _SCRIPT_MARKERS else None


def _keep_scheme(value: bytes, host: bytes) -> bytes | None:
    return value if _SCHEME.match(value) else None


# A private peer that sends one of these is a proxy and speaks for a visitor.
FORWARDING_HEADERS: frozenset[bytes] = frozenset(
    name.encode("ascii")
    for rule in header_rules()
    if rule.action in ("address", "forwarded") and not rule.ambiguous
    for name in rule.headers
) | {b"x-forwarded-proto", b"x-forwarded-host"}
