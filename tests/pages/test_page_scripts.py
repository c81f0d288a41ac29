"""Scripts before all others: small, for everybody the same, and only where they are needed."""

import json
import re

import pytest

from consent_middleware.pages.assets import load_assets, read_source, squeeze
from consent_middleware.pages.page_scripts import PageScripts
from consent_middleware.policy import Policy
from tests.driving import mounted, page, token, visit_page

EVERYTHING = token(None, "preference", "analytics", "marketing", "network", "device")


@pytest.mark.parametrize("tells", [False, True])
def test_guard_and_activation_weigh_at_most_5_kilobytes_together(tells: bool) -> None:
    guard = PageScripts(Policy(), tells=tells).guard
    assert guard is not None
    assert len(guard.gzipped) + len(load_assets()["activate"].gzipped) <= 5_000


def test_the_guard_holds_its_table() -> None:
    guard = PageScripts(Policy()).guard
    assert guard is not None
    (table,) = re.findall(rb"const table=(\{.*?\});", guard.body)
    assert json.loads(table)["cookie"][0][0] == "analytics"


def test_a_guard_that_tells_nobody_has_not_a_byte_for_it() -> None:
    silent, telling = PageScripts(Policy()).guard, PageScripts(Policy(), tells=True).guard
    assert silent is not None
    assert telling is not None
    assert b"sendBeacon" in telling.body
    assert b"sendBeacon" not in silent.body
    assert b"telling" not in silent.body + telling.body


def test_the_guard_is_there_until_everything_it_knows_is_allowed() -> None:
    app = mounted(page())
    for cookie in ("", token(None), token(None, "analytics")):
        assert visit_page(app, cookie=cookie).body.count(b"/static/guard.") == 1
    assert b"/static/guard." not in visit_page(app, cookie=token(None, "analytics", "marketing")).body
    assert b"/static/guard." not in visit_page(mounted(page(), "guard = false")).body


def test_the_guard_knows_what_was_refused_and_what_was_only_never_asked() -> None:
    app = mounted(page())
    assert b"data-privacy-refused" not in visit_page(app).body
    body = visit_page(app, cookie=token(None, "analytics")).body
    assert b'data-privacy-refused="preference marketing network device"' in body


def test_the_guard_comes_before_everything_and_carries_the_nonce_of_the_page() -> None:
    policy = (b"content-security-policy", b"script-src 'nonce-abc'; style-src 'nonce-abc'")
    body = visit_page(mounted(page(headers=[policy]))).body
    assert re.search(rb'<head><script src="/-/privacy/static/guard\.\w+\.js" [^>]* nonce="abc"></script><title>', body)
    excluding = (b"content-security-policy", b"default-src 'none'")
    assert b"/static/guard." not in visit_page(mounted(page(headers=[excluding]))).body


def test_the_adapter_is_there_only_where_the_policy_wants_it() -> None:
    assert b"/static/consent-mode." not in visit_page(mounted(page())).body
    body = visit_page(mounted(page(), "consent_mode = true"), cookie=EVERYTHING).body
    assert b"/static/consent-mode." in body
    assert b"/static/guard." not in body


def test_a_page_without_an_entry_still_has_its_state() -> None:
    body = visit_page(mounted(page(), 'entry = "manual"'), cookie=token(None)).body
    assert b'data-privacy-module data-privacy-allowed="authentication security"' in body
    assert b"data-privacy-ui" not in body


def test_what_a_site_declares_is_not_squeezed() -> None:
    policy = Policy.parse('[[storage]]\nkey = "a = b => c"\npurpose = "analytics"')
    guard = PageScripts(policy).guard
    assert guard is not None
    assert b"a = b => c|" in guard.body


def test_what_only_readers_of_a_file_need_is_squeezed_out() -> None:
    assert squeeze('[data-a="b-c"] > d, e { color: red; }\n', "css") == "[data-a=b-c]>d,e{color:red;}"
    assert squeeze('  const a = { b: c ? d : e, ...f };\n  if (a) {\n    g("x: y" + a);\n  }\n', "js").strip() == (
        'const a={b: c?d:e,...f};if (a){g("x: y"+a)}'
    )
    assert "{ /* table */ }" in read_source("guard.js")
