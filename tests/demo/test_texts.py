"""The console's own words."""

import re
from pathlib import Path

import demo_site
from demo_site.texts import translator, words

TEMPLATES = Path(demo_site.__file__).parent / "templates"


def test_both_languages_have_the_same_texts_with_the_same_gaps() -> None:
    english, chinese = words("en"), words("zh-Hans")
    assert list(english) == list(chinese)
    gaps = re.compile(r"\{\w+\}")
    assert [key for key in english if sorted(gaps.findall(english[key])) != sorted(gaps.findall(chinese[key]))] == []


def test_every_text_a_template_or_handler_names_is_there_and_none_is_left_over() -> None:
    sources = [*TEMPLATES.glob("*.html"), *TEMPLATES.parent.glob("*.py")]
    written = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    areas = "|".join({key.split(".")[0] for key in words("en")})
    named = {name for name in re.findall(rf'"((?:{areas})\.\w+)"', written) if not name.endswith((".html", ".db"))}
    composed = tuple(re.findall(r'"([a-z_]+\.[a-z_]*)(?:%d)?(?:_title)?"(?: ~|\|format)', written))
    known = set(words("en"))
    assert {name for name in named if name not in known and not name.startswith(composed)} == set()
    assert {key for key in known if key not in named and not key.startswith(composed)} == set()


def test_a_text_with_a_gap_is_filled() -> None:
    assert translator("en")("console.renew_for", name="Radio") == "Make a new key for Radio"
