"""``audit`` says what is missing before it starts a browser. What it finds is tested in a browser, in e2e."""

import subprocess
import sys

import pytest

from consent_middleware.cli import main


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no_such_module:app", 'There is no module "no_such_module"'),
        ("shop.example.com", "A site is named by its address, with http:// or https://"),
        ("ftp://example.com", "begins with http:// or https://"),
        ("json:nothing", '"json:nothing" names no app'),
    ],
)
def test_a_target_that_cannot_be_visited_is_a_failure_with_the_way_out(
    target: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", target]) == 1
    assert said in capsys.readouterr().err


def test_a_policy_with_problems_is_told_before_anything_is_visited(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "http://localhost:1", "--policy", "nowhere.toml"]) == 1
    assert "nowhere.toml: (file)" in capsys.readouterr().err


def test_the_number_of_pages_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["audit", "http://localhost", "--pages", "1000000"])
    assert "write one from 1 to 200" in capsys.readouterr().err


def test_the_other_commands_need_neither_browser_nor_rich() -> None:
    code = "import sys, consent_middleware.cli.program as p; p.make_parser(); assert not {'playwright', 'rich'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
