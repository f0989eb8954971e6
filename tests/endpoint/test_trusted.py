"""Production runs the documents it was given and no other, however they are asked for."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from graphql_schema.endpoint.ask import Ask
from graphql_schema.endpoint.trusted import TrustedDocuments, UntrustworthyDocument


def _known(town: Any, name: str) -> Any:
    return next(p for p in town.documents.every() if p.name == name)


async def test_a_document_is_found_by_id_by_apollo_hash_and_by_text(town: Any, closed_town: Any) -> None:
    hello = _known(town, "Hello")
    asks: list[dict[str, Any]] = [
        {"documentId": f"sha256:{hello.sha256}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hello.sha256}}},
        {"query": hello.text},
        {"query": "query Hello($name: String!) { hello(name: $name) }"},
    ]
    for ask in asks:
        answer = await closed_town.post({**ask, "variables": {"name": "Wu"}})
        assert (answer.status, answer.body) == (200, {"data": {"hello": "hello Wu"}}), ask
    assert town.count("rong_graphql_requests_total", operation="Hello", outcome="ok") == 4


@pytest.mark.parametrize(
    "ask",
    [
        {"query": "{ hello }"},
        {"query": "query Hello($name: String!) { hello(name: $name) } "},
        {"query": "{ __schema { types { name } } }"},
        {"query": "{ not graphql"},
        {"documentId": "sha256:" + "0" * 64},
        {"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}},
        {"query": "{ hello }", "documentId": "sha256:" + "0" * 64},
    ],
)
async def test_any_other_document_is_refused_in_production(town: Any, closed_town: Any, ask: Any) -> None:
    answer = await closed_town.post(ask)
    assert (answer.status, answer.codes) == (403, ["DOCUMENT_NOT_TRUSTED"])
    assert town.ran == []


async def test_a_trusted_document_is_asked_for_by_its_own_operation_name_or_none(town: Any, closed_town: Any) -> None:
    text = _known(town, "Visitor").text
    assert (await closed_town.post({"query": text, "operationName": "Visitor"})).status == 200
    assert (await closed_town.post({"query": text, "operationName": ""})).status == 200
    assert (await closed_town.post({"query": text, "operationName": "Other"})).codes == ["BAD_INPUT"]


def test_of_many_documents_those_asked_for_last_stay_ready_and_the_others_are_made_ready_anew(
    town: Any, tmp_path: Path
) -> None:
    documents = TrustedDocuments(town.documents.schema, tmp_path / "operations", kept=1)
    hello, visitor = (Ask(None, documents.ids()[name], None, None) for name in ("Hello", "Visitor"))
    first = documents.find(visitor)
    assert first is not None
    assert documents.find(visitor) is first
    assert (documents.find(hello) or first).name == "Hello"
    again = documents.find(visitor)
    assert again is not first
    assert again == first  # fragments, hash and what it requires included
    assert again.text == next(one["body"] for one in documents.manifest()["operations"] if one["name"] == "Visitor")


async def test_a_document_id_of_another_kind_is_bad_input(closed_town: Any) -> None:
    answer = await closed_town.post({"documentId": "md5:1"})
    assert answer.body["errors"][0]["extensions"]["field"] == "documentId"


def test_the_manifest_holds_whole_texts_under_their_hashes(town: Any) -> None:
    manifest = town.documents.manifest()
    assert manifest["format"] == "apollo-persisted-query-manifest"
    assert [o["name"] for o in manifest["operations"]] == sorted(o["name"] for o in manifest["operations"])
    for operation in manifest["operations"]:
        assert sha256(operation["body"].encode()).hexdigest() == operation["id"]
    visitor = next(o for o in manifest["operations"] if o["name"] == "Visitor")
    assert "fragment Names" in visitor["body"]
    assert "fragment More" in visitor["body"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{ hello }", "with a name"),
        ("query A { hello } query B { hello }", "one operation"),
        ("query A { nothing }", "nothing"),
        ("query A {", "Syntax"),
        ("query Hello { hello }", "another operation named Hello"),
    ],
)
def test_a_folder_with_a_bad_document_does_not_load(town: Any, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "operations" / "z.graphql").write_text(text, encoding="utf-8")
    with pytest.raises(UntrustworthyDocument, match=says):
        TrustedDocuments(town.documents.schema, tmp_path / "operations")
