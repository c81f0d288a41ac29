"""Charts stay inside their area and say what their numbers say."""

from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.overview.charts import bars, columns

VALUES = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=120)


@given(VALUES)
def test_no_bar_leaves_the_area_and_heights_are_in_proportion(values: list[tuple[int, int]]) -> None:
    chart = columns(["a", "b"], [(f"2026-01-{place:02}", row) for place, row in enumerate(values)])
    top = chart.lines[-1][0]
    assert top >= max(map(sum, values))
    for column, row in zip(chart.columns, values, strict=True):
        assert column.values == row
        for part in column.parts:
            assert part.x >= -0.02
            assert part.x + part.width <= 100.02
            assert part.y >= -0.02
            assert part.y + part.height <= 100.02
            assert abs(part.height - 100 * row[part.series] / top) <= 0.01


@given(VALUES)
def test_the_lines_carry_whole_numbers(values: list[tuple[int, int]]) -> None:
    lines = columns(["a", "b"], [("2026-01-01", row) for row in values]).lines
    assert [value * 4 for value, _ in lines] == [lines[-1][0] * place for place in range(5)]


def test_what_a_pointer_is_told_has_every_number() -> None:
    (column,) = columns(["accepted", "refused"], [("2026-11-29", (1200, 3))]).columns
    assert column.told == "2026-11-29: accepted 1,200, refused 3"


def test_today_has_a_label_and_no_more_are_there_than_can_be_read() -> None:
    drawn = columns(["a"], [(f"d{place}", (1,)) for place in range(90)]).columns
    assert drawn[-1].label_rank == 1
    assert sum(column.label_rank > 0 for column in drawn) <= 8


def test_shares_fill_the_bar_and_nothing_is_no_share() -> None:
    first, second = bars({"en": (1, 1, 2), "de": (0, 0, 0)})
    assert first.shares == ((0.0, 25.0), (25.0, 25.0), (50.0, 50.0))
    assert first.percent(2) == "50 %"
    assert second.shares == ((0.0, 0.0),) * 3
    assert second.percent(0) == "–"
