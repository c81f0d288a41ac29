"""Finds headers that look like telemetry and are in no rule, so that a team can declare them.

It only reports: a name alone is no ground for taking a header away from an app.
"""

import re
from collections.abc import Iterable

from ..policy.known_headers import rules_by_header
from .addresses import mask_ip

_SUSPECT_NAME = re.compile(
    r"(?:^|-)(?:msisdn|imsi|imei|meid|subno|uidh|acr|calling-line-id|ja[34](?:-\w+)?|geo\w*|latlong|latitude|longitude"
    r"|city|postal(?:-code)?|asn|(?:real|client|user|remote|src|true|connecting|viewer)-?ip(?:v[46])?|clientip"
    r"|remote-addr)(?:-|$)|^sec-ch-"
)
# The low-entropy hints, and what names a host or proxy of the site's own.
_INNOCENT = frozenset({"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "host", "x-forwarded-host"})


def suspicious_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Names, in lower case and once each, of headers that no rule covers but whose name or value gives them away."""
    covered = rules_by_header()
    found: dict[str, None] = {}
    for raw_name, value in headers:
        name = raw_name.decode("latin-1").lower()
        if name in covered or name in _INNOCENT:
            continue
        if _SUSPECT_NAME.search(name) or mask_ip(value.decode("latin-1")) is not None:
            found[name] = None
    return list(found)
