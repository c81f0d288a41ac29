"""The policy of a site, ready to be asked.

``Policy`` is made once at start-up from a file, a text or nothing, and never changes afterwards: everything later is a look-up.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import PolicyError, Problem
from . import checks, digests, loading
from .identifiers import identifiers_of
from .lifetimes import Lifetime
from .model import Cookie, Declarations, PurposeTable, Service, StorageKey
from .names import CONSIDERED, forms
from .patterns import NameTable
from .purposes import BUILT_IN, Purpose
from .recording import Recording, recording_of
from .texts import Text, text_in


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCookie:
    """What the policy says of one cookie name. ``key`` is its place in the file: ``cookies[3]``, ``services[0].cookies[1]`` or
    ``telemetry[2].cookie``."""

    purpose: str
    service: str | None
    key: str
    cookie: Cookie

    @property
    def lifetime(self) -> Lifetime | None:
        return self.cookie.lifetime


class Policy:
    """What a site declares: purposes, cookies, services, telemetry fields, versions, contact.

    ``Policy.load(path)`` reads a TOML file, ``Policy.parse(text)`` a text, and ``Policy()`` is the built-in policy: all
    built-in purposes, nothing of the site's own. Raises PolicyError with every problem found.
    """

    def __init__(self, declarations: Declarations | None = None, *, file: str = "(policy)") -> None:
        declared = declarations if declarations is not None else Declarations()
        problems = checks.check(declared, file)
        if problems:
            raise PolicyError(problems)
        self.file = file
        self.declarations = declared
        self.purposes: Mapping[str, Purpose] = _merged(declared.purposes)
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
        self._cookies = NameTable([(name, entry) for name, entry in _declared_cookies(declared)])
        self.recording: Recording | None = recording_of(declared)
        """What the recorder may record; ``None`` where it is off."""
        self.digests: Mapping[str, str] = self._digests()
        self.by_digest: Mapping[str, str] = {digest: name for name, digest in self.digests.items()}

    @classmethod
    def load(cls, path: str | Path) -> "Policy":
        """Read a TOML file. A file that cannot be read is a problem like any other."""
        file = str(path)
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise PolicyError(
                [
                    Problem(
                        file=file,
                        key="(file)",
                        value="",
                        message=f"The policy cannot be read: {reason}.",
                        way_out="Pass the path of a TOML file in UTF-8, or policy=None for the built-in policy.",
                    )
                ]
            ) from error
        return cls.parse(text, file=file)

    @classmethod
    def parse(cls, text: str, *, file: str = "(policy)") -> "Policy":
        """Read TOML from ``text``; ``file`` is the name that problems carry."""
        problems: list[Problem] = []
        data = loading.parse_toml(text, file, problems)
        if problems:
            raise PolicyError(problems)
        declared = loading.read_declarations(data, file, problems)
        shown = {problem.key for problem in problems}
        problems += [problem for problem in checks.check(declared, file) if problem.key not in shown]
        if problems:
            raise PolicyError(problems)
        return cls(declared, file=file)

    @classmethod
    def of(cls, policy: "Policy | str | Path | None") -> "Policy":
        """Accept what a mount may pass: a policy, the path of one, or ``None`` for the built-in one."""
        if isinstance(policy, Policy):
            return policy
        return cls.load(policy) if policy is not None else cls()

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

    @property
    def version(self) -> str:
        """The newest declared version that is in effect today, or ``""``."""
        today = datetime.now(UTC).date()
        versions = [version for version in self.declarations.versions if version.effective <= today]
        return max(versions, key=lambda version: version.effective).version if versions else ""

    def find_cookie(self, name: str) -> DeclaredCookie | None:
        """Return what the policy declares about a cookie name, or ``None``.

        A declaration also covers the name with a prefix (``__Host-sid``) and its chunks (``sid.0``, ``sidC1``).
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
        return [entry.cookie for _, entry in _declared_cookies(self.declarations) if entry.purpose == purpose]

    def storage_of(self, purpose: str) -> list[StorageKey]:
        return [entry for entry in self.declarations.storage if entry.purpose == purpose]

    def _digests(self) -> dict[str, str]:
        declared = self.declarations
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
            )
        for service in self.services.values():
            found[service.id] = digests.service_digest(service)
        for cookie in declared.cookies:
            if cookie.explicit_act:
                name = f"cookie:{cookie.name or cookie.pattern}"
                found[name] = digests.shorten(name, "explicit act")
        return digests.told_apart(found)


def _merged(tables: Mapping[str, PurposeTable]) -> dict[str, Purpose]:
    """Merge the built-in purposes with what the site says differently; its own purposes follow."""
    merged: dict[str, Purpose] = {}
    for standard in BUILT_IN:
        table = tables.get(standard.id, PurposeTable())
        if not table.offered:
            continue
        own_words = table.title is not None or table.description is not None
        merged[standard.id] = Purpose(
            id=standard.id,
            basis=table.basis or standard.basis,
            title=table.title if table.title is not None else standard.title,
            description=table.description if table.description is not None else standard.description,
            honors_gpc=table.honors_gpc if table.honors_gpc is not None else standard.honors_gpc,
            wording=None if own_words else standard.wording,
        )
    for name, table in tables.items():
        if name in merged or not table.offered:
            continue
        merged[name] = Purpose(
            id=name,
            basis=table.basis or "consent",
            title=table.title or name,
            description=table.description or "",
            honors_gpc=bool(table.honors_gpc),
        )
    return merged


def _purposes_by_field(declared: Declarations) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for ground in declared.grounds:
        for field in ground.fields:
            found.setdefault(field, set()).add(ground.purpose)
    return found


def _declared_cookies(declared: Declarations) -> list[tuple[str, DeclaredCookie]]:
    found: list[tuple[str, DeclaredCookie]] = []
    for index, cookie in enumerate(declared.cookies):
        written = cookie.name or cookie.pattern or ""
        entry = DeclaredCookie(purpose=cookie.purpose, service=cookie.service, key=f"cookies[{index}]", cookie=cookie)
        found.append((written, entry))
    for index, service in enumerate(declared.services):
        for place, written in enumerate(service.cookies):
            cookie = Cookie(name=written, purpose=service.purpose, service=service.id)
            key = f"services[{index}].cookies[{place}]"
            found.append((written, DeclaredCookie(purpose=service.purpose, service=service.id, key=key, cookie=cookie)))
    known = {written for written, _ in found}
    for identifier in identifiers_of(declared):
        if identifier.source == "cookie" and identifier.name not in known:
            field = identifier.field
            cookie = Cookie(name=identifier.name, purpose=field.purpose, description=field.description or field.title)
            entry = DeclaredCookie(purpose=field.purpose, service=None, key=identifier.key, cookie=cookie)
            found.append((identifier.name, entry))
    return found
