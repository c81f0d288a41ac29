"""What a policy says of telemetry, held against its purposes, its cookies and the table of known headers."""

import difflib
import re
from collections.abc import Iterable

from .cookie_checks import Add, check_cookie_name, check_purpose, purpose_ids
from .identifiers import Identifier, identifiers_of
from .known_headers import providers, rules_by_header
from .loading import as_toml
from .model import Declarations
from .purposes import BUILT_IN

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
"""RFC 9110, section 5.1: the name of a header field."""
_FIELD = re.compile(r"[^\s&=#;]{1,128}")
_PATH = re.compile(r"/[!-~]*")
_UNTOUCHABLE = {
    "cookie": "Cookies are declared by their own names, under cookie = … or [[cookies]].",
    "host": "No request is understood without it.",
    "sec-gpc": "A visitor's own signal is never taken away.",
    "dnt": "A visitor's own signal is never taken away.",
    "content-type": "No body is understood without it.",
    "content-length": "No body is understood without it.",
    "transfer-encoding": "No body is understood without it.",
}


def check_telemetry(declared: Declarations, add: Add) -> None:
    known = purpose_ids(declared)
    for index, field in enumerate(declared.telemetry):
        check_purpose(f"telemetry[{index}].purpose", field.purpose, known, add)
    _check_identifiers(list(identifiers_of(declared)), declared, add)
    _check_masks(declared, add)
    for index, entry in enumerate(declared.validators):
        check_purpose(f"validators[{index}].purpose", entry.purpose, known, add)
        if not entry.paths:
            add(f"validators[{index}].paths", None, "It names no route.", 'Add paths = ["/…"] to this table.')
        _check_paths(f"validators[{index}].paths", entry.paths, add)
    for index, ground in enumerate(declared.grounds):
        key = f"grounds[{index}]"
        check_purpose(f"{key}.purpose", ground.purpose, known, add)
        if ground.purpose in known and not _is_necessary(ground.purpose, declared):
            add(
                f"{key}.purpose",
                ground.purpose,
                "What waits for a choice grounds nothing without one.",
                'Write a purpose whose basis is "necessary", such as "security".',
            )
        if not ground.reason:
            add(f"{key}.reason", None, "A disclosure without a reason cannot be explained to anybody.", "Say what for.")
        _check_paths(f"{key}.paths", ground.paths, add)
        for place, name in enumerate(ground.fields):
            if ground.paths and name != "ip":
                add(
                    f"{key}.fields[{place}]",
                    name,
                    "Only the address can be shown by path.",
                    'Leave it to fields = ["ip"], and let the app ask: get_telemetry(request).disclose(…).',
                )


def _check_identifiers(identifiers: list[Identifier], declared: Declarations, add: Add) -> None:
    claimed = {
        (cookie.name or cookie.pattern): (f"cookies[{i}]", cookie.purpose) for i, cookie in enumerate(declared.cookies)
    }
    seen: dict[tuple[str, str], Identifier] = {}
    for identifier in identifiers:
        name, key = identifier.name, identifier.key
        other = seen.setdefault((identifier.source, name), identifier)
        if other is not identifier:
            add(key, name, f"{other.key} says the same name.", "Keep one of the two.")
        if identifier.source == "cookie":
            check_cookie_name(key, name, add)
            place, purpose = claimed.get(name, (key, identifier.purpose))
            if purpose != identifier.purpose:
                add(key, name, f'{place} declares the same cookie for "{purpose}".', "Give both the same purpose.")
        elif identifier.source == "header":
            _check_own_header(key, name, add)
        elif not _FIELD.fullmatch(name):
            add(key, name, "This is not the name of a parameter.", 'Write it as it stands in the address: "cid".')


def _check_own_header(key: str, name: str, add: Add) -> None:
    _check_header(key, name, add)
    rule = rules_by_header().get(name)
    if rule is not None and not rule.ambiguous:
        add(
            key,
            name,
            f'This header is masked already: "{rule.title}".',
            "Remove it here; [masks] changes what is done to headers of the table.",
        )


def _check_masks(declared: Declarations, add: Add) -> None:
    masks, rules = declared.masks, rules_by_header()
    for place, provider in enumerate(masks.providers):
        if provider not in providers():
            add(
                f"masks.providers[{place}]",
                provider,
                "No header of this CDN or carrier has a name that needs declaring.",
                f"Write one of: {', '.join(providers())}; a single header goes into mask = […].",
            )
    for place, name in enumerate(masks.mask):
        rule = rules.get(name.lower())
        if rule is None or not rule.ambiguous:
            ambiguous = sorted(header for header, one in rules.items() if one.ambiguous)
            add(
                f"masks.mask[{place}]",
                name,
                "This is not a header whose meaning has to be declared." if rule is None else "It is masked anyway.",
                f"Remove it, or write one of: {', '.join(ambiguous)}.",
            )
    for place, name in enumerate(masks.keep):
        rule = rules.get(name.lower())
        if rule is None:
            near = difflib.get_close_matches(name.lower(), rules, n=1)
            way_out = f'Did you mean "{near[0]}"?' if near else "Remove it: a header in no rule is kept."
            add(f"masks.keep[{place}]", name, "No rule masks this header.", way_out)
        elif rule.purpose == "never":
            add(
                f"masks.keep[{place}]",
                name,
                "Carriers inject it; no visitor was ever shown it, so nothing covers its use.",
                "Remove it. If it is a header of your own, give that another name.",
            )
    for place, name in enumerate(masks.drop):
        _check_header(f"masks.drop[{place}]", name.lower(), add)
        if name.lower() in map(str.lower, masks.keep):
            add(f"masks.drop[{place}]", name, "masks.keep says the opposite.", "Keep one of the two.")


def _check_header(key: str, name: str, add: Add) -> None:
    if not _TOKEN.fullmatch(name):
        add(key, name, "No header can carry this name (RFC 9110).", "Use letters, digits and hyphens.")
    elif name in _UNTOUCHABLE:
        add(key, name, _UNTOUCHABLE[name], "Remove it.")


def _check_paths(key: str, paths: Iterable[str], add: Add) -> None:
    for place, path in enumerate(paths):
        if not path.startswith("/"):
            add(f"{key}[{place}]", path, "A path starts with a slash.", f"Write {as_toml('/' + path)}.")
        elif not _PATH.fullmatch(path) or any(sign in path for sign in "?#"):
            add(f"{key}[{place}]", path, "This is not a path.", 'Write for example "/login" or "/api/auth/*".')


def _is_necessary(purpose: str, declared: Declarations) -> bool:
    table = declared.purposes.get(purpose)
    if table is not None and table.basis is not None:
        return table.basis == "necessary"
    return any(standard.id == purpose and standard.is_necessary for standard in BUILT_IN)
