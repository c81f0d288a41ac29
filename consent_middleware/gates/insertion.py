"""Prepares an app's HTML for what is put in or taken out: which answers can be rewritten, and what their headers then say."""

import functools
import logging
import re
from typing import Literal, NamedTuple

from ..asgi import Header, Scope
from ..caches import Memory
from ..consent import Standing
from . import headers as response_headers
from . import variants
from .banner import Banner
from .body import BodyInserter
from .csp import allowance
from .encodings import Body, Recoded, can_open
from .head import HeadInserter
from .html.answer import Chained, HtmlGates, Terms
from .links import allowed_links

logger = logging.getLogger("consent_middleware")

DEPENDS_ON = (b"Cookie", b"Sec-GPC")
VARY: Header = (b"vary", b"Cookie, Sec-GPC")
PRIVATE: Header = (b"cache-control", b"private")
NO_BODY = frozenset({204, 205, 206, 304})
_NOT_ASCII = re.compile(rb"utf-16|utf-32|utf-7|iso-2022|ucs-2|csutf16", re.IGNORECASE)


class Page(NamedTuple):
    """One answer that may be HTML: a document, into which the banner goes, or a part of one, which is read all the same."""

    banner: Banner
    html_gates: HtmlGates
    standing: Standing
    scope: Scope
    is_document: bool
    restrictions: tuple[Header, ...] = ()
    """What keeps a page, and the frames in it, from asking for more than is allowed."""

    def prepare(self, status: int, headers: list[Header], *, is_ours: bool) -> tuple[list[Header], Body | None]:
        """Return the headers to send and what rewrites the body, ``None`` where it stays as it is.

        ``is_ours``: no other middleware further in takes care of this page.
        """
        kind = kind_of(status, headers)
        if kind is None:
            return headers, None
        response_headers.add_vary(headers, *DEPENDS_ON)
        headers += [pair for pair in self.restrictions if pair not in headers]
        return self._opened(status, headers, is_xml=kind == "xml") if is_ours else (headers, None)

    @property
    def has_banner(self) -> bool:
        return self.is_document and self.banner.is_needed(self.standing)

    @property
    def is_rewritten(self) -> bool:
        """Say whether something is put into this page, or may be taken out, if it is one."""
        return self.has_banner or self.html_gates.is_needed(self._terms())

    def variant(self) -> str:
        """Name what this visitor gets: equal names, equal pages (but for the page's own address)."""
        variant = self.html_gates.variant(self._terms())
        return self.banner.variant(self.standing, self.scope) + variant if self.has_banner else variant

    def _terms(self) -> Terms:
        return self.html_gates.terms(self.standing.decision, self.scope, is_document=self.is_document)

    def _opened(self, status: int, headers: list[Header], *, is_xml: bool) -> tuple[list[Header], Body | None]:
        terms = self._terms()
        has_banner = self.has_banner and not is_xml
        if not has_banner and not self.html_gates.is_needed(terms):
            # A document's validators need no mark: those without one go from the request once something has to be taken out of it.
            # What a script asked for cannot be told from data then, so it has one now.
            is_for_script = (b"sec-fetch-dest", b"empty") in self.scope["headers"]
            return (self._with_variant(headers) if is_for_script and not self.is_document else headers), None
        if self.html_gates.is_needed(terms):
            allowed = allowed_links(headers, self.html_gates.parties, terms.allows)
            if allowed != headers:
                headers = allowed
                self._keep_apart(headers)
        if status == 304:
            self._keep_apart(headers)
            return self._with_variant(headers), None
        if status in NO_BODY or not _is_rewritable(headers):
            return headers, None
        coding = response_headers.combined(headers, b"content-encoding").strip().lower()
        if coding not in (b"", b"identity") and not can_open(coding):
            _tell_unwritable(coding)
            return headers, None
        body = self._body(headers, coding, is_xml=is_xml)
        headers = response_headers.drop_body_facts(headers)
        self._keep_apart(headers)
        if terms.is_activation:
            response_headers.keep_nowhere(headers)
        return self._with_variant(headers), body

    def _keep_apart(self, headers: list[Header]) -> None:
        """One visitor's page, with or without gaps, is nothing for others: some caches look at no Vary."""
        response_headers.make_private(headers)

    def _body(self, headers: list[Header], coding: bytes, *, is_xml: bool) -> Body | None:
        if self.scope.get("method") == "HEAD":
            return None
        terms = self._terms()
        body = self._inserter(headers) if self.has_banner and not is_xml else None
        if self.html_gates.is_needed(terms):
            gated = self.html_gates.body(terms, self.standing, self.scope, is_xml=is_xml)
            body = gated if body is None else Chained(gated, body)
        return body if body is None or coding in (b"", b"identity") else Recoded(body, coding)

    def _inserter(self, headers: list[Header]) -> Body:
        allowed = allowance(headers, response_headers.first(self.scope.get("headers") or (), b"host"))
        markup = self.banner.render(self.standing, self.scope, nonce=allowed.nonce, link_only=allowed.is_excluded)
        head = b"" if allowed.is_excluded else self.banner.head(self.standing, self.scope, nonce=allowed.nonce)
        return inserter(head, markup)

    def _with_variant(self, headers: list[Header]) -> list[Header]:
        if not response_headers.first(headers, b"etag"):
            return headers
        variant = self.variant()
        return response_headers.map_etag(headers, lambda etag: variants.add(etag, variant))


