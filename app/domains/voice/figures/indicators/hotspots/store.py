"""What was found hot, a row for each day."""

from __future__ import annotations

from datetime import date

from pydantic import TypeAdapter

from app.core.mongo import Database
from app.domains.voice.figures.indicators.hotspots.model import Findings

_FINDINGS = TypeAdapter(Findings)


class HotSpotStore:
    def __init__(self, db: Database) -> None:
        self._days = db["case_hotspots"]

    async def put(self, findings: Findings) -> None:
        row = _FINDINGS.dump_python(findings, mode="json")
        await self._days.replace_one({"_id": findings.day.isoformat()}, row, upsert=True)

    async def of(self, day: date) -> Findings | None:
        row = await self._days.find_one({"_id": day.isoformat()}, {"_id": 0})
        return _FINDINGS.validate_python(row) if row else None

    async def latest(self) -> Findings | None:
        row = await self._days.find_one({}, {"_id": 0}, sort=[("_id", -1)])
        return _FINDINGS.validate_python(row) if row else None
