"""Metrics can be read by Prometheus and hold nothing of anybody."""

import re
from importlib import metadata
from pathlib import Path

import pytest

from consent_middleware import Policy
from consent_middleware.overview.metrics import Metrics, by_purpose, exposed
from consent_middleware.telemetry import get_telemetry
from tests.driving import App, call, get, mounted, page, scope_of, serving, visit_page
from tests.overview.test_team_pages import BEARER, METRICS, TOKEN, choose, site

LINE = re.compile(r'[a-z_]+(\{([a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? -?\d+')
SECRETS = ("zzz", "odd", "basket", "GA1", "203.0.113", "shop.example", "unknown.example", TOKEN)


def lines(body: bytes) -> dict[str, int]:
    found = {}
    for line in body.decode().splitlines():
        if not line.startswith("#"):
            assert LINE.fullmatch(line), line
            name, _, value = line.rpartition(" ")
            assert name not in found
            found[name] = int(value)
    return found


def test_every_line_can_be_read_and_none_has_a_name_a_path_or_an_address(tmp_path: Path) -> None:
    middleware = site(tmp_path)
    with serving(middleware):
        visit_page(middleware, "/basket/184467?q=1", cookie="_ga=GA1.1.1; odd=1")
        choose(middleware, "accept-all")
        answer = get(middleware, METRICS, headers=[BEARER])
    assert (answer.value(b"content-type") or b"").startswith(b"text/plain; version=0.0.4")
    found = lines(answer.body)
    assert found['consent_gate_actions_total{action="hide",purpose="analytics"}'] == 1
    assert found['consent_gate_actions_total{action="drop",purpose="unclassified"}'] == 1
    assert found['consent_choices_total{outcome="accept"}'] == 1
    assert found['consent_page_views_total{choice="none"}'] == 1
    assert found["consent_ledger_spooled_files"] == 0
    for secret in SECRETS:
        assert secret.encode() not in answer.body, secret


def test_all_processes_of_a_ledger_give_the_same_sums_that_only_grow(tmp_path: Path) -> None:
    first, second = site(tmp_path), site(tmp_path)
    name = 'consent_gate_actions_total{action="hide",purpose="analytics"}'
    with serving(first, second):
        seen = []
        for middleware in (first, second, first):
            call(middleware, scope_of(cookie="_ga=1"))
            seen.append(lines(get(middleware, METRICS, headers=[BEARER]).body)[name])
        assert seen == [1, 2, 3]
    with serving(second):
        assert lines(get(second, METRICS, headers=[BEARER]).body)[name] == 3


def test_disclosures_are_counted_by_field_and_purpose_only() -> None:
    class Asking(App):
        async def act(self) -> None:
            telemetry = get_telemetry(self.scope)
            telemetry.disclose("ip", purpose="security", reason="a login by jo@example.com")
            telemetry.disclose("ip", purpose="marketing", reason="none")

    middleware = mounted(Asking(), overview_token=TOKEN)
    get(middleware)
    body = get(middleware, METRICS, headers=[BEARER]).body
    found = lines(body)
    assert found['consent_disclosures_total{action="disclose",purpose="security"}'] == 1
    assert found['consent_disclosures_total{action="withhold",purpose="marketing"}'] == 1
    assert b"jo@" not in body


def test_a_purpose_that_a_page_made_up_is_no_label() -> None:
    made = Metrics(Policy(), mode="enforce").of({("gate", 'x"}\n'): 2, ("gate", "y"): 3}, [], None)
    assert lines(exposed(made))['consent_gate_actions_total{action="gate",purpose="other"}'] == 5


def test_names_are_summed_away() -> None:
    assert by_purpose({("hide", "a", "x"): 1, ("hide", "a", "y"): 2}) == {("hide", "a"): 3}


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_it_says_what_runs_here(mode: str) -> None:
    middleware = mounted(page(), overview_token=TOKEN, mode=mode)
    body = get(middleware, METRICS, headers=[BEARER]).body.decode()
    assert f'consent_middleware_info{{mode="{mode}"' in body


def test_a_package_that_is_on_the_path_but_not_installed_says_that_nobody_knows_its_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", lost)
    assert ("version", "unknown") in Metrics(Policy(), mode="observe").of({}, [], None)[0].rows[0][0]
