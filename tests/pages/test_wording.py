import logging
import re
from datetime import date, timedelta
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from consent_middleware.pages.catalogs import catalog_of
from consent_middleware.pages.wording import Wording, own_name
from consent_middleware.policy import Policy
from consent_middleware.policy.lifetimes import SESSION, UNITS, Lifetime

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "banner_templates" / "locales"
LOCALE_NAMES = sorted(file.parent.parent.name for file in LOCALES.glob("*/LC_MESSAGES/messages.po"))
POLICY = Policy.parse('[site]\nname = "Analytics"\nlanguages = ["en", "zh-Hans"]')
ENGLISH = Wording(POLICY, "en")
CHINESE = Wording(POLICY, "zh-Hans")
MAY_BE_SAID = {"English", ", "}
"""What CLDR knows, and a catalog may know better."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")

OFFICIAL_IN_THE_EU = set("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())
FURTHER = set("ar he hi id is ja ko nb ru th tr uk vi zh_Hans zh_Hant".split())

Message = str | tuple[str, ...]


@cache
def messages() -> set[Message]:
    """Every message of the templates and of the package."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    found: set[Message] = set()
    for folder, method in (
        ("banner_templates", [("**.html", "jinja2.ext:babel_extract")]),
        ("consent_middleware", [("pages/**.py", "python"), ("policy/purposes.py", "python")]),
    ):
        found |= {message for _, _, message, _, _ in extract_from_dir(ROOT / folder, method, keywords=keywords)}
    return found


def strings_of(written: object) -> list[str]:
    """A message's one string, or all its plural forms."""
    return [str(part) for part in written] if isinstance(written, tuple | list) else [str(written or "")]


@cache
def catalogs() -> list[tuple[str, Catalog]]:
    found = []
    for file in sorted(LOCALES.glob("*/LC_MESSAGES/messages.po")):
        with file.open("rb") as source:
            found.append((file.parent.parent.name, read_po(source, locale=file.parent.parent.name)))
    return [pair for pair in found if pair[0] != "en"]


def test_every_promised_language_has_a_catalog() -> None:
    assert set(LOCALE_NAMES) == OFFICIAL_IN_THE_EU | FURTHER


