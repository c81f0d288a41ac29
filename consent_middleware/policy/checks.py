"""What a policy file must keep to beyond the shape of its tables.

Each check compares entries with each other or with the outside world and adds to the list of problems; none of them stops.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from ..errors import Problem
from .lifetimes import SECONDS_CAP
from .loading import as_toml
from .model import Declarations
from .patterns import is_pattern
from .purposes import BUILT_IN
from .texts import Text

Add = Callable[[str, object, str, str], None]

_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_HOST = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# RFC 6265bis, section 4.1.1: a cookie name is a token.
_COOKIE_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z?]+")
_ACT = re.compile(r"(POST|PUT|PATCH|DELETE|GET) /\S*")
_PATH = re.compile(r"[ -:<-~]+")
_NEVER_BY_ACT = ("analytics", "marketing")
_NEVER_NECESSARY = "marketing"


def check(declared: Declarations, file: str) -> list[Problem]:
    """Return every problem of ``declared``, in the order of the file."""
    problems: list[Problem] = []

    def add(key: str, value: object, message: str, way_out: str) -> None:
        shown = "" if value is None else as_toml(value)
        problems.append(Problem(file=file, key=key, value=shown, message=message, way_out=way_out))

    for one_check in (_settings, _site, _versions, _purposes, _services, _cookies, _telemetry, _texts):
        one_check(declared, add)
    return problems


def _settings(declared: Declarations, add: Add) -> None:
    seconds = declared.lifetime.seconds
    if seconds is None or seconds > SECONDS_CAP:
        add(
            "lifetime",
            declared.lifetime.text,
            "Browsers keep no cookie longer than 400 days, and a choice must outlive the session.",
            'Write for example lifetime = "6 months".',
        )
    for index, origin in enumerate(declared.origins):
        if not _is_url(origin) or origin.count("/") != 2 or any(sign in origin for sign in "?#@"):
            add(
                f"origins[{index}]",
                origin,
                "An origin is a scheme and a host, without a path.",
                'Write for example "https://app.example.com".',
            )
    if declared.share is None:
        return
    if not _HOST.fullmatch(declared.share) or "." not in declared.share:
        add(
            "share",
            declared.share,
            "This is not a domain that hosts could share.",
            'Write the common parent, for example share = "example.com".',
        )
        return
    if declared.site.url is None:
        add(
            "share",
            declared.share,
            "A shared choice needs to know the site's own address.",
            'Add url = "https://…" to [site].',
        )
        return
    if not _is_url(declared.site.url):
        return
    host = urlsplit(declared.site.url).hostname or ""
    if host != declared.share and not host.endswith(f".{declared.share}"):
        add(
            "share",
            declared.share,
            f"The site's host {host} is not below this domain, so browsers would refuse the cookie.",
            "Write a parent domain of the host in site.url.",
        )


def _site(declared: Declarations, add: Add) -> None:
    site = declared.site
    if not site.languages:
        add(
            "site.languages",
            site.languages,
            "At least one language is needed.",
            'Write for example languages = ["en"].',
        )
    for index, language in enumerate(site.languages):
        if not _LANGUAGE.fullmatch(language):
            add(
                f"site.languages[{index}]",
                language,
                "This is not a language tag (BCP 47).",
                'Write for example "en", "pt-BR" or "zh-Hans".',
            )
    for key, url in (
        ("site.url", site.url),
        ("site.privacy_url", site.privacy_url),
        ("contact.url", declared.contact.url),
    ):
        relative = key != "site.url" and url is not None and url.startswith("/") and not url.startswith("//")
        if url is not None and not relative and not _is_url(url):
            add(
                key,
                url,
                "This is not an address a browser could open.",
                'Write it whole, for example "https://www.example.com".',
            )
    if site.minimum_age is not None and not 0 < site.minimum_age < 22:
        add(
            "site.minimum_age",
            site.minimum_age,
            "No law asks for this age.",
            "Write for example minimum_age = 14, or leave the key out.",
        )
    if declared.contact.reply_working_days < 1:
        add(
            "contact.reply_working_days",
            declared.contact.reply_working_days,
            "A reply takes at least one day.",
            "Write for example reply_working_days = 15.",
        )


def _versions(declared: Declarations, add: Add) -> None:
    seen: set[str] = set()
    for index, version in enumerate(declared.versions):
        if version.version and version.version in seen:
            add(
                f"versions[{index}].version",
                version.version,
                "Two versions carry this name.",
                "Give each version a name of its own, for example its date.",
            )
        seen.add(version.version)


def _purposes(declared: Declarations, add: Add) -> None:
    built_in = {purpose.id: purpose for purpose in BUILT_IN}
    for name, table in declared.purposes.items():
        key = f"purposes.{name}"
        if not _ID.fullmatch(name):
            add(key, name, "This is not an id.", "Use lower-case letters, digits and hyphens, starting with a letter.")
        standard = built_in.get(name)
        if standard is None:
            for wanted in ("basis", "title", "description"):
                if getattr(table, wanted) is None:
                    add(
                        f"{key}.{wanted}",
                        None,
                        "A purpose of the site's own needs it.",
                        f"Add {wanted} = … to [{key}].",
                    )
            continue
        if table.basis is None:
            continue
        if standard.is_necessary and table.basis != "necessary":
            add(
                f"{key}.basis",
                table.basis,
                "Without these cookies nobody can sign in.",
                f"Leave basis out of [{key}], or declare a purpose of your own.",
            )
        if name == _NEVER_NECESSARY and table.basis == "necessary":
            add(
                f"{key}.basis",
                table.basis,
                "Marketing is never necessary for what a visitor asked for (WP29 Opinion 04/2012).",
                'Write basis = "consent".',
            )
    for name in ("authentication", "security"):
        if name in declared.purposes and not declared.purposes[name].offered:
            add(f"purposes.{name}.offered", False, "A necessary purpose is always on.", "Remove this line.")


def _services(declared: Declarations, add: Add) -> None:
    known = _purpose_ids(declared)
    claimed = {
        cookie.name or cookie.pattern or "": (f"cookies[{index}]", cookie.purpose)
        for index, cookie in enumerate(declared.cookies)
    }
    seen: set[str] = set()
    for index, service in enumerate(declared.services):
        key = f"services[{index}]"
        if service.id and not _ID.fullmatch(service.id):
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
        _known_purpose(f"{key}.purpose", service.purpose, known, add)
        for place, host in enumerate(service.hosts):
            if not _is_host(host):
                add(
                    f"{key}.hosts[{place}]",
                    host,
                    "This is not a host name.",
                    'Write the bare name, for example "www.example.com" or "*.example.com"; no scheme, no path.',
                )
        for place, written in enumerate(service.cookies):
            _cookie_name(f"{key}.cookies[{place}]", written, add)
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


def _cookies(declared: Declarations, add: Add) -> None:
    known = _purpose_ids(declared)
    services = {service.id: service for service in declared.services}
    seen: dict[str, str] = {}
    for index, cookie in enumerate(declared.cookies):
        key = f"cookies[{index}]"
        written = cookie.name if cookie.name is not None else cookie.pattern
        if (cookie.name is None) == (cookie.pattern is None):
            add(key, None, "A cookie has either a name or a pattern.", 'Write name = "sid", or pattern = "sid_*".')
        elif written is not None:
            if cookie.name is not None and is_pattern(written):
                add(
                    f"{key}.name",
                    written,
                    "A name has no wildcard.",
                    f"Write pattern = {as_toml(written)} instead of name.",
                )
            _cookie_name(f"{key}.{'name' if cookie.name is not None else 'pattern'}", written, add)
            if written in seen:
                add(key, written, f"{seen[written]} declares the same cookie.", "Keep one of the two.")
            seen[written] = key
        _known_purpose(f"{key}.purpose", cookie.purpose, known, add)
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
            if not _ACT.fullmatch(act):
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
        if cookie.domain is not None and not _is_host(cookie.domain.removeprefix(".")):
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
            elif not _PATH.fullmatch(path):
                add(
                    f"{key}.paths[{place}]",
                    path,
                    "No cookie can have this path (RFC 6265bis).",
                    "Write it as browsers send it: ASCII, without a semicolon, other characters as %XX.",
                )


def _telemetry(declared: Declarations, add: Add) -> None:
    known = _purpose_ids(declared)
    for index, field in enumerate(declared.telemetry):
        _known_purpose(f"telemetry[{index}].purpose", field.purpose, known, add)


def _texts(declared: Declarations, add: Add) -> None:
    """A text in several languages needs the site's first one: it is what a visitor of any other language is shown."""
    if not declared.site.languages:
        return
    first = declared.site.languages[0]
    for key, text in _all_texts(declared):
        if isinstance(text, dict) and not any(tag == first or first.startswith(f"{tag}-") for tag in text):
            add(key, text, f'The text is missing in "{first}", the first of site.languages.', f'Add {first} = "…".')


