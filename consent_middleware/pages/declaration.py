"""The cookie declaration: every purpose, service and cookie, who is responsible, and how the policy changed."""

from ..asgi import Scope
from ..consent import Visit
from ..policy import Policy, timeline
from ..policy.purposes import N_
from .answering import Answer
from .bulletins import say_bulletins
from .content import content_of
from .screens import Screens

_ROLES = {
    "controller": N_("Controller"),
    "joint-controller": N_("Joint controller"),
    "processor": N_("Processor"),
}


def declaration(policy: Policy, screens: Screens, scope: Scope, visit: Visit) -> Answer:
    """Everything the policy declares."""
    wording = screens.wording_of(scope)
    return screens.page(
        scope,
        "declaration.html",
        content=content_of(policy, wording, visit),
        parties=[
            {
                "name": wording.text(party.name),
                "role": wording.gettext(_ROLES[party.role]),
                "address": wording.text(party.address),
                "contact": party.contact or "",
            }
            for party in policy.parties
        ],
        storage_place=wording.text(policy.declarations.site.storage_place),
        retention_choices=wording.duration(policy.declarations.retention.choices),
        retention_telemetry=wording.duration(policy.declarations.retention.telemetry),
        retention_text=wording.text(policy.declarations.retention.description),
        bulletins=say_bulletins(policy.bulletins, wording),
        versions=[
            {
                "version": version.version,
                "date": wording.date(version.effective),
                "summary": wording.text(version.summary),
            }
            for version in reversed(timeline.in_effect(policy.declarations.versions, policy.day))
        ],
    )