@pytest.mark.parametrize(("locale", "catalog"), catalogs(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_catalog_translates_every_message_and_no_other(locale: str, catalog: Catalog) -> None:
    wanted = messages() - MAY_BE_SAID
    known = {message.id for message in catalog if message.id} - MAY_BE_SAID
    assert len(wanted) > 80
    assert wanted - known == set()
    assert known - wanted == set()
    for message in catalog:
        assert all(strings_of(message.string)), message.id
        assert not message.fuzzy, message.id


@pytest.mark.parametrize(("locale", "catalog"), catalogs(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_translation_keeps_the_places_that_are_filled_in(locale: str, catalog: Catalog) -> None:
    plural = c2py(catalog.plural_expr)
    for message in catalog:
        if not message.id:
            continue
        wanted = sorted(PLACEHOLDER.findall(strings_of(message.id)[-1]))
        for form, string in enumerate(strings_of(message.string)):
            found = sorted(PLACEHOLDER.findall(string))
            # A form for one number alone may say it in words: a dual, "one".
            is_in_words = isinstance(message.id, tuple) and list(map(plural, range(1000))).count(form) == 1
            assert found == wanted or (is_in_words and not found), message.id


@pytest.mark.parametrize("locale", LOCALE_NAMES)
def test_a_button_is_called_in_a_sentence_as_it_is_on_itself(locale: str) -> None:
    say = Wording(POLICY, locale.replace("_", "-")).gettext
    for sentence, buttons in (
        ("“Accept all” and “Reject all” answer for everything.", ("Accept all", "Reject all")),
        ("“Accept all” would turn it on.", ("Accept all",)),
        ("“Accept all” never includes these. Each is on only if you switch it on here and save.", ("Accept all",)),
    ):
        assert [button for button in buttons if say(button) not in say(sentence)] == []


def test_a_duration_is_said_in_words() -> None:
    assert ENGLISH.duration(Lifetime.parse("1 month")) == "1 month"
    assert ENGLISH.duration(Lifetime.parse("13 months")) == "13 months"
    assert ENGLISH.duration(SESSION) == "Until you close the browser"
    assert ENGLISH.duration(None) == "Not stated"
    assert CHINESE.duration(Lifetime.parse("13 months")) == "13个月"
    for unit in ("second", "minute", "hour", "day", "week", "month", "year"):
        assert ENGLISH.duration(Lifetime.parse(f"2 {unit}s")) == f"2 {unit}s"


def test_a_period_of_a_name_ends_the_sentence_too() -> None:
    assert ENGLISH.gettext("Goes to: %(recipients)s.", recipients="Heat Inc.") == "Goes to: Heat Inc."
    assert ENGLISH.gettext("Goes to: %(recipients)s.", recipients="Wait...") == "Goes to: Wait...."


def test_a_date_is_said_in_words() -> None:
    assert ENGLISH.date(date(2026, 11, 4)) == "4 November 2026"
    assert CHINESE.date(date(2026, 11, 4)) == "2026年11月4日"


def test_a_list_is_said_in_words() -> None:
    assert ENGLISH.join([]) == ""
    assert ENGLISH.join(["a"]) == "a"
    assert ENGLISH.join(["a", "b"]) == "a and b"
    assert ENGLISH.join(["a", "b", "c"]) == "a, b and c"
    assert CHINESE.join(["甲", "乙", "丙"]) == "甲、乙和丙"


@pytest.mark.parametrize("locale", LOCALE_NAMES)
def test_every_language_counts_as_cldr_does(locale: str) -> None:
    wording = Wording(POLICY, locale.replace("_", "-"))
    for count in (*range(1, 32), 100, 101, 102, 111, 365):
        for unit, seconds in UNITS.items():
            length = timedelta(seconds=count * seconds)
            expected = format_timedelta(length, granularity=unit, threshold=10**9, locale=locale)  # type: ignore[arg-type]
            assert wording.duration(Lifetime.parse(f"{count} {unit}s")) == expected


@pytest.mark.parametrize("locale", [name for name in LOCALE_NAMES if name != "en"])
def test_every_language_dates_and_lists_as_cldr_does(locale: str) -> None:
    wording = Wording(POLICY, locale.replace("_", "-"))
    for month in range(1, 13):
        day = date(2026, month, 2 * month)
        assert wording.date(day) == format_date(day, "long", locale=locale)
    for items in (["甲", "b"], ["甲", "b", "ג", "d"]):
        assert wording.join(items) == format_list(items, locale=locale)


@pytest.mark.parametrize("locale", LOCALE_NAMES)
def test_every_language_names_countries_and_itself(locale: str) -> None:
    tag = locale.replace("_", "-")
    assert Wording(POLICY, tag).country("de") == Locale.parse(locale).territories["DE"]
    assert Wording(POLICY, tag).country("Atlantis") == "Atlantis"
    name = own_name(tag)
    assert name != tag
    assert name == "English" or locale != "en"


def test_built_in_texts_are_translated_and_the_sites_own_are_not() -> None:
    assert CHINESE.text(POLICY.purposes["marketing"].title) == "营销"
    assert CHINESE.text("Our own") == "Our own"
    assert CHINESE.text({"en": "a", "zh-Hans": "甲"}) == "甲"


@pytest.mark.parametrize(
    ("language", "translated"),
    [
        ("zh-Hans", True),
        ("zh", True),
        ("zh-CN", True),
        ("zh-Hans-SG", True),
        ("zh-TW", False),
        ("zh-Hant", False),
        ("en-GB", False),
    ],
)
def test_a_language_finds_the_catalog_of_its_script(language: str, translated: bool) -> None:
    assert (catalog_of(language).gettext("Reject all") == "全部拒绝") is translated


def test_a_language_without_a_catalog_is_warned_about_once(caplog: pytest.LogCaptureFixture) -> None:
    catalog_of.cache_clear()
    with caplog.at_level(logging.WARNING, "consent_middleware"):
        assert catalog_of("eo").gettext("Accept all") == "Accept all"
        catalog_of("eo")
        catalog_of("en-GB")
    assert len(caplog.records) == 1
    assert "eo" in caplog.text


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("zh-Hans", "ltr")])
def test_a_language_has_a_direction(language: str, direction: str) -> None:
    assert Wording(POLICY, language).direction == direction
