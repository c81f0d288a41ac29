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


def say_changes(policy: Policy, wording: Wording, changes: Changes) -> str:
    """``Switched on: Analytics. Switched off: Marketing.``"""

    def names(ids: Sequence[str]) -> str:
        titles = []
        for name in ids:
            purpose = policy.purposes.get(name)
            titles.append(wording.text(purpose.title if purpose else policy.services[name].name or name))
        return wording.join(titles)

    said = []
    if changes.on:
        said.append(wording.gettext("Switched on: %(purposes)s.", purposes=names(changes.on)))
    if changes.off:
        said.append(wording.gettext("Switched off: %(purposes)s.", purposes=names(changes.off)))
    return " ".join(said)
