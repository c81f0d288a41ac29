"""A short digest of what a visitor was told about a purpose.

It stands in the token. When the purpose changes, the digest changes, the stored answer no longer counts for it, and only this
purpose is asked again (PIPL Art. 14; GDPR Art. 4(11): consent is specific and informed).
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

from .identifiers import SOURCES, names_of
from .lifetimes import Lifetime
from .model import Cookie, Service, StorageKey, TelemetryField
from .purposes import Purpose
from .texts import Text, text_in

LENGTH = 4
"""Characters of base64url: 24 bits, enough to notice a change, short enough for twelve answers in a token."""


def purpose_digest(
    purpose: Purpose,
    cookies: Sequence[Cookie],
    services: Sequence[Service],
    storage: Sequence[StorageKey],
    telemetry: Sequence[TelemetryField],
    retention: Sequence[Lifetime],
    language: str,
    recorded: Sequence[object] = (),
    renewed_by: str = "",
) -> str:
    """Digest everything said about ``purpose`` in ``language``, the first of the site.

    ``renewed_by``: the version that asks about it again, whatever else stays. Other languages are translations of it: adding or
    correcting one asks nobody again. Order in the file does not count.
    """

    def said(text: Text) -> str:
        return text_in(text, language, language)

    wording: object = purpose.wording or [said(purpose.title), said(purpose.description)]
    told: list[object] = [
        purpose.basis,
        wording,
        sorted([c.name or c.pattern or "", _length(c.lifetime), said(c.description), c.service or ""] for c in cookies),
        sorted(
            [
                s.id,
                said(s.name),
                said(s.recipient),
                s.country or "",
                said(s.description),
                sorted(s.hosts),
                sorted(s.cookies),
            ]
            for s in services
        ),
        sorted([t.field, said(t.title), said(t.description), *_carriers(t)] for t in telemetry),
        [_length(lifetime) for lifetime in retention],
    ]
    if recorded:
        # Only then, so that a policy without a recorder has the digests it always had.
        told.append(["recorder", *recorded])
    if storage:
        # Only then, so that a policy without any has the digest it had before there were such keys.
        told.append(sorted([s.kind, s.key, _length(s.lifetime), said(s.description), s.service or ""] for s in storage))
    if renewed_by:
        told.append(["version", renewed_by])
    return shorten(purpose.id, told)


def service_digest(service: Service) -> str:
    """Mark one service, so that a token can say "all of analytics, but not this one"."""
    return shorten(f"service:{service.id}", [service.purpose])


def told_apart(found: Mapping[str, str]) -> dict[str, str]:
    """Digest again whatever collides (one policy in a hundred thousand), always with the same result."""
    apart: dict[str, str] = {}
    for name, digest in found.items():
        while digest in apart.values():
            digest = shorten(name, digest)
        apart[name] = digest
    return apart


def shorten(name: str, content: object) -> str:
    """``LENGTH`` characters that stand for ``content`` under ``name``."""
    canonical = json.dumps([name, content], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest())[:LENGTH].decode()


def _carriers(field: TelemetryField) -> list[list[str]]:
    """Where an identifier travels; nothing for a field that is none, whose digest is older than this."""
    names = [[source, *sorted(names_of(field, source))] for source in SOURCES]
    return [entry for entry in names if len(entry) > 1]


def _length(lifetime: Lifetime | None) -> int:
    """Seconds; 0 for a session, -1 where nothing is said."""
    return -1 if lifetime is None else lifetime.seconds or 0
