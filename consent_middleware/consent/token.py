"""The signed token that carries a choice from request to request.

``<id><flag><version><owner>.<allowed>.<refused>.<time>.<signature>``: a random id of 16 characters, one flag, three characters for the
day on which the policy's version took effect (none where no version is declared), six characters where the choice belongs to an
account, the digests of what was allowed and refused (four characters each), and itsdangerous' timestamp and SHA-256 signature. The
token is the state: any process that holds the key can serve any visitor. It says nothing about a purpose whose digest has changed, so
only that one is asked again; and by the day, a process that still has the version before knows that it is not the one to ask.

After what was refused, behind a dot of their own, stand the digests of notices that the visitor dismissed, or chose beside. Whoever
dismissed one without having chosen has a token with dashes in the place of the id: it says nothing else, and is no choice.
"""

import itertools
import re
import secrets
from binascii import a2b_base64
from collections.abc import Iterable, Sequence

from itsdangerous.encoding import base64_decode, base64_encode, int_to_bytes
from msgspec.structs import replace

from ..caches import BoundedCache
from ..policy import Policy
from ..policy.digests import LENGTH
from .signing import TokenSigner
from .subject import TAG_LENGTH
from .value import NO_CHOICE, Age, Consent

SALT = b"consent_middleware.token.1"
_ID_LENGTH = 16
_NOBODY = "-" * _ID_LENGTH
_UNSAID = _NOBODY.encode("ascii")
_ANSWERS = 512
_MAX_LENGTH = 1024
"""Longer than any token this package makes: a longer value is not worth a signature check."""
_WRITTEN = re.compile(rb"[A-Za-z0-9_.-]+")
"""What a token is written in. Python decodes base64 with ``+`` for ``-`` too, but one choice has one spelling."""
_CLOCK_SKEW = 86_400
"""Seconds a token may seem to come from the future, when a clock was set back or hosts disagree."""
_AGES: tuple[Age, ...] = ("", "over", "under", "guardian")
# By age, whether the choice was taken over from an account, and whether the browser sent the signal.
_FLAGS = dict(zip(itertools.product(_AGES, (False, True), (False, True)), "-gtuopqrcdefabhi", strict=True))
_MEANINGS = {flag: meaning for meaning, flag in _FLAGS.items()}
_HEAD_LENGTHS = frozenset(1 + marker + tag for marker in (0, 3) for tag in (0, TAG_LENGTH))
_STANDARD = bytes.maketrans(b"-_", b"+/")
"""From the alphabet of base64url to that of base64."""


def new_id() -> str:
    """96 random bits, base64url."""
    return secrets.token_urlsafe(12)


