"""Nothing recorded can be changed without the key, and a seal says nothing about what was erased."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from consent_middleware.ledger.chain import (
    Link,
    derive_keys,
    digest_of,
    extend,
    first_head,
    follows,
    head_at,
    new_head,
    new_salt,
)
from consent_middleware.ledger.records import Record

KEY, OTHER = derive_keys(["secret", "other"])
SALT = bytes(16)
RECORD = Record(record_id="1", kind="choice", consent_id="c", recorded_at=1_795_000_000, content="{}")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
records = st.builds(
    Record,
    record_id=st.uuids().map(lambda id: id.hex),
    kind=st.sampled_from(["choice", "withdrawal", "erasure"]),
    consent_id=texts,
    recorded_at=st.integers(-(2**62), 2**62),
    content=texts,
)


def chain_of(found: list[Record]) -> list[Link]:
    links, head = [], first_head(KEY, "w")
    for record in found:
        links.append(extend(KEY, head, record, SALT))
        head = head_at(links[-1])
    return links


@given(st.lists(records, max_size=5))
def test_each_link_follows_the_one_before(found: list[Record]) -> None:
    head = first_head(KEY, "w")
    for place, link in enumerate(chain_of(found), start=1):
        assert link.position == place
        assert follows(KEY, head, link)
        assert not follows(OTHER, head, link)
        head = head_at(link)


@given(records, records)
def test_different_records_have_different_digests(one: Record, other: Record) -> None:
    assert (digest_of(one, SALT) == digest_of(other, SALT)) == (one == other)


def test_parts_cannot_run_into_each_other() -> None:
    one = replace(RECORD, record_id='1","choice', content="x")
    other = replace(RECORD, record_id="1", content='"choice\0x')
    assert digest_of(one, SALT) != digest_of(other, SALT)


@pytest.mark.parametrize(
    "change",
    [
        {"position": 2},
        {"recorded_at": 0},
        {"kind": "withdrawal"},
        {"record_id": "2"},
        {"digest": bytes(32)},
        {"seal": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_part_of_a_link_is_sealed(change: dict[str, object]) -> None:
    head = first_head(KEY, "w")
    link = extend(KEY, head, RECORD, SALT)
    assert not follows(KEY, head, replace(link, **change))
    assert not follows(KEY, first_head(KEY, "v"), link)


def test_the_same_record_has_another_digest_under_another_salt() -> None:
    assert digest_of(RECORD, new_salt()) != digest_of(RECORD, new_salt())


def test_no_two_chains_share_a_name() -> None:
    assert len({new_head(KEY).writer for _ in range(100)}) == 100


def test_without_secret_keys_there_is_still_one_key() -> None:
    assert len(derive_keys([])) == 1
    assert derive_keys(["a", "b"])[1] == derive_keys(["b"])[0]
