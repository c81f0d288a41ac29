"""Who is first in a line of the comparison with rivals, and what is written of it."""

from dataclasses import replace

import pytest

from bench.browser.contestants import CONTESTANTS, NOBODY
from bench.browser.lines import LINES, Found, Line
from bench.browser.manners import Manners
from bench.browser.visits import Visit, Weight

VISIT = Visit(painted=500, visible=480, blocked=20, worked=60, shift=0, largest_is_banner=False)
FOUND = Found(
    weight=Weight(needed=("/a.css",), needed_bytes=3500, scripts_and_styles=5000),
    manners=Manners(covered=0.179, button_height=44, strict="ok", strict_with_trusted_types="ok", axe_banner="0"),
    desktop=[VISIT],
    phone=[VISIT, replace(VISIT, visible=1500), replace(VISIT, visible=900)],
)


def line(name: str) -> Line:
    (found,) = (each for each in LINES if name in each.name)
    return found


def manners(**changes: object) -> Found:
    return replace(FOUND, manners=replace(FOUND.manners, **changes))  # type: ignore[arg-type]


def test_a_banner_in_the_first_paint_is_not_late() -> None:
    assert line("desktop: banner after the page's first paint").show(FOUND) == "0"


def test_the_median_of_the_visits_counts() -> None:
    assert line("phone: banner after the page's first paint").show(FOUND) == "400"


def test_a_banner_that_never_came_is_behind_all() -> None:
    never = replace(FOUND, desktop=[replace(VISIT, visible=None)])
    assert not line("desktop: banner after").is_first(never, [FOUND, never])


@pytest.mark.parametrize(("height", "is_first"), [(36, False), (44, True), (60, True)])
def test_a_button_needs_to_be_large_enough_and_no_larger(height: float, is_first: bool) -> None:
    assert line("height of the lowest button").is_first(manners(button_height=height), [FOUND]) is is_first


def test_what_noise_could_have_done_puts_nobody_behind() -> None:
    slower = replace(FOUND, phone=[replace(VISIT, blocked=30)])
    slow = replace(FOUND, phone=[replace(VISIT, blocked=99)])
    blocking = line("blocking time")
    assert blocking.is_first(slower, [FOUND, slower])
    assert not blocking.is_first(slow, [FOUND, slow])


def test_axe_counts_elements() -> None:
    few, many = manners(axe_banner="2/3"), manners(axe_banner="1/9")
    axe = line("axe, banner")
    assert axe.is_first(few, [few, many])
    assert not axe.is_first(few, [few, FOUND])


def test_what_differs_is_named() -> None:
    differs = manners(unlike=["ground", "font"])
    assert line("accept and reject differ in").show(differs) == "ground, font"
    assert not line("accept and reject differ in").is_first(differs, [FOUND])


def test_everybody_says_where_their_answers_are() -> None:
    for one in CONTESTANTS:
        assert NOBODY not in (one.banner, one.accept, one.reject, one.manage, one.preferences, *one.answers)
