"""What a scope leads to: error pages, logs and crash reports print all of it."""

import pytest

from consent_middleware import Policy, get_consent, get_telemetry, record_choice
from consent_middleware.veils import Veiled, conceal
from tests.driving import KEY, NAVIGATION, App, call, mounted, scope_of, token
from tests.walking import texts_of

SECRETS = (b"203.0.113.77", b"50123", b"192.0.2.91", b"planted", KEY.encode())
TELLING = [
    *NAVIGATION,
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; planted) Chrome/121.0.6167.85 Safari/537.36"),
    (b"x-forwarded-for", b"192.0.2.91, planted"),
    (b"referer", b"https://elsewhere.example/planted"),
    (b"x-uidh", b"planted"),
]


class Asking(App):
    async def act(self) -> None:
        self.known = get_telemetry(self.scope), get_consent(self.scope)
        self.found = list(texts_of(self.scope, *self.known))


@pytest.mark.parametrize("cookie", ["_ga=planted", f"_ga=planted; {token(None, 'device')}"])
def test_nothing_that_was_masked_can_be_reached_from_the_scope(cookie: str) -> None:
    app = Asking()
    middleware = mounted(app)
    for _ in range(2):
        # The second request finds caches that remember the first.
        assert call(middleware, scope_of(headers=TELLING, cookie=cookie, client=("203.0.113.77", 50123))).error is None
    secrets = SECRETS if "privacy" not in cookie else (b"192.0.2.91", KEY.encode())
    assert any(b"203.0.113.0" in text for text in app.found)
    assert [text for text in app.found if any(secret in text for secret in secrets)] == []


def test_a_choice_made_in_the_request_leads_nowhere_either() -> None:
    class Choosing(Asking):
        async def act(self) -> None:
            record_choice(self.scope, allow=())
            await super().act()

    app = Choosing("_ga=1")
    assert call(mounted(app), scope_of(headers=TELLING, cookie="_ga=planted")).error is None
    assert [text for text in app.found if any(secret in text for secret in SECRETS)] == []


def test_a_concealed_slot_is_read_by_its_key_only() -> None:
    class Holder:
        __slots__ = ("open", "secret")

        def __init__(self) -> None:
            self.open, self.secret = "seen", "unseen"

    holder = Holder()
    slot = conceal(Holder, "secret")
    assert slot.__get__(holder) == "unseen"
    assert not hasattr(holder, "secret")
    assert list(texts_of(holder))[-1:] == [b"seen"]


def test_a_veiled_function_answers_and_leads_nowhere() -> None:
    class Owner:
        secret = "unseen"

        def tell(self, word: str, *, twice: bool = False) -> str:
            return word * (2 if twice else 1)

    owner = Owner()
    owner.secret = "unseen too"
    veiled = Veiled(owner.tell)
    assert veiled("a", twice=True) == "aa"
    assert not any(b"unseen" in text for text in texts_of(veiled))


def test_the_policy_is_no_secret() -> None:
    policy = Policy.parse('[site]\nname = "Lanternfield"\n')
    app = Asking()
    assert call(mounted(app, policy), scope_of()).error is None
    assert any(b"Lanternfield" in text for text in app.found)
