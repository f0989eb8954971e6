"""100,000 records of the audit: sealed and walked, and what memory the walk takes."""

from __future__ import annotations

import time
from typing import Any

from app.core.audit.record import mark_of
from app.core.ids import new_id
from app.core.sealed import KeyRing
from app.settings import Settings
from benchmarks.bed import OPS, Bed, Row
from benchmarks.machine import resident_mb

RECORDS = 100_000
_AT_ONCE = 2_000


async def chains(bed: Bed) -> list[Row]:
    """Memory is the most while walking, above what it was when a tenth of the way was done."""
    await _written(bed)
    began, sealed = time.perf_counter(), 0
    while count := await bed.city.audit_chain.seal():
        sealed += count
    sealing = sealed / (time.perf_counter() - began)
    levels: list[float] = []
    began = time.perf_counter()
    verdict = await bed.city.audit_verifier.verify(progress=lambda reached, end: levels.append(resident_mb()))
    walking = verdict.last / (time.perf_counter() - began)
    assert verdict.sound, verdict.fault
    grown = max(levels) - levels[len(levels) // 10]
    return [
        (f"audit: {sealed:,} records sealed into the chain", f"{sealing:,.0f}/s", ""),
        (f"audit: {verdict.last:,} records walked, {verdict.heads} heads", f"{walking:,.0f}/s", ""),
        ("audit: memory while walking the last nine tenths", f"+{grown:.1f} MB", "flat"),
    ]


async def _written(bed: Bed) -> None:
    """Records as `Audit.record` writes them, without a hundred thousand round trips."""
    await bed.city.audit.record(OPS, "card.issued", "card-1", None, subject=new_id(), purpose="gate")
    records, ring = bed.city.db["audit"], KeyRing.from_settings(Settings.model_validate(_values(bed)))
    template = await records.find_one({"action": "card.issued", "target": "card-1"})
    assert template is not None
    kept = {name: value for name, value in template.items() if name not in ("seq", "prev", "hash", "mark")}
    for _ in range(0, RECORDS, _AT_ONCE):
        rows = [{**kept, "_id": new_id()} for _ in range(_AT_ONCE)]
        await records.insert_many([{**row, "mark": mark_of(ring, row), "seq": None} for row in rows])


def _values(bed: Bed) -> dict[str, Any]:
    return {name.removeprefix("RONG_").lower(): value for name, value in bed.settings.items() if name[:5] == "RONG_"}
