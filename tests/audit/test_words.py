"""Consent notices of many languages are understood by what their buttons are called."""

import re

import pytest

from consent_middleware.audit.words import ABOUT, NECESSARY, PATTERNS

NAMES = {
    "accept": [
        "Accept all", "Allow all cookies", "I agree", "OK", "Got it", "Alle akzeptieren", "Alle Cookies zulassen", "Tout accepter",
        "J'accepte", "Aceptar todas", "Accetta tutti", "Aceitar todos", "Alles accepteren", "Akceptuję", "Godkänn alla",
        "Accepter alle",
        "Hyväksy kaikki", "Přijmout vše", "Принять все", "全部接受", "同意", "すべて許可", "同意する", "모두 동의",
    ],
    "reject": [
        "Reject all", "Decline", "Only necessary", "Use necessary cookies only", "Continue without accepting", "No, thanks",
        "Alle ablehnen", "Nur notwendige Cookies", "Tout refuser", "Continuer sans accepter", "Rechazar todo", "Rifiuta tutti",
        "Rejeitar todos", "Alles weigeren", "Odrzuć wszystkie", "Avvisa alla", "Afvis alle", "Hylkää kaikki", "Odmítnout vše",
        "Отклонить все", "全部拒绝", "不同意", "すべて拒否", "모두 거부",
    ],
    "manage": [
        "Manage", "Cookie settings", "Privacy choices", "Customize", "Manage preferences",
        "Do not sell or share my personal information",
        "Cookie-Einstellungen", "Paramétrer", "Configurar", "Personalizza", "Instellingen", "隐私设置", "管理", "設定",
    ],
    "save": [
        "Save", "Save my choices", "Confirm my choices", "Auswahl speichern", "Enregistrer", "Guardar preferencias",
        "保存", "저장",
    ],
}  # fmt: skip
OTHERS = [
    "Sign in",
    "Home",
    "Buy now",
    "Continue",
    "Search",
    "Delete account",
    "Subscribe",
    "Download",
    "登录",
    "Anmelden",
    "Contact us",
]


def kinds(name: str) -> list[str]:
    return [kind for kind, pattern in PATTERNS.items() if re.search(pattern, name, re.IGNORECASE)]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NAMES.items() for name in names])
def test_a_control_is_known_by_its_name(kind: str, name: str) -> None:
    assert kinds(name) == [kind]


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_buttons_of_a_page_are_not_taken_for_one(name: str) -> None:
    assert kinds(name) == []


def test_the_expressions_are_compiled_by_both_dialects() -> None:
    # What JavaScript reads with its `u` flag and Python does not, or the other way round, is in none of them.
    for pattern in (*PATTERNS.values(), ABOUT, NECESSARY):
        assert not re.search(r"\(\?[P<i]|\\[ZAz]|[^\\]\\'", pattern)
