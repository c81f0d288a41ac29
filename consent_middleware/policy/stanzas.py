"""Writes single declarations of a policy, as TOML."""

import json
from collections.abc import Iterator, Sequence

from ..errors import PolicyError
from .patterns import is_pattern
from .policy import Policy

LONGEST_DAYS = 400


def cookie_stanza(
    written: str, purpose: str, *, lifetime: int | None = None, domain: str = "", path: str = "/"
) -> Iterator[str]:
    """A cookie, by name or pattern. ``lifetime``: seconds, 0 for the session, ``None`` where it is not known."""
    yield "[[cookies]]"
    yield f"{'pattern' if is_pattern(written) else 'name'} = {quoted(written)}"
    yield f"purpose = {quoted(purpose)}"
    if lifetime is not None:
        yield f"lifetime = {quoted(_lifetime(lifetime))}"
    if domain:
        yield f"domain = {quoted(domain)}"
    if path != "/":
        yield f"paths = [{quoted(path)}]"


def service_stanza(service_id: str, purpose: str, hosts: Sequence[str], *, name: str = "") -> Iterator[str]:
    """A third party."""
    yield "[[services]]"
    yield f"id = {quoted(service_id)}"
    if name:
        yield f"name = {quoted(name)}"
    yield f"purpose = {quoted(purpose)}"
    yield f"hosts = {json.dumps(list(hosts))}"


def storage_stanza(key: str, kind: str, purpose: str) -> Iterator[str]:
    """A key of a browser's storage, by name or pattern. ``kind``: as in the policy, ``local`` where it need not be said."""
    yield "[[storage]]"
    yield f"key = {quoted(key)}"
    if kind != "local":
        yield f"kind = {quoted(kind)}"
    yield f"purpose = {quoted(purpose)}"


def is_policy(text: str) -> bool:
    """Say whether a text can be enforced by itself."""
    try:
        Policy.parse(text)
    except PolicyError:
        return False
    return True


def quoted(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def in_comment(text: str) -> str:
    """One line, whatever a cookie is called."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _lifetime(seconds: int) -> str:
    if seconds == 0:
        return "session"
    days = max(1, min(-(-seconds // 86_400), LONGEST_DAYS))
    return "1 day" if days == 1 else f"{days} days"
