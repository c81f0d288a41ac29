"""The catalogue: that it is sound, and that what is loaded is what people wrote."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.policy import catalogue
from consent_middleware.policy.catalogue import fills, split_template
from consent_middleware.policy.catalogue_source import (
    PURPOSES,
    CatalogueError,
    compile_all,
    read_entries,
    read_line,
)

CATALOGUE = catalogue.load()


def test_the_compiled_files_are_up_to_date() -> None:
    for path, content in compile_all().items():
        assert path.read_bytes() == content, "run python -m consent_middleware.policy.catalogue_source"


def test_no_literal_name_stands_twice() -> None:
    names: Counter[str] = Counter()
    for key, entry in read_entries():
        for line in (read_line(key, text) for text in entry.cookies):
            if not line.shared:
                names.update(line.names)
    assert [name for name, count in names.items() if count > 1] == []


def test_no_template_is_so_short_that_it_catches_strangers() -> None:
    """Two letters are poison, unless an underscore or a strict filler makes them somebody's own."""
    strict = ("<n>", "<hex>", "<alnum>", "<hex5>", "<md5>", "<uuid>")
    short = set()
    for key, entry in read_entries():
        for line in (read_line(key, text) for text in entry.cookies):
            for name in line.names:
                beginning, filler, ending = split_template(name) or ("___", "", "")
                letters = sum(character.isalnum() for character in beginning + ending)
                if letters < 3 and not beginning.startswith("_") and filler not in strict:
                    short.add(name)
    assert short == {"Hm_*", "cX_*", "bm_*", "rc::*", "PA.<id>"}


@pytest.mark.parametrize("text", ["analytics", "analytics, visitor: ", "tracking, visitor: _x", "analytics: _x"])
def test_a_line_that_cannot_be_read_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(CatalogueError, match="acme"):
        read_line("acme", text)


def test_a_line_says_purpose_kind_lifetime_and_whose_name_it_is() -> None:
    line = read_line("acme", "marketing, visitor, 2y, shared: uid <id>_x")
    assert (line.purpose, line.kind, line.lifetime, line.shared) == ("marketing", "visitor", "2y", True)
    assert line.names == ("uid", "<id>_x")


@pytest.mark.parametrize(
    ("filler", "text", "expected"),
    [
        ("*", "", True),
        ("<id>", "", False),
        ("<id>", "x-1", True),
        ("<n>", "42", True),
        ("<n>", "٤٢", False),
        ("<hex>", "a1b2c3", True),
        ("<hex>", "a1b2", False),
        ("<alnum>", "4x8kq0n2a1", True),
        ("<alnum>", "cookieless", False),
        ("<hex5>", "1d52e", True),
        ("<hex5>", "1d52e0", False),
        ("<md5>", "0" * 32, True),
        ("<md5>", "0" * 31, False),
        ("<uuid>", "2d859e38-92a3-4080-8117-C7E82466E45A", True),
        ("<uuid>", "2d859e3892a3-4080-8117-c7e8-2466e45a", False),
    ],
)
def test_a_filler_stands_for_what_it_says(filler: str, text: str, expected: bool) -> None:
    assert fills(filler, text) is expected


def test_every_literal_entry_is_found_under_its_own_purpose() -> None:
    known = catalogue.load()
    for key, entry in read_entries():
        for line in (read_line(key, text) for text in entry.cookies):
            assert line.purpose in PURPOSES
            for name in line.names:
                if line.shared or split_template(name):
                    continue
                found = known.find(name)
                assert found is not None
                assert found.group.purpose == line.purpose, name


@given(st.text(max_size=300))
def test_any_text_may_be_asked_for_as_a_host(host: str) -> None:
    assert CATALOGUE.vendor_of_host(f"{host}.doubleclick.net") is not None or len(host) > 200


def test_a_host_that_merely_ends_alike_is_nobodys() -> None:
    assert CATALOGUE.vendor_of_host("notdoubleclick.net") is None
