"""What a policy says of services and cookies, held against the purposes it declares."""

import re
from collections.abc import Callable

from .lifetimes import SECONDS_CAP
from .loading import as_toml
from .model import Declarations
from .patterns import is_pattern
from .purposes import BUILT_IN
from .written import ACT, COOKIE_NAME, ID, PATH, is_host

Add = Callable[[str, object, str, str], None]
"""Adds a problem: key, value, message, way out."""

_NEVER_BY_ACT = ("analytics", "marketing")


def check_services(declared: Declarations, add: Add) -> None:
    known = purpose_ids(declared)
    claimed = {
        cookie.name or cookie.pattern or "": (f"cookies[{index}]", cookie.purpose)
        for index, cookie in enumerate(declared.cookies)
    }
    seen: set[str] = set()
    for index, service in enumerate(declared.services):
        key = f"services[{index}]"
        if service.id and not ID.fullmatch(service.id):
            add(
                f"{key}.id",
                service.id,
                "This is not an id.",
                "Use lower-case letters, digits and hyphens, starting with a letter.",
            )
        if service.id in known:
            add(
                f"{key}.id",
                service.id,
                "A purpose carries this id, and both share one namespace.",
                f'Name it for the recipient, for example "{service.id}-provider".',
            )
        if service.id in seen:
            add(f"{key}.id", service.id, "Two services carry this id.", "Give each service an id of its own.")
        seen.add(service.id)
        check_purpose(f"{key}.purpose", service.purpose, known, add)
        for place, host in enumerate(service.hosts):
            if not is_host(host):
                add(
                    f"{key}.hosts[{place}]",
                    host,
                    "This is not a host name.",
                    'Write the bare name, for example "www.example.com" or "*.example.com"; no scheme, no path.',
                )
        for place, written in enumerate(service.cookies):
            check_cookie_name(f"{key}.cookies[{place}]", written, add)
            other, purpose = claimed.setdefault(written, (f"{key}.cookies[{place}]", service.purpose))
            if purpose != service.purpose:
                add(
                    f"{key}.cookies[{place}]",
                    written,
                    f'{other} declares the same cookie for "{purpose}".',
                    "Keep one of the two; a cookie for several purposes belongs to the one that needs consent.",
                )
        if service.country is not None and not re.fullmatch("[A-Z]{2}", service.country):
            add(
                f"{key}.country",
                service.country,
                "This is not a country code (ISO 3166-1).",
                'Write two capital letters, for example "DE".',
            )


def check_cookies(declared: Declarations, add: Add) -> None:
    known = purpose_ids(declared)
    services = {service.id: service for service in declared.services}
    seen: dict[str, str] = {}
    for index, cookie in enumerate(declared.cookies):
        key = f"cookies[{index}]"
        written = cookie.name if cookie.name is not None else cookie.pattern
        if (cookie.name is None) == (cookie.pattern is None):
            add(key, None, "A cookie has either a name or a pattern.", 'Write name = "sid", or pattern = "sid_*".')
        elif written is not None:
            # A bare star is as wrong in a pattern: check_cookie_name says so.
            if cookie.name is not None and is_pattern(written) and written.strip("*?"):
                add(
                    f"{key}.name",
                    written,
                    "A name has no wildcard.",
                    f"Write pattern = {as_toml(written)} instead of name.",
                )
            check_cookie_name(f"{key}.{'name' if cookie.name is not None else 'pattern'}", written, add)
            if written in seen:
                add(key, written, f"{seen[written]} declares the same cookie.", "Keep one of the two.")
            seen[written] = key
        check_purpose(f"{key}.purpose", cookie.purpose, known, add)
        service = services.get(cookie.service or "")
        if cookie.service is not None and service is None:
            add(
                f"{key}.service",
                cookie.service,
                "No service carries this id.",
                f"Declare it under [[services]], or write one of: {', '.join(services) or '(none declared)'}.",
            )
        if service is not None and cookie.purpose and service.purpose != cookie.purpose:
            add(
                f"{key}.purpose",
                cookie.purpose,
                f'Its service "{service.id}" has the purpose "{service.purpose}".',
                "Give both the same purpose, or leave the service out.",
            )
        seconds = cookie.lifetime.seconds if cookie.lifetime else None
        if seconds is not None and seconds > SECONDS_CAP:
            add(
                f"{key}.lifetime",
                cookie.lifetime.text if cookie.lifetime else None,
                "Browsers keep no cookie longer than 400 days.",
                'Write at most "13 months".',
            )
        for act in _acts(cookie.explicit_act):
            if not ACT.fullmatch(act):
                add(
                    f"{key}.explicit_act",
                    act,
                    "This is not a request.",
                    'Write true, or a method and a path: "POST /settings".',
                )
        if cookie.explicit_act and cookie.purpose in _NEVER_BY_ACT:
            add(
                f"{key}.explicit_act",
                cookie.explicit_act,
                f"No act of a visitor asks for {cookie.purpose}; this exemption is for preferences (WP29 Opinion 04/2012, 3.6).",
                "Remove this line.",
            )
        if cookie.domain is not None and not is_host(cookie.domain.removeprefix(".")):
            add(f"{key}.domain", cookie.domain, "This is not a domain.", 'Write for example domain = "example.com".')
        if cookie.domain is not None and (written or "").lower().startswith("__host-"):
            add(
                f"{key}.domain",
                cookie.domain,
                "A __Host- cookie has no Domain (RFC 6265bis).",
                "Remove the domain, or use the prefix __Secure-.",
            )
        for place, path in enumerate(cookie.paths):
            if not path.startswith("/"):
                add(
                    f"{key}.paths[{place}]", path, "A cookie path starts with a slash.", f"Write {as_toml('/' + path)}."
                )
            elif not PATH.fullmatch(path):
                add(
                    f"{key}.paths[{place}]",
                    path,
                    "No cookie can have this path (RFC 6265bis).",
                    "Write it as browsers send it: ASCII, without a semicolon, other characters as %XX.",
                )


def purpose_ids(declared: Declarations) -> list[str]:
    return list(dict.fromkeys([*(purpose.id for purpose in BUILT_IN), *declared.purposes]))


def check_purpose(key: str, purpose: str, known: list[str], add: Add) -> None:
    if purpose and purpose not in known:
        add(
            key,
            purpose,
            "No purpose carries this id.",
            f"Write one of: {', '.join(known)}; or declare [purposes.{purpose}].",
        )


def check_cookie_name(key: str, written: str, add: Add) -> None:
    if not COOKIE_NAME.fullmatch(written):
        add(
            key,
            written,
            "No cookie can carry this name (RFC 6265bis).",
            "Use letters, digits and the signs of an HTTP token.",
        )
    elif len(written.replace("*", "").replace("?", "")) < 2 and is_pattern(written):
        add(
            key,
            written,
            "This pattern would claim nearly every cookie.",
            'Write at least two characters besides the wildcard, for example "ab_*".',
        )


def _acts(written: bool | str | list[str]) -> list[str]:
    if isinstance(written, bool):
        return []
    return [written] if isinstance(written, str) else written
