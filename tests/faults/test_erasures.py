"""Erasers that are killed at any moment: whoever takes over finishes, and nobody is left half erased."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from app.core.ids import new_id
from app.core.viewer import Role, Viewer
from app.domains.identity.rights.erasures.model import ErasureState
from tests.faults.conftest import Found
from tests.support.remote import OPS, Resident, Town

_PEOPLE, _KILLS = 12, 4


async def _leaves(town: Town, person: Resident) -> None:
    await town.city.services.erasures.request(Viewer(role=Role.CITIZEN, actor=person.id, subject=person.id), new_id())
    # The week is over: tests do not wait for it.
    due = {"due_at": town.city.clock.now() - timedelta(seconds=1)}
    await town.city.db["erasures"].update_one({"citizen": person.id}, {"$set": due})


async def _done(town: Town) -> int:
    return await town.city.db["erasures"].count_documents({"state": ErasureState.ERASED.value})


async def test_erasers_that_are_killed_leave_nobody_half_erased(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    people = [await town.with_card() for _ in range(_PEOPLE)]
    for person in people:
        await _leaves(town, person)
    done = []
    for kill in range(_KILLS):
        eraser = processes.script("tests.faults.eraser")
        async with asyncio.timeout(60):
            while await _done(town) < kill + 1:  # noqa: ASYNC110  (on another process)
                await asyncio.sleep(0.005)
        eraser.kill()
        done.append(await _done(town))
        # The lease of what it held is over: tests do not wait five minutes for it.
        held = {"state": ErasureState.ERASING.value}
        await town.city.db["erasures"].update_many(held, {"$set": {"due_at": town.city.clock.now()}})
    await town.city.services.erasures.run_due()
    print(f"killed after {done} of {_PEOPLE}")
    for person in people:
        proof = await town.city.services.erasures.proof(OPS, person.id)
        assert proof.holds
        assert await town.city.citizens.id_by_phone(person.phone) is None
        events = await town.city.db["outbox"].find({"citizen": person.id, "type": "card.revoked"}).to_list(None)
        erased = await town.city.db["audit"].find({"subject": person.id, "action": "citizen.erased"}).to_list(None)
        assert (len(events), len(erased)) == (1, 1)