def inserter(head: bytes, markup: bytes) -> Body:
    """Return what puts ``head``, if there is any, before all scripts of a page and ``markup`` at the start of its body."""
    body = BodyInserter(markup)
    return HeadInserter(head, body) if head else body


def _is_rewritable(headers: list[Header]) -> bool:
    if not _is_ascii_compatible(response_headers.combined(headers, b"content-type")):
        return False
    if response_headers.first(headers, b"content-disposition").strip().lower().startswith(b"attachment"):
        return False
    return not any(b"no-transform" in value.lower() for value in response_headers.values(headers, b"cache-control"))


def is_html(status: int, headers: list[Header]) -> bool:
    """Exactly ``text/html``: ``text/html-sandboxed`` is another type. A 304 has no type, and counts as a page."""
    written = response_headers.combined(headers, b"content-type")
    return html_kinds[written] == "html" or (
        status == 304 and not written and bool(response_headers.first(headers, b"etag"))
    )


def kind_of(status: int, headers: list[Header]) -> Literal["html", "xml"] | None:
    """A 304 has no type, and counts as a page."""
    written = response_headers.combined(headers, b"content-type")
    if status == 304 and not written and response_headers.first(headers, b"etag"):
        return "html"
    return html_kinds[written]


def _html_kind(content_type: bytes) -> Literal["html", "xml"] | None:
    parts = [part.partition(b";")[0].strip().lower() for part in content_type.split(b",")]
    written = next((part for part in reversed(parts) if b"/" in part and part != b"*/*"), b"")
    return "html" if written == b"text/html" else "xml" if written == b"application/xhtml+xml" else None


def _is_ascii_compatible(content_type: bytes) -> bool:
    return _NOT_ASCII.search(content_type) is None


def _is_plain(content_type: bytes) -> bool:
    return html_kinds[content_type] == "html" and _is_ascii_compatible(content_type)


# A site writes a handful of types, again and again.
html_kinds = Memory(128, _html_kind)
"""By Content-Type. Exactly ``text/html`` or XHTML: ``text/html-sandboxed`` is another type. Of several the last counts, as in
browsers (https://fetch.spec.whatwg.org/#concept-header-extract-mime-type)."""
plain_types = Memory(128, _is_plain)
"""By Content-Type, whether it is HTML that ASCII can be written into."""


@functools.lru_cache(maxsize=16)
def _tell_unwritable(coding: bytes) -> None:
    """Say it once a coding, not once a page."""
    logger.warning(
        "A page is encoded as %r, which cannot be opened here: it gets no banner, and keeps its third parties.",
        coding.decode("latin-1"),
    )
