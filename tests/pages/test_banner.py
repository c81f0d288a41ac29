import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.consent import Consent, Signals, answer
from consent_middleware.pages import Banner
from consent_middleware.policy import Policy
from tests.pages.site import KEYS, POLICY, PREFIX, Site

SITE = Site()
MODERN = (b"sec-fetch-site", b"none")
ALL = frozenset(SITE.policy.optional)
ACCEPTED = Consent(choice_made=True, id="i" * 16, chosen_at=1_700_000_000, allowed=ALL)


def scope(*headers: tuple[bytes, bytes], path: str = "/", query: bytes = b"", root: str = "") -> dict[str, object]:
    return {
        "type": "http",
        "path": path,
        "query_string": query,
        "root_path": root,
        "client": ("192.0.2.7", 1),
        "headers": [MODERN, *headers],
    }


def render(banner: Banner = SITE.banner, *, link_only: bool = False, nonce: str | None = None, **visit: object) -> str:
    made = SITE.visit(visit.pop("consent", None) or Consent(), visit.pop("signals", None))  # type: ignore[arg-type]
    return banner.render(made, scope(**visit), nonce=nonce, link_only=link_only).decode("ascii")  # type: ignore[arg-type]


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def by(self, name: str, value: str) -> list[tuple[str, dict[str, str | None]]]:
        return [(tag, attrs) for tag, attrs in self.found if attrs.get(name) == value]


def test_the_banner_is_the_section_that_others_rely_on() -> None:
    elements = Elements(render())
    ((tag, attrs),) = elements.by("id", "privacy-consent-ui")
    assert tag == "section"
    assert attrs["data-privacy-ui"] == "banner"
    assert attrs["data-privacy-state"] == "open"
    assert attrs["lang"] == "en"
    assert attrs["dir"] == "ltr"
    assert attrs["data-privacy-allowed"] == "authentication security"
    for action in ("accept-all", "reject-all", "manage"):
        buttons = [attrs for tag, attrs in elements.by("data-privacy-action", action) if tag == "button"]
        assert len(buttons) == 1


def test_accept_reject_and_manage_differ_in_nothing_but_name_and_words() -> None:
    buttons = [attrs for tag, attrs in Elements(render()).found if tag == "button"]
    assert len(buttons) == 3
    assert all(set(attrs) <= {"type", "name", "value", "data-privacy-action"} for attrs in buttons)


def test_the_stylesheet_stands_before_what_it_styles() -> None:
    markup = render()
    assert markup.index('rel="stylesheet"') < markup.index("<section")


def test_there_is_no_inline_style_or_script() -> None:
    elements = Elements(render())
    assert not any(
        "style" in attrs or tag == "style" or any(name.startswith("on") for name in attrs)
        for tag, attrs in elements.found
    )
    assert all(attrs.get("src") for tag, attrs in elements.found if tag == "script")


def test_names_keep_clear_of_the_words_that_filter_lists_hide() -> None:
    for tag, attrs in Elements(render()).found:
        for name, value in attrs.items():
            if name in ("id", "class") or name.startswith("data-") or name in ("src", "rel"):
                assert not re.search("cookie|gdpr|cmp", f"{name}={value}", re.IGNORECASE), (tag, name, value)
            if name != "id":
                assert "consent" not in f"{name}={value}", (tag, name, value)


def test_a_visitor_who_has_answered_sees_only_the_entry() -> None:
    elements = Elements(render(consent=ACCEPTED))
    assert not elements.by("data-privacy-ui", "banner")
    ((_, entry),) = elements.by("data-privacy-ui", "entry")
    assert "analytics" in str(entry["data-privacy-allowed"])


def test_a_manual_entry_is_left_to_the_site() -> None:
    site = Site(Policy.parse('entry = "manual"\n' + POLICY))
    assert site.banner.is_needed(site.visit())
    assert not site.banner.is_needed(site.visit(ACCEPTED))
    assert (
        'data-privacy-ui="entry"' not in site.banner.render(site.visit(), scope(), nonce=None, link_only=False).decode()
    )


def test_a_changed_purpose_is_asked_again_by_name() -> None:
    left = Consent(
        choice_made=True, id="i" * 16, chosen_at=1_700_000_000, allowed=ALL - {"analytics"}, is_outdated=True
    )
    markup = render(consent=left)
    assert "What you were told has changed" in markup
    assert "choose again: Analytics." in markup


def test_who_allowed_one_frame_only_is_told_what_holds_and_asked_for_the_rest() -> None:
    answers = answer(SITE.policy, "always-allow", (), ("heatmap",))
    began = Consent(
        choice_made=True, id="i" * 16, chosen_at=1_700_000_000, allowed=answers.allowed, refused=answers.refused
    )
    markup = render(consent=began)
    assert "Allowed: Analytics (Heatmap). Not decided yet, so this is off: Preferences, Marketing," in markup
    assert "Only what is necessary is on" not in markup
    assert "has changed" not in markup


