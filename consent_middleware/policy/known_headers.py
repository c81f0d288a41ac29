"""The table of request headers that say something about a visitor's device or network.

The table itself is ``headers.toml``, beside this file; what its actions do is the business of ``telemetry.masks``.
"""

import tomllib
from functools import cache
from pathlib import Path

import msgspec


class HeaderRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One group of headers: which purpose it waits for, what is done to it until then."""

    title: str
    purpose: str
    action: str
    headers: tuple[str, ...]
    ambiguous: bool = False
    providers: tuple[str, ...] = ()

    def applies(self, *, network: bool, device: bool) -> bool:
        """Whether the visitor's choice leaves this rule in force."""
        return not {"network": network, "device": device, "never": False}[self.purpose]

    def names(self, declared: frozenset[str]) -> tuple[str, ...]:
        """Its headers, an ambiguous one only where the policy says whose it is."""
        if not self.ambiguous or not declared.isdisjoint(self.providers):
            return self.headers
        return tuple(name for name in self.headers if name in declared)


@cache
def header_rules() -> tuple[HeaderRule, ...]:
    """The table, read once."""
    text = Path(__file__).with_name("headers.toml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(tomllib.loads(text)["rule"], list[HeaderRule]))


@cache
def rules_by_header() -> dict[str, HeaderRule]:
    return {name: rule for rule in header_rules() for name in rule.headers}


@cache
def providers() -> tuple[str, ...]:
    """The CDNs and carriers that a policy can declare."""
    return tuple(sorted({provider for rule in header_rules() for provider in rule.providers}))
