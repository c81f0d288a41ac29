"""Prepares an app's page for the banner: which pages can carry one, and what their headers may then still say."""

import functools
import logging
import re
from typing import NamedTuple

from ..asgi import Header, Scope
from ..consent import Standing
from . import headers as response_headers
from . import variants
from .banner import Banner
from .csp import FREE, allowance
from .encodings import SUPPORTED, Body, Recoded
from .heads import read_head
from .html import BodyInserter

logger = logging.getLogger("consent_middleware")

DEPENDS_ON = (b"Cookie", b"Sec-GPC")
_VARY: Header = (b"vary", b"Cookie, Sec-GPC")
_PRIVATE: Header = (b"cache-control", b"private")
_NO_BODY = frozenset({204, 205, 206, 304})
_NOT_ASCII = re.compile(rb"utf-16|utf-32|utf-7|iso-2022|ucs-2|csutf16", re.IGNORECASE)


class Page(NamedTuple):
    """One answer that may be a page into which the banner goes."""

    banner: Banner
    standing: Standing
    scope: Scope
    restrictions: tuple[Header, ...] = ()
    """What keeps a page, and the frames in it, from asking for more than is allowed."""

    def prepare(self, status: int, headers: list[Header], *, is_ours: bool) -> tuple[list[Header], Body | None]:
        """Return the headers to send and what rewrites the body, ``None`` where it stays as it is.

        ``is_ours``: no other middleware further in takes care of this page.
        """
        head = read_head(headers)
        is_wanted = is_ours and self.banner.is_needed(self.standing)
        if head.is_simple and is_wanted and status not in _NO_BODY:
            content_type = headers[head.content_type][1]
            if _is_html_type(content_type) and _is_ascii_compatible(content_type):
                return [*head.lasting(headers), _VARY, _PRIVATE, *self.restrictions], self._body(
                    headers, b"", has_policy=False
                )
        if not is_html(status, headers):
            return headers, None
        response_headers.add_vary(headers, *DEPENDS_ON)
        headers += [pair for pair in self.restrictions if pair not in headers]
        return self._opened(status, headers) if is_wanted else (headers, None)

    def _opened(self, status: int, headers: list[Header]) -> tuple[list[Header], Body | None]:
        if status == 304:
            response_headers.make_private(headers)
            return self._with_variant(headers), None
        if status in _NO_BODY or not _is_rewritable(headers):
            return headers, None
        coding = response_headers.first(headers, b"content-encoding").strip().lower()
        if coding not in (b"", b"identity") and coding not in SUPPORTED:
            _tell_unwritable(coding)
            return headers, None
        body = self._body(headers, coding, has_policy=True)
        headers = response_headers.drop_body_facts(headers)
        response_headers.make_private(headers)
        return self._with_variant(headers), body

    def _body(self, headers: list[Header], coding: bytes, *, has_policy: bool) -> Body | None:
        if self.scope.get("method") == "HEAD":
            return None
        allowed = FREE
        if has_policy:
            host = response_headers.first(self.scope.get("headers") or (), b"host")
            allowed = allowance(headers, host)
        markup = self.banner.render(self.standing, self.scope, nonce=allowed.nonce, link_only=allowed.is_excluded)
        inserter = BodyInserter(markup)
        return Recoded(inserter, coding) if coding in SUPPORTED else inserter

    def _with_variant(self, headers: list[Header]) -> list[Header]:
        if not response_headers.first(headers, b"etag"):
            return headers
        variant = self.banner.variant(self.standing, self.scope)
        return response_headers.map_etag(headers, lambda etag: variants.add(etag, variant))


def _is_rewritable(headers: list[Header]) -> bool:
    if not _is_ascii_compatible(response_headers.first(headers, b"content-type")):
        return False
    if response_headers.first(headers, b"content-disposition").strip().lower().startswith(b"attachment"):
        return False
    return not any(b"no-transform" in value.lower() for value in response_headers.values(headers, b"cache-control"))


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
