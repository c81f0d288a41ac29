"""What ``[rights]`` must keep to, and the addresses that are told of an erasure."""

from urllib.parse import urlsplit

from .cookie_checks import Add
from .model import Declarations
from .working_days import fault_of
from .written import is_url

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_rights(declared: Declarations, add: Add) -> None:
    rights = declared.rights
    if rights.kinds:
        fault = fault_of(rights.calendar)
        if fault is not None:
            add("rights.calendar", rights.calendar, *fault)
    for index, kind in enumerate(rights.kinds):
        if kind in rights.kinds[:index]:
            add(f"rights.kinds[{index}]", kind, "This kind stands here twice.", "Remove one of the two.")
    for index, service in enumerate(declared.services):
        if service.erasure_webhook is not None and not is_webhook(service.erasure_webhook):
            add(
                f"services[{index}].erasure_webhook",
                service.erasure_webhook,
                "What is sent there says whose data to erase, so it goes over https only.",
                'Write for example "https://api.example.com/erasures"; http is for 127.0.0.1 and localhost.',
            )


def is_webhook(url: str) -> bool:
    """Say whether a request may be sent to ``url``: https, or http to this machine; no user, no password, no fragment."""
    if not is_url(url) or not url.isascii() or any(sign in url for sign in " \t\r\n#\\"):
        return False
    parts = urlsplit(url)
    return "@" not in parts.netloc and (parts.scheme == "https" or parts.hostname in _LOOPBACK)
