"""Words that tilt a choice are found, and honest ones are left alone."""

import re
from pathlib import Path

import pytest

from consent_middleware.cli.advice import warnings_for
from consent_middleware.cli.pleading import languages_with_a_list, tilting_texts, tilting_words
from consent_middleware.pages.catalogs import catalog_of
from consent_middleware.policy import Policy
from demo_site.assembly import POLICY

TEMPLATES = Path(__file__).parents[2] / "banner_templates"

TILTING = [
    ("en", "We use cookies to give you the best experience on our website."),
    ("en", "Accept all (recommended)"),
    ("en", "Please accept, it helps us a lot."),
    ("en", "Just some harmless statistics."),
    ("en", "We only use a few anonymous numbers."),
    ("en", "Without them the site may not work as it should."),
    ("en", "If you refuse you will miss out on offers."),
    ("en", "No thanks, I don't like good offers"),
    ("en", "By continuing to browse you agree to our cookies."),
    ("en", "I do not want to opt out of measurement."),
    ("en", "Untick this if you do not want to be left out."),
    ("de", "Für ein besseres Nutzererlebnis, empfohlen"),
    ("de", "Um Ihr Online-Erlebnis zu verbessern"),
    ("de", "Bitte akzeptieren Sie alle Dienste."),
    ("de", "Wir verwenden nur anonyme Daten."),
    ("de", "Ohne Ihre Einwilligung sind Videos nur eingeschränkt verfügbar."),
    ("de", "Leider ohne Angebote weiter"),
    ("de", "Durch die weitere Nutzung der Website stimmen Sie dem zu."),
    ("de", "Ich möchte der Messung nicht widersprechen."),
    ("fr", "Pour vous offrir la meilleure expérience"),
    ("fr", "Tout accepter (recommandé)"),
    ("fr", "Merci d’accepter : aidez-nous !"),
    ("fr", "Juste quelques statistiques, rassurez-vous."),
    ("fr", "En poursuivant votre navigation, vous acceptez."),
    ("fr", "Certaines pages pourraient ne pas s'afficher."),
    ("fr", "Je souhaite ne pas refuser la mesure."),
    ("es", "Para ofrecerle la mejor experiencia"),
    ("es", "Opción recomendada"),
    ("es", "Solo usamos datos anónimos."),
    ("es", "Si continúa navegando, acepta su uso."),
    ("es", "El sitio podría no funcionar."),
    ("es", "No, gracias, prefiero perderme las ofertas"),
    ("es", "Quiero no rechazar la medición."),
    ("it", "Per offrirti la migliore esperienza"),
    ("nl", "Voor de beste ervaring"),
    ("zh-Hans", "为了给您更好的体验"),
    ("zh-Hans", "全部接受（推荐）"),
    ("zh-Hans", "我们只收集少量信息，请放心。"),
    ("zh-Hans", "拒绝后部分功能将受限。"),
    ("zh-Hans", "不，我不想要优惠"),
    ("zh-Hans", "继续浏览即视为同意。"),
    ("zh-Hans", "我不拒绝统计"),
    ("zh-CN", "推荐"),
    ("zh-TW", "推薦"),
    ("de-AT", "empfohlen"),
]


@pytest.mark.parametrize(("language", "text"), TILTING)
def test_a_text_that_tilts_is_found(language: str, text: str) -> None:
    assert list(tilting_words(text, language))


def test_nothing_is_said_of_a_language_without_a_list() -> None:
    assert "sv" not in languages_with_a_list()
    assert list(tilting_words("recommended", "sv")) == []


@pytest.mark.parametrize("language", sorted(languages_with_a_list()))
def test_our_own_words_tilt_nothing(language: str) -> None:
    # What is said of necessary purposes, and to whoever has lost a page, may say that something does not work.
    exempt = {"wrong-method", "cannot give you", "There is no such page", "could not", "cannot be", "Erasing cannot"}
    catalog = catalog_of(language)
    found = {}
    for file in TEMPLATES.glob("*.html"):
        for message in re.findall(r'_\("(.+?)"[,)]', file.read_text(encoding="utf-8")):
            if not any(part in message for part in exempt):
                found[message] = list(tilting_words(catalog.gettext(message), language))
    policy = Policy()
    for name in policy.optional:
        for text in (policy.purposes[name].title, policy.purposes[name].description):
            found[str(text)] = list(tilting_words(catalog.gettext(str(text)), language))
    assert len(found) > 60
    assert {message: words for message, words in found.items() if words} == {}


def test_the_place_of_a_text_is_named_with_its_language() -> None:
    policy = Policy.parse(
        '[site]\nlanguages = ["en", "de"]\n'
        '[purposes.analytics]\ntitle = "Counting"\ndescription = {en = "For the best experience.", de = "Zählt Besuche."}\n'
        '[[cookies]]\nname = "c"\npurpose = "analytics"\ndescription = "Recommended."\n'
    )
    assert [(found.key, found.words) for found in tilting_texts(policy)] == [
        ("purposes.analytics.description.en", "best experience"),
        ("cookies[0].description", "Recommended"),
    ]
    assert "purposes.analytics.description.en" in [warning.key for warning in warnings_for(policy)]


def test_what_is_necessary_may_say_that_it_is() -> None:
    policy = Policy.parse(
        '[purposes.security]\ntitle = "Security"\ndescription = "Without it forms may not work."\n'
        '[[cookies]]\nname = "c"\npurpose = "security"\ndescription = "Without it forms may not work."\n'
    )
    assert list(tilting_texts(policy)) == []


def test_an_honest_policy_is_left_alone() -> None:
    assert list(tilting_texts(Policy.load(POLICY))) == []
