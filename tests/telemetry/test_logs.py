import io
import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.logging import AccessFormatter

from consent_middleware.telemetry import AddressFilter, mask_event, mask_ip, protect_loggers
from consent_middleware.telemetry.logs import mask_addresses


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ('203.0.113.7:51234 - "GET / HTTP/1.1" 200', '203.0.113.0:0 - "GET / HTTP/1.1" 200'),
        ("2001:db8:1:2::3:51234 - connected", "[2001:db8:1::]:0 - connected"),
        ("2001:db8:1:2:3:4:5:6:51234 - connected", "[2001:db8:1::]:0 - connected"),
        ("[2001:db8:1:2::3]:443", "[2001:db8:1::]:0"),
        ("fe80::1%eth0 joined", "fe80:: joined"),
        ("2001:db8:1:2::3: timed out", "[2001:db8:1::]: timed out"),
        ("client=::ffff:203.0.113.7, ok", "client=203.0.113.0, ok"),
        ("from ip:203.0.113.7.", "from ip:203.0.113.0."),
        ("http://203.0.113.7/path?ip=198.51.100.9", "http://203.0.113.0/path?ip=198.51.100.0"),
        ("('203.0.113.7', 51234)", "('203.0.113.0', 51234)"),
        # Nothing else that has points and colons in it is an address.
        (
            "12:34:56 Chrome/131.0.6778.69 v1.2.3 std::string Foo::bar",
            "12:34:56 Chrome/131.0.6778.69 v1.2.3 std::string Foo::bar",
        ),
        ("00:1b:44:11:3a:b7 300.1.2.3", "00:1b:44:11:3a:b7 300.1.2.3"),
        ("", ""),
    ],
)
def test_addresses_in_a_line_are_cut_to_their_network(line: str, masked: str) -> None:
    assert mask_addresses(line) == masked


borders = st.sampled_from([" ", "(", "'", '"', "=", "/", ", ", "ip:", "[", ">"])


@given(
    st.text(max_size=30),
    borders,
    st.ip_addresses(),
    st.sampled_from(["", " ", ", ", "'", '"', ")", ":8080 ", "/", "."]),
)
def test_no_whole_address_survives_between_ordinary_borders(
    before: str, border: str, address: object, after: str
) -> None:
    line = before + border + str(address) + after
    masked = mask_addresses(line)
    if mask_ip(str(address)) != str(address):
        assert str(address) not in masked


@given(st.text(alphabet="0123456789abcdef:.[]% /g", max_size=60))
def test_masking_a_line_twice_changes_nothing(line: str) -> None:
    assert mask_addresses(mask_addresses(line)) == mask_addresses(line)


@pytest.mark.parametrize("piece", ["1", "1.", ":", "[::", "a:", "1.1.1.1%", "::g", "::%a", "1:1."])
def test_an_endless_line_costs_little(piece: str) -> None:
    line = piece * (65_536 // len(piece))
    started = time.process_time()
    mask_addresses(line)
    assert time.process_time() - started < 1


def logged(formatter: logging.Formatter, message: str, *args: object) -> str:
    """What a handler writes for a record that went through a protected logger."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    logger = logging.Logger("uvicorn.access")
    logger.addHandler(handler)
    logger.addFilter(AddressFilter())
    logger.info(message, *args)
    return written.getvalue()


def test_uvicorns_own_formatter_still_finds_its_five_arguments() -> None:
    line = logged(
        AccessFormatter("%(client_addr)s %(request_line)s %(status_code)s", use_colors=False),
        '%s - "%s %s HTTP/%s" %d',
        "203.0.113.7:51234",
        "GET",
        "/a?from=198.51.100.9",
        "1.1",
        200,
    )
    assert line == "203.0.113.0:0 GET /a?from=198.51.100.0 HTTP/1.1 200 OK\n"


class Atoms(dict[str, object]):
    """As hypercorn keeps them: a dictionary with its own idea of a missing key."""

    def __missing__(self, name: str) -> str:
        return "-"


def test_arguments_by_name_keep_their_way_with_missing_keys() -> None:
    atoms = Atoms({"h": "203.0.113.7:51234", "s": 200, "{x-forwarded-for}i": "198.51.100.9"})
    line = logged(logging.Formatter("%(message)s"), "%(h)s %(s)s %({x-forwarded-for}i)s %({nothing}i)s", atoms)
    assert line == "203.0.113.0:0 200 198.51.100.0 -\n"


def test_a_record_with_values_that_are_no_text_passes() -> None:
    line = logged(logging.Formatter("%(message)s"), "%s %s %d %s", ("203.0.113.7", 1), ["203.0.113.7"], 7, None)
    assert line == "('203.0.113.0', 1) ['203.0.113.0'] 7 None\n"


def test_the_address_that_a_server_listens_on_can_still_be_clicked() -> None:
    line = logged(logging.Formatter("%(message)s"), "Uvicorn running on %s://%s:%d", "http", "127.0.0.1", 8000)
    assert line == "Uvicorn running on http://127.0.0.1:8000\n"


def test_a_logger_is_protected_once() -> None:
    name = "test.protected"
    protect_loggers([name])
    protect_loggers([name])
    assert [type(present) for present in logging.getLogger(name).filters] == [AddressFilter]


def test_a_structlog_event_is_masked_wherever_the_address_stands() -> None:
    event = {"event": "login from 203.0.113.7", "client": ("203.0.113.7", 51234), "count": 3}
    assert mask_event(None, "info", event) == {
        "event": "login from 203.0.113.0",
        "client": ("203.0.113.0", 51234),
        "count": 3,
    }
