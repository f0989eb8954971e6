"""Workers that tell of contracts and follow-ups are killed at any moment: everybody is told once, and nobody twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.domains.appointments.contracts.model import Contract, Team
from app.domains.appointments.contracts.store import ContractStore, TeamStore
from app.domains.life.health.follow_ups.model import FollowUpKind, Plan
from app.domains.life.health.follow_ups.store import PlanStore
from tests.faults.conftest import Found
from tests.support.remote import Town

_PEOPLE, _KILLS, _TELLERS = 240, 3, 2
_ENDING, _LAPSED = 15, -2
_EVENTS = ("contract.ending", "contract.lapsed", "follow_up.due", "follow_up.missed")


async def _patients(town: Town) -> None:
    """A half whose contract ends in two weeks and who are due for a follow-up; a half for whom both are over."""
    today, now, house = civil_day(town.city.clock.now()), town.city.clock.now(), "centre"
    team = Team("centre.team", "centre.venue", house, Said("团队"), ("centre.doctor",), signed=_PEOPLE)
    plans, contracts = PlanStore(town.city.db), ContractStore(town.city.db)

    async def work(tx: Tx) -> None:
        await TeamStore(town.city.db).save(team, tx)
        for n in range(_PEOPLE):
            ahead = timedelta(days=_ENDING if n % 2 else _LAPSED)
            until = today + ahead
            dates = (now, until - timedelta(days=364), until)
            one = Contract(new_id(), f"patient-{n}", team.id, team.venue, house, *dates)
            await contracts.add(one, tx)
            due = today if n % 2 else today - timedelta(days=20)
            plan = (new_id(), one.citizen, house, one.id, FollowUpKind.BLOOD_PRESSURE, 90, due, now)
            await plans.add(Plan(*plan), tx)

    await town.city.db.transaction(work)
    await town.city.db["family_teams"].update_one({"_id": team.id}, {"$set": {"signed": _PEOPLE}})


async def _told(town: Town) -> Counter[tuple[str, str]]:
    rows: list[dict[str, Any]] = await town.city.db["outbox"].find({"type": {"$in": list(_EVENTS)}}).to_list(None)
    return Counter((row["type"], row["citizen"]) for row in rows)


@pytest.mark.timeout(600)
async def test_killed_tellers_tell_everybody_once(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    await _patients(town)
    seen = []
    for kill in range(_KILLS):
        tellers = [processes.script("tests.faults.health_teller") for _ in range(_TELLERS)]
        async with asyncio.timeout(180):
            while len(await _told(town)) < (kill + 1) * 20:  # noqa: ASYNC110  (on other processes)
                await asyncio.sleep(0.02)
        for teller in tellers:
            teller.kill()
        seen.append(len(await _told(town)))
    endings, follow_ups = town.city.services.appointments.contract_endings, town.city.services.life.health.follow_ups
    for job in (endings.tell, follow_ups.remind, follow_ups.note_missed, endings.end_lapsed):
        await job()
    told = await _told(town)
    print(f"killed after {seen} tellings")
    assert set(told.values()) == {1}, "nobody is told twice"
    by_event = Counter(event for event, _ in told)
    half = _PEOPLE // 2
    assert (by_event["contract.ending"], by_event["contract.lapsed"]) == (half, half)
    assert by_event["follow_up.due"] == half
    assert by_event["follow_up.missed"] == 0, "a plan under a contract that is over ends with it"
    team = await TeamStore(town.city.db).get("centre.team")
    assert team is not None
    assert team.signed == half, "each lapsed contract gave its place back once"
