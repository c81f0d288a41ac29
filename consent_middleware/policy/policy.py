"""The policy of a site, ready to be asked.

``Policy`` is made once at start-up from a file, a text or nothing, and never changes afterwards: everything later is a look-up.
"""

import functools
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import PolicyError
from . import checks, digests, reading, timeline
from .declared_cookies import DeclaredCookie, declared_cookies
from .identifiers import identifiers_of
from .merging import merged_purposes
from .model import Controller, Cookie, Declarations, Notice, Service, StorageKey, Version
from .names import CONSIDERED, forms
from .parties import parties_of
from .patterns import NameTable
from .purposes import Purpose
from .recording import Recording, recording_of
from .texts import Text, text_in
from .timeline import Announcement, Bulletin


class Policy:
    """What a site declares: purposes, cookies, services, telemetry fields, versions, contact.

    ``Policy.load(path)`` reads a TOML file, ``Policy.parse(text)`` a text, and ``Policy()`` is the built-in policy: all
    built-in purposes, nothing of the site's own. Raises PolicyError with every problem found.

    A policy is what holds on one ``day``; once ``until`` has come, ``successor()`` holds. ``following``: the policy of the file
    that takes over then.
    """

    def __init__(
        self,
        declarations: Declarations | None = None,
        *,
        file: str = "(policy)",
        day: date | None = None,
        following: "Policy | None" = None,
    ) -> None:
        declared = declarations if declarations is not None else Declarations()
        problems = checks.check(declared, file)
        if problems:
            raise PolicyError(problems)
        self.file = file
        self.declarations = declared
        self.day = day if day is not None else timeline.today()
        self.following = following
        upcoming = self._upcoming
        self.until = timeline.next_change(declared, upcoming, self.day)
        """Seconds since 1970: when something in it begins or ends; infinite where nothing will."""
        self.generation = timeline.generation_of(declared.versions, self.day)
        """Grows with each version that takes effect, so that of two tokens it can be told which knew more."""
        self.notices: Sequence[Notice] = timeline.current(declared.notices, self.day)
        """What visitors are told today."""
        self.purposes: Mapping[str, Purpose] = merged_purposes(declared.purposes)
        self.services: Mapping[str, Service] = {
            service.id: service for service in declared.services if service.purpose in self.purposes
        }
        self.necessary = frozenset(purpose.id for purpose in self.purposes.values() if purpose.is_necessary)
        self.optional = tuple(purpose.id for purpose in self.purposes.values() if not purpose.is_necessary)
        """Every purpose that waits for a choice, in the order it is shown."""
        self.separate = frozenset(purpose.id for purpose in self.purposes.values() if purpose.basis == "separate")
        """Those of them that only an act of its own can allow."""
        self.refused_by_gpc = frozenset(p.id for p in self.purposes.values() if p.honors_gpc and not p.is_necessary)
        self.identifiers = tuple(identifiers_of(declared))
        """Under which names the app's own identifiers travel."""
        self._grounds = _purposes_by_field(declared)
        self._cookies = NameTable([(name, entry) for name, entry in declared_cookies(declared)])
        self.recording: Recording | None = recording_of(declared)
        """What the recorder may record; ``None`` where it is off."""
        self.digests: Mapping[str, str] = self._digests()
        told = {bulletin.id: digests.shorten(bulletin.id, "told") for bulletin in self.bulletins}
        self.marks: Mapping[str, str] = digests.told_apart({**self.digests, **told})
        """What a token may carry: the digests, and marks of what the visitor was told."""
        self.by_digest: Mapping[str, str] = {digest: name for name, digest in self.marks.items()}

    @classmethod
    def load(cls, path: str | Path) -> "Policy":
        """Read a TOML file. A file that cannot be read is a problem like any other."""
        return reading.read_file(path, cls)

    @classmethod
    def parse(cls, text: str, *, file: str = "(policy)") -> "Policy":
        """Read TOML from ``text``; ``file`` is the name that problems carry."""
        return reading.read_text(text, file, cls)

    @classmethod
    def of(cls, policy: "Policy | str | Path | None") -> "Policy":
        """Accept what a mount may pass: a policy, the path of one, or ``None`` for the built-in one."""
        if isinstance(policy, Policy):
            return policy
        return cls.load(policy) if policy is not None else cls()

    @property
    def asked_age(self) -> int | None:
        """Below which age a visitor is a child, where visitors are asked; ``None`` where they are not."""
        return self.declarations.site.minimum_age if self.declarations.children.ask else None

    @property
    def languages(self) -> Sequence[str]:
        return self.declarations.site.languages

    @functools.cached_property
    def host(self) -> str | None:
        """The host of ``site.url``."""
        url = self.declarations.site.url
        return urlsplit(url).hostname if url else None

    @functools.cached_property
    def is_https(self) -> bool | None:
        """Whether the site is https; ``None`` where the policy does not say and the request must."""
        url = self.declarations.site.url
        return urlsplit(url).scheme == "https" if url else None

    @functools.cached_property
    def digest(self) -> str:
        """One digest over all purposes: which policy a choice was made under."""
        return digests.shorten("policy", sorted(self.digests.items()))

    @functools.cached_property
    def told(self) -> str:
        """The digests of every purpose that is asked about, one after the other: what a form says it was shown with."""
        return "".join(self.digests[name] for name in self.optional)

    @property
    def version(self) -> str:
        """The newest declared version that is in effect, or ``""``."""
        versions = timeline.in_effect(self.declarations.versions, self.day)
        return versions[-1].version if versions else ""

    @property
    def _upcoming(self) -> list[Version]:
        """Versions that the file declares which takes over."""
        return timeline.new_in(self.following.declarations, self.declarations) if self.following is not None else []

    @functools.cached_property
    def announcements(self) -> Sequence[Announcement]:
        """Versions that visitors are told of today, before they take effect; the next one first."""
        following = self.following
        found = [
            Announcement(version=version, titles=tuple(self.purposes[name].title for name in version.purposes))
            for version in self.declarations.versions
            if timeline.is_announced(version, self.day)
        ]
        for place, version in enumerate(self._upcoming):
            if following is not None and timeline.is_announced(version, self.day):
                # It changes what the whole file says; later ones only what they name.
                names = dict.fromkeys([*(self._changed_in(following) if place == 0 else ()), *version.purposes])
                titles = tuple(following.purposes[name].title for name in names)
                found.append(Announcement(version=version, titles=titles))
        return sorted(found, key=lambda announcement: announcement.version.effective)

    @functools.cached_property
    def bulletins(self) -> Sequence[Bulletin]:
        """What is shown today in the banner's place to whoever has not dismissed it."""
        return timeline.bulletins(self.notices, self.announcements)

    @functools.cached_property
    def parties(self) -> Sequence[Controller]:
        """Who decides about the data or works with it, in which role."""
        return parties_of(self.declarations)

    @functools.cached_property
    def last_change(self) -> Version | None:
        """The newest version in effect that mattered to visitors: what they are told where they are asked again."""
        mattered = [version for version in self.declarations.versions if version.material or version.purposes]
        return next(reversed(timeline.in_effect(mattered, self.day)), None)

    def successor(self) -> "Policy":
        """Return the policy that holds once ``until`` has come; never one of an earlier day, whatever the clock says then."""
        if self.until == timeline.NEVER:
            return self
        day = max(timeline.today(), timeline.day_of(self.until))
        holds = self
        # Whoever slept through more than one of them catches up.
        while holds.following is not None and holds._upcoming[0].effective <= day:
            holds = holds.following
        return Policy(holds.declarations, file=holds.file, day=day, following=holds.following)

    def _changed_in(self, other: "Policy") -> list[str]:
        """Purposes of ``other`` that are asked about there, and were said something else about here, or nothing."""
        return [name for name in other.optional if other.digests[name] != self.digests.get(name)]

    def find_cookie(self, name: str) -> DeclaredCookie | None:
        """Return what the policy declares about a cookie name, or ``None``.

        A declaration also covers the name with a prefix (``__Host-sid``), its chunks (``sid.0``, ``sidC1``) and its
        signature (``sid.sig``).
        """
        found = self._cookies.find(name)
        if found is None:
            for form in forms(name[:CONSIDERED])[1:]:
                found = found or self._cookies.find(form)
        return found

    def grounds(self, purpose: str, field: str) -> bool:
        """Say whether a purpose may see a telemetry field that was not allowed: it is necessary, and the policy names no others."""
        return purpose in self.necessary and purpose in self._grounds.get(field, self.necessary)

    def text(self, text: Text, language: str) -> str:
        """``text`` in ``language``, else in the site's first language."""
        return text_in(text, language, self.languages[0])

    def services_of(self, purpose: str) -> list[Service]:
        return [service for service in self.services.values() if service.purpose == purpose]

    def cookies_of(self, purpose: str) -> list[Cookie]:
        """Return the declared cookies of a purpose, those of ``services[].cookies`` included."""
        return [entry.cookie for _, entry in declared_cookies(self.declarations) if entry.purpose == purpose]

    def storage_of(self, purpose: str) -> list[StorageKey]:
        return [entry for entry in self.declarations.storage if entry.purpose == purpose]

    def _digests(self) -> dict[str, str]:
        declared = self.declarations
        renewed_by = timeline.renewals(declared.versions, self.day)
        found: dict[str, str] = {}
        for purpose in self.purposes.values():
            found[purpose.id] = digests.purpose_digest(
                purpose,
                [cookie for cookie in declared.cookies if cookie.purpose == purpose.id],
                self.services_of(purpose.id),
                self.storage_of(purpose.id),
                [field for field in declared.telemetry if field.purpose == purpose.id],
                [declared.retention.telemetry] if any(f.purpose == purpose.id for f in declared.telemetry) else [],
                self.languages[0],
                self.recording.told_of(purpose.id) if self.recording is not None else (),
                renewed_by.get(purpose.id, ""),
            )
        for service in self.services.values():
            found[service.id] = digests.service_digest(service)
        for cookie in declared.cookies:
            if cookie.explicit_act:
                name = f"cookie:{cookie.name or cookie.pattern}"
                found[name] = digests.shorten(name, "explicit act")
        return digests.told_apart(found)


def _purposes_by_field(declared: Declarations) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for ground in declared.grounds:
        for field in ground.fields:
            found.setdefault(field, set()).add(ground.purpose)
    return found
