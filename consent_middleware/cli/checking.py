"""``consent-middleware check``: says whether a policy file can be enforced, with every problem it has."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from ..errors import PolicyError
from ..policy import Policy
from . import advice, comparing, overrides
from .policy_schema import policy_schema
from .tables import counted, table

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "check",
        help="check a policy file",
        description="Check policy files: print all problems, each with the way out, or what the policy declares and what "
        "it had better declare too. Exit code 1 if a file has a problem; warnings alone are none. With --against, print what "
        "FILE changes for visitors instead, and exit with 3 if they will be asked again.",
    )
    parser.add_argument(
        "--templates",
        metavar="FOLDER",
        help="look through a team's own templates too: whether both answers are there and alike, and how they are worded",
    )
    # One at least, but for --json-schema: argparse has no word for that, so `check` says it.
    parser.add_argument("files", nargs="*", metavar="FILE", help="a policy in TOML")
    parser.add_argument(
        "--against",
        metavar="OLD",
        help="compare FILE with the policy that visitors have answered until now: what changes for them, and whether it asks "
        "them again",
    )
    parser.add_argument(
        "--json", action="store_true", help="print a JSON array with one object for each file, or one comparison"
    )
    parser.add_argument(
        "--json-schema",
        action="store_true",
        help="print the JSON Schema of a policy instead, for editors that complete one",
    )
    parser.set_defaults(run=check, refuse=parser.error)


def check(arguments: argparse.Namespace) -> int:
    if arguments.json_schema:
        print(msgspec.json.format(msgspec.json.encode(policy_schema()), indent=2).decode())
        return 0
    if not arguments.files:
        arguments.refuse("the following arguments are required: FILE")
    if arguments.against is not None:
        if len(arguments.files) > 1:
            arguments.refuse("--against compares one FILE")
        return comparing.check_against(arguments)
    reports = [_report(file, arguments.templates) for file in arguments.files]
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode([report.data for report in reports]), indent=2).decode())
    else:
        print("\n\n".join(report.text for report in reports))
    return int(any(not report.fine for report in reports))


class _Report(msgspec.Struct, frozen=True, kw_only=True):
    fine: bool
    text: str
    data: dict[str, object]


def _report(file: str, templates: str | None) -> _Report:
    tilted: list[overrides.Tilted] = []
    try:
        policy = Policy.load(file)
        if templates is not None:
            broken, tilted = overrides.look_through(policy, templates)
            if broken:
                raise PolicyError(broken)
    except PolicyError as error:
        problems = [
            {"key": p.key, "value": p.value, "message": p.message, "way_out": p.way_out} for p in error.problems
        ]
        return _Report(fine=False, text=str(error), data={"file": file, "fine": False, "problems": problems})
    warnings = advice.warnings_for(policy)
    warnings += [advice.Advice(key=found.key, message=found.message) for found in tilted]
    data = {"file": file, "fine": True, "problems": [], **_declared(policy)}
    data["warnings"] = [{"key": warning.key, "message": warning.message} for warning in warnings]
    return _Report(fine=True, text="\n".join(_summary(policy, warnings)), data=data)


def _declared(policy: Policy) -> dict[str, object]:
    language = policy.languages[0]
    return {
        "version": policy.version,
        "digest": policy.digest,
        "announced": [
            {"version": told.version.version, "effective": told.version.effective.isoformat()}
            for told in policy.announcements
        ],
        "languages": list(policy.languages),
        "purposes": [
            {
                "id": purpose.id,
                "basis": purpose.basis,
                "cookies": [cookie.name or cookie.pattern for cookie in policy.cookies_of(purpose.id)],
                "services": [service.id for service in policy.services_of(purpose.id)],
                "telemetry": [f.field for f in policy.declarations.telemetry if f.purpose == purpose.id],
            }
            for purpose in policy.purposes.values()
        ],
        "services": [
            {
                "id": service.id,
                "purpose": service.purpose,
                "hosts": service.hosts,
                "recipient": policy.text(service.recipient, language),
                "country": service.country,
            }
            for service in policy.services.values()
        ],
    }


def _summary(policy: Policy, warnings: list[advice.Advice]) -> Iterator[str]:
    language = policy.languages[0]
    yield f"{policy.file}: this policy can be enforced."
    yield f"\nLanguages  {', '.join(policy.languages)}"
    yield f"Version    {policy.version or '(none declared)'}"
    for told in policy.announcements:
        titles = ", ".join(policy.text(title, language) for title in told.titles)
        asked = f", asks again about: {titles}" if titles else ""
        yield f"Announced  {told.version.version} from {told.version.effective}{asked}"
    yield "\nPurposes"
    yield from table(
        [
            purpose.id,
            purpose.basis,
            counted(len(policy.cookies_of(purpose.id)), "cookie"),
            counted(len(policy.services_of(purpose.id)), "service"),
            counted(sum(field.purpose == purpose.id for field in policy.declarations.telemetry), "telemetry field"),
        ]
        for purpose in policy.purposes.values()
    )
    cookies = [
        [
            cookie.name or cookie.pattern or "",
            purpose,
            cookie.lifetime.text if cookie.lifetime else "(no lifetime)",
            cookie.service or "",
        ]
        for purpose in policy.purposes
        for cookie in policy.cookies_of(purpose)
    ]
    if cookies:
        yield "\nCookies"
        yield from table(cookies)
    services = [
        [
            service.id,
            service.purpose,
            service.country or "",
            policy.text(service.recipient, language),
            ", ".join(service.hosts),
        ]
        for service in policy.services.values()
    ]
    if services:
        yield "\nServices"
        yield from table(services)
    if warnings:
        yield f"\n{counted(len(warnings), 'warning')}"
        for warning in warnings:
            yield f"  {warning.key}: {warning.message}"
