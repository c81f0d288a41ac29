"""What single values of a policy file must look like."""

import ipaddress
import re
from urllib.parse import urlsplit

ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
HOST = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# RFC 6265bis, section 4.1.1: a cookie name is a token.
COOKIE_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z?]+")
ACT = re.compile(r"(POST|PUT|PATCH|DELETE|GET) /\S*")
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
PATH = re.compile(r"[ -:<-~]+")


def is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def is_host(host: str) -> bool:
    if HOST.fullmatch(host):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
