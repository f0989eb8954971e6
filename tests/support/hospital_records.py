"""The hospitals' records as a test wants them: they can fail, or wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.core.errors import Unavailable
from app.domains.life.health.records.errors import HealthRecordMissing
from app.domains.life.health.records.model import (
    Answer,
    HealthRecord,
    Immunisation,
    Observation,
    RecordKind,
    Subject,
)

PRESSURE = Observation("o1", "血压", datetime(2026, 1, 5, 2, tzinfo=UTC), "128/82", "mmHg")


def dose(n: int, vaccine: str = "乙肝疫苗") -> Immunisation:
    return Immunisation(f"dose-{vaccine}-{n}", vaccine[:3], vaccine, date(2020, 1, 1) + timedelta(days=30 * n), n)


@dataclass
class FakeHealth:
    """Knows everybody, with the same record, unless `missing`; before it answers it waits at the `gate`, if any."""

    record: HealthRecord = field(
        default_factory=lambda: HealthRecord(observations=(PRESSURE,), immunisations=(dose(1), dose(2)))
    )
    down: bool = False
    missing: bool = False
    asked: list[tuple[Subject, tuple[RecordKind, ...]]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, person: Subject, kinds: Sequence[RecordKind], request_id: str) -> Answer:
        self.asked.append((person, tuple(kinds)))
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.down:
            raise Unavailable
        if self.missing:
            raise HealthRecordMissing
        wanted = {kind.value for kind in kinds}
        whole = self.record
        return Answer(HealthRecord(**{name: getattr(whole, name) for name in HealthRecord.__slots__ if name in wanted}))
