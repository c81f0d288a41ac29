"""A purpose that takes a separate act is granted by that act, and along no other path."""

import json
import logging
from collections.abc import Iterable
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Consent, ConsentMiddleware, Policy, get_consent, record_choice
from consent_middleware.consent import answer
from consent_middleware.consent.choice import Action
from tests.driving import SAME_ORIGIN, Answer, App, call, get, mounted, page, scope_of, token

POLICY = Policy.parse("""
entry = "manual"
[purposes.disclosure]
basis = "separate"
title = "Disclosure"
description = "Hands your address to a partner."
[purposes.export]
basis = "separate"
title = "Export"
description = "Stores a copy abroad."
[[services]]
id = "partner"
purpose = "disclosure"
hosts = ["partner.example"]
[[services]]
id = "broker"
purpose = "disclosure"
hosts = ["broker.example"]
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["count.example"]
""")
SEPARATE = {"disclosure", "export"}
EVERYTHING = [*POLICY.optional, *POLICY.services]
ORDINARY = [name for name in POLICY.optional if name not in SEPARATE]
FORM = (*SAME_ORIGIN, (b"content-type", b"application/x-www-form-urlencoded"))
JSON = (*SAME_ORIGIN, (b"content-type", b"application/json"))


def post(body: bytes, headers: Iterable[tuple[bytes, bytes]], cookie: str = "") -> Answer:
    scope = scope_of("/-/privacy/choice", method="POST", headers=headers, cookie=cookie)
    return call(mounted(App(), POLICY), scope, body)


def allowed_by(answer: Answer) -> set[str]:
    """What the token of an answer allows of what takes a separate act."""
    app = App()
    get(mounted(app, POLICY), cookie="{}={}".format(*answer.token or ("", "")))
    consent = get_consent(app.scope)
    return {name for name in (*SEPARATE, "partner", "broker") if consent.allows(name)}


def test_accepting_all_by_a_form_does_not_grant_it_whatever_else_the_form_says() -> None:
    fields = [("action", "accept-all"), *(("purpose", name) for name in EVERYTHING), ("service", "partner")]
    assert allowed_by(post(urlencode(fields).encode(), FORM)) == set()


def test_accepting_all_by_json_does_not_grant_it_whatever_else_it_says() -> None:
    body = {"action": "accept-all", "purposes": EVERYTHING, "services": ["partner", "broker"]}
    assert allowed_by(post(json.dumps(body).encode(), JSON)) == set()


def test_its_own_switch_grants_it_and_accepting_all_later_keeps_it_as_it_was() -> None:
    own = post(b"action=save&purpose=disclosure&service=partner&listed=disclosure", FORM)
    assert allowed_by(own) == {"disclosure", "partner"}
    later = post(b"action=accept-all", FORM, cookie="{}={}".format(*own.token or ("", "")))
    assert allowed_by(later) == {"disclosure", "partner"}


def test_the_button_in_a_frames_place_grants_it_only_where_it_is_all_that_is_named() -> None:
    assert allowed_by(post(b"action=always-allow&service=partner", FORM)) == {"disclosure", "partner"}
    assert allowed_by(post(b"action=always-allow&service=partner&service=counter", FORM)) == set()
    assert allowed_by(post(b"action=always-allow&purpose=disclosure&purpose=analytics", FORM)) == set()
    assert allowed_by(post(b"action=always-allow&purpose=disclosure&purpose=export", FORM)) == set()


class Recording(App):
    """An app that records a choice of its own."""

    allow: Iterable[str] = ()
    separate: Iterable[str] = ()

    async def act(self) -> None:
        record_choice(self.scope, allow=self.allow, separate=self.separate)


def recorded(allow: Iterable[str], separate: Iterable[str] = (), cookie: str = "") -> Answer:
    app = Recording()
    app.allow, app.separate = allow, separate
    return get(ConsentMiddleware(app, policy=POLICY, secret_key="a key that only the tests know"), cookie=cookie)


def test_an_app_that_allows_everything_does_not_grant_it_and_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "consent_middleware"):
        answer = recorded(EVERYTHING)
    assert allowed_by(answer) == set()
    app = App()
    get(mounted(app, POLICY), cookie="{}={}".format(*answer.token or ("", "")))
    assert all(get_consent(app.scope).allows(name) for name in ORDINARY)
    assert "separate={'disclosure'}" in caplog.text


def test_an_app_grants_it_by_saying_that_the_visitor_agreed_to_it_by_itself() -> None:
    assert allowed_by(recorded(ORDINARY, {"disclosure"})) == {"disclosure", "partner", "broker"}


def test_an_app_keeps_what_was_granted_before_and_withdraws_what_it_leaves_out() -> None:
    before = token(POLICY, "disclosure", "partner")
    assert allowed_by(recorded(EVERYTHING, cookie=before)) >= {"disclosure", "partner"}
    assert allowed_by(recorded(ORDINARY, cookie=before)) == set()


def test_a_page_asked_for_once_more_holds_it_only_where_it_is_asked_for_by_itself() -> None:
    body = (
        b"<!doctype html><html><head></head><body>"
        b'<iframe src="https://partner.example/"></iframe><iframe src="https://count.example/"></iframe>'
    )
    site = mounted(page(body=body), POLICY)

    def loaded(ids: bytes) -> tuple[bool, bool]:
        fetch = [*SAME_ORIGIN, (b"sec-fetch-mode", b"cors"), (b"sec-fetch-dest", b"empty")]
        answer = get(site, headers=[*fetch, (b"privacy-activation", ids)], cookie=token(POLICY))
        return b'src="https://partner.example/"' in answer.body, b'src="https://count.example/"' in answer.body

    assert loaded(b"partner") == (True, False)
    assert loaded(b"partner counter disclosure analytics") == (False, True)


names = st.lists(st.sampled_from([*EVERYTHING, "unknown"]), max_size=6)


@given(
    action=st.sampled_from(("accept-all", "reject-all", "always-allow")),
    purposes=names,
    services=names,
    allowed=st.sets(st.sampled_from(EVERYTHING)),
    refused=st.sets(st.sampled_from(EVERYTHING)),
)
def test_whatever_is_sent_together_grants_nothing_separate(
    action: Action, purposes: list[str], services: list[str], allowed: set[str], refused: set[str]
) -> None:
    before = Consent(choice_made=True, allowed=frozenset(allowed), refused=frozenset(refused - allowed))
    answers = answer(POLICY, action, purposes, services, before=before)
    granted = (answers.allowed & SEPARATE) - before.allowed
    named = {POLICY.services[name].purpose for name in services if name in POLICY.services}
    named |= set(purposes) & set(POLICY.optional)
    assert not granted or (action == "always-allow" and granted == named)
