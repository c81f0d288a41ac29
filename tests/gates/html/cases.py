"""A gate under test: a policy with a few third parties, and what a conformant parser finds in a page."""

from collections.abc import Collection, Iterator
from itertools import pairwise

import turbohtml

from consent_middleware import Policy
from consent_middleware.gates.html.gate import HtmlGate
from consent_middleware.gates.html.rewriting import Frame
from consent_middleware.gates.third_parties import ThirdParties

POLICY = """
[site]
url = "https://www.shop.example"
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example", "stats.shop.example"]
[[services]]
id = "shield"
purpose = "security"
hosts = ["guard.example", "www.googletagmanager.com"]
"""
PARTIES = ThirdParties(Policy.parse(POLICY))
_FETCH_SRC = frozenset({"img", "script", "iframe", "frame", "input", "embed", "video", "audio", "source", "track"})


def placeholder(frame: Frame) -> bytes:
    return b'<span data-privacy-gated="%b" data-privacy-key="%d">%b</span>' % (
        frame.id.encode(),
        frame.key,
        frame.title,
    )


def make_gate(allowed: Collection[str] = (), *, is_xml: bool = False, numbers: bool = False) -> HtmlGate:
    return HtmlGate(PARTIES, lambda name: name in allowed, placeholder, is_xml=is_xml, numbers=numbers)


def gated(page: str | bytes, allowed: Collection[str] = (), *, is_xml: bool = False, numbers: bool = False) -> str:
    """Return a page as it goes out in one piece."""
    data = page.encode() if isinstance(page, str) else page
    return make_gate(allowed, is_xml=is_xml, numbers=numbers).feed(data, is_last=True).decode()


def in_pieces(page: bytes, places: Collection[int], *, is_xml: bool = False) -> bytes:
    """Return a page that came in pieces, cut at ``places``."""
    gate = make_gate(is_xml=is_xml)
    cuts = [0, *sorted(places), len(page)]
    sent = [gate.feed(page[a:b], is_last=False) for a, b in pairwise(cuts)]
    return b"".join(sent) + gate.feed(b"", is_last=True)


def sources(html: str) -> list[str]:
    """Return what a parser's tree would have fetched by ``src``, templates included."""
    return [
        str(element.attrs["src"])
        for element in _elements(turbohtml.parse(html))
        if element.tag in _FETCH_SRC and element.attrs.get("src")
    ]


def _elements(node: turbohtml.Node) -> Iterator[turbohtml.Element]:
    waiting: list[turbohtml.Node] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, turbohtml.Element):
            yield current
        waiting.extend(current.children)
