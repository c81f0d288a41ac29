"""Tokens for tests: a browser that starts with a choice already made."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..consent import Consent, Tokens, answer
from ..consent.names import TokenCookie
from ..consent.token import new_id
from ..consent.value import Age
from ..policy import Policy


def consent_cookie(
    policy: Policy | str | Path | None,
    secret_key: str | Sequence[str],
    allow: Iterable[str] = (),
    *,
    chosen_at: int | None = None,
    gpc: bool = False,
    is_secure: bool | None = None,
    age: Age | None = None,
) -> tuple[str, str]:
    """Return name and value of a valid token, as if a visitor had just allowed ``allow`` and refused everything else.

    ``allow`` names purposes, and services where only some of a purpose's are meant. The name carries the prefix ``__Host-`` when
    the policy's ``site.url`` (or ``is_secure``) says https. ``age``: ``"over"``, ``"under"`` or ``"guardian"``; where the policy asks
    for it, an adult's unless you say otherwise.
    """
    site = Policy.of(policy)
    names = frozenset(allow)
    answers = answer(site, "save", names, names)
    consent = Consent(
        choice_made=True,
        id=new_id(),
        chosen_at=int(time.time()) if chosen_at is None else chosen_at,
        allowed=answers.allowed,
        refused=answers.refused,
        gpc=gpc,
        age=("over" if site.asked_age is not None else "") if age is None else age,
    )
    keys = [secret_key] if isinstance(secret_key, str) else list(secret_key)
    secure = bool(site.is_https) if is_secure is None else is_secure
    return TokenCookie.of(site, is_secure=secure).name, Tokens(site, keys).mint(consent)
