"""Sealers killed at their work while records are written: the chain is whole, and each record stands in it once."""

from __future__ import annotations

import asyncio
import os
import random

from app.core.viewer import Role, Viewer
from tests.faults.conftest import Found
from tests.support.remote import Town

KILLS = int(os.environ.get("RONG_FAULTS_KILLS", "20"))
WRITTEN_AT_ONCE = 200
CLERK = Viewer(role=Role.OPS, actor="staff-1")


async def _written(town: Town, count: int) -> None:
    audit = town.city.audit
    await asyncio.gather(*(audit.record(CLERK, "card.issued", f"card-{n}", None, count=n) for n in range(count)))


async def test_a_chain_whose_sealers_were_killed_is_whole(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    chance = random.Random(7)
    records = 0
    steady = processes.script("tests.faults.sealer")
    for _ in range(KILLS):
        victim = processes.script("tests.faults.sealer")
        for _ in range(chance.randint(3, 8)):
            await _written(town, WRITTEN_AT_ONCE)
            records += WRITTEN_AT_ONCE
        await asyncio.sleep(chance.random() * 0.5)
        victim.kill()
        assert (await town.city.audit_verifier.verify()).fault is None
    async with asyncio.timeout(300):
        while await town.city.db["audit"].count_documents({"seq": None}):  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.1)
    steady.kill()
    verdict = await town.city.audit_verifier.verify()
    all_records = await town.city.db["audit"].count_documents({})
    print(f"\naudit: {all_records} records, {KILLS} sealers killed, {verdict.heads} signed heads agree")
    assert verdict.fault is None
    assert verdict.last == all_records >= records