def test_an_honored_signal_is_displayed() -> None:
    markup = render(signals=Signals(gpc=True))
    assert "Opt-Out Request Honored" in markup
    assert "keeps this off: Marketing." in markup
    assert "would turn it on" in markup
    consent = Consent(choice_made=True, id="i" * 16, chosen_at=1_700_000_000, allowed=ALL)
    assert "Opt-Out Request Honored" in render(consent=consent, signals=Signals(gpc=True))


def test_the_language_is_negotiated_and_the_markup_stays_ascii() -> None:
    request = scope((b"accept-language", b"zh-CN,zh;q=0.9"))
    markup = SITE.banner.render(SITE.visit(), request, nonce=None, link_only=False).decode("ascii")
    assert 'lang="zh-Hans"' in markup
    assert unescape(markup).count("全部接受") == 1


def test_a_nonce_goes_on_the_stylesheet_and_the_module() -> None:
    assert render(nonce="abc+/=").count(' nonce="abc+/="') == 2
    assert "nonce" not in render()
    assert "<x" not in render(nonce='"><x')


@pytest.mark.parametrize(
    ("path", "query", "value", "in_query"),
    [
        ("/a", b"", "/a", "/a"),
        ("/a", b"b=c&d=%20", "/a?b=c&amp;d=%20", "/a%3Fb%3Dc%26d%3D%2520"),
        ("/a", b'"><script>', "/a?&quot;&gt;&lt;script&gt;", "/a%3F%22%3E%3Cscript%3E"),
        ("//evil.net", b"", "/", "/"),
    ],
)
def test_the_way_back_is_the_page_itself(path: str, query: bytes, value: str, in_query: str) -> None:
    markup = render(path=path, query=query)
    assert markup.count(f'name="next" value="{value}"') == 2
    assert f'/preferences?next={in_query}"' in markup


def test_modern_browsers_get_the_same_markup_and_others_a_token() -> None:
    assert "token" not in render()
    old = {**scope(), "headers": []}
    assert 'name="token" value="' in SITE.banner.render(SITE.visit(), old, nonce=None, link_only=False).decode()


def test_a_page_that_excludes_our_style_gets_a_plain_link() -> None:
    markup = render(link_only=True, path="/a")
    assert [tag for tag, _ in Elements(markup).found] == ["aside", "p", "a"]
    assert "not made yet" in markup
    assert 'href="/-/privacy/preferences?next=/a"' in markup


def test_the_variant_names_what_differs() -> None:
    visit = SITE.visit()
    plain = SITE.banner.variant(visit, scope())
    assert re.fullmatch("[a-z0-9]{8,32}", plain)
    assert plain == SITE.banner.variant(visit, scope(path="/other"))
    others = {
        SITE.banner.variant(visit, scope((b"accept-language", b"zh"))),
        SITE.banner.variant(visit, scope(root="/shop")),
        SITE.banner.variant(SITE.visit(ACCEPTED), scope()),
        SITE.banner.variant(SITE.visit(signals=Signals(gpc=True)), scope()),
        SITE.banner.variant(visit, {**scope(), "headers": []}),
    }
    assert len(others) == 5
    assert plain not in others
    again = Banner(policy=SITE.policy, prefix=PREFIX, secret_keys=KEYS)
    assert again.variant(visit, scope()) == plain


def test_a_teams_own_template_replaces_a_block(tmp_path: Path) -> None:
    (tmp_path / "banner.html").write_text(
        '{% extends "built-in/banner.html" %}{% block title %}<h2>Crumbs?</h2>{% endblock %}'
    )
    banner = Banner(policy=SITE.policy, prefix=PREFIX, secret_keys=KEYS, templates=tmp_path)
    markup = render(banner)
    assert "<h2>Crumbs?</h2>" in markup
    assert 'data-privacy-action="reject-all"' in markup


def test_warming_up_renders_what_a_first_visitor_sees() -> None:
    banner = Banner(policy=SITE.policy, prefix=PREFIX, secret_keys=KEYS)
    banner.warm()
    assert len(banner._rendered) == 4


def test_texts_of_the_policy_are_escaped() -> None:
    policy = Policy.parse('[site]\nname = "<b>&\\"[0]"\n')
    site = Site(policy)
    markup = site.banner.render(site.visit(), scope(), nonce=None, link_only=False).decode()
    assert "&lt;b&gt;&amp;&#34;[0]" in markup


@given(st.text(max_size=40), st.binary(max_size=60), st.text(max_size=10), st.binary(max_size=20))
def test_no_address_breaks_the_markup(path: str, query: bytes, root: str, language: bytes) -> None:
    request = scope((b"accept-language", language), path="/" + path, query=query, root=root)
    markup = SITE.banner.render(SITE.visit(), request, nonce=None, link_only=False).decode("ascii")
    shape = [tag for tag, _ in Elements(markup).found]
    assert shape == [tag for tag, _ in Elements(render()).found]
