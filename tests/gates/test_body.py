"""The banner goes to the start of the body, and nothing else changes."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.gates.body import HOLD_BACK, BodyInserter
from tests.quickness import seconds

MARK = "<section>banner</section>"

# "|" shows where the banner belongs; a document without it stays as it is.
DOCUMENTS = [
    "<!doctype html><html><head><title>t</title></head><body>|<p>x</p></body></html>",
    "<!DOCTYPE HTML>\n<HTML>\n<HEAD>\n</HEAD>\n<BODY CLASS='a>b' data-x=\"<body>\">|\nx",
    "<!doctype html><html><body >|<body>x",
    "<!doctype html><body\nonload=x>|x",
    "<!doctype html><body/>|x",
    "<!doctype html><title>t</title>|<p>x",
    "<!doctype html><head><meta charset=utf-8></head>\n |text",
    "<!doctype html>|text",
    "<!doctype html>|<bodyx>",
    "<!doctype html>|< body>",
    "<!doctype html>|<1",
    "<!doctype html>|&amp;",
    "<!doctype html>|",
    "<!doctype html><html><head></head>\n|",
    "<!doctype html><html></head>|</body></html>",
    "<html><head><title>t</title>|</body></html>",
    "<!doctype html>|</html>",
    "<!doctype html>|</br>x",
    "<!doctype html></p></div><body>|x",
    "\ufeff<!doctype html><body>|x",
    "\n\n<!-- a --><!doctype html><!-- <body> --><html><body>|",
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html><body>|x',
    # Comments.
    "<!doctype html><!--><body>|-->",
    "<!doctype html><!---><body>|-->",
    "<!doctype html><!--!><body>--><body>|",
    "<!doctype html><!---!><body>--><body>|",
    "<!doctype html><!-- --!><body>|-->",
    "<!doctype html><!-- -- > <body> ---><body>|",
    "<!doctype html><!--<!--><body>|",
    "<!doctype html><!a <body><body>|",
    "<!doctype html></1 <body><body>|",
    "<!doctype html></><body>|",
    "<!doctype html><![CDATA[<body>|]]>",
    # Raw text.
    "<!doctype html><title></body><body></title ><body>|",
    "<!doctype html><title></titlex></title/><body>|",
    "<!doctype html><style>/*</body><body>*/</STYLE\n><body>|",
    "<!doctype html><script>'</body><body>'</script><body>|",
    "<!doctype html><script/>'<body>'</script><body>|",
    "<!doctype html><noscript><body></noscript><body>|",
    "<!doctype html><noframes><body></noframes><body>|",
    "<!doctype html><title>1 < 2</title><style>a{b:url('<p>')}</style><script>if (1 < 2) '</p>'</script><body>|",
    "<!doctype html><head><noscript><link></noscript></head><!-- a -- b - > --><script></scripty></script><body>|",
    "<!doctype html><head></head><!----><meta>\n|<h1 class=a>t",
    "<!doctype html>|<textarea><body></textarea>",
    "<!doctype html>|<iframe><body></iframe>",
    "<!doctype html>|<xmp><body></xmp>",
    "<!doctype html>|<plaintext><body>",
    "<!doctype html>|<svg><style/><title><body>",
    "<!doctype html>|<math><body>",
    "<!doctype html><head></head>|<noscript><body></noscript>",
    # Script, escaped and escaped twice.
    "<!doctype html><script><!-- </script><body>|",
    "<!doctype html><script><!-- <script> </script><body> --></script><body>|",
    "<!doctype html><script><!-- <script> </script> </script><body>|",
    "<!doctype html><script><!--><script></script><body>|",
    "<!doctype html><script><!---><script></script><body>|",
    "<!doctype html><script><!-- <scriptx> </script><body>|",
    "<!doctype html><script><script></script><body>|",
    "<!doctype html><script><!--<script><!--></script><body>|",
    # Templates.
    "<!doctype html><template><body></template><body>|",
    "<!doctype html><template>x<p><template></template><style></template></style></template><body>|",
    "<!doctype html><template><textarea></template></textarea></template>|x",
    "<!doctype html><template><!-- </template> --></template>|x",
    "<!doctype html><template><script></template></script>< </template>|x",
    # Attributes.
    "<!doctype html><html a='<body>'><link href=\">\" title='</head><body>'><body>|",
    "<!doctype html><meta a=b\"c d='e\"f' =g=h / ><body>|",
    "<!doctype html><meta a = '>' b=><body>|",
    "<!doctype html><meta a=/><body>|",
    "<!doctype html><meta a='b'c=\"d>\"/><body>|",
    '<!doctype html><body a=b="c>|d">',
]
UNTOUCHED = [
    "",
    "<p>a fragment</p>",
    "text",
    "<title>t</title><p>x",
    '{"json": "<body>"}',
    "<!doctype html><frameset><frame></frameset>",
    "<html><head></head><frameset>",
    "<!doctype html><title>never closed <body>",
    "<!doctype html><script><!-- <script> </script><body>",
    "<!doctype html><!-- never closed <body>",
    "<!doctype html><template><body>x",
    "<!doctype html><html><link href='never closed <body>",
    "<!doctype html><html><bod",
    "<!doctype html></",
    "<!doctype html><!",
    "<!doctype html><template><svg><style></template><body></style></svg></template><body>",
    "<!doctype html>\x1b$B",
    "x<!doctype html><body>",
]
CASES = [*DOCUMENTS, *UNTOUCHED]


def feed(chunks: list[bytes]) -> tuple[bytes, int]:
    """Return all that came out, and the most that was held back."""
    inserter = BodyInserter(MARK.encode())
    came = gone = held = 0
    out = b""
    for place, chunk in enumerate(chunks):
        came += len(chunk)
        sent = inserter.feed(chunk, is_last=place == len(chunks) - 1)
        out += sent
        gone = len(out) - (len(MARK) if inserter.is_inserted else 0)
        held = max(held, came - gone)
    assert came == gone
    return out, held


def whole(document: bytes) -> bytes:
    return feed([document])[0]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_banner_goes_where_the_body_begins(document: str) -> None:
    assert whole(document.replace("|", "").encode()).decode() == document.replace("|", MARK)


@pytest.mark.parametrize("document", UNTOUCHED)
def test_what_is_no_whole_document_or_too_strange_stays_as_it_is(document: str) -> None:
    assert whole(document.encode()).decode() == document


@pytest.mark.parametrize("document", CASES)
def test_every_split_in_two_and_single_bytes_give_the_same_bytes(document: str) -> None:
    data = document.replace("|", "").encode()
    expected = whole(data)
    for cut in range(len(data) + 1):
        assert feed([data[:cut], data[cut:]])[0] == expected, cut
    assert feed([data[n : n + 1] for n in range(len(data))] + [b""])[0] == expected


PARTS = {part for document in CASES for part in document.replace("|", "").replace(">", ">\n").split("\n") if part}
fragments = st.sampled_from([*sorted(PARTS), *"<>\"'!/ =", "--"])


@given(st.lists(fragments, max_size=12), st.lists(st.integers(0, 300), max_size=4))
def test_any_chunks_of_any_document_give_the_same_bytes(parts: list[str], cuts: list[int]) -> None:
    data = ("<!doctype html>" + "".join(parts)).encode()
    places = sorted(min(cut, len(data)) for cut in cuts)
    chunks = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    assert feed(chunks)[0] == whole(data)


@given(st.binary(max_size=300))
def test_any_bytes_come_out_as_they_went_in(data: bytes) -> None:
    assert whole(b"<!doctype html>" + data).replace(MARK.encode(), b"", 1) == b"<!doctype html>" + data


@pytest.mark.parametrize("bom", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_document_in_two_bytes_a_letter_stays_as_it_is(bom: str) -> None:
    data = "<!doctype html><body>x".encode(bom)
    assert whole(data) == data


NASTY = {
    "tags": b"<a ",
    "link tags": b"<link ",
    "attributes": b"a ",
    "attribute values": b"a='b' ",
    "quotes": b"'\"",
    "comments": b"<!-",
    "comment ends": b"<!----!",
    "open comment": b"--!-",
    "script signs": b"<!--<script>",
    "script ends": b"</script",
    "titles": b"</title",
    "templates": b"<template>",
    "template text": b"x<",
    "spaces": b" ",
    "declarations": b"<!",
    "closings": b"</",
    "NUL": b"\x00",
    "metas": b"<meta>",
    "end tags": b"</p>",
    "slashes": b"/",
    "equals": b"=",
    "angles": b"<",
}
BLINK = 0.2
OPENINGS = [
    b"<!doctype html>",
    b"<!doctype html><meta ",
    b"<!doctype html><!--",
    b"<!doctype html><script><!--<script>",
]


@pytest.mark.parametrize("name", NASTY)
def test_a_megabyte_of_anything_takes_no_longer_than_a_blink(name: str) -> None:
    for opening in [*OPENINGS, b"<!doctype html><title>", b"<!doctype html><template>"]:
        data = opening + NASTY[name] * (1_000_000 // len(NASTY[name]))
        for size in (len(data), 65_536) if opening == OPENINGS[0] else (65_536,):
            chunks = [data[n : n + size] for n in range(0, len(data), size)]
            assert seconds(partial(feed, chunks), BLINK) < BLINK, opening


@pytest.mark.parametrize("name", NASTY)
def test_single_bytes_take_no_longer_than_a_blink_and_hold_back_little(name: str) -> None:
    for opening in OPENINGS:
        data = (opening + NASTY[name] * 10_000)[:5_000]
        chunks = [data[n : n + 1] for n in range(len(data))]
        assert seconds(partial(feed, chunks), BLINK) < BLINK, opening
        assert feed(chunks)[1] <= HOLD_BACK + 1


def test_a_tag_longer_than_what_may_be_held_back_passes_without_a_banner() -> None:
    data = b"<!doctype html><html><link title='" + b"x" * 5000 + b"'><body>"
    assert feed([data[:5000], data[5000:]])[0] == data


def test_after_the_banner_every_chunk_passes_as_it_is() -> None:
    inserter = BodyInserter(b"!")
    assert inserter.feed(b"<!doctype html><body>x", is_last=False) == b"<!doctype html><body>!x"
    chunk = b"<body><!--"
    assert inserter.feed(chunk, is_last=False) is chunk
