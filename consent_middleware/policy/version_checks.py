"""What a policy says of its versions and notices, held against its purposes and the calendar."""

from .cookie_checks import Add, check_purpose, purpose_ids
from .model import Declarations
from .purposes import BUILT_IN
from .written import ID, is_url


def check_versions(declared: Declarations, add: Add) -> None:
    known = purpose_ids(declared)
    seen: set[str] = set()
    for index, version in enumerate(declared.versions):
        place = f"versions[{index}]"
        if version.version and version.version in seen:
            add(
                f"{place}.version",
                version.version,
                "Two versions carry this name.",
                "Give each version a name of its own, for example its date.",
            )
        seen.add(version.version)
        if version.announced is not None and version.announced > version.effective:
            add(
                f"{place}.announced",
                version.announced,
                "Visitors are told of a change before it takes effect, not after.",
                "Write a day before the effective one, or leave the key out.",
            )
        for position, purpose in enumerate(version.purposes):
            check_purpose(f"{place}.purposes[{position}]", purpose, known, add)
            if purpose in known and _is_necessary(declared, purpose):
                add(
                    f"{place}.purposes[{position}]",
                    purpose,
                    "This purpose is always on, so nobody is asked about it.",
                    "Leave it out; say in the summary what changed about it.",
                )


def check_notices(declared: Declarations, add: Add) -> None:
    seen: set[str] = set()
    for index, notice in enumerate(declared.notices):
        place = f"notices[{index}]"
        if notice.id and not ID.fullmatch(notice.id):
            add(
                f"{place}.id",
                notice.id,
                "This is not an id.",
                "Use lower-case letters, digits and hyphens, starting with a letter.",
            )
        if notice.id and notice.id in seen:
            add(f"{place}.id", notice.id, "Two notices carry this id.", "Give each notice an id of its own.")
        seen.add(notice.id)
        if notice.until is not None and notice.until < notice.since:
            add(
                f"{place}.until",
                notice.until,
                "It would end before it begins.",
                "Write the last day on which it is shown, or leave the key out.",
            )
        relative = notice.url is not None and notice.url.startswith("/") and not notice.url.startswith("//")
        if notice.url is not None and not relative and not is_url(notice.url):
            add(
                f"{place}.url",
                notice.url,
                "This is not an address a browser could open.",
                'Write it whole, for example "https://www.example.com/notice", or as a path such as "/notice".',
            )


def _is_necessary(declared: Declarations, purpose: str) -> bool:
    table = declared.purposes.get(purpose)
    if table is not None and table.basis is not None:
        return table.basis == "necessary"
    return any(known.id == purpose and known.is_necessary for known in BUILT_IN)
