"""What a choice switched on and off, compared with what held before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ..consent import Decision
from ..policy import Policy
from .wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Ids of purposes, and of services where their purpose itself stayed on."""

    on: Sequence[str] = ()
    off: Sequence[str] = ()

    def as_query(self) -> str:
        """``&on=analytics``: for the page that says so after a redirect."""
        changed = {"on": " ".join(self.on), "off": " ".join(self.off)}
        return "".join(f"&{name}={quote(ids)}" for name, ids in changed.items() if ids)


def changes_between(policy: Policy, before: Decision, after: Decision) -> Changes:
    purposes = list(policy.optional)
    services = [
        service.id
        for service in policy.services.values()
        if before.allows(service.purpose) and after.allows(service.purpose)
    ]
    known = [*purposes, *services]
    return Changes(
        on=[name for name in known if after.allows(name) and not before.allows(name)],
        off=[name for name in known if before.allows(name) and not after.allows(name)],
    )


def changes_in(policy: Policy, query: Mapping[str, str], decision: Decision) -> Changes:
    """Read what ``as_query`` wrote, as far as it agrees with what holds now: an address proves nothing."""
    known = {*policy.optional, *policy.services}
    return Changes(
        on=[name for name in query.get("on", "").split() if name in known and decision.allows(name)],
        off=[name for name in query.get("off", "").split() if name in known and not decision.allows(name)],
    )


def say_changes(policy: Policy, wording: Wording, changes: Changes, decision: Decision) -> str:
    """``Switched on: Analytics (Tally). Switched off: Marketing.``"""
    on, off = (titles_with_services(policy, wording, ids, decision) for ids in (changes.on, changes.off))
    said = []
    if on:
        said.append(wording.gettext("Switched on: %(purposes)s.", purposes=on))
    if off:
        said.append(wording.gettext("Switched off: %(purposes)s.", purposes=off))
    return " ".join(said)


def titles_with_services(policy: Policy, wording: Wording, ids: Sequence[str], decision: Decision) -> str:
    """List purposes and services by their titles; where only some services of a purpose are allowed, these stand behind it."""
    return wording.join([_title(policy, wording, name, decision) for name in ids])


def _title(policy: Policy, wording: Wording, name: str, decision: Decision) -> str:
    purpose = policy.purposes.get(name)
    if purpose is None:
        return wording.text(policy.services[name].name or name)
    title = wording.text(purpose.title)
    services = policy.services_of(name)
    allowed = [service for service in services if decision.allows(service.id)]
    if not decision.allows(name) or len(allowed) == len(services):
        return title
    names = [wording.text(service.name or service.id) for service in allowed]
    return f"{title} ({wording.join(names) or wording.ngettext('%(count)d service', '%(count)d services', 0)})"
