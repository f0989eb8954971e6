"""The database of this machine: starts, keeps its data, moves, fails over, and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pymongo import MongoClient

from app.embedded import EmbeddedDatabase, EmbeddedDatabaseError, Engine, available
from app.embedded.engines import version_of

REPLICATING = [engine for engine in available() if engine is not Engine.SECANTUS]


def _write(uri: str, key: str) -> None:
    with MongoClient[dict[str, object]](uri, w="majority") as client:
        client["city"]["notes"].insert_one({"_id": key})


def _keys(uri: str) -> list[object]:
    with MongoClient[dict[str, object]](uri) as client:
        return [note["_id"] for note in client["city"]["notes"].find()]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _eventually(done: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return done()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("engine", available())
def test_data_outlive_a_stop_and_a_change_of_port(engine: Engine, tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path, engine=engine) as database:
        port = database.nodes[0].port
        _write(database.uri, "first")
    with EmbeddedDatabase(tmp_path, engine=engine) as database:
        assert database.nodes[0].port == port
        assert _keys(database.uri) == ["first"]
    elsewhere = _free_port()
    with EmbeddedDatabase(tmp_path, engine=engine, port=elsewhere) as database:
        assert f":{elsewhere}/" in database.uri
        _write(database.uri, "second")
        assert _keys(database.uri) == ["first", "second"]


@pytest.mark.parametrize("engine", available())
def test_it_listens_on_the_loopback_interface_only(engine: Engine, tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path, engine=engine) as database:
        everywhere = f"00000000:{database.nodes[0].port:04X}"
        assert everywhere not in Path("/proc/net/tcp").read_text()


@pytest.mark.skipif(not REPLICATING, reason="no mongod on this machine")
@pytest.mark.faults
def test_three_nodes_elect_another_primary_and_take_the_killed_one_back(tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path, engine=REPLICATING[0], members=3) as database:
        _write(database.uri, "before")
        old = database.primary()
        assert old is not None
        old.kill()
        assert old.pid is None
        assert _eventually(lambda: database.primary() is not None)
        assert database.primary() is not old
        _write(database.uri, "after")
        old.start()
        assert _eventually(lambda: old.hello().get("secondary", False) or database.primary() is old)
        assert sorted(map(str, _keys(database.uri))) == ["after", "before"]


@pytest.mark.parametrize("engine", available())
def test_a_process_left_by_a_crashed_run_is_ended(engine: Engine, tmp_path: Path) -> None:
    left = _process_that_last_time_left(tmp_path, engine, argument=str(tmp_path / engine / "node0"))
    with EmbeddedDatabase(tmp_path, engine=engine):
        assert left.wait(1) == -signal.SIGTERM


def test_a_stranger_who_got_the_old_process_id_is_let_alone(tmp_path: Path) -> None:
    engine = available()[0]
    stranger = _process_that_last_time_left(tmp_path, engine, argument="/somewhere/else")
    with EmbeddedDatabase(tmp_path, engine=engine):
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def _process_that_last_time_left(data: Path, engine: Engine, *, argument: str) -> subprocess.Popen[bytes]:
    sleep = "import time; print(flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", sleep, argument], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    (data / engine).mkdir()
    (data / engine / "node0.json").write_text(json.dumps({"pid": process.pid, "port": _free_port()}))
    return process


def _owner(data: Path) -> subprocess.Popen[str]:
    """Another process that owns the database in `data` and prints the database's pid."""
    script = (
        "import sys, time; from pathlib import Path; from app.embedded import EmbeddedDatabase\n"
        "d = EmbeddedDatabase(Path(sys.argv[1])); d.start(); print(d.nodes[0].pid, flush=True); time.sleep(600)"
    )
    return subprocess.Popen([sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE, text=True)


def test_a_second_owner_is_refused_and_the_first_keeps_working(tmp_path: Path) -> None:
    with EmbeddedDatabase(tmp_path) as database:
        with pytest.raises(EmbeddedDatabaseError, match="another process is using"):
            EmbeddedDatabase(tmp_path).start()
        _write(database.uri, "still here")


def test_a_database_that_cannot_start_says_so_with_the_last_lines_of_its_log(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EmbeddedDatabaseError, match=r"node0\.log\n.+"):
            EmbeddedDatabase(tmp_path, engine=available()[0], port=taken.getsockname()[1]).start()


def test_a_program_that_is_no_mongod_is_no_engine(tmp_path: Path) -> None:
    old = tmp_path / "mongod"
    old.write_text("#!/bin/sh\necho 'db version v4.4.29'\n")
    old.chmod(0o755)
    assert version_of(old) == (4, 4)
    assert version_of(Path("/bin/echo")) is None
    assert version_of(tmp_path / "missing") is None


def test_several_nodes_on_secantus_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedDatabaseError, match="several nodes"):
        EmbeddedDatabase(tmp_path, engine=Engine.SECANTUS, members=3)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash exists on Linux only")
def test_the_database_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    owner = _owner(tmp_path)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert _alive(pid)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert _eventually(lambda: not _alive(pid))
