"""A form sent twice is one request; nobody else's form is ever the same."""

from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.rights.numbers import Numbers, as_written, digest_of_reference

NUMBERS = Numbers(["newest", "older"])


@given(written=st.lists(st.text()))
def test_the_same_ticket_and_text_make_the_same_number_and_reference(written: list[str]) -> None:
    ticket = NUMBERS.ticket()
    assert NUMBERS.number(ticket, written) == NUMBERS.number(ticket, written)
    assert NUMBERS.reference(ticket, written) == NUMBERS.reference(ticket, written)
    assert NUMBERS.number(ticket, written) != NUMBERS.number(ticket, [*written, ""])
    assert NUMBERS.number(ticket, written) != NUMBERS.number(NUMBERS.ticket(), written)


@given(st.text())
def test_a_made_up_ticket_is_none(written: str) -> None:
    assert not NUMBERS.is_ticket(written)


def test_a_ticket_of_an_older_key_still_is_one_and_of_another_site_is_not() -> None:
    assert NUMBERS.is_ticket(Numbers(["older"]).ticket())
    assert not NUMBERS.is_ticket(Numbers(["another"]).ticket())
    ticket = NUMBERS.ticket()
    assert not NUMBERS.is_ticket(("0" if ticket[0] != "0" else "1") + ticket[1:])


def test_a_number_is_found_however_it_is_typed() -> None:
    number = NUMBERS.number(NUMBERS.ticket(), [])
    assert as_written(number) == number
    typed = number.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert as_written(typed) == number


def test_a_reference_is_found_however_it_is_typed() -> None:
    reference = NUMBERS.reference(NUMBERS.ticket(), [])
    assert len(reference.replace("-", "")) == 25
    assert digest_of_reference(f" {reference.lower().replace('-', '')}\n") == digest_of_reference(reference)


@given(st.text())
def test_whatever_is_typed_is_looked_up_and_no_error(typed: str) -> None:
    assert len(digest_of_reference(typed)) == 64
    assert as_written(as_written(typed)) == as_written(typed)
