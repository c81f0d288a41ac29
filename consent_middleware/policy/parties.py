"""Who decides about visitors' data, and in which role."""

from .model import Controller, Declarations


def parties_of(declared: Declarations) -> list[Controller]:
    """Every party: ``site.controller`` first, in the role that the others leave to it."""
    others, site = declared.controllers, declared.site
    if not site.controller:
        return list(others)
    is_joint = any(party.role == "joint-controller" for party in others)
    own = Controller(
        name=site.controller,
        role="joint-controller" if is_joint else "controller",
        address=site.address,
        contact=declared.contact.email or declared.contact.url,
    )
    return [own, *others]