def _all_texts(declared: Declarations) -> Iterator[tuple[str, Text | None]]:
    for name in ("name", "controller", "address", "storage_place"):
        yield f"site.{name}", getattr(declared.site, name)
    yield "contact.text", declared.contact.text
    yield "retention.description", declared.retention.description
    for index, version in enumerate(declared.versions):
        yield f"versions[{index}].summary", version.summary
    for purpose, table in declared.purposes.items():
        yield f"purposes.{purpose}.title", table.title
        yield f"purposes.{purpose}.description", table.description
    for index, cookie in enumerate(declared.cookies):
        yield f"cookies[{index}].description", cookie.description
    for index, service in enumerate(declared.services):
        for name in ("name", "recipient", "description"):
            yield f"services[{index}].{name}", getattr(service, name)
    for index, field in enumerate(declared.telemetry):
        yield f"telemetry[{index}].title", field.title
        yield f"telemetry[{index}].description", field.description


def _purpose_ids(declared: Declarations) -> list[str]:
    return list(dict.fromkeys([*(purpose.id for purpose in BUILT_IN), *declared.purposes]))


def _known_purpose(key: str, purpose: str, known: list[str], add: Add) -> None:
    if purpose and purpose not in known:
        add(
            key,
            purpose,
            "No purpose carries this id.",
            f"Write one of: {', '.join(known)}; or declare [purposes.{purpose}].",
        )


def _cookie_name(key: str, written: str, add: Add) -> None:
    if not _COOKIE_NAME.fullmatch(written):
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


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    if _HOST.fullmatch(host):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
