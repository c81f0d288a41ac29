"""What is exported and answered is what the published vocabularies and our own schemas say it is."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pyld import jsonld

from consent_middleware import ConsentMiddleware
from consent_middleware.cli import main
from tests.driving import KEY, SAME_ORIGIN, App, call, get, mounted, scope_of, serving, token

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
TERMS = {
    line
    for line in Path(__file__).with_name("dpv_terms.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}
DPV = "https://w3id.org/dpv#"
DUBLIN_CORE = {"conformsTo", "identifier", "date", "language", "hasVersion", "source", "title", "description"}
POLICY = """
[site]
controller = "One Ltd."
address = "1 Harbour Road"
jurisdiction = "EU"
storage_place = "Mainland China"
privacy_url = "https://www.shop.example/privacy"
[contact]
email = "privacy@shop.example"
[[controllers]]
name = "Two GmbH"
role = "joint-controller"
[[controllers]]
name = "Host Inc."
role = "processor"
contact = "https://host.example"
[[versions]]
version = "2026"
effective = 2026-01-01
[purposes.export]
basis = "separate"
title = "Export"
description = "Sends it abroad."
[[services]]
id = "counter"
purpose = "analytics"
recipient = "Counter Ltd."
country = "DE"
hosts = ["count.example"]
"""
GPC = (b"sec-gpc", b"1")
JSON = (b"content-type", b"application/json")


def schema(name: str) -> Draft202012Validator:
    found = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found, format_checker=Draft202012Validator.FORMAT_CHECKER)


class Site:
    """A site whose visitor has accepted, withdrawn, and been overruled by a signal and by time."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url = f"sqlite:///{folder}/consent.db"
        self.policy = folder / "consent.toml"
        self.policy.write_text(POLICY, encoding="utf-8")
        self.middleware: ConsentMiddleware = mounted(App(), POLICY, ledger=self.url)
        self.answers: list[dict[str, Any]] = []
        with serving(self.middleware):
            self.cookie = self.choose(
                {"action": "save", "purpose": ["analytics", "marketing", "export"], "layer": "banner"}
            )
            self.choose({"action": "reject-all", "layer": "preferences"})
            overruled = token(POLICY, "marketing", "analytics")
            get(self.middleware, headers=[GPC], cookie=overruled)
            later = time.time() + 200 * 86_400
            monkeypatch.setattr(time, "time", lambda: later)
            get(self.middleware, cookie=overruled)
        monkeypatch.undo()

    def choose(self, choice: dict[str, object]) -> str:
        cookie = getattr(self, "cookie", "")
        scope = scope_of("/-/privacy/choice", method="POST", headers=[*SAME_ORIGIN, JSON], cookie=cookie)
        answer = call(self.middleware, scope, json.dumps(choice).encode())
        assert answer.status == 200
        assert answer.token is not None
        self.answers.append(json.loads(answer.body))
        return "{}={}".format(*answer.token)

    def read(self, path: str) -> Any:
        with serving(self.middleware):
            answer = get(
                self.middleware, f"/-/privacy/{path}", headers=[(b"accept", b"application/json")], cookie=self.cookie
            )
        assert answer.status == 200
        return json.loads(answer.body)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(tmp_path, monkeypatch)


def export(site: Site, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["ledger", "export", "--format", form, "--policy", str(site.policy), site.url]) == 0
    return capsys.readouterr().out


def refuse_to_load(url: str, options: object) -> None:
    raise AssertionError(f"The export is whole by itself, and must not need {url}.")


