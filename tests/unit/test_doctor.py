"""Each thing the doctor can find is provoked; what it says names the thing and never shows a value."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.doctor import (
    Finding,
    Report,
    are_data_keys,
    examine,
    examine_engines,
    examine_font,
    examine_python,
    language_of_terminal,
)
from app.doctor.database import examine_clock, examine_database, examine_version
from app.doctor.texts import CHINESE, ENGLISH
from app.embedded import EmbeddedDatabase, Engine, available
from app.secrets_file import fresh_secrets

KEY = base64.b64encode(bytes(32)).decode()
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RONG_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment that lacks nothing but the database's address, for which one would have to wait."""
    account = tmp_path / "fcm.json"
    account.write_text(json.dumps({"project_id": "p", "private_key": "k", "client_email": "e"}))
    given = {
        **fresh_secrets(),
        "RONG_SMS_URL": "http://sms.example/",
        "RONG_REGISTRY_URL": "http://registry.example/",
        "RONG_FCM_CREDENTIALS": str(account),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _look(**options: object) -> dict[str, Finding]:
    return _by_code(await examine(ports=(), language="en", **options))  # type: ignore[arg-type]


def _by_code(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.code: finding for finding in findings}


async def _of_database(uri: str, *, production: bool = False) -> dict[str, Finding]:
    report = Report("en")
    await examine_database(report, uri, production=production)
    return _by_code(report.findings)


async def test_a_healthy_laptop_has_nothing_to_do(tmp_path: Path) -> None:
    findings = await examine(var=tmp_path / "var", ports=(_free_port(),), language="en")
    assert [finding.code for finding in findings if not finding.ok] == []
    assert not (tmp_path / "var").exists(), "the doctor changes nothing"


async def test_missing_settings_are_named_each_with_where_it_comes_from(city: pytest.MonkeyPatch) -> None:
    city.delenv("RONG_SMS_KEY")
    missing = [finding for finding in await examine(ports=(), language="en") if finding.code == "setting_missing"]
    assert [(f.what, f.do) for f in missing] == [
        ("the setting RONG_MONGODB_URI is missing", ENGLISH_WHERE_MONGODB),
        ("the setting RONG_SMS_KEY is missing", "Ask the operator of the SMS gateway for it."),
    ]


ENGLISH_WHERE_MONGODB = "Give the replica set's address: mongodb://host1,host2,host3/?replicaSet=rong"


async def test_a_setting_of_the_wrong_form_is_named_without_its_value(city: pytest.MonkeyPatch) -> None:
    city.setenv("RONG_SMS_URL", "not-an-address")
    found = (await _look())["setting_malformed"]
    assert "RONG_SMS_URL" in found.what
    assert "not-an-address" not in f"{found}"


async def test_malformed_secrets_are_named_without_their_value(city: pytest.MonkeyPatch) -> None:
    city.setenv("RONG_DATA_KEYS", "k1:c2hvcnQ=")
    city.setenv("RONG_LOOKUP_KEY", "c2hvcnQ=")
    found = await _look()
    assert {"data_keys_malformed", "lookup_key_malformed"} <= found.keys()
    assert "secrets_well_formed" not in found
    assert "c2hvcnQ" not in str(found)


@pytest.mark.parametrize("keys", ["", KEY, f":{KEY}", f"a:{KEY},a:{KEY}", f"a:{KEY},", "a:!!!!", f"a:{KEY[:-4]}"])
def test_data_keys_need_names_and_full_length(keys: str) -> None:
    assert not are_data_keys(keys)
    assert are_data_keys(f"new:{KEY}, old:{KEY}")


@pytest.mark.parametrize("content", [None, "no json", "[]", '{"project_id": "p"}'])
async def test_an_fcm_account_that_cannot_be_used_is_named(
    city: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "account.json"
    if content is not None:
        file.write_text(content)
    city.setenv("RONG_FCM_CREDENTIALS", str(file))
    found = await _look()
    assert str(file) in found["fcm_missing"].what
    assert "fcm_found" not in found


async def test_a_database_that_does_not_answer_is_named_without_its_password(city: pytest.MonkeyPatch) -> None:
    city.setenv("RONG_MONGODB_URI", f"mongodb://someone:hidden-word@127.0.0.1:{_free_port()}/?replicaSet=rong")
    found = await _look()
    assert {code for code, finding in found.items() if not finding.ok} == {"database_unreachable"}
    assert "127.0.0.1:" in found["database_unreachable"].what
    assert "hidden-word" not in str(found)


async def test_an_address_that_is_none_does_not_show_what_was_written(city: pytest.MonkeyPatch) -> None:
    city.setenv("RONG_MONGODB_URI", "mongo://someone:hidden-word@host")
    found = await _look()
    assert not found["database_unreachable"].ok
    assert "hidden-word" not in str(found)


async def test_a_good_database_is_told_with_version_and_clock(database_uri: str) -> None:
    found = await _of_database(database_uri)
    assert {code for code, finding in found.items() if finding.ok} == {"database_fits", "clock_agrees"}


@pytest.fixture
async def lone_server(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database that is no replica set."""
    port = _free_port()
    serve = "import sys; from secantus.cli import main; sys.exit(main())"
    options = ["--port", str(port), "--storage-path", str(tmp_path), "--standalone", "--log-level", "ERROR"]
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", serve, *options)
    await asyncio.to_thread(_until, lambda: _answers(port))
    yield f"mongodb://127.0.0.1:{port}/"
    server.terminate()
    await server.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("query", ["", "?replicaSet=rong"])
async def test_a_database_alone_is_no_replica_set(lone_server: str, query: str) -> None:
    assert list(await _of_database(lone_server + query)) == ["database_standalone"]


async def test_a_set_of_another_name_is_told(database_uri: str) -> None:
    other = database_uri.split("?")[0] + "?replicaSet=elsewhere"
    found = await _of_database(other)
    assert "asks for elsewhere" in found["database_other_set"].why


@pytest.mark.skipif(available()[:1] == [Engine.SECANTUS], reason="no mongod on this machine")
@pytest.mark.faults
async def test_a_set_that_lost_its_majority_has_no_primary(tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path, members=3, election_timeout=1) as database:
        survivor, *others = database.nodes
        for node in others:
            os.kill(node.pid or 0, signal.SIGKILL)
        await asyncio.to_thread(_until, lambda: not survivor.hello().get("primary"))
        assert list(await _of_database(database.uri)) == ["database_without_primary"]


@pytest.mark.parametrize(
    ("version", "production", "code"),
    [
        ("5.0.31", False, "database_old"),
        ("6.0.5", False, "database_fits"),
        ("6.0.5", True, "database_old"),
        ("8.0.4", True, "database_fits"),
    ],
)
def test_how_old_a_database_may_be_depends_on_where(version: str, production: bool, code: str) -> None:
    report = Report("en")
    examine_version(report, version, "rong", production=production)
    assert [finding.code for finding in report.findings] == [code]


@pytest.mark.parametrize(("seconds", "code"), [(1, "clock_agrees"), (-1, "clock_agrees"), (-30, "clock_skewed")])
def test_clocks_may_be_two_seconds_apart(seconds: int, code: str) -> None:
    report = Report("en")
    examine_clock(report, NOW + timedelta(seconds=seconds), NOW)
    assert [finding.code for finding in report.findings] == [code]


async def test_a_taken_port_names_who_holds_it() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        found = _by_code(await examine(ports=(port,), language="en"))["port_taken"]
    assert str(port) in found.what
    assert sys.platform != "linux" or f"({os.getpid()})" in found.why


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = await _look(var=tmp_path / "file" / "var")
    assert "var_closed" in found


def test_an_old_python_is_refused() -> None:
    report = Report("en")
    examine_python(report, (3, 10, 14))
    assert [finding.what for finding in report.findings] == ["Python 3.10.14 is too old"]


def test_a_missing_font_is_told() -> None:
    report = Report("en")
    examine_font(report, "no-such-distribution", "font.ttc")
    examine_font(report, "rich", "font.ttc")
    assert [finding.code for finding in report.findings] == ["font_missing", "font_missing"]


def test_no_engine_and_a_wheel_that_lacks_a_library_are_told() -> None:
    report = Report("en")
    examine_engines(report, [], "libcurl.so.4: cannot open shared object file.")
    assert [finding.code for finding in report.findings] == ["engine_missing", "wheel_broken"]
    assert "libcurl.so.4" in report.findings[1].why


def test_both_languages_say_all_with_the_same_values() -> None:
    assert CHINESE.keys() == ENGLISH.keys()
    for code, text in ENGLISH.items():
        assert _values(" ".join(text)) == _values(" ".join(CHINESE[code])), code


def _values(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


def test_the_terminal_decides_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language_of_terminal() == "zh"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert language_of_terminal() == "en"
