"""What the policy declares comes first, then the closest of the well-known hosts."""

import pytest

from consent_middleware import Policy
from consent_middleware.policy.known_services_source import compiled, read
from consent_middleware.policy.recipients import COMPILED, Recipients

POLICY = Policy.parse("""
[site]
url = "https://www.youtube.com"
[[services]]
id = "tags"
purpose = "security"
hosts = ["*.googletagmanager.com"]
""")


def test_the_compiled_table_holds_what_is_written() -> None:
    assert COMPILED.read_bytes() == compiled(), "run: python -m consent_middleware.policy.known_services_source"


def test_a_host_of_the_table_is_written_once_and_in_lower_case() -> None:
    hosts = [host for service in read() for host in service.hosts]
    assert len(hosts) == len(set(hosts)) > 300
    assert all(host == host.lower() and "." in host for host in hosts)


@pytest.mark.parametrize(
    ("host", "path", "wanted"),
    [
        ("www.googletagmanager.com", "/gtm.js", "tags"),
        ("region1.google-analytics.com", "/g/collect", "analytics"),
        ("www.google.com", "/maps/embed", "preference"),
        ("www.google.com", "/search", None),
        ("notgoogle-analytics.com", "/", None),
        # No site is a third party to itself.
        ("i.youtube.com", "/x", None),
        ("", "", None),
    ],
)
def test_an_address_belongs_to_whom_it_says(host: str, path: str, wanted: str | None) -> None:
    found = Recipients(POLICY).find(host, path)
    assert (found.id if found else None) == wanted