def test_a_json_ld_processor_reads_the_whole_export(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(export(site, "jsonld", capsys))
    options = {"documentLoader": refuse_to_load}
    expanded = jsonld.expand(document, options)
    assert len(expanded) == 4
    # What a processor does not understand it leaves out without a word, and what it did not understand does not come back.
    again = jsonld.compact(expanded, document["@context"], {**options, "compactArrays": True})
    by_id = {record["@id"]: record for record in again["@graph"]}
    for record in document["@graph"]:
        assert simplified(by_id[record["@id"]]) == simplified(record)
    quads = jsonld.normalize(document, {**options, "algorithm": "URDNA2015", "format": "application/n-quads"})
    assert quads.count("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/dpv#ConsentRecord>") == 4
    assert '"^^<http://www.w3.org/2001/XMLSchema#dateTime>' in quads


def simplified(node: Any) -> Any:
    """A list of one is that one."""
    if isinstance(node, list):
        return simplified(node[0]) if len(node) == 1 else sorted((simplified(each) for each in node), key=json.dumps)
    return {name: simplified(value) for name, value in sorted(node.items())} if isinstance(node, dict) else node


def test_every_term_of_the_export_is_published(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    expanded = jsonld.expand(json.loads(export(site, "jsonld", capsys)), {"documentLoader": refuse_to_load})
    used = set(iris_in(expanded))
    assert {f"{DPV}ConsentExpired", f"{DPV}ConsentWithdrawn", f"{DPV}JointDataControllers"} <= used
    for iri in used:
        if iri.startswith(DPV):
            assert iri.removeprefix(DPV) in TERMS, iri
        elif iri.startswith("http://purl.org/dc/terms/"):
            assert iri.rpartition("/")[2] in DUBLIN_CORE, iri
        else:
            assert iri in (
                "http://www.w3.org/2004/02/skos/core#broader",
                "http://www.w3.org/2001/XMLSchema#dateTime",
                "https://w3id.org/dpv/schema/dpv-27560#record",
            )


def iris_in(node: Any) -> list[str]:
    """Every property, type and reference of an expanded document, but for the records' own ids."""
    if isinstance(node, list):
        return [iri for each in node for iri in iris_in(each)]
    if not isinstance(node, dict):
        return []
    found = [name for name in node if not name.startswith("@")]
    types = node.get("@type", [])
    found += types if isinstance(types, list) else [types]
    if node.keys() == {"@id"}:
        found.append(node["@id"])
    return found + [iri for name, value in node.items() if not name.startswith("@") for iri in iris_in(value)]


def test_the_consent_records_have_every_field_that_they_must_have(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(export(site, "jsonld", capsys))
    schema("consent-record").validate(document)
    states = [record["dpv:hasStatus"]["@type"] for record in document["@graph"]]
    assert sorted(states) == [
        "dpv:ConsentExpired",
        "dpv:ConsentGiven",
        "dpv:ConsentWithdrawn",
        "dpv:ConsentWithdrawn",
    ]
    given = next(record for record in document["@graph"] if record["dpv:hasStatus"]["@type"] == "dpv:ConsentGiven")
    assert given["dpv:hasJurisdiction"] == "EU"
    names = [party["dpv:hasName"] for party in given["dpv:hasJointDataControllers"]["dpv:hasDataController"]]
    assert names == ["One Ltd.", "Two GmbH"]
    assert given["dpv:hasDataProcessor"]["dpv:hasContact"] == "https://host.example"


def test_each_exported_line_is_what_its_schema_says(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in export(site, "jsonl", capsys).splitlines()]
    assert sorted(line["kind"] for line in lines) == ["choice", "expiry", "signal", "withdrawal"]
    for line in lines:
        schema("record").validate(line)
        assert line["jurisdiction"] == "EU"
        assert line["controllers"] == ["joint-controller One Ltd.", "joint-controller Two GmbH", "processor Host Inc."]


def test_each_answer_is_what_its_schema_says(site: Site) -> None:
    schema("data").validate(site.read("data"))
    schema("choice-state").validate(site.read("choice"))
    for answer in site.answers:
        schema("choice-state").validate(answer)
        receipt = site.read("receipt/" + answer["receipt"].rpartition("/")[2])
        schema("record").validate(receipt)
        assert receipt["text"]


def test_the_table_names_every_controller(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert "joint-controller One Ltd.; joint-controller Two GmbH; processor Host Inc." in export(site, "csv", capsys)


def test_a_restored_copy_verifies(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    source, copy = sqlite3.connect(tmp_path / "consent.db"), sqlite3.connect(tmp_path / "restored.db")
    source.backup(copy)
    source.close()
    copy.close()
    monkeypatch.setenv("CONSENT_SECRET_KEY", KEY)
    assert main(["ledger", "verify", f"sqlite:///{tmp_path}/restored.db"]) == 0
