"""Pages carry a Content-Security-Policy of ours: the hosts that are declared and allowed."""

import pytest

from consent_middleware import Policy
from tests.driving import App, get, mounted, page, token, visit_page

SITE = '[site]\nurl = "https://www.shop.example"\n'
SERVICES = """
[[services]]
id = "counter"
purpose = "analytics"
hosts = ["counter.example", "*.counter-cdn.example"]
[[services]]
id = "ads"
purpose = "marketing"
hosts = ["ads.counter.example"]
[[services]]
id = "cdn"
purpose = "security"
hosts = ["static.shop-cdn.example", "192.0.2.7"]
"""
ENFORCED = 'csp = "enforce"\n' + SERVICES
OURS = b"content-security-policy"
ONLY_TELLS = b"content-security-policy-report-only"


def sources(value: bytes | None) -> set[str]:
    assert value is not None
    directives = dict(part.strip().partition(" ")[::2] for part in value.decode().split(";"))
    return set(directives["default-src"].split())


def test_by_default_a_page_only_reports() -> None:
    answer = visit_page(mounted(page(), SERVICES))
    assert answer.value(OURS) is None
    assert b"; report-uri /-/privacy/reports; report-to privacy-reports" in (answer.value(ONLY_TELLS) or b"")
    assert answer.value(b"reporting-endpoints") == b'privacy-reports="/-/privacy/reports"'


def test_switched_off_it_is_not_there() -> None:
    app = mounted(page(), 'csp = "off"')
    answer = visit_page(app)
    assert answer.value(OURS) is answer.value(ONLY_TELLS) is answer.value(b"reporting-endpoints") is None
    assert get(app, "/-/privacy/reports", method="POST").status == 404


def test_a_host_is_there_only_when_its_service_is_allowed() -> None:
    app = mounted(page(), ENFORCED)
    before = sources(visit_page(app).value(OURS))
    assert {"'self'", "static.shop-cdn.example:*", "*.static.shop-cdn.example:*", "192.0.2.7:*"} <= before
    assert not any("counter" in source for source in before)
    some = sources(visit_page(app, cookie=token(ENFORCED, "analytics")).value(OURS))
    assert {"counter.example:*", "counter-cdn.example:*", "*.counter-cdn.example:*"} <= some
    assert not any("ads." in source for source in some)


def test_a_wildcard_never_covers_a_refused_host() -> None:
    app = mounted(page(), ENFORCED)
    assert "*.counter.example:*" not in sources(visit_page(app, cookie=token(ENFORCED, "analytics")).value(OURS))
    both = visit_page(app, cookie=token(ENFORCED, "analytics", "marketing"))
    assert {"*.counter.example:*", "ads.counter.example:*"} <= sources(both.value(OURS))


def test_the_sites_own_hosts_are_always_there() -> None:
    policy = 'share = "shop.example"\norigins = ["https://app.shop-app.example"]\n' + SITE
    found = sources(visit_page(mounted(page(), policy), scheme="https").value(ONLY_TELLS))
    assert {"shop.example:*", "*.shop.example:*", "app.shop-app.example:*", "www.shop.example:*"} <= found


def test_nothing_but_hosts_is_restricted() -> None:
    found = sources(visit_page(mounted(page(), ENFORCED)).value(OURS))
    assert {"'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"} <= found


def test_the_apps_own_policy_stays_as_it_is() -> None:
    own = b"default-src 'self'; script-src 'nonce-abc'"
    answer = visit_page(mounted(page(headers=[(OURS, own)]), ENFORCED))
    assert answer.values(OURS)[0] == own
    assert len(answer.values(OURS)) == 2
    assert b'nonce="abc"' in answer.body


def test_only_documents_carry_it() -> None:
    assert get(mounted(page(), ENFORCED)).value(OURS) is None
    assert visit_page(mounted(App(), ENFORCED)).value(OURS) is None
    frame = [(b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"iframe")]
    assert get(mounted(page(), ENFORCED), headers=frame).value(OURS) is None


def test_in_observe_mode_nothing_is_added() -> None:
    answer = visit_page(mounted(page(), ENFORCED, mode="observe"))
    assert answer.value(OURS) is answer.value(ONLY_TELLS) is None


@pytest.mark.parametrize("root", ["/a;script-src *", '/a"', "/a, b", "/a\r\nx: y", "//evil.example", "/é"])
def test_no_mount_point_can_write_into_the_header(root: str) -> None:
    answer = visit_page(mounted(page(), ENFORCED), root + "/", root_path=root)
    for value in (*answer.values(OURS), *answer.values(b"reporting-endpoints")):
        assert b"\r" not in value
        assert b"evil.example/" not in value.replace(b"/evil.example/-", b"")
    directives = [part.split()[0] for part in (answer.value(OURS) or b"").decode().split(";")]
    assert directives == ["default-src", "report-uri", "report-to"]
    assert b"," not in (answer.value(OURS) or b"")


def test_a_choice_made_in_this_very_request_counts() -> None:
    from consent_middleware import record_choice

    class Choosing(App):
        async def act(self) -> None:
            record_choice(self.scope, allow={"analytics"})

    policy = Policy.parse(ENFORCED)
    app = Choosing(headers=[(b"content-type", b"text/html")], body=b"<!doctype html><p>x")
    assert "counter.example:*" in sources(visit_page(mounted(app, policy)).value(OURS))
