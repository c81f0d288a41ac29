"""What templates ask: whether something is allowed, and where the visitor's choices are.

Plain functions for any template language. ``template_context`` is a context processor for Jinja2 as Starlette, FastAPI, Quart and
Litestar use it; ``django_tags`` is a tag library for Django.
"""

from functools import partial
from typing import Any

from markupsafe import Markup

from ..consent import get_consent
from ..consent.visit import HasScope
from .link import privacy_link

__all__ = ["TemplateConsent", "privacy_link", "template_context"]


class TemplateConsent:
    """``consent`` in a template. It asks only when the template does: an answer that depends on the visitor says so in Vary."""

    def __init__(self, request: HasScope) -> None:
        self._request = request

    def allows(self, name: str) -> bool:
        """Say whether a purpose or a service is allowed now."""
        return get_consent(self._request).allows(name)

    @property
    def choice_made(self) -> bool:
        return get_consent(self._request).choice_made


# `Any`: what a context processor returns is a template's namespace.
def template_context(request: HasScope) -> dict[str, Any]:
    """Return the names that templates may use: ``consent`` and ``privacy_link()``."""
    link: partial[Markup] = partial(privacy_link, request)
    return {"consent": TemplateConsent(request), "privacy_link": link}
