"""Choices are summed up by day, in the database."""

import asyncio
import dataclasses
import itertools
import time
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.ledger import ChoiceRecord, Ledger
from consent_middleware.overview.choice_days import ChoiceDays, DaySums, outcome_of, sum_up, together
from consent_middleware.overview.dates import DAY

TODAY = int(time.time()) // DAY
A_CHOICE = ChoiceRecord(
    record_id="",
    consent_id="c" * 16,
    chosen_at=0,
    policy_version="2026-11",
    policy_digest="q1Zc",
    language="en",
    method="form",
    action="save",
    allowed=("preference",),
    refused=("analytics",),
    gpc=False,
    precedence="latest",
    layer="banner",
    shown="0" * 64,
)


def choice(days_ago: int, **values: object) -> ChoiceRecord:
    return dataclasses.replace(
        A_CHOICE,
        record_id=uuid.uuid4().hex,
        chosen_at=(TODAY - days_ago) * DAY + 3600,
        **values,  # type: ignore[arg-type]
    )


def test_each_day_has_its_own_sums_and_erased_choices_count_no_more(url: str) -> None:
    async def story() -> list[DaySums]:
        ledger = Ledger(url, secret_keys=["k"])
        days = ChoiceDays(ledger.database)
        span = range(TODAY - 2, TODAY + 1)
        for record in (
            choice(0, action="accept-all", allowed=("preference", "analytics"), refused=()),
            choice(0, action="accept-all", allowed=("preference", "analytics"), refused=()),
            choice(
                0, action="reject-all", allowed=(), refused=("preference", "analytics"), gpc=True, kind="withdrawal"
            ),
            choice(2, language="de", policy_version="2026-10"),
            choice(2, consent_id="e" * 16),
            choice(9),
        ):
            await ledger.append(record)
        await ledger.erase("e" * 16, reason="asked")
        found = await days.of(span)
        # A late one, of a day that was read before.
        await ledger.append(choice(2))
        days._counted = (0.0, range(0), {})
        later = await days.of(span)
        assert later[0].sums.total == 2
        await ledger.stop()
        return found

    before, between, today = asyncio.run(story())
    assert today.sums.outcomes == {"accept": 2, "reject": 1}
    assert today.sums.allowed == {"preference": 2, "analytics": 2}
    assert today.sums.refused == {"preference": 1, "analytics": 1}
    assert (today.sums.withdrawals, today.sums.with_signal) == (1, 1)
    assert between.sums.total == 0
    assert before.sums.languages == {("de", "partial"): 1}
    assert before.sums.versions == {("2026-10", "q1Zc"): 1}
    assert together([before, today]).total == 4


def test_a_day_that_did_not_change_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", secret_keys=["k"])
        for days_ago in range(5):
            await ledger.append(choice(days_ago))
        days = ChoiceDays(ledger.database)
        asked = itertools.count()
        run = ledger.database.run

        async def counted(work, *, writing=False):  # type: ignore[no-untyped-def]
            next(asked)
            return await run(work, writing=writing)

        monkeypatch.setattr(ledger.database, "run", counted)
        span = range(TODAY - 29, TODAY + 1)
        for _ in range(3):
            assert together(await days.of(span)).total == 5
        assert next(asked) == 6
        await ledger.stop()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("action", "allowed", "refused", "outcome"),
    [
        ("accept-all", ["a"], ["separate"], "accept"),
        ("reject-all", [], ["a"], "reject"),
        ("save", [], ["a"], "reject"),
        ("save", ["a"], ["b"], "partial"),
        ("save", ["a"], [], "accept"),
        ("always-allow", ["a"], [], "partial"),
    ],
)
def test_an_outcome_is_what_was_chosen_whatever_the_button(
    action: str, allowed: list[str], refused: list[str], outcome: str
) -> None:
    assert outcome_of(action, allowed, refused) == outcome


@given(st.lists(st.tuples(st.sampled_from(["choice", "withdrawal"]), st.text(), st.integers(1, 9)), max_size=5))
def test_what_is_no_choice_counts_for_nothing(rows: list[tuple[str, str, int]]) -> None:
    assert sum_up([row for row in rows if not row[1].startswith("{")]).total == 0
