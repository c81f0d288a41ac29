"""Tells a site's own hosts from those of others.

A browser draws the line at the public suffix list, which is large and changes monthly. The rule here is the part of it that
matters to a report: two labels, and three below the registries that sell names at the third level.
"""

import ipaddress

_REGISTRIES = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gv", "ltd", "me", "ne", "net", "or", "org", "plc"})
# Hosting whose customers are strangers to each other.
_SHARED = frozenset(
    {"github.io", "gitlab.io", "pages.dev", "workers.dev", "netlify.app", "vercel.app", "herokuapp.com", "web.app"}
    | {"firebaseapp.com", "azurewebsites.net", "cloudfront.net", "blogspot.com", "onrender.com", "fly.dev"}
)


def site_of(host: str) -> str:
    """``www.shop.example.co.uk`` → ``example.co.uk``. An address is its own site."""
    name = host.lower().rstrip(".").strip("[]")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        labels = name.split(".")
    else:
        return name
    kept = 2
    if len(labels) > 2 and ((len(labels[-1]) == 2 and labels[-2] in _REGISTRIES) or ".".join(labels[-2:]) in _SHARED):
        kept = 3
    return ".".join(labels[-kept:])


def is_below(host: str, domain: str) -> bool:
    """Say whether ``host`` is ``domain`` (``*.example.com`` means all below it) or a subdomain of it."""
    parent = domain.removeprefix("*.").lstrip(".").lower()
    name = host.lower().rstrip(".")
    return name.endswith(f".{parent}") or (name == parent and not domain.startswith("*."))
