"""A page takes the fast way only where the slow one would change nothing: told from outside, by what comes out.

The slow way is taken by a page that comes in pieces, and by one that certainly holds something refused: a picture after its end.
"""

from collections.abc import Iterator, Sequence

import pytest
import turbohtml
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_middleware import Policy
from consent_middleware.gates.html.gate import HtmlGate
from consent_middleware.gates.third_parties import ThirdParties
from tests.driving import NAVIGATION, App, drive, mounted, scope_of, token

from .cases import PARTIES, gated, in_pieces, placeholder, sources

POLICY = """
entry = "manual"
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example", "stats.shop.example"]
[[services]]
id = "shield"
purpose = "security"
hosts = ["guard.example"]
"""
HOSTS = (
    "count.example",
    "stats.shop.example",
    "www.count.example",
    "guard.example",
    "count.example.org",
    "discount.example",
)
REFUSED = ("count.example", "stats.shop.example", "www.count.example")
TAIL = "<img src=//count.example/tail>"

# Each is whole: after it a parser reads text again.
WHOLE = (
    '<svg><path d="/"/><text>a</text><g><rect a=b/></rect></g></svg>',
    "<!-- count.example -->", "<!-->", "<p title='>'>", "<title>a</title>", "<textarea><img></textarea>", "<svg><g/></svg>",
    "<svg><style><p></style></svg>", "<math><mi>x</mi></math>", "<template><p></template>", "<noscript><p></noscript>",
    "<script>'</scrip'</script>", "<script><!-- <script> </script> --></script>", "<style>p{}</style>", "<a b=c d>", "<br/>", "</p>",
    "&period;", "%2e", "x", "\n", "é", "。", "<p data-x='count%2eexample.'>", "<input value=//example>", "<xmp><p></xmp>", "<ul><li>a",
)  # fmt: skip
# Anything may be left open by these.
OPEN = (
    "<",
    "<a",
    "<!--",
    "<!",
    "</",
    "<script>",
    "<style>",
    "<svg>",
    "<title>",
    "<textarea>",
    '"',
    "'",
    "<p title='",
    "<math>",
    "<![CDATA[",
)


@st.composite
def spelled(draw: st.DrawFn) -> tuple[str, str]:
    """A host and one of the ways of writing it that a browser understands all the same."""
    host = draw(st.sampled_from(HOSTS))
    written = ""
    for sign in reversed(host):
        kinds = [
            "plain",
            "plain",
            "plain",
            "upper",
            "decimal",
            "hex",
            "percent",
            "open decimal",
            "open hex",
            "break",
            "wide",
        ]
        kind = draw(st.sampled_from(kinds))
        # Nothing has to end a number but what cannot go on with it.
        is_open = written[:1] not in (*"0123456789abcdefABCDEF", ";")
        written = {
            "plain": sign,
            "upper": sign.upper(),
            "decimal": f"&#{ord(sign)};",
            "hex": f"&#x{ord(sign):X};",
            "percent": f"%{ord(sign):02x}",
            "open decimal": f"&#{ord(sign):04}" if is_open else sign,
            "open hex": f"&#x{ord(sign):x}" if is_open else sign,
            "break": sign
            + draw(
                st.sampled_from(
                    ["\n", "\t", "&#10;", "&Tab;", "&NewLine;", "&ZeroWidthSpace;", "&NoBreak;", "&shy;", "%c2%ad"]
                )
            ),
            "wide": "。" if sign == "." else chr(ord(sign) - 0x20 + 0xFF00),
        }[kind] + written
    return host, written


@st.composite
def elements(draw: st.DrawFn) -> tuple[str, str]:
    host, written = draw(spelled())
    start = draw(st.sampled_from(["//", "https://", "HTTP:\\\\", "https:", " \n//", "//u:p@"]))
    form = draw(
        st.sampled_from(['<img src="{}">', "<script src='{}'></script>", '<IMG alt=">" SRC="{}"/>', '<embed src="{}">'])
    )
    end = draw(st.sampled_from(["/a", ":8443/a", "?x", ""]))
    return host, form.format(f"{start}{written}{end}")


def answered(body: bytes, chunks: Sequence[bytes] | None = None) -> bytes:
    """What a browser gets of a page that an app sends in these chunks."""
    app = App(headers=[(b"content-type", b"text/html")], body=list(chunks) if chunks else body)
    return drive(mounted(app, POLICY), scope_of(headers=NAVIGATION, cookie=token(POLICY))).body


def cut(body: bytes, places: set[int]) -> Iterator[bytes]:
    last = 0
    for place in sorted(place % (len(body) + 1) for place in places):
        yield body[last:place]
        last = place
    yield body[last:]


pages = st.lists(st.one_of(st.sampled_from(WHOLE), elements().map(lambda pair: pair[1])), max_size=8).map("".join)


@given(pages)
@settings(max_examples=100)
def test_a_page_comes_out_as_it_does_before_something_that_is_refused(page: str) -> None:
    # Unclosed lists are the only state that a piece leaves, and none of them changes how a picture is read.
    number = gated(page).count("data-privacy-key=")
    assert (
        gated(page + TAIL)
        == gated(page) + f'<template data-privacy-gated="counter" data-privacy-key="{number}"></template>'
    )


