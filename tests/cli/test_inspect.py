"""Commands that only look or print: schemas, operations, sharding, secrets, and the gate's verifier."""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from graphql import parse

from app.cli.shell import moment
from app.core.clock import CITY_TIME
from app.core.collections import COLLECTIONS
from app.core.sealed import KeyRing
from tests.cli.conftest import Rong
from tests.conftest import settings_for
from virtual_card.codes import status_list
from virtual_card.codes.keys import KeySet, SigningKey
from virtual_card.codes.offline import OfflineClaims, seal

KEY = SigningKey.new("card-0001")
Code = Callable[..., str]


def test_the_exported_schemas_are_those_that_are_served(rong: Rong) -> None:
    checked = rong("sdl", "--check")
    assert checked.exit_code == 0, checked.output


def test_a_moment_in_the_city_s_time_is_told_in_that_of_the_world() -> None:
    assert moment(datetime(2026, 5, 4, 9, 30, tzinfo=CITY_TIME)) == "2026-05-04 01:30 UTC"


@pytest.mark.parametrize("schema", ["citizen", "provider"])
def test_the_manifest_names_each_operation_by_the_hash_of_its_body(rong: Rong, schema: str, tmp_path: Path) -> None:
    printed = rong("operations", "--schema", schema)
    manifest = json.loads(printed.stdout)
    assert (manifest["format"], manifest["version"]) == ("apollo-persisted-query-manifest", 1)
    folder = Path(__file__).resolve().parents[2] / "graphql_schema" / "operations" / schema
    files = {file.stem for file in folder.rglob("*.graphql") if file.parent.name != "fragments"}
    assert {one["name"] for one in manifest["operations"]} == files
    for one in manifest["operations"]:
        assert one["id"] == sha256(one["body"].encode()).hexdigest()
        (operation, *fragments) = parse(one["body"]).definitions
        assert (operation.name.value, operation.operation.value) == (one["name"], one["type"])  # type: ignore[attr-defined]
        assert one["body"].count("...") >= len(fragments)
    written = rong("operations", "--schema", schema, "--out", str(tmp_path / "manifest.json"))
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "manifest.json").read_text(encoding="utf-8") == printed.stdout


def test_every_collection_is_spread_by_its_shard_key(rong: Rong) -> None:
    lines = rong("shard", "--database", "fuzhou").stdout.splitlines()
    assert lines[0] == 'sh.enableSharding("fuzhou")'
    assert len(lines) == 1 + len(COLLECTIONS)
    assert 'sh.shardCollection("fuzhou.cards", { "holder": 1 })' in lines
    assert 'sh.shardCollection("fuzhou.citizens", { "_id": 1 })' in lines


def test_secrets_are_new_each_time_and_good_for_a_city(rong: Rong) -> None:
    first, second = (dict(line.split("=", 1) for line in rong("secrets").stdout.splitlines()) for _ in range(2))
    assert first.keys() == second.keys() >= {"RONG_DATA_KEYS", "RONG_LOOKUP_KEY"}
    assert all(first[name] != second[name] for name in first)
    values = {name.removeprefix("RONG_").lower(): value for name, value in first.items()}
    ring = KeyRing.from_settings(settings_for("mongodb://nowhere.test", "x", **values))
    assert ring.open_text(ring.seal_text("林", record="r", field="f"), record="r", field="f") == "林"
    assert len(base64.b64decode(first["RONG_LOOKUP_KEY"])) == 32


def test_a_command_that_is_none_is_named(rong: Rong) -> None:
    refused = rong("dance")
    assert refused.exit_code == 2
    assert "dance" in refused.output
    helped = rong("--help").output
    assert all(name in helped for name in ("run", "tour", "verify", "ops", "keys", "import"))


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """What a gate fetched a moment ago: the keys, and a list that bars place 13."""
    (tmp_path / "card-keys").write_text(json.dumps(KeySet([KEY.public]).to_jwks()))
    _list_of(tmp_path, datetime.now(UTC))
    return tmp_path


def _list_of(gate: Path, at: datetime) -> None:
    (gate / "card-status").write_bytes(status_list.encode([13], 1 << 16, KEY, at, timedelta(minutes=1)))


@pytest.fixture
def code() -> Code:
    def make(place: int = 7, purpose: str = "library", key: SigningKey = KEY, age: int = 0) -> str:
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=age)
        claims = OfflineClaims("城", purpose, place, {"resident": True}, at, at + timedelta(minutes=5))
        return seal(claims, key)

    return make


def verify(rong: Rong, gate: Path, *codes: str, **more: str) -> tuple[int, str]:
    done = rong("verify", "library", *codes, "--store", str(gate), **more)
    return done.exit_code, done.output


def test_a_gate_without_network_admits_and_says_how_stale_it_may_be(rong: Rong, gate: Path, code: Code) -> None:
    status, said = verify(rong, gate, code())
    assert status == 0, said
    assert "✓ resident=True" in said
    assert re.search(r"\d", said.splitlines()[0]), "the stale window is not stated"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"place": 13}, "OFFLINE_CODE_REVOKED"),
        ({"purpose": "transit"}, "OFFLINE_CODE_FOR_OTHER_PURPOSE"),
        ({"age": 3600}, "OFFLINE_CODE_EXPIRED"),
        ({"age": -3600}, "OFFLINE_CODE_NOT_YET_VALID"),
        ({"key": SigningKey.new("card-0001")}, "OFFLINE_CODE_UNTRUSTED"),
        ({"key": SigningKey.new("card-0666")}, "OFFLINE_CODE_UNTRUSTED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_gate_refuses_by_name(rong: Rong, gate: Path, code: Code, change: dict[str, object], reason: str) -> None:
    status, said = verify(rong, gate, code(**change))
    assert (status, f"({reason})" in said) == (1, True), said


def test_each_code_passes_once_and_codes_come_by_the_line_too(rong: Rong, gate: Path, code: Code) -> None:
    one = code()
    status, said = verify(rong, gate, input=f"{one}\n\n{one}\nnonsense\n")
    assert status == 1
    assert [mark for mark in said if mark in "✓✗"] == ["✓", "✗", "✗"]
    assert "OFFLINE_CODE_REPLAYED" in said
    assert "OFFLINE_CODE_MALFORMED" in said


def test_a_gate_with_a_list_too_old_admits_nobody(rong: Rong, gate: Path, code: Code) -> None:
    _list_of(gate, datetime.now(UTC) - timedelta(hours=25))
    status, said = verify(rong, gate, code())
    assert status in (1, 2)
    assert "✓" not in said


@pytest.mark.parametrize("name", ["card-keys", "card-status"])
@pytest.mark.parametrize("data", [None, b"", b"{", b"\xff\xfe", b"[]", b'{"keys": []}'])
def test_a_gate_whose_store_is_spoilt_says_so(
    rong: Rong, gate: Path, code: Code, name: str, data: bytes | None
) -> None:
    (gate / name).unlink()
    if data is not None:
        (gate / name).write_bytes(data)
    status, said = verify(rong, gate, code())
    assert status == 2, said
    assert "Traceback" not in said
    assert said.strip()


def test_a_city_that_does_not_answer_is_not_waited_for(rong: Rong, gate: Path, code: Code) -> None:
    with socket.socket() as held:  # bound but not listening: whoever connects is refused
        held.bind(("127.0.0.1", 0))
        status, said = verify(rong, gate, code(), "--url", f"http://127.0.0.1:{held.getsockname()[1]}")
    assert (status, "✓" in said) == (2, False)
