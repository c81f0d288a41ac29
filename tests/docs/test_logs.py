"""The lines of the page on logs do what it says. What the servers' recipes do, tests/telemetry/test_server_logs.py reads."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from consent_middleware.telemetry.logs import SERVER_LOGGERS, AddressFilter, AddressFormatter

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/logs.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    """Put the process's loggers back as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    filters = {name: logging.getLogger(name).filters[:] for name in SERVER_LOGGERS}
    yield
    root.handlers[:], root.level = handlers, level
    for name, before in filters.items():
        logging.getLogger(name).filters[:] = before
    structlog.reset_defaults()


def run(block: str) -> dict[str, object]:
    names: dict[str, object] = {}
    (code,) = [code for code in BLOCKS if block in code]
    exec(code, names)  # the page's own lines are what is tested
    return names


def test_one_line_protects_the_loggers_of_all_servers() -> None:
    run("protect_loggers()")
    for name in SERVER_LOGGERS:
        assert any(isinstance(found, AddressFilter) for found in logging.getLogger(name).filters)


def test_a_handler_writes_no_whole_address_of_any_logger(capsys: pytest.CaptureFixture[str]) -> None:
    written = io.StringIO()
    handler = run("AddressFormatter")["handler"]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    try:
        raise RuntimeError("no answer from 2001:db8:1:2::3")
    except RuntimeError:
        logging.getLogger("shop.audit").exception("login of %s", "203.0.113.77")
    assert "login of 203.0.113.0" in written.getvalue()
    assert "no answer from 2001:db8:1::" in written.getvalue()


def test_a_formatter_of_ones_own_can_be_wrapped() -> None:
    class Json(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return json.dumps({"said": record.getMessage()})

    record = logging.LogRecord("shop", logging.INFO, __file__, 1, "from %s", ("203.0.113.77",), None)
    assert AddressFormatter(inner=Json()).format(record) == '{"said": "from 203.0.113.0"}'


def test_structlog_writes_no_whole_address(capsys: pytest.CaptureFixture[str]) -> None:
    run("structlog.configure")
    structlog.get_logger().info("login", client=("203.0.113.77", 5), request={"for": ["2001:db8:1:2::3"]}, times=3)
    assert json.loads(capsys.readouterr().out) == {
        "event": "login",
        "level": "info",
        "client": ["203.0.113.0", 5],
        "request": {"for": ["2001:db8:1::"]},
        "times": 3,
    }
