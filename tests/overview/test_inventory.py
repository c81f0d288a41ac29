"""The inventory remembers every name once, counts what was refused, and is bounded."""

import pytest

from consent_middleware import Policy
from consent_middleware.gates.findings import Finding
from consent_middleware.overview import inventory as inventory_module
from consent_middleware.overview.inventory import OTHERS, Inventory
from consent_middleware.overview.items import UNKNOWN


def analytics() -> tuple[str, str, str]:
    return "analytics", "It counts.", "catalogue:ga"


def hidden(name: str) -> Finding:
    return Finding(action="hide", name=name, purpose="analytics", reason="It counts.")


@pytest.fixture
def inventory() -> Inventory:
    return Inventory(Policy())


def test_a_cookie_of_many_visitors_is_one_line_with_its_refusals(inventory: Inventory) -> None:
    for number in range(3):
        inventory.take_finding(hidden(f"_ga_AB{number}CD"))
        inventory.note("cookie", "browser", f"_ga_AB{number}CD", analytics, page="/shop?q=1")
    (item,) = inventory.items()
    assert (item.name, item.purpose, item.refused, item.page) == ("_ga_*", "analytics", 3, "/shop")


def test_the_two_sources_of_a_name_are_put_together(inventory: Inventory) -> None:
    inventory.note("cookie", "browser", "_ga", analytics, page="/later")
    inventory.note("cookie", "server", "_ga", analytics, page="/first", domain="shop.example", lifetime=3600)
    inventory.take_finding(hidden("_ga"))
    inventory.take_finding(Finding(action="drop", name="_ga", purpose="analytics", reason=""))
    (item,) = inventory.items()
    assert (item.source, item.domain, item.lifetime, item.refused) == ("server", "shop.example", 3600, 2)


def test_made_up_names_neither_fill_the_memory_nor_crowd_out_what_the_server_shows(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory_module, "LIMIT", 10)
    for number in range(50):
        inventory.note("cookie", "browser", f"x{number}", analytics, page="/")
    inventory.note("cookie", "server", "sessionid", analytics, page="/")
    assert len(inventory.items()) == 11
    monkeypatch.setattr(inventory_module, "_COUNTS", 10)
    for number in range(50):
        inventory.count("mask", "device", f"x{number}")
    counts = inventory.counts()
    assert len(counts) == 11
    assert counts["mask", "device", OTHERS] == 40


def test_a_batch_holds_what_changed_since_the_last_one(inventory: Inventory) -> None:
    inventory.note("cookie", "browser", "_ga", analytics, page="/")
    inventory.take_finding(hidden("_ga"))
    first = inventory.take()
    assert [(item.name, item.refused) for item in first.items] == [("_ga", 1)]
    assert first.counts == {("hide", "analytics", "_ga"): 1}
    assert inventory.take().is_empty
    inventory.take_finding(hidden("_ga"))
    second = inventory.take()
    assert [(item.name, item.refused) for item in second.items] == [("_ga", 1)]


def test_a_batch_that_could_not_be_kept_comes_again_with_what_came_meanwhile(inventory: Inventory) -> None:
    inventory.note("cookie", "browser", "_ga", analytics, page="/")
    inventory.take_finding(hidden("_ga"))
    inventory.give_back(inventory.take())
    inventory.take_finding(hidden("_ga"))
    again = inventory.take()
    assert [(item.name, item.refused) for item in again.items] == [("_ga", 2)]
    assert again.counts == {("hide", "analytics", "_ga"): 2}


def test_the_longest_lifetime_counts_and_unknown_is_none(inventory: Inventory) -> None:
    for lifetime in (60, 3600, 0):
        inventory.note("cookie", "server", "a", analytics, page="/", lifetime=lifetime)
    inventory.note("cookie", "browser", "b", analytics, page="/")
    assert [item.lifetime for item in inventory.items()] == [3600, UNKNOWN]


def test_a_host_is_not_taken_for_a_cookies_name(inventory: Inventory) -> None:
    inventory.note("host", "server", "d1a2b3c4e5f6a7.cdn.example", analytics, page="/")
    inventory.count("gate", "analytics", "d1a2b3c4e5f6a7.cdn.example")
    (item,) = inventory.items()
    assert (item.name, item.refused) == ("d1a2b3c4e5f6a7.cdn.example", 1)


def test_a_version_of_the_policy_that_takes_effect_names_what_comes_then(inventory: Inventory) -> None:
    inventory.count("hide", "analytics", "visit_7")
    inventory.follow(Policy.parse('[[cookies]]\npattern = "visit_*"\npurpose = "analytics"\n'))
    inventory.count("hide", "analytics", "visit_7")
    assert inventory.counts() == {("hide", "analytics", "visit_7"): 1, ("hide", "analytics", "visit_*"): 1}
