"""The command line: exit codes, pipes, encodings."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from consent_middleware.cli import main
from tests.waiting import PATIENCE

COMMAND = [sys.executable, "-m", "consent_middleware"]


def test_without_a_command_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "usage: consent-middleware" in capsys.readouterr().err


def test_the_help_fits_a_terminal_of_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["--help"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.parametrize("port", ["0", "65535", "http", "-1"])
def test_a_port_without_one_after_it_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["demo", f"--port={port}"])
    assert caught.value.code == 2
    assert "from 1 to 65534" in capsys.readouterr().err


def test_a_demo_whose_port_is_taken_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--no-browser", f"--port={port}"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("consent-middleware: ")
    assert str(port) in error


def test_the_module_is_the_command_and_writes_utf_8_in_any_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    answer = subprocess.run(
        [*COMMAND, "classify", "偏好"], capture_output=True, env=environment, timeout=PATIENCE, check=True
    )
    assert answer.stdout.decode("utf-8").startswith("偏好")


def test_a_reader_that_closes_the_pipe_ends_it_quietly() -> None:
    names = [f"name-{number}" for number in range(5000)]
    command = subprocess.Popen([*COMMAND, "classify", *names], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert command.stdout is not None
    assert command.stderr is not None
    assert command.stdout.readline().startswith(b"name-0")
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait(PATIENCE) == 141


def test_an_error_of_ours_is_one_line_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "export", "mysql://user:secret@host/database"]) == 1
    error = capsys.readouterr().err
    assert error.startswith('consent-middleware: The ledger cannot be kept in "mysql"')
    assert error.count("\n") == 1
    assert "secret" not in error