class Tokens:
    """Mints and verifies tokens. ``secret_keys`` come newest first; older ones still verify."""

    def __init__(self, policy: Policy, secret_keys: Sequence[str]) -> None:
        self._policy = policy
        self._generation = policy.generation
        self._marker = _marker_of(policy.generation)
        self._meanings: BoundedCache[bytes, Consent] = BoundedCache(_ANSWERS)
        self._lifetime = policy.declarations.lifetime.seconds or 0
        self._signer = TokenSigner(secret_keys, SALT)

    @property
    def lifetime(self) -> int:
        """Seconds a choice is remembered."""
        return self._lifetime

    def mint(self, consent: Consent) -> str:
        """Return the token of a recorded choice, or of dismissed notices where there is none."""
        # What was answered to a newer version than this process has stays in it, until somebody chooses here.
        marker, more_allowed, more_refused = consent.unread.split(".") if consent.unread else (self._marker, "", "")
        head = f"{consent.id or _NOBODY}{_flag_of(consent)}{marker}{consent.owner}"
        payload = (
            f"{head}.{self._digests(consent.allowed)}{more_allowed}.{self._digests(consent.refused)}{more_refused}"
        )
        if consent.seen:
            payload += f".{self._digests_of_seen(consent.seen)}"
        # As TimestampSigner does it, but with the time of the choice, which is not always now: adding an exemption keeps it.
        stamp = base64_encode(int_to_bytes(consent.chosen_at)).decode("ascii")
        return self._signer.sign(f"{payload}.{stamp}")

    def read(self, token: bytes, now: float) -> Consent:
        """Return the choice; ``NO_CHOICE`` when the token is expired, forged, of another key or malformed."""
        consent = self.verify(token)
        return consent if self.counts(consent, now) else NO_CHOICE

    def counts(self, consent: Consent, now: float) -> bool:
        """Say whether a choice is neither too old nor from the future."""
        return consent.chosen_at - _CLOCK_SKEW <= now < consent.chosen_at + self._lifetime

    def verify(self, token: bytes) -> Consent:
        """Return the choice whatever its age; ``NO_CHOICE`` when the token is forged, of another key or malformed."""
        if len(token) > _MAX_LENGTH or not _WRITTEN.fullmatch(token):
            return NO_CHOICE
        # Not TimestampSigner's unsign: that one builds a datetime and refuses a clock one second behind.
        signed = self._signer.unsign(token)
        if signed is None:
            return NO_CHOICE
        payload, _, stamp = signed.rpartition(b".")
        said = payload[_ID_LENGTH:]
        try:
            chosen_at = int.from_bytes(a2b_base64(stamp.translate(_STANDARD) + b"=="), "big")
            # Visitors answer alike: what a few hundred tokens say is what most of them say.
            meaning = self._meanings.get(said) or self._study(said)
        except ValueError:
            return NO_CHOICE
        if payload.startswith(_UNSAID):
            return Consent(chosen_at=chosen_at, seen=meaning.seen, unread=meaning.unread)
        return replace(meaning, id=payload[:_ID_LENGTH].decode("ascii"), chosen_at=chosen_at)

    def _study(self, said: bytes) -> Consent:
        """Return what stands behind the id of a token, as the choice of nobody at no time. Raises ValueError where it is malformed."""
        head, allowed, refused, *told = said.decode("ascii").split(".")
        if len(head) not in _HEAD_LENGTHS or len(told) > 1:
            raise ValueError(said)
        if len(head) > TAG_LENGTH:
            # Its owner makes it one of a kind; the rest is not.
            bare = b".".join((said[: len(head) - TAG_LENGTH], *said.split(b".")[1:]))
            return replace(self._meanings.get(bare) or self._study(bare), owner=head[-TAG_LENGTH:])
        marker = head[1:]
        unread = self._unread(marker, _generation_in(marker), allowed, refused)
        names, others = self._names(allowed), self._names(refused)
        age, is_taken_over, gpc = _MEANINGS.get(head[0], _MEANINGS["-"])
        meaning = Consent(
            choice_made=True,
            allowed=names,
            refused=others,
            gpc=gpc,
            is_taken_over=is_taken_over,
            age=age,
            seen=self._seen(told[0], keeps_unknown=bool(unread)) if told else frozenset(),
            unread=unread,
            is_outdated=(len(names) + len(others)) * LENGTH < len(allowed) + len(refused),
        )
        self._meanings.put(said, meaning)
        return meaning

    def state_of(self, consent: Consent) -> str:
        """Write down what was chosen, without id, owner and signature: what follows an account to its other browsers.

        What an explicit act allowed (``cookie:<name>``) was asked of one browser, and stays there.
        """
        chosen = (name for name in consent.allowed if ":" not in name)
        flag = _FLAGS[consent.age, False, consent.gpc]
        return f"{flag}{self._marker}.{self._digests(chosen)}.{self._digests(consent.refused)}"

    def read_state(self, state: str, chosen_at: int, now: float) -> Consent:
        """Read it back, for a browser that has no id yet; ``NO_CHOICE`` when it has run out or is malformed."""
        try:
            head, allowed, refused = state.split(".")
            age, _, gpc = _MEANINGS[head[:1]]
            generation = _generation_in(head[1:])
        except (ValueError, KeyError):
            return NO_CHOICE
        if not now < chosen_at + self._lifetime:
            return NO_CHOICE
        names, others = self._names(allowed), self._names(refused)
        return Consent(
            choice_made=True,
            chosen_at=chosen_at,
            allowed=names,
            refused=others,
            gpc=gpc,
            is_taken_over=True,
            age=age,
            unread=self._unread(head[1:], generation, allowed, refused),
            is_outdated=(len(names) + len(others)) * LENGTH < len(allowed) + len(refused),
        )

    def expires_at(self, consent: Consent) -> float:
        """When ``consent`` stops counting, in seconds since the epoch; never, where there is no choice."""
        return consent.chosen_at + self._lifetime if consent.chosen_at else float("inf")

    def _unread(self, marker: str, generation: int, allowed: str, refused: str) -> str:
        """Keep what only a newer version of the policy can read; empty where this one is as new."""
        if generation <= self._generation:
            return ""
        known = self._policy.by_digest
        kept = ("".join(part for part in _parts_of(digests) if part not in known) for digests in (allowed, refused))
        return ".".join((marker, *kept))

    def _digests(self, names: Iterable[str]) -> str:
        marks = self._policy.marks
        return "".join(sorted(marks[name] for name in names if name in marks))

    def _names(self, digests: str) -> frozenset[str]:
        known = self._policy.by_digest
        return frozenset(known[part] for part in _parts_of(digests) if part in known)

    def _seen(self, digests: str, *, keeps_unknown: bool) -> frozenset[str]:
        """What only a newer version knows stays as it is written."""
        known = self._policy.by_digest
        return frozenset(
            known.get(part, part)
            for part in _parts_of(digests)
            if part in known or (keeps_unknown and len(part) == LENGTH)
        )

    def _digests_of_seen(self, seen: Iterable[str]) -> str:
        marks = self._policy.marks
        return "".join(sorted(marks.get(name, name) for name in seen if name in marks or len(name) == LENGTH))


def _parts_of(digests: str) -> list[str]:
    return [digests[start : start + LENGTH] for start in range(0, len(digests), LENGTH)]


def _marker_of(generation: int) -> str:
    """Days since 1970, up to the year 2687, in three characters of base64url."""
    if not generation:
        return ""
    return base64_encode(min(generation, 0x3FFFF).to_bytes(3, "big")).decode("ascii")[1:]


def _generation_in(marker: str) -> int:
    return int.from_bytes(base64_decode(f"A{marker}"), "big") if marker else 0


def _flag_of(consent: Consent) -> str:
    return _FLAGS[consent.age, consent.is_taken_over, consent.gpc]
