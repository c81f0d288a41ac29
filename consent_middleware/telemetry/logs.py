"""Keeps full client addresses out of log records.

The middleware masks `scope["client"]` in place, which most access logs then show. This catches the rest: granian
writes its WebSocket line before the app runs, hypercorn's proxy fix copies the scope, and an app logs what it likes.
"""

import copy
import logging
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Literal

from .addresses import mask_ip

# Where a server says it listens; a developer clicks on it.
_ANNOUNCEMENTS = ("Uvicorn running on ", "Running on ")

# Of what is nested in an argument; deeper than anything a log line is made of, and no circle is walked for ever.
_DEEPEST = 8

SERVER_LOGGERS = ("uvicorn.access", "uvicorn.error", "hypercorn.access", "hypercorn.error", "granian.access")

# Candidates only: `mask_ip` says which of them are addresses. Bounded runs that are never tried twice keep this linear.
_IPV6 = re.compile(r"(?<![\w.])\[?[0-9A-Fa-f:.]{2,52}+(?:%[\w.-]{1,20}+)?(?:\](?::\d{1,5})?)?(?![\w:])")
_IPV4 = re.compile(r"(?<![0-9A-Za-z.])(\d{1,3}(?:\.\d{1,3}){3})(:\d{1,5})?(?!\d|\.\d)")


def mask_addresses(text: str) -> str:
    """The text with every IP address in it cut to its network, a port after it set to 0."""
    if text.count(":") > 1:
        text = _IPV6.sub(_mask_ipv6, text)
    return _IPV4.sub(_mask_ipv4, text)


def _mask_ipv4(match: re.Match[str]) -> str:
    masked = mask_ip(match[1])
    if masked is None:
        return match[0]
    return f"{masked}:0" if match[2] else masked


def _mask_ipv6(match: re.Match[str]) -> str:
    candidate = match[0]
    if candidate.count(":") < 2:
        return candidate
    if candidate.startswith("[") and "]" in candidate:
        inner, _, port = candidate[1:].partition("]")
        masked = mask_ip(inner)
        return candidate if masked is None else f"[{masked}]{':0' if port else ''}"
    address = candidate.lstrip("[").rstrip(".")
    opened = "[" if candidate.startswith("[") else ""
    if address.endswith(":") and not address.endswith("::"):
        address = address[:-1]
    rest = candidate[len(opened) + len(address) :]
    masked = mask_ip(address)
    if masked is not None:
        return opened + (f"[{masked}]{rest}" if rest.startswith(":") else masked + rest)
    masked = mask_ip(address.rpartition(":")[0])  # uvicorn writes the port straight after an IPv6 address
    return candidate if masked is None else f"{opened}[{masked}]:0{rest}"


def _mask_value(value: object, depth: int = 0) -> object:
    if isinstance(value, str):
        return mask_addresses(value)
    if depth >= _DEEPEST:
        return value
    if type(value) in (tuple, list) and isinstance(value, (tuple, list)):
        return type(value)(_mask_value(entry, depth + 1) for entry in value)
    if type(value) is dict:
        return {name: _mask_value(entry, depth + 1) for name, entry in value.items()}
    return value


def _mask_mapping(values: Mapping[str, object]) -> Mapping[str, object]:
    # A copy of the same class: hypercorn's has its own idea of a missing key.
    masked = copy.copy(values) if isinstance(values, MutableMapping) else dict(values)
    for name, value in values.items():
        masked[name] = _mask_value(value)
    return masked


class AddressFilter(logging.Filter):
    """Masks the addresses in a record; lets every record pass.

    Put it on the loggers that write addresses, not on the root: a logger's filters see its own records only.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message and its arguments, keeping their number and order for the server's own formatter."""
        if isinstance(record.msg, str):
            if record.msg.startswith(_ANNOUNCEMENTS):
                return True
            record.msg = mask_addresses(record.msg)
        if isinstance(record.args, Mapping):
            record.args = _mask_mapping(record.args)
        elif record.args:
            record.args = tuple(map(_mask_value, record.args))
        return True


class AddressFormatter(logging.Formatter):
    """Masks the addresses in a line once it is written, whatever logger it came from: tracebacks and `extra` fields too.

    Put it on a handler, around the formatter that writes the line: `AddressFormatter(inner=JsonFormatter())`.
    """

    def __init__(
        self,
        fmt: str | None = None,
        datefmt: str | None = None,
        style: Literal["%", "{", "$"] = "%",
        *,
        inner: logging.Formatter | None = None,
    ) -> None:
        super().__init__(fmt, datefmt, style)
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Format as the inner formatter does, or as a formatter of the standard library."""
        return mask_addresses(super().format(record) if self._inner is None else self._inner.format(record))


def protect_loggers(names: Iterable[str] = SERVER_LOGGERS) -> None:
    """Put an `AddressFilter` on these loggers, once each."""
    for name in names:
        logger = logging.getLogger(name)
        if not any(isinstance(present, AddressFilter) for present in logger.filters):
            logger.addFilter(AddressFilter())


def mask_event(logger: object, method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """A structlog processor: masks the addresses in an event's values. Put it before the renderer."""
    for name, value in event.items():
        event[name] = _mask_value(value)
    return event
