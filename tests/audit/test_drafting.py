"""A drafted policy can be enforced as it is, and asks what only a person knows."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware import Policy
from consent_middleware.audit.drafted_keys import Area, SeenKey
from consent_middleware.audit.drafting import Seen, SeenCookie, SeenSituation, draft
from consent_middleware.cli import main


def seen(*cookies: SeenCookie, hosts: tuple[str, ...] = ()) -> Seen:
    situation = SeenSituation(cookies=list(cookies), third_parties=dict.fromkeys(hosts, 1))
    return Seen(url="https://www.shop.example/start?x=1", situations=[situation])


def cookie(name: str, purpose: str = "unclassified", **more: object) -> SeenCookie:
    return SeenCookie(name=name, domain="www.shop.example", purpose=purpose, **more)  # type: ignore[arg-type]


def test_what_is_known_is_declared_and_what_is_not_is_a_question() -> None:
    text = draft(
        seen(
            cookie("sessionid", "authentication"),
            cookie("_ga_ABC123", "analytics", days=790),
            cookie("_ga_DEF456", "analytics", days=300),
            cookie("zzz"),
            hosts=("www.google-analytics.com", "cdn.unknown.example"),
        )
    )
    policy = Policy.parse(text)
    assert policy.declarations.site.url == "https://www.shop.example"
    assert [(one.name or one.pattern, one.purpose) for one in policy.declarations.cookies] == [
        ("_ga_*", "analytics"),
        ("sessionid", "authentication"),
    ]
    lifetime = policy.declarations.cookies[0].lifetime
    assert lifetime is not None
    assert lifetime.text == "400 days"
    (service,) = policy.services.values()
    assert (service.id, service.hosts) == ("google-analytics", ["www.google-analytics.com"])
    assert policy.optional == ("analytics",)
    assert "# TODO: what is zzz for? Without a purpose it is blocked." in text
    assert "# TODO: who is cdn.unknown.example, and what for?" in text


def test_what_is_not_the_sites_own_or_is_our_own_is_not_declared_as_a_cookie() -> None:
    text = draft(seen(cookie("id", "marketing", third_party=True), cookie("__Host-privacy", "security")))
    assert Policy.parse(text).declarations.cookies == []


def test_what_an_audit_saw_scripts_store_is_declared_or_asked_for(tmp_path: Path) -> None:
    found = [
        {"area": "localStorage", "origin": "https://www.shop.example", "name": "ph_phc_x_posthog"},
        {"area": "IndexedDB", "origin": "https://shop.example", "name": "drafts-184467"},
        {"area": "localStorage", "origin": "https://player.example", "name": "theirs"},
    ]
    audit, target = tmp_path / "audit.json", tmp_path / "consent.toml"
    audit.write_text(json.dumps({"url": "https://www.shop.example", "situations": [{"storage": found}]}))
    assert main(["init", str(audit), "--output", str(target)]) == 0
    (entry,) = Policy.load(target).declarations.storage
    assert (entry.key, entry.kind, entry.purpose) == ("ph_*", "local", "analytics")
    text = target.read_text(encoding="utf-8")
    assert "# TODO: what is kept under drafts-* for?" in text
    assert '# kind = "indexeddb"' in text
    assert "theirs" not in text


@given(st.text(min_size=1, max_size=30), st.sampled_from(["localStorage", "sessionStorage", "IndexedDB"]))
def test_whatever_a_key_is_called_the_draft_is_a_policy(name: str, area: Area) -> None:
    situation = SeenSituation(storage=[SeenKey(area=area, name=name)])
    Policy.parse(draft(Seen(url="", situations=[situation])))


@given(st.text(max_size=30), st.sampled_from(["unclassified", "analytics", "security"]), st.text(max_size=20))
def test_whatever_a_cookie_is_called_the_draft_is_a_policy(name: str, purpose: str, reason: str) -> None:
    Policy.parse(draft(seen(cookie(name, purpose, reason=reason, days=3))))


def test_the_command_writes_it_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit, target = tmp_path / "audit.json", tmp_path / "consent.toml"
    audit.write_text(json.dumps({"url": "http://shop.example", "situations": [], "pages": ["ignored"]}))
    assert main(["init", str(audit), "--output", str(target)]) == 0
    assert "questions are open" in capsys.readouterr().out
    Policy.load(target)
    assert main(["init", str(audit), "--output", str(target)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["init", str(audit), "--output", str(target), "--force"]) == 0


def test_another_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert main(["init", str(other), "--output", str(tmp_path / "c.toml")]) == 1
    assert "is no audit" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "none.json"), "--output", str(tmp_path / "c.toml")]) == 1
    assert "cannot be read" in capsys.readouterr().err
