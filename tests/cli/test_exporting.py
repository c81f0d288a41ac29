"""``ledger export`` writes what was recorded, and nothing else anywhere."""

import asyncio
import csv
import dataclasses
import io
import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from consent_middleware.cli import main
from consent_middleware.ledger import ChoiceRecord, Ledger
from tests.waiting import PATIENCE


def fill(url: str, count: int) -> list[ChoiceRecord]:
    records = [
        ChoiceRecord(
            record_id=uuid.uuid4().hex,
            consent_id=uuid.uuid4().hex,
            chosen_at=1_795_000_000 + number,
            policy_version="2024-08-26",
            policy_digest="q1Zc",
            language="zh-Hans",
            method="form",
            action="save",
            allowed=("分析",),
            refused=("marketing",),
            gpc=False,
            precedence="latest",
        )
        for number in range(count)
    ]

    async def append() -> None:
        ledger = Ledger(url, patience=PATIENCE)
        await asyncio.gather(*map(ledger.append, records))
        await ledger.stop()

    asyncio.run(append())
    return records


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def test_each_record_is_one_line_of_json_oldest_first(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    records = fill(url, 1200)
    assert main(["ledger", "export", url]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = [
        dataclasses.asdict(record)
        | {"allowed": list(record.allowed), "refused": list(record.refused), "effective": [], "controllers": []}
        for record in records
    ]
    assert [json.loads(line) for line in lines] == expected


def test_where_no_ledger_is_none_is_made(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "export", url]) == 1
    (tmp_path / "empty.db").touch()
    assert main(["ledger", "export", f"sqlite:///{tmp_path / 'empty.db'}"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("There is no ledger") == 2
    assert not (tmp_path / "ledger.db").exists()


def test_a_reader_that_closes_the_pipe_ends_it_quietly(url: str) -> None:
    fill(url, 1000)
    command = subprocess.Popen(
        [sys.executable, "-m", "consent_middleware", "ledger", "export", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert command.stdout is not None
    assert command.stderr is not None
    json.loads(command.stdout.readline())
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    assert command.wait(30) == 141


def test_consent_records_are_one_document_of_json_ld(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(url, 3)
    (tmp_path / "consent.toml").write_text('[site]\ncontroller = "Example Ltd."\n')
    assert main(["ledger", "export", url, "--format", "jsonld", "--policy", str(tmp_path / "consent.toml")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["@context"]["dpv"] == "https://w3id.org/dpv#"
    assert [record["@type"] for record in document["@graph"]] == ["dpv:ConsentRecord"] * 3
    assert document["@graph"][0]["dpv:hasDataController"]["dpv:hasName"] == "Example Ltd."


def test_a_document_without_records_is_still_one(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    fill(url, 0)
    asyncio.run(_make(url))
    assert main(["ledger", "export", url, "--format", "jsonld"]) == 0
    assert json.loads(capsys.readouterr().out)["@graph"] == []


async def _make(url: str) -> None:
    ledger = Ledger(url)
    await ledger.start()
    await ledger.stop()


def test_a_table_has_a_row_for_each_choice_and_no_formulas(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    records = fill(url, 2)
    asyncio.run(_append(url, dataclasses.replace(records[0], record_id=uuid.uuid4().hex, language="=1+1")))
    assert main(["ledger", "export", url, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["record_id"] for row in rows} >= {record.record_id for record in records}
    assert {row["language"] for row in rows} == {"zh-Hans", "'=1+1"}
    assert rows[0]["allowed"] == "分析"


async def _append(url: str, record: ChoiceRecord) -> None:
    ledger = Ledger(url)
    await ledger.append(record)
    await ledger.stop()