@given(
    st.lists(st.one_of(st.sampled_from(WHOLE + OPEN), elements().map(lambda pair: pair[1])), max_size=8).map("".join),
    st.sets(st.integers(0, 2000), max_size=6),
)
@settings(max_examples=100)
def test_a_page_in_one_piece_comes_out_as_in_any_number_of_them(page: str, places: set[int]) -> None:
    data = page.encode()
    whole = gated(data).encode()
    assert in_pieces(data, {place % (len(data) + 1) for place in places}) == whole
    assert in_pieces(data, range(1, len(data))) == whole


@given(pages, st.sets(st.integers(0, 4000), min_size=1, max_size=6))
@settings(max_examples=40)
def test_a_whole_document_gets_the_same_answer_in_one_piece_and_in_many(page: str, places: set[int]) -> None:
    body = f"<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1>{page}</body></html>".encode()
    assert answered(body, list(cut(body, places))) == answered(body)
    # The second time is another way: what came before is known again.
    assert answered(body) == answered(body)


@given(st.lists(st.sampled_from(WHOLE), max_size=4), elements(), st.lists(st.sampled_from(WHOLE), max_size=4))
@settings(max_examples=300)
def test_no_way_of_writing_a_refused_host_gets_through(
    before: list[str], element: tuple[str, str], after: list[str]
) -> None:
    host, written = element
    page = "".join([*before, written, *after])
    asked = [source for source in sources(page) if source]
    sent = gated(page)
    if host in REFUSED:
        (address,) = (source for source in sources(written) if source)
        assert address not in sources(sent)
    else:
        assert sent == page
    assert set(sources(sent)) <= set(asked)
    assert isinstance(turbohtml.parse(sent), turbohtml.Node)


@pytest.mark.parametrize("host", ["count.example", "www.google-analytics.com", "bat.bing.com", "stats.shop.example"])
@pytest.mark.parametrize(
    "spelling", ["%{:02x}", "%{:02X}", "%25{:02x}", "&#{};", "&#{}", "&#00{}", "&#x{:x};", "&#x{:x}", "&#X0{:X}"]
)
def test_any_one_character_may_be_spelled_in_another_way(host: str, spelling: str) -> None:
    for place, sign in enumerate(host):
        written = spelling.format(ord(sign))
        page = f"<p>before</p><img src=//{host[:place]}{written}{host[place + 1 :]}/a><p>after</p>"
        (asked,) = sources(page)
        if asked.removeprefix("//").removesuffix("/a") in _understood(host, place):
            assert page not in (sent := gated(page)), page
            assert "data-privacy-gated" in sent


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("count&shy.example", "count.example"),
        ("coun&shy;t&shy.example", "count.example"),
        ("c&ordm.example", "co.example"),
        ("c&ordf.example", "ca.example"),
        *((f"c&sup{digit}.example", f"c{digit}.example") for digit in "123"),
    ],
)
def test_a_reference_before_a_dot_needs_no_semicolon_to_stand_for_a_character(written: str, host: str) -> None:
    parties = ThirdParties(Policy.parse(f'[[services]]\nid = "x"\npurpose = "analytics"\nhosts = ["{host}"]\n'))
    for page in (f"<img src=//{written}/a>", f"<p>b</p><img src=//www.{written}:80/a>"):
        sent = HtmlGate(parties, lambda _: False, placeholder).feed(page.encode(), is_last=True)
        assert b"<img" not in sent


def _understood(host: str, place: int) -> set[str]:
    """What a parser makes of the spellings that a browser's reading of addresses then takes for the host."""
    return {host, *(f"{host[:place]}%{ord(host[place]):02{form}}{host[place + 1 :]}" for form in "xX")}


@pytest.mark.parametrize("sign", ["&amp;", "%20", "%25", "。 ", "… ", "．", "é"])
@pytest.mark.parametrize("apart", ["", "x" * 5000])
@pytest.mark.parametrize(
    "dot", [".", "&#46;", "&#x02E;", "&period;", "%2E", "&percnt;2e", "%e2%80%a4", "\u2024", "。", "．"]
)
def test_a_dot_is_found_however_many_signs_of_its_kind_stand_before_it(sign: str, apart: str, dot: str) -> None:
    for count in (0, 7, 8, 9, 30):
        before = (sign + apart) * count
        assert gated(f"{before}<img src=//count{dot}example>").startswith(f"{before}<template "), count


@pytest.mark.parametrize("after", ["\u00a0", "“", "”", "’", "–", "—", "%20", "%2f", "%3C", "%0a", "%7b", "&nbsp;"])
def test_a_full_stop_before_what_is_in_no_host_keeps_a_page_on_the_fast_way(after: str) -> None:
    assert PARTIES.scan(f"<p>count.{after} count.e{after} x.ex{after}ample.".encode() + b" " * 700, 0) == []


def test_where_too_much_is_unclear_for_decoding_what_is_refused_goes_all_the_same() -> None:
    before = "x.co%<p>.%2" * 3000
    assert gated(f"{before}<img src=//count&#46;example>").startswith(f"{before}<template ")
    assert gated(before) == before
