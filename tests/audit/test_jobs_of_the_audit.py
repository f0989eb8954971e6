"""The jobs that keep the chain: what they find and what they let go stands in the audit as well."""

from __future__ import annotations

from app.core.viewer import Role, Viewer
from app.jobs.table import JOBS
from app.wiring import City
from tests.support.fakes import MovableClock

CLERK = Viewer(role=Role.OPS, actor="staff-1")


async def _written(city: City, count: int) -> None:
    for n in range(count):
        await city.audit.record(CLERK, "card.issued", f"card-{n}", None)
    while await city.audit_chain.seal():
        pass
    await JOBS["audit-head"].work(city)


async def test_a_cut_and_a_finding_are_recorded_and_a_quiet_run_is_not(city: City, clock: MovableClock) -> None:
    records = city.db["audit"]
    await _written(city, 5)
    for name in ("audit-cut", "audit-check", "audit-check-whole"):
        await JOBS[name].work(city)
    assert await records.count_documents({"actor": "schedule", "action": {"$in": ["audit.cut", "audit.unsound"]}}) == 0
    clock.advance(days=1096)
    await _written(city, 3)
    for _ in range(2):
        await JOBS["audit-cut"].work(city)
    (cut,) = await records.find({"action": "audit.cut"}).to_list(None)
    assert cut["facts"]["through"] >= 5
    assert await records.count_documents({"target": "card-4", "action": "card.issued"}) == 0
    await _written(city, 1)
    await records.update_one({"target": "card-1"}, {"$set": {"actor": "somebody-else"}})
    await JOBS["audit-check-whole"].work(city)
    (found,) = await records.find({"action": "audit.unsound"}).to_list(None)
    assert found["facts"]["wrong"] == "edited"
    assert (await city.audit_trail.soundness()).checked is not None
