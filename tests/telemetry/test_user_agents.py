import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consent_middleware.telemetry import layout_engine
from consent_middleware.telemetry.robots import library_name, robot_name
from consent_middleware.telemetry.user_agents import reduce_user_agent
from tests.telemetry.user_agent_examples import ENGINES

# What hypothesis composes user agents from: the words that any rule looks for, versions, and noise between them.
WORDS = (
    "Mozilla/5.0 Mozilla/4.0 Chrome/ Chromium/ Chr0me/ CriOS/ FxiOS/ Edg/ EdgA/ Edge/ OPR/ Opera Opera/ Mini/ Presto/ "
    "Trident/ MSIE Gecko Gecko/ rv: Firefox/ Goanna/ PaleMoon/ KHTML/ Konqueror/ Servo/ LibWeb Flow/ NetFront/ Dillo/ "
    "Safari/ Version/ AppleWebKit/ (KHTML, like Mobile Android Windows Phone iPhone; iPad; Mac_PowerPC OS X X11; CrOS "
    "KAIOS/ SamsungBrowser/ YaBrowser/ MicroMessenger/ Puffin/ Googlebot/ bot/ spider UCWEB CFNetwork/ Dalvik/ curl/ "
    "Thunderbird/ QQBrowser/ compatible; ) ; , 1 28 27.0 131.0.6778.69 9999 IT 17_6"
)
composed_user_agents = st.lists(
    st.one_of(st.sampled_from(WORDS.split(" ")), st.text(st.characters(max_codepoint=255), max_size=4)), max_size=14
).flatmap(lambda words: st.sampled_from([" ", "", "; "]).map(lambda glue: glue.join(words)))


def reduce(user_agent: str) -> str:
    return reduce_user_agent(user_agent.encode("latin-1")).decode("ascii")


@pytest.mark.parametrize("user_agent", ENGINES)
def test_the_engine_survives(user_agent: str) -> None:
    assert layout_engine(reduce(user_agent)) == ENGINES[user_agent]


@given(composed_user_agents)
@example("Mozilla/5.0 (compatible; MSIE 5.0; Mac_PowerPC; Windows Phone) bot/1.0")
@example("Opera/9.80 (iPhone; CPU like Mac OS X) Chrome/131.0 Presto/2.12")
def test_the_engine_survives_in_whatever_is_sent_and_reducing_twice_changes_nothing(user_agent: str) -> None:
    once = reduce(user_agent)
    assert layout_engine(once) == layout_engine(user_agent)
    assert reduce(once) == once


@given(composed_user_agents)
def test_nothing_long_or_numbered_passes_through(user_agent: str) -> None:
    reduced = reduce(user_agent)
    assert len(reduced) < 260
    assert not re.search(r"\d{4}", reduced.replace("20100101", "").replace("14541", ""))


@pytest.mark.parametrize(
    ("user_agent", "reduced"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.6167.85 Mobile "
            "Safari/537.36",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Mobile "
            "Safari/537.36",
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:115.0esr-SECRET) Gecko/20100101 Firefox/115.14",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/118.0.5993.92 "
            "Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/118.0.0.0 "
            "Mobile/15E148 Safari/604.1",
        ),
        (
            "Mozilla/5.0 (Linux; Android 12; SAMSUNG SM-A525F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.1 "
            "Chrome/121.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
            "Chrome/121.0.0.0 Mobile Safari/537.36",
        ),
        ("curl/8.5.0 (x86_64-pc-linux-gnu)", "curl/1.0"),
        (
            "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
            "Mozilla/5.0 (compatible; AhrefsBot/1.0)",
        ),
        ("WeatherThing/4.2 device=7f3a9c", "Mozilla/5.0"),
        ("", "Mozilla/5.0"),
    ],
)
def test_the_family_and_the_major_version_stay_and_the_rest_goes(user_agent: str, reduced: str) -> None:
    assert reduce(user_agent) == reduced


def test_a_version_is_no_place_for_an_identifier() -> None:
    for product in ("Chrome", "Firefox", "Version", "MSIE", "Edge", "OPR", "SamsungBrowser", "rv", "KAIOS"):
        assert "48151623" not in reduce(f"Mozilla/5.0 (X11) AppleWebKit/537.36 Gecko/1 {product}/48151623 Chrome/131.0")


def test_visitors_with_the_same_browser_look_the_same() -> None:
    chrome = (
        "Mozilla/5.0 (Linux; Android {}; {}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.{}.{} Mobile Safari/1"
    )
    phones = [(14, "SM-S918B", 6167, 85), (9, "Redmi Note 8", 6099, 230), (12, "HiPad", 6167, 101)]
    assert len({reduce(chrome.format(*phone)) for phone in phones}) == 1


def test_a_robot_stays_recognizable_and_a_telephone_is_none() -> None:
    assert robot_name("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)") == "Googlebot"
    assert robot_name("SomeUnknownBot/3.1 (id 4711)") == "bot"
    assert robot_name("Mozilla/5.0 (Linux; Android 11; CUBOT X50) Chrome/104.0.0.0") is None
    assert robot_name("Mozilla/5.0 (Linux; Android 9; CUBOT_X18; wv) Chrome/104.0.0.0") is None
    assert robot_name("Mozilla/5.0 (Linux; Android 7.0; M bot 54) Chrome/78.0.0.0") is None
    assert library_name("curly/1.0") is None


@pytest.mark.parametrize("piece", ["Chrome/1 ", "a", "a/", "(", "rv:1", " OS 1_", "bot", "/1", "\xff"])
def test_an_endless_user_agent_costs_little(piece: str) -> None:
    hostile = (piece * (8192 // len(piece))).encode("latin-1")
    started = time.process_time()
    for number in range(20):
        reduce_user_agent(b"%d" % number + hostile)
    assert (time.process_time() - started) / 20 < 0.0005
