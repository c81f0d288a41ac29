"""Which requests are a person opening a page.

Only those get a banner, and only their answers expire cookies. Fetch metadata says it exactly
(https://www.w3.org/TR/fetch-metadata/). A plain-http named host gets none, but Chromium and Firefox mark navigations there with
``Upgrade-Insecure-Requests``; old Safari asks for ``text/html``, which no ``fetch()`` does by itself.
"""

from ..asgi import Header
from .shapes import Shape

_PAGES = (b"document", b"empty")
_FRAGMENT_HEADERS = (
    b"x-requested-with",
    b"hx-request",
    b"turbo-frame",
    b"x-pjax",
    b"x-up-version",
    b"x-inertia",
    b"x-alpine-request",
    b"privacy-activation",
)


def is_navigation(headers: list[Header], shape: Shape) -> bool:
    """Say whether the request opens a page in a tab (not in a frame, not by a script)."""
    if shape.mode >= 0:
        # A page that comes through a service worker says "empty".
        return (
            headers[shape.mode][1] == b"navigate" and shape.destination >= 0 and headers[shape.destination][1] in _PAGES
        )
    if shape.destination >= 0:
        return headers[shape.destination][1] == b"document"
    fields = dict(headers)
    if any(name in fields for name in _FRAGMENT_HEADERS):
        return False
    return fields.get(b"upgrade-insecure-requests") == b"1" or b"text/html" in fields.get(b"accept", b"")
