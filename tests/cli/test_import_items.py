"""`rong import items`: in words, with exit codes; killed in the middle, it goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Rong
from tests.support.catalogue import written

Kept = Callable[[str], list[dict[str, Any]]]
UNITS = "code,parent,name,level\n990000000000,,测试省,province\n990100000000,990000000000,测试市,city\n"
COUNTY = "990102000000"


@pytest.fixture
def county(rong: Rong, tmp_path: Path) -> str:
    units = tmp_path / "units.csv"
    units.write_text(f"{UNITS}{COUNTY},990100000000,测试区,county\n", encoding="utf-8")
    assert rong("import", "units", str(units)).exit_code == 0
    return COUNTY


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_what_came_of_a_file_is_said(rong: Rong, county: str, tmp_path: Path) -> None:
    file = lines(tmp_path / "items.jsonl", written("SH-1"), written("SH-2"))
    done = rong("import", "items", str(file), "--unit", county)
    assert done.exit_code == 0, done.output
    assert "2 lines: 2 new items, 0 new versions, 0 as before" in done.output
    again = rong("import", "items", str(file), "--unit", county)
    assert "0 new items, 0 new versions, 2 as before" in again.output


def test_bad_lines_are_told_in_the_language_of_the_shell(rong: Rong, county: str, tmp_path: Path) -> None:
    file = lines(tmp_path / "bad.jsonl", written("SH-9", visits="one"), written("sh", colour=1))
    refused = rong("import", "items", str(file), "--unit", county)
    assert (refused.exit_code, "it is not written as it must be (FORM)" in refused.output) == (1, True), refused.output
    assert "colour" in refused.output
    chinese = rong("import", "items", str(file), "--unit", county, env={"LANG": "zh_CN.UTF-8"})
    assert "格式不对" in chinese.output


@pytest.mark.parametrize(
    ("name", "unit", "code"),
    [("items.xlsx", COUNTY, "IMPORT_FILE_UNKNOWN"), ("items.jsonl", "nowhere", "UNIT_UNKNOWN")],
)
def test_a_refusal_is_said_in_words(rong: Rong, county: str, tmp_path: Path, name: str, unit: str, code: str) -> None:
    refused = rong("import", "items", str(lines(tmp_path / name, written("SH-8"))), "--unit", unit)
    assert (refused.exit_code, f"({code})" in refused.output) == (1, True), refused.output


@pytest.mark.faults
def test_an_import_that_is_killed_goes_on_where_it_was(
    rong: Rong, county: str, kept: Kept, environment: dict[str, str], tmp_path: Path
) -> None:
    file = lines(tmp_path / "many.jsonl", *(written(f"KILL-{n:05d}") for n in range(12_000)))
    command = [sys.executable, "-m", "app.cli", "import", "items", str(file), "--unit", county]
    importing = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    while not any(row["line"] for row in kept("item_imports") if row["done_at"] is None):
        assert importing.poll() is None, "it was over before it could be killed"
        time.sleep(0.01)
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    (row,) = (row for row in kept("item_imports") if row["done_at"] is None)
    there = [one for one in kept("service_items") if one["code"].startswith("KILL-")]
    assert 0 < row["line"] == len(there) < 12_000
    done = rong("import", "items", str(file), "--unit", county)
    assert done.exit_code == 0, done.output
    assert f"resumed after line {row['line']}" in done.output
    there = [one for one in kept("service_items") if one["code"].startswith("KILL-")]
    assert {one["version"] for one in there} == {1}
    assert len(there) == 12_000
    assert len([one for one in kept("offers") if one["item"].startswith("KILL-")]) == 12_000
