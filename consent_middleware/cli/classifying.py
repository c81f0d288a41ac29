"""``consent-middleware classify``: says what cookies are for."""

import argparse
import os
from typing import TYPE_CHECKING

import msgspec

from ..policy import Policy
from ..policy.classifier import classify, weigh_words
from ..policy.verdict import Verdict
from .tables import table

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_command(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "classify",
        help="ask what a cookie is for",
        description="Say what cookies are for, by name. A policy's declarations come first, then known cookies, then the "
        "words of the name; evidence settles a name that says nothing.",
    )
    parser.add_argument("names", nargs="+", type=_name, metavar="NAME", help="a cookie's name")
    parser.add_argument("--policy", metavar="FILE", help="the site's policy, whose declarations win")
    parser.add_argument("--value", help="evidence: a value of the cookie")
    parser.add_argument(
        "--attributes", metavar="TEXT", help="evidence: as in Set-Cookie, for example 'HttpOnly; Max-Age=3600'"
    )
    parser.add_argument("--host", help="evidence: the host that set the cookie")
    parser.add_argument(
        "--explain", action="store_true", help="print all a verdict says, with the weight of each word, one fact a line"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array with one object for each name")
    parser.set_defaults(run=tell)


def tell(arguments: argparse.Namespace) -> int:
    policy = Policy.load(arguments.policy) if arguments.policy is not None else None
    attributes = read_attributes(arguments.attributes) if arguments.attributes is not None else None
    verdicts = [
        (name, classify(name, value=arguments.value, attributes=attributes, host=arguments.host, policy=policy))
        for name in arguments.names
    ]
    if arguments.json:
        found = [{"name": name, **_facts(verdict)} for name, verdict in verdicts]
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif arguments.explain:
        print("\n\n".join(_explained(name, verdict) for name, verdict in verdicts))
    else:
        for line in table([name, verdict.purpose, verdict.rule, verdict.reason] for name, verdict in verdicts):
            print(line.strip())
    return 0


def read_attributes(text: str) -> dict[str, str | bool]:
    """The attributes of a Set-Cookie by lower-case name, ``True`` for one without a value; the last one wins (RFC 6265bis)."""
    found: dict[str, str | bool] = {}
    for part in text.split(";"):
        name, separator, value = part.partition("=")
        if name.strip():
            found[name.strip().lower()] = value.strip() if separator else True
    return found


def _name(argument: str) -> str:
    # In a locale that is not UTF-8, Python hands over bytes it could not decode as half surrogates (PEP 383).
    return os.fsencode(argument).decode("utf-8", "backslashreplace")


def _facts(verdict: Verdict) -> dict[str, object]:
    facts: dict[str, object] = msgspec.to_builtins(verdict)
    return facts


def _explained(name: str, verdict: Verdict) -> str:
    facts = [[fact, str(value)] for fact, value in _facts(verdict).items() if value is not None]
    if not verdict.rule.startswith(("policy:", "catalogue:")):
        facts += [["word", f"{word}: {says}, weight {weight:g}"] for word, says, weight in weigh_words(name)]
    return "\n".join([name, *table(facts)])
