"""What a policy file must keep to beyond the shape of its tables.

Each check compares entries with each other or with the outside world and adds to the list of problems; none of them stops.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from ..errors import Problem
from .banner_checks import check_banner
from .children_checks import check_children
from .cookie_checks import Add, check_cookies, check_services
from .lifetimes import SECONDS_CAP
from .loading import as_toml
from .model import Declarations
from .page_checks import check_consent_mode, check_storage
from .purposes import BUILT_IN
from .recorder_checks import check_recorder
from .retention_checks import check_retention
from .rights_checks import check_rights
from .telemetry_checks import check_telemetry
from .texts import Text
from .version_checks import check_notices, check_versions
from .written import HOST, ID, LANGUAGE, is_url

_NEVER_NECESSARY = "marketing"


def check(declared: Declarations, file: str) -> list[Problem]:
    """Return every problem of ``declared``, in the order of the file."""
    problems: list[Problem] = []

    def add(key: str, value: object, message: str, way_out: str) -> None:
        shown = "" if value is None else as_toml(value)
        problems.append(Problem(file=file, key=key, value=shown, message=message, way_out=way_out))

    for one_check in (
        _settings,
        _site,
        check_banner,
        check_children,
        check_versions,
        check_notices,
        _purposes,
        check_services,
        check_cookies,
        check_storage,
        check_consent_mode,
        check_telemetry,
        check_recorder,
        check_retention,
        check_rights,
        _texts,
    ):
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
        if not is_url(origin) or origin.count("/") != 2 or any(sign in origin for sign in "?#@"):
            add(
                f"origins[{index}]",
                origin,
                "An origin is a scheme and a host, without a path.",
                'Write for example "https://app.example.com".',
            )
    if declared.share is None:
        return
    if not HOST.fullmatch(declared.share) or "." not in declared.share:
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
    if not is_url(declared.site.url):
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
        if not LANGUAGE.fullmatch(language):
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
        if url is not None and not relative and not is_url(url):
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


def _purposes(declared: Declarations, add: Add) -> None:
    built_in = {purpose.id: purpose for purpose in BUILT_IN}
    for name, table in declared.purposes.items():
        key = f"purposes.{name}"
        if not ID.fullmatch(name):
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
    for index, party in enumerate(declared.controllers):
        yield f"controllers[{index}].name", party.name
        yield f"controllers[{index}].address", party.address
    for index, notice in enumerate(declared.notices):
        yield f"notices[{index}].title", notice.title
        yield f"notices[{index}].text", notice.text
    for purpose, table in declared.purposes.items():
        yield f"purposes.{purpose}.title", table.title
        yield f"purposes.{purpose}.description", table.description
    for index, cookie in enumerate(declared.cookies):
        yield f"cookies[{index}].description", cookie.description
    for index, service in enumerate(declared.services):
        for name in ("name", "recipient", "description"):
            yield f"services[{index}].{name}", getattr(service, name)
    for index, entry in enumerate(declared.storage):
        yield f"storage[{index}].description", entry.description
    for index, field in enumerate(declared.telemetry):
        yield f"telemetry[{index}].title", field.title
        yield f"telemetry[{index}].description", field.description
    for index, ground in enumerate(declared.grounds):
        yield f"grounds[{index}].reason", ground.reason
