"""Prepares an app's page for the banner: which pages can carry one, and what their headers may then still say."""

import functools
import logging
import re
from typing import NamedTuple

from ..asgi import Header, Scope
from ..consent import Visit
from . import headers as response_headers
from . import variants
from .banner import Banner
from .csp import FREE, allowance
from .encodings import SUPPORTED, Body, Recoded
from .html import BodyInserter

logger = logging.getLogger("consent_middleware")

_NO_BODY = frozenset({204, 205, 206, 304})
_NOT_ASCII = re.compile(rb"utf-16|utf-32|utf-7|iso-2022|ucs-2|csutf16", re.IGNORECASE)


class Page(NamedTuple):
    """One page that the banner goes into. ``present``: the names of its headers in lower case; most have few that matter."""

    banner: Banner
    visit: Visit
    scope: Scope
    present: set[bytes]

    def prepare(self, status: int, headers: list[Header]) -> tuple[list[Header], Body | None]:
        """Return the headers to send and what rewrites the body, ``None`` where the page stays as it is."""
        if status == 304:
            response_headers.make_private(headers)
            return self._with_variant(headers), None
        if status in _NO_BODY or status < 200 or not self._is_rewritable(headers):
            return headers, None
        coding = self._first(headers, b"content-encoding").strip().lower()
        if coding not in (b"", b"identity") and coding not in SUPPORTED:
            _tell_unwritable(coding)
            return headers, None
        body = self._body(headers, coding) if self.scope.get("method") != "HEAD" else None
        headers = response_headers.drop_body_facts(headers)
        response_headers.make_private(headers)
        return self._with_variant(headers), body

    def _body(self, headers: list[Header], coding: bytes) -> Body:
        allowed = FREE
        if b"content-security-policy" in self.present:
            host = response_headers.first(self.scope.get("headers") or (), b"host")
            allowed = allowance(headers, host)
        markup = self.banner.render(self.visit, self.scope, nonce=allowed.nonce, link_only=allowed.is_excluded)
        inserter = BodyInserter(markup)
        return Recoded(inserter, coding) if coding in SUPPORTED else inserter

    def _with_variant(self, headers: list[Header]) -> list[Header]:
        if b"etag" not in self.present:
            return headers
        variant = self.banner.variant(self.visit, self.scope)
        return response_headers.map_etag(headers, lambda etag: variants.add(etag, variant))

    def _is_rewritable(self, headers: list[Header]) -> bool:
        if not _is_ascii_compatible(self._first(headers, b"content-type")):
            return False
        if self._first(headers, b"content-disposition").strip().lower().startswith(b"attachment"):
            return False
        return b"cache-control" not in self.present or not any(
            b"no-transform" in value.lower() for value in response_headers.values(headers, b"cache-control")
        )

    def _first(self, headers: list[Header], name: bytes) -> bytes:
        return response_headers.first(headers, name) if name in self.present else b""


def is_html(status: int, headers: list[Header]) -> bool:
    """Exactly ``text/html``: ``text/html-sandboxed`` is another type. A 304 has no type, and counts as a page."""
    written = response_headers.first(headers, b"content-type")
    return _is_html_type(written) or (status == 304 and not written and bool(response_headers.first(headers, b"etag")))


# A site writes a handful of content types, again and again.


@functools.lru_cache(maxsize=128)
def _is_html_type(content_type: bytes) -> bool:
    return content_type.partition(b";")[0].strip().lower() == b"text/html"


@functools.lru_cache(maxsize=128)
def _is_ascii_compatible(content_type: bytes) -> bool:
    return _NOT_ASCII.search(content_type) is None


@functools.lru_cache(maxsize=16)
def _tell_unwritable(coding: bytes) -> None:
    """Say it once a coding, not once a page."""
    logger.warning("No banner: the page is encoded as %r, which cannot be written into.", coding.decode("latin-1"))
