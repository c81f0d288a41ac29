import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.telemetry.languages import coarse_language, first_language, language_matcher


@pytest.mark.parametrize(
    ("accepted", "languages", "matched"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", ["en", "de"], "de"),
        ("fr, en;q=0.3, de;q=0.7", ["en", "de"], "de"),
        ("pt-BR", ["en", "pt-PT"], "pt-PT"),
        ("pt-BR", ["en", "pt-PT", "pt-BR"], "pt-BR"),
        ("en-GB", ["de", "en"], "en"),
        ("en", ["de", "en-GB"], "en-GB"),
        # Chinese is written in two scripts: nobody who reads one is handed the other.
        ("zh-TW", ["en", "zh"], "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", ["de", "zh", "en"], "en"),
        ("zh-TW", ["en", "zh", "zh-Hant"], "zh-Hant"),
        ("zh-HK", ["en", "zh-CN", "zh-TW"], "zh-TW"),
        ("zh-CN", ["en", "zh"], "zh"),
        ("zh-Hans-SG", ["en", "zh-CN"], "zh-CN"),
        ("zh", ["en", "zh-TW"], "en"),
        ("sr-Latn", ["en", "sr"], "en"),
        ("nb-NO", ["en", "no"], "no"),
        # The first language of the policy stands in for everything else.
        ("ja", ["en", "de"], "en"),
        ("*", ["de", "en"], "de"),
        ("en;q=0, de", ["en", "de"], "de"),
        ("", ["en", "de"], "en"),
        ("\xff\x00;;q=,", ["en", "de"], "en"),
        ("de;q=1.5, en", ["de", "en"], "en"),
        ("de;q=banana", ["en", "de"], "en"),
    ],
)
def test_the_best_match_among_the_policys_languages_is_kept(accepted: str, languages: list[str], matched: str) -> None:
    assert language_matcher(languages)(accepted.encode("latin-1")) == matched.encode()


@given(st.binary(max_size=600) | st.text(alphabet="endezhTW-,;q=0.19* ", max_size=60).map(str.encode))
def test_whatever_is_sent_one_language_of_the_policy_remains(accepted: bytes) -> None:
    languages = ["en", "zh-CN", "zh-TW", "de"]
    match = language_matcher(languages)
    matched = match(accepted)
    assert matched.decode() in languages
    assert match(matched) == matched


@pytest.mark.parametrize(
    ("accepted", "first", "coarse"),
    [
        (b"de-AT,de;q=0.9,en;q=0.8", "de-AT", "de"),
        (b"en;q=0.5,zh-TW", "zh-TW", "zh-Hant"),
        (b"zh-CN", "zh-CN", "zh"),
        (b"*", None, None),
        (b"", None, None),
    ],
)
def test_a_coarse_language_loses_its_region_but_not_its_script(
    accepted: bytes, first: str | None, coarse: str | None
) -> None:
    assert first_language(accepted) == first
    assert coarse_language(accepted) == coarse
