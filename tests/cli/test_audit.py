"""`rong audit` and `rong jobs` from a shell: what they say, and the exit status that scripts go by."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from pymongo import MongoClient

from app.jobs.table import JOBS
from app.settings import Settings
from app.wiring import City, build
from tests.cli.conftest import Rong


@pytest.fixture(scope="module")
def sealed_city(environment: dict[str, str], rong: Rong) -> None:
    """A few records by commands, sealed and with a published head."""
    assert rong("keys", "rotate", "session").exit_code == 0
    assert rong("jobs", "run", "audit-check").exit_code == 0
    _within(environment, _seal)


def _within(environment: dict[str, str], work: object) -> None:
    settings = {name[5:].lower(): value for name, value in environment.items() if name.startswith("RONG_")}

    async def life() -> None:
        city = build(Settings.model_validate(settings))
        await city.start(follow=False)
        await work(city)  # type: ignore[operator]
        await city.stop()

    asyncio.run(life())


async def _seal(city: City) -> None:
    while await city.audit_chain.seal():
        pass
    await city.audit_chain.publish_head()


@pytest.mark.usefixtures("sealed_city")
def test_a_sound_chain_is_told_with_its_figures(rong: Rong) -> None:
    done = rong("audit", "verify")
    assert (done.exit_code, done.output.partition(":")[0]) == (0, "sound"), done.output


@pytest.mark.usefixtures("sealed_city")
def test_a_head_kept_elsewhere_is_compared(rong: Rong, kept: object, tmp_path: Path) -> None:
    (row, *_) = kept("audit_heads")  # type: ignore[operator]
    published = {"seq": row["seq"], "hash": row["hash"], "at": row["at"].isoformat(), "key": row["key"]}
    file = tmp_path / "head.json"
    file.write_text(json.dumps({**published, "signature": "AAAA", "hash": "0" * 64}), encoding="utf-8")
    refused = rong("audit", "verify", "--head", str(file))
    assert (refused.exit_code, "head_false" in refused.output) == (1, True), refused.output
    file.write_text("no head", encoding="utf-8")
    assert rong("audit", "verify", "--head", str(file)).exit_code == 2


@pytest.mark.usefixtures("sealed_city")
def test_records_are_searched_by_actor_and_action_and_the_search_is_recorded(rong: Rong) -> None:
    found = rong("audit", "search", "--actor", "shell", "--action", "job.asked", "--json")
    assert found.exit_code == 0, found.output
    (record,) = (json.loads(line) for line in found.output.splitlines())
    assert (record["target"], record["genuine"]) == ("audit-check", True)
    again = rong("audit", "search", "--action", "audit.searched", "--json").output.splitlines()
    assert [json.loads(line)["facts"] for line in again][-1] == {"wanted_actor": "shell", "wanted_action": "job.asked"}
    assert "audit-check" in rong("audit", "search", "--since", "2020-01-01", "--json").output
    assert rong("audit", "search", "--since", "2020-01-01").exit_code == 0  # a table, as wide as the terminal
    assert rong("audit", "search", "--until", "2020-01-01", "--json").output == ""
    assert rong("audit", "search", "--since", "yesterday").exit_code == 2


@pytest.mark.usefixtures("sealed_city")
def test_jobs_are_listed_with_their_last_run_and_their_next(rong: Rong) -> None:
    listed = rong("jobs", env={"COLUMNS": "80"})
    assert listed.exit_code == 0, listed.output
    (line,) = (line for line in listed.output.splitlines() if "audit-check " in line)
    assert "done" in line
    assert all(job in listed.output for job in JOBS)  # in full, on a narrow terminal too
    runs = rong("jobs", "runs", "audit-check")
    assert (runs.exit_code, "shell" in runs.output) == (0, True), runs.output
    assert rong("jobs", env={"LANG": "zh_CN.UTF-8"}).output.count("审计链") >= 1


def test_a_job_that_nobody_knows_is_named(rong: Rong) -> None:
    for asked in (("run", "nothing"), ("runs", "nothing")):
        refused = rong("jobs", *asked)
        assert (refused.exit_code, "JOB_UNKNOWN" in refused.output) == (1, True), refused.output


@pytest.mark.usefixtures("sealed_city")
def test_what_was_tampered_with_ends_in_an_exit_status_and_words(rong: Rong, database_uri: str, city_name: str) -> None:
    with MongoClient[dict[str, object]](database_uri) as client:
        client[city_name]["audit"].update_one({"seq": 2}, {"$set": {"actor": "somebody-else"}})
    found = rong("audit", "verify")
    assert found.exit_code == 1
    assert "record 2 " in found.output
    assert "(edited)" in found.output
    assert "篡改" in rong("audit", "verify", env={"LANG": "zh_CN.UTF-8"}).output
    assert rong("jobs", "run", "audit-check-whole").exit_code == 0, "the check itself went well; what it found is kept"
