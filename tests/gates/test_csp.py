"""What a page's Content-Security-Policy leaves the banner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_middleware.gates.csp import FREE, Allowance, allowance

HOST = b"www.shop.example"
EXCLUDED = Allowance(is_excluded=True)


def read(*policies: str, host: bytes = HOST) -> Allowance:
    return allowance([(b"Content-Security-Policy", policy.encode()) for policy in policies], host)


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "default-src 'self'",
        "DEFAULT-SRC 'SELF'; form-action 'self'",
        "default-src *",
        "default-src https:",
        "script-src www.shop.example; style-src https://www.shop.example/",
        "default-src *.shop.example",
        "script-src https://www.shop.example:*; style-src *.shop.example:*",
        "frame-ancestors 'none'; upgrade-insecure-requests",
        "img-src 'none'; connect-src 'none'",
        "default-src 'none'; script-src 'self'; style-src 'self'",
        "script-src 'none'; script-src-elem 'self'; style-src-elem 'self'",
        "script-src 'self'; script-src 'none'",
        "sandbox allow-forms allow-same-origin",
        "default-src 'self'; style-src 'self' 'strict-dynamic'",
        "; ;;default-src 'self';",
    ],
)
def test_a_policy_that_lets_us_be_needs_nothing(policy: str) -> None:
    assert read(policy) == FREE


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'none'",
        "default-src",
        "default-src https://cdn.example",
        "default-src 'unsafe-inline'",
        "script-src 'self'; style-src 'none'",
        "script-src 'sha256-abc'; style-src 'self'",
        "default-src 'self'; form-action 'none'",
        "form-action https://pay.example",
        "sandbox",
        "sandbox allow-forms",
        "sandbox allow-same-origin allow-scripts",
        "script-src 'self' 'strict-dynamic'",
        "default-src shop.example",
        "default-src notshop.example *.notwww.shop.example",
        "default-src https://cdn.example:* *.example.org:*",
        "script-src 'self', script-src 'none'",
    ],
)
def test_a_policy_that_excludes_us_leaves_a_link(policy: str) -> None:
    assert read(policy) == EXCLUDED


@pytest.mark.parametrize(
    "policy",
    [
        "default-src 'nonce-abc'",
        "script-src 'nonce-abc' 'strict-dynamic' 'self'; style-src 'self'",
        "script-src 'NONCE-abc'; style-src 'nonce-abc'",
        "script-src 'self'; style-src 'nonce-abc' 'nonce-def'",
    ],
)
def test_the_nonce_of_the_page_is_used(policy: str) -> None:
    assert read(policy) == Allowance(nonce="abc")


def test_of_several_policies_all_apply() -> None:
    assert read("default-src 'self'", "script-src 'nonce-abc'") == Allowance(nonce="abc")
    assert read("default-src 'self'", "style-src 'none'") == EXCLUDED
    assert read("script-src 'nonce-abc'", "script-src 'nonce-def'") == EXCLUDED


def test_a_host_on_a_port_of_its_own_is_matched_with_its_port() -> None:
    assert read("default-src www.shop.example:8443", host=b"www.shop.example:8443") == FREE
    assert read("default-src www.shop.example", host=b"www.shop.example:8443") == EXCLUDED
    assert read("default-src 'self'", host=b"www.shop.example:8443") == FREE
    assert read("default-src https://www.shop.example:*", host=b"www.shop.example:8443") == FREE


def test_a_policy_that_only_reports_excludes_nobody() -> None:
    assert allowance([(b"content-security-policy-report-only", b"default-src 'none'")], HOST) == FREE


words = st.sampled_from(
    ["default-src", "script-src", "sandbox", "'self'", "'nonce-a'", "'nonce-", ";", ",", "*", ":", "é"]
)


@given(st.lists(st.lists(words, max_size=8).map(" ".join), max_size=3), st.binary(max_size=10))
def test_no_policy_is_an_exception(policies: list[str], host: bytes) -> None:
    read(*policies, host=host)


@given(st.binary(max_size=60))
def test_no_bytes_are_an_exception(value: bytes) -> None:
    allowance([(b"content-security-policy", value)], HOST)
