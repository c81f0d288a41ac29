"""A tag library for Django: ``{% load privacy %}``, after ``"libraries": {"privacy": "consent_middleware.templating.django_tags"}``.

``{% if request|allows:"analytics" %}`` asks whether a purpose or service is allowed, ``{% privacy_link %}`` links to the choices.
"""

from collections.abc import Mapping

from django import template
from markupsafe import Markup

from ..asgi import Scope
from ..consent import get_consent
from ..consent.visit import HasScope
from .link import privacy_link

register = template.Library()


def allows(request: "HasScope | Scope", name: str) -> bool:
    """Say whether a purpose or a service is allowed now."""
    return get_consent(request).allows(name)


def link(context: Mapping[str, HasScope], text: str | None = None) -> Markup:
    """Link to the preference center; needs ``request`` in the context."""
    return privacy_link(context["request"], text)


register.filter("allows", allows)
register.simple_tag(link, takes_context=True, name="privacy_link")
