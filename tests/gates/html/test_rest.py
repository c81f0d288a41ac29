"""A page past all measure keeps its text, and nothing in it leads to a third party, allowed or not."""

import time

import pytest
from hypothesis import given, settings

from consent_middleware import Policy
from consent_middleware.gates.html.gate import HtmlGate
from consent_middleware.gates.third_parties import ThirdParties

from .cases import gated, in_pieces, make_gate, placeholder, sources
from .test_fast_path import HOSTS, elements

DEEP = "<svg>" + "<g>" * 5000 + "<p>"
"""More than is followed of a page of its size."""
PAGE = (
    f'{DEEP}<p title="a.b">Mr. X costs 3.50.</p><a href="/own.html?a=1&amp;b=c.d">count&#x20;me</a><img src=/own.png>'
)


def test_a_page_past_all_measure_that_names_nobody_stays_as_it_is() -> None:
    assert gated(PAGE + "<img src=//count.example/>").startswith(PAGE)


@given(elements())
@settings(max_examples=60)
def test_no_way_of_writing_a_host_gets_through_behind_it(element: tuple[str, str]) -> None:
    host, written = element
    (address,) = sources(written)
    sent = gated(f"{DEEP}<p>a</p>{written}<p>b</p>")
    assert sent.startswith(f"{DEEP}<p>a</p>")
    assert sent.endswith("<p>b</p>")
    assert host not in HOSTS[:3] or (address not in sources(sent) and "^" in sent)


@pytest.mark.parametrize(
    "written",
    [
        "<script>var s = 'https://count.example/a.js'</script>",
        "<svg><style><img src=//count.example></style></svg>",
        "<noscript><!-- </noscript><img src=//count.example> --></noscript>",
        "<p style='background:url(//COUNT.EXAMPLE/a)'>",
        "<a ping=//count.&#101;xample href=/>",
        "<img src=//count.\t\texample>",
    ],
)
def test_whatever_a_browser_reads_it_as_leads_nowhere(written: str) -> None:
    page = (DEEP + written).encode()
    begun = len(DEEP)
    for sent in [gated(page).encode(), *(in_pieces(page, [begun + cut]) for cut in range(len(written)))]:
        assert sent[begun:].lower() == written.lower().replace("count.", "count^").encode()


def test_it_ends_with_what_its_author_marked() -> None:
    page = (DEEP + "<p>a</p><script Data-Privacy-Gated=counter>count()</script>").encode()
    for cut in range(len(DEEP), len(page)):
        assert in_pieces(page, [cut]) == (DEEP + "<p>a</p><script ").encode()


def test_it_ends_where_a_host_needs_no_dot() -> None:
    parties = ThirdParties(Policy.parse('[[services]]\nid = "x"\npurpose = "analytics"\nhosts = ["counter"]\n'))
    sent = HtmlGate(parties, lambda _: False, placeholder).feed(DEEP.encode() + b"<img src=//counter>", is_last=True)
    assert DEEP.encode().startswith(sent)


@pytest.mark.parametrize(
    "start", ["<noscript><!--", "</script", "<script>'//count.example'</script ", "<img ", "<img src=//count.example "]
)
def test_what_goes_on_for_too_long_leads_nowhere_either(start: str) -> None:
    page = (start + "x " * 40_000 + "</noscript><img src=//count.example>").encode()
    for cuts in (range(0), range(0, len(page), 5000)):
        assert b"src=//count.example>" not in in_pieces(page, cuts)


def test_a_word_without_an_end_is_held_back_no_longer_than_a_tag() -> None:
    gate = make_gate()
    gate.feed(DEEP.encode(), is_last=False)
    came, started = 0, time.process_time()
    for _ in range(200):
        came += len(gate.feed(b"count." + b"\t" * 5000, is_last=False))
    assert came < 10_000
    assert gate.feed(b"example <p>more", is_last=True).endswith(b" <p>more")
    assert time.process_time() - started < 1


def test_what_is_marked_ends_where_it_ends_however_deep_it_is() -> None:
    start = "<p>a</p><div data-privacy-gated=counter>" + "<div>" * 5000
    assert gated(start + "</div>" * 4500 + "b").startswith("<p>a</p><template ")
    assert gated(start + "</div>" * 4500 + "b").endswith("></template>")


def test_a_drawing_is_one_however_deep_it_is() -> None:
    start = "<svg>" + "<g>" * 5000 + "</g>" * 4500
    sent = gated(start + "<textarea><img src=//count.example></textarea></svg>")
    assert sent == start + "<textarea><img src=//count^example></textarea></svg>"
