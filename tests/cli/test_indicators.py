"""`rong indicators`: counted, proved and counted anew from a shell."""

from __future__ import annotations

from pymongo import MongoClient

from tests.cli.conftest import Rong


def test_sums_are_proved_and_counted_anew(rong: Rong, database_uri: str, city_name: str) -> None:
    assert "0 cases counted" in rong("indicators", "fold").output
    check = rong("indicators", "recompute", "--check")
    assert (check.exit_code, "0 differences" in check.output) == (0, True)
    with MongoClient[dict[str, object]](database_uri) as client:
        wrong = {"_id": "1:month:2026-11:*", "n": {"all": {"filed": 3}}}
        client[city_name]["case_cells"].insert_one(wrong)
    check = rong("indicators", "recompute", "--check")
    assert check.exit_code == 1
    assert "month:2026-11:*" in check.output
    assert rong("indicators", "recompute").exit_code == 0
    assert rong("indicators", "recompute", "--check").exit_code == 0
